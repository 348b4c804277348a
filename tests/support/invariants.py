"""I1 to I12 of payment-states.md, checked by comparing Espay's ledger, the journal and the drawer.

Every test of a fault ends with ``assert_invariants``. It reads files only, so it works while a
till stands, after it was killed, and after it was opened again.
"""

import base64
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import apsw

from cashier.catalogue import load_catalogue
from cashier.journal.connection import reading
from cashier.journal.fields import every, first
from cashier.journal.looking import payments
from cashier.journal.rows import Payment
from cashier.journal.sessions import Locks
from cashier.journal.verifying import verify
from cashier.money import ZERO
from cashier.payment import Evidence, State
from cashier.sandbox.book import Book, Booking
from tests.support import sandbox as practice
from tests.support.sandbox import RunningSandbox

_ALL: Final = "SELECT * FROM sale ORDER BY id"
_UNTENDED: Final = """
    SELECT id, session_token, state, ask_at FROM payment
    WHERE state IN ('prepared', 'sent', 'processing', 'in_doubt', 'incomplete')
"""
_CORRECTED: Final = "SELECT payment_id FROM correction"
_PRINTED_EARLY: Final = """
    SELECT print.id FROM print JOIN payment ON payment.id = print.payment_id
    WHERE print.kind IN ('first', 'copy') AND ifnull(payment.paid_at, print.at + 1) > print.at
"""
_DRAWER: Final = """
    SELECT
        ifnull((SELECT sum(float_sen) FROM shift), 0)
        + ifnull((SELECT sum(iif(direction = 'in', sen, -sen)) FROM cash_move), 0) AS other,
        ifnull(sum(tendered_sen), 0) AS tendered,
        ifnull(sum(change_sen), 0) AS change,
        ifnull(sum(iif(returned_at IS NULL, 0, total_sen)), 0) AS returned,
        ifnull(sum(iif(cash IN ('held', 'earned', 'owed_back'), total_sen, 0)), 0) AS counted
    FROM payment
"""
_catalogue: Final = cache(load_catalogue)
_LUNAS: Final = re.compile(r"(?<!BELUM )\bLUNAS\b")
_TOKEN: Final = re.compile(r"[0-9]{20}")
_TWO_PARTS: Final = f"{practice.USERNAME}:{practice.PASSWORD}".encode()

SECRETS: Final = (
    practice.PASSWORD,
    practice.FORM_PASSWORD,
    practice.KEY,
    base64.b64encode(_TWO_PARTS).decode(),
    "5a" * 32,
)
"""What no file and no screen may ever hold (I12)."""


@dataclass(frozen=True)
class Seen:
    """How far a journal's chain reached when it was looked at; give it to the next look (I9)."""

    journal: Path
    seq: int
    hash: str
    rows: int


def assert_invariants(
    journal: Path | Sequence[Path],
    ledger: RunningSandbox | Book | None = None,
    *,
    before: Iterable[Seen] = (),
    doubled: Iterable[str] = (),
    crashed: bool = False,
    shown: str = "",
    folders: Iterable[Path] = (),
    secrets: Iterable[str] = SECRETS,
    whole: bool = True,
) -> tuple[Seen, ...]:
    """Assert I1 to I12, and give how far each chain reaches now.

    Args:
        journal: The journal's file, or those of several shops at one Espay.
        ledger: What Espay booked; ``None`` where a raw server stood in its place, which keeps
            no books: I1, I4 to I6 are then not asked.
        before: What earlier looks gave: nothing of it may have been lost.
        doubled: ``rq_uuid``s that the network itself delivered twice (F41).
        crashed: Whether tills were killed and none was opened since, so that their ``prepared``
            and ``sent`` rows still wait for recovery, and open ones for the asking behind.
        shown: Everything that was on screens, slips, exports and logs.
        folders: More folders in whose files no secret may be found; the journal's own always.
        secrets: What is secret.
        whole: Whether the journal must verify; ``False`` where the fault is a damaged file.
    """
    journals = [journal] if isinstance(journal, Path) else list(journal)
    book = ledger.ledger.book if isinstance(ledger, RunningSandbox) else ledger
    found: list[Payment] = []
    corrected: set[object] = set()
    seen = []
    for path in journals:
        with reading(path) as connection:
            own = payments(connection, _ALL, {}, "")
            found += own
            corrected |= {(path, row["payment_id"]) for row in every(connection, _CORRECTED)}
            _assert_one_open_of_a_bill(own)
            _assert_drawer(connection)
            _assert_bounded(connection, Locks(path), crashed=crashed)
            assert first(connection, _PRINTED_EARLY) is None, "I7: printed before it was paid"
        exempt = {payment.rq_uuid for payment in own if (path, payment.id) in corrected}
        if book is not None:
            _assert_agreement(book, own, exempt)
        seen.append(_look(path, whole=whole))
    if book is not None:
        _assert_sent_once(book, found, frozenset(doubled))
    _assert_nothing_lost(before, seen)
    if _LUNAS.search(shown) and not any(payment.paid_at for payment in found):
        raise AssertionError("I7: LUNAS was shown, and nothing is paid")
    _assert_no_secret([*{path.parent for path in journals}, *folders], shown, tuple(secrets))
    return tuple(seen)


