"""What stops new payments until a person lets them go on: the circuit, and a clock once ahead.

Both are read from what is kept anyway, messages, payments and events, so that every session
sees the same. A clearance says up to where a person has looked.
"""

import json
from typing import Final

import apsw

from cashier.journal.chain import canonical
from cashier.journal.errors import NameNeeded, NothingToClear
from cashier.journal.fields import Fields, every, first
from cashier.journal.schema import CLEARANCE, OPERATOR
from cashier.journal.transaction import Transaction
from cashier.payment import MOST_DOUBTS, Circuit
from cashier.text import clean

TRIPPED: Final = "circuit_tripped"
"""The kind of the event that keeps the circuit open when the doubts have been settled."""

LAST_CLEARED: Final = "SELECT * FROM clearance WHERE kind = :kind ORDER BY id DESC LIMIT 1"
UNAUTHORISED_SINCE: Final = """
    SELECT min(ended_at) AS at FROM message
    WHERE http_status = 401 AND whole = 1 AND id > :through
"""
TRIPPED_SINCE: Final = """
    SELECT at FROM event WHERE kind = 'circuit_tripped' AND seq > :through ORDER BY seq LIMIT 1
"""
IN_DOUBT: Final = "SELECT id FROM payment WHERE state = 'in_doubt' ORDER BY id"
LAST_MESSAGE: Final = "SELECT max(id) AS id FROM message"
BY_NAME: Final = "SELECT id FROM operator WHERE name = :name"
_NAMED: Final = """
    INSERT INTO operator (seq, name, role, active) VALUES (:seq, :name, 'supervisor', 0)
"""
_CLEAR: Final = """
    INSERT INTO clearance (
        seq, at, kind, operator_id, reason, through_event, through_message, seen
    ) VALUES (
        :seq, :at, :kind, :operator_id, :reason, :through_event, :through_message, :seen
    )
"""
_LONGEST: Final = 80


def circuit_of(connection: apsw.Connection) -> Circuit:
    """Tell what has happened since a supervisor last let payments go on."""
    row = first(connection, LAST_CLEARED, {"kind": "circuit"})
    last = None if row is None else Fields(row)
    message = 0 if last is None else last.number("through_message")
    event = 0 if last is None else last.number("through_event")
    seen = set() if last is None else {*json.loads(last.text("seen"))}
    refused = first(connection, UNAUTHORISED_SINCE, {"through": message})
    tripped = first(connection, TRIPPED_SINCE, {"through": event})
    doubts = (Fields(row).number("id") for row in every(connection, IN_DOUBT))
    return Circuit(
        unauthorised_at=None if refused is None else Fields(refused).number_or_none("at"),
        doubted_at=None if tripped is None else Fields(tripped).number("at"),
        in_doubt=tuple(doubt for doubt in doubts if doubt not in seen),
    )


def note_doubts(transaction: Transaction) -> None:
    """Keep the circuit open from the doubt on that is one too many."""
    connection = transaction.connection
    row = first(connection, LAST_CLEARED, {"kind": "circuit"})
    through = 0 if row is None else Fields(row).number("through_event")
    if first(connection, TRIPPED_SINCE, {"through": through}) is not None:
        return
    circuit = circuit_of(connection)
    if len(circuit.in_doubt) >= MOST_DOUBTS:
        transaction.note(TRIPPED, {"in_doubt": list(circuit.in_doubt)})


def clear_circuit(transaction: Transaction, by: str, reason: str) -> None:
    """Let payments go on: a supervisor has seen what stopped them.

    Raises:
        NothingToClear: Nothing stops them.
        NameNeeded: Who it was, or why, is not told.
    """
    circuit = circuit_of(transaction.connection)
    if circuit.trip is None:
        raise NothingToClear
    # Whoever was seen before and is still in doubt has been seen.
    doubts = [Fields(row).number("id") for row in every(transaction.connection, IN_DOUBT)]
    _clear(transaction, "circuit", by, reason, doubts)


def clear_clock(transaction: Transaction, by: str, reason: str) -> None:
    """Believe the clock again although earlier events are of a later time (F61).

    Raises:
        NameNeeded: Who it was, or why, is not told.
    """
    _clear(transaction, "clock", by, reason, [])


def clock_cleared_through(connection: apsw.Connection) -> int:
    """Give the last event whose time does not count any more; 0 where all of them count."""
    row = first(connection, LAST_CLEARED, {"kind": "clock"})
    return 0 if row is None else Fields(row).number("through_event")


def person(transaction: Transaction, name: str) -> int:
    """Find who goes by a name, or keep the name: people with a PIN come later.

    Raises:
        NameNeeded: It is none.
    """
    known = worded(name).upper()
    row = first(transaction.connection, BY_NAME, {"name": known})
    if row is not None:
        return Fields(row).number("id")
    return transaction.insert(OPERATOR, _NAMED, {"name": known}, "operator")


def worded(text: str) -> str:
    """Give a name, a document number or a reason, fit to be kept.

    Raises:
        NameNeeded: Nothing is left of it, or it is far too long.
    """
    given = clean(text, _LONGEST + 1)
    if not given or len(given) > _LONGEST:
        raise NameNeeded(given)
    return given


def _clear(transaction: Transaction, kind: str, by: str, reason: str, seen: list[int]) -> None:
    row = first(transaction.connection, LAST_MESSAGE)
    last = None if row is None else Fields(row).number_or_none("id")
    operator = person(transaction, by)
    values = {
        "at": transaction.at,
        "kind": kind,
        "operator_id": operator,
        "reason": worded(reason),
        "through_event": transaction.head.seq,
        "through_message": last or 0,
        "seen": canonical(seen),
    }
    transaction.operator = operator
    transaction.insert(CLEARANCE, _CLEAR, values, f"{kind}_cleared")