def _assert_sent_once(book: Book, found: Sequence[Payment], doubled: frozenset[str]) -> None:
    requests = [one for one in book.all_requests if one.service == "payment"]
    often = Counter(one.rq_uuid for one in requests)
    twice = {uuid for uuid, count in often.items() if count > 1} - doubled
    assert not twice, f"I1: sent twice: {twice}"
    known = {payment.rq_uuid: payment for payment in found}
    strange = {one.rq_uuid for one in book.bookings} - known.keys()
    assert not strange, f"I4: booked and not journalled: {strange}"
    assert len(book.bookings) <= len(found), "I3: more was booked than confirmed"
    unsent = {one.rq_uuid for one in requests if known[one.rq_uuid].sent_at is None}
    assert not unsent, f"T2: received and never marked as sent: {unsent}"


def _assert_agreement(book: Book, own: Sequence[Payment], exempt: set[str]) -> None:
    booked = {booking.rq_uuid: booking for booking in book.bookings}
    for payment in own:
        booking = booked.get(payment.rq_uuid)
        if payment.state is State.UNPAID and payment.rq_uuid not in exempt:
            kept = ZERO if booking is None else booking.kept
            assert kept == ZERO, f"I4, I5: unpaid, and Espay kept the money: {payment}"
        if payment.state is State.PAID:
            _assert_paid_for(payment, booking)


def _assert_paid_for(payment: Payment, booking: Booking | None) -> None:
    quote = payment.quote
    assert booking is not None, f"I6: paid, and Espay knows nothing of it: {payment}"
    assert booking.amount == quote.espay_amount, f"I6: another amount: {payment} {booking}"
    assert booking.product_code == quote.product, f"I6: another product: {payment} {booking}"
    if not quote.is_card and quote.number:
        assert booking.order_id == quote.number, f"I6: another number: {payment} {booking}"
    sold = _catalogue().product(quote.product)
    if sold.rules.demands.numbers and payment.evidence is not Evidence.DOCUMENT:
        assert payment.token is not None, f"I8: a token was lost: {payment}"
        tokens = _TOKEN.findall(str(booking.reply))
        assert payment.token in tokens, f"I8: another token: {payment} {booking}"


def _assert_one_open_of_a_bill(own: Sequence[Payment]) -> None:
    open_keys = Counter(one.quote.bill_key for one in own if one.state.is_open)
    assert max(open_keys.values(), default=0) <= 1, "I2: two open payments of one bill"


def _assert_drawer(connection: apsw.Connection) -> None:
    row = first(connection, _DRAWER)
    assert row is not None
    sums = {name: value for name, value in row.items() if isinstance(value, int)}
    expected = sums["other"] + sums["tendered"] - sums["change"] - sums["returned"]
    assert sums["other"] + sums["counted"] == expected, f"I10: the drawer differs: {sums}"


def _assert_bounded(connection: apsw.Connection, locks: Locks, *, crashed: bool) -> None:
    """Every open row is somebody's: a session's, a schedule's, or the supervisor's (I11)."""
    for row in every(connection, _UNTENDED):
        if row["state"] in ("prepared", "sent"):
            held = not locks.is_free(str(row["session_token"]))
            assert held or crashed, f"I11: nobody's: {row}"
        else:
            assert row["ask_at"] is not None or crashed, (
                f"I11: nothing will ever ask about it: {row}"
            )


def _look(path: Path, *, whole: bool) -> Seen:
    report = verify(path)
    assert report.ok or not whole, f"I9: {report.findings}"
    return Seen(path, report.head.seq, report.head.hash, report.rows)


def _assert_nothing_lost(before: Iterable[Seen], after: Sequence[Seen]) -> None:
    now = {seen.journal: seen for seen in after}
    for old in before:
        new = now[old.journal]
        assert new.seq >= old.seq, "I9: events are missing"
        assert new.rows >= old.rows, "I9: rows are missing"
        with reading(old.journal) as connection:
            link = first(connection, "SELECT hash FROM event WHERE seq = :seq", {"seq": old.seq})
        assert link is not None, "I9: an event is missing"
        assert link["hash"] == old.hash, "I9: an event has changed"


def _assert_no_secret(folders: Iterable[Path], shown: str, secrets: tuple[str, ...]) -> None:
    for secret in secrets:
        assert secret not in shown, "I12: a secret was shown"
    for folder in folders:
        for file in folder.rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            for secret in secrets:
                assert secret.encode() not in content, f"I12: a secret in {file}"
