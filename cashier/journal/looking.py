"""Look-ups: each is one statement over an index, whatever the journal's size."""

import json
import re
from typing import Final, TypedDict

import apsw

from cashier.journal.errors import UnknownPayment, UnknownQuote
from cashier.journal.fields import Fields, Row, Values, every, first
from cashier.journal.rows import (
    Correction,
    Event,
    KeptHint,
    KnownCustomer,
    Message,
    Payment,
    Quote,
)
from cashier.money import Rupiah
from cashier.payment import Escalation, Evidence, Hint, Reason, State
from cashier.text import CleanText

PAYMENT: Final = "SELECT * FROM sale WHERE id = :id"
PAYMENT_OF_QUOTE: Final = "SELECT * FROM sale WHERE quote_id = :quote_id"
PAYMENT_OF_RECEIPT: Final = "SELECT * FROM sale WHERE day = :day AND number = :number"
OPEN_OF_BILL: Final = """
    SELECT * FROM sale
    WHERE bill_key = :bill_key AND state NOT IN ('paid', 'unpaid', 'refunded')
"""
LAST_SENT_OF_BILL: Final = """
    SELECT * FROM sale
    WHERE bill_key = :bill_key AND +sent_at IS NOT NULL AND evidence IS NOT 'not_sent'
    ORDER BY id DESC LIMIT 1
"""
EARLIER_OF_BILL: Final = """
    SELECT * FROM sale WHERE bill_key = :bill_key AND id < :id ORDER BY id
"""
OPEN: Final = """
    SELECT * FROM sale WHERE state NOT IN ('paid', 'unpaid', 'refunded') ORDER BY +id
"""
"""The plus keeps the few open ones from being looked for in the order of all payments."""

OWED_BACK: Final = """
    SELECT * FROM sale
    WHERE state IN ('unpaid', 'refunded') AND returned_at IS NULL
    ORDER BY final_at, id
"""
SOLD_ON_DAY: Final = """
    SELECT * FROM sale
    WHERE day = :day AND (
        instr(printf('%06d-%04d', day % 1000000, number), :part)
        OR instr(ifnull(customer_number, ''), :part)
        OR instr(lower(ifnull(name, '')), lower(:part))
    )
    ORDER BY number DESC LIMIT :limit
"""
"""Walks one day's numbers from the newest back: the day's length bounds it, not the journal's."""

QUOTE: Final = """
    SELECT quote.*, operator.name AS operator
    FROM quote JOIN operator ON operator.id = quote.operator_id
    WHERE quote.id = :id
"""
MESSAGES_OF_PAYMENT: Final = "SELECT * FROM message WHERE payment_id = :payment_id ORDER BY id"
MESSAGES_OF_PAYMENTS: Final = """
    SELECT * FROM message WHERE payment_id IN (SELECT value FROM json_each(:ids)) ORDER BY id
"""
PAYMENTS_OF_IDS: Final = """
    SELECT * FROM sale WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id
"""
MESSAGES_OF_QUOTE: Final = "SELECT * FROM message WHERE quote_id = :quote_id ORDER BY id"
EVENTS_OF_PAYMENT: Final = "SELECT * FROM event WHERE payment_id = :payment_id ORDER BY seq"
NEXT_TO_ASK: Final = """
    SELECT * FROM sale WHERE ask_at IS NOT NULL ORDER BY ask_at, id LIMIT :limit
"""
UNSCHEDULED: Final = """
    SELECT * FROM sale
    WHERE state NOT IN ('paid', 'unpaid', 'refunded')
        AND state IN ('processing', 'in_doubt', 'incomplete') AND ask_at IS NULL
    ORDER BY +id
"""
"""Open payments of a program that did not plan its questions yet."""

HINTS_OF_PAYMENT: Final = "SELECT * FROM hint WHERE payment_id = :payment_id ORDER BY id"
HINTS_OF_OPEN: Final = """
    SELECT * FROM hint WHERE payment_id IN (
        SELECT id FROM payment WHERE state NOT IN ('paid', 'unpaid', 'refunded')
        UNION ALL
        SELECT id FROM payment WHERE state IN ('unpaid', 'refunded') AND returned_at IS NULL
    )
    ORDER BY id
"""
CORRECTIONS_OF_PAYMENT: Final = """
    SELECT correction.*, resolver.name AS resolved_by_name, approver.name AS approved_by_name
    FROM correction
    JOIN operator AS resolver ON resolver.id = correction.resolved_by
    JOIN operator AS approver ON approver.id = correction.approved_by
    WHERE payment_id = :payment_id ORDER BY correction.id
"""
BALANCE_BEFORE: Final = """
    SELECT * FROM message
    WHERE service = 'balance' AND whole = 1 AND ended_at >= :since
        AND seq < (SELECT seq FROM event WHERE payment_id = :payment_id AND kind = 'sent')
    ORDER BY ended_at DESC, id DESC LIMIT 1
"""
"""By the order of the journal: what stood in it before ``sent`` was read before byte 1."""

SENT_AFTER: Final = """
    SELECT * FROM sale
    WHERE id <> :payment_id AND evidence IS NOT 'not_sent' AND id IN (
        SELECT payment_id FROM event
        WHERE kind = 'sent' AND seq > (SELECT seq FROM message WHERE id = :message_id)
    )
    ORDER BY id
"""
UNDER_WAY_AT: Final = """
    SELECT * FROM sale
    WHERE id <> :payment_id AND sent_at IS NOT NULL AND evidence IS NOT 'not_sent'
        AND id IN (
            SELECT id FROM payment WHERE state NOT IN ('paid', 'unpaid', 'refunded')
            UNION ALL
            SELECT payment_id FROM event
            WHERE kind IN ('paid', 'unpaid', 'refunded')
                AND seq > (SELECT seq FROM message WHERE id = :message_id)
            UNION ALL
            SELECT payment_id FROM event
            WHERE kind IN ('paid', 'unpaid', 'refunded')
                AND at >= (SELECT started_at FROM message WHERE id = :message_id)
        )
        AND id NOT IN (
            SELECT payment_id FROM event
            WHERE kind = 'sent' AND seq > (SELECT seq FROM message WHERE id = :message_id)
        )
    ORDER BY id
"""
"""What had been sent when an exchange was kept, and was not final when it began."""

CUSTOMERS_BY_NUMBER: Final = """
    SELECT * FROM customer
    WHERE number >= :begin AND number < :end
    ORDER BY number LIMIT :limit
"""
CUSTOMERS_BY_NAME: Final = """
    SELECT * FROM customer
    WHERE name >= :begin COLLATE NOCASE AND name < :end COLLATE NOCASE
    ORDER BY name COLLATE NOCASE LIMIT :limit
"""

_RECEIPT: Final = re.compile(r"([0-9]{6})-([0-9]{4,9})")
_ID: Final = re.compile(r"[0-9]{1,18}")
_CENTURY: Final = 20_000_000
_ALIKE: Final = str.maketrans({"i": "1", "l": "1", "o": "0"})
_BEYOND: Final = "\U0010ffff"
"""The end of a prefix's range: no clean text holds it."""


def quote_of(connection: apsw.Connection, quote_id: str, environment: str) -> Quote:
    """Find a quote; what the alphabet of its id leaves out is read as what it looks like.

    Raises:
        UnknownQuote: There is none of this id.
    """
    wanted = quote_id.strip().lower().translate(_ALIKE)
    row = first(connection, QUOTE, {"id": wanted})
    if row is None:
        raise UnknownQuote(quote_id)
    return _quote(Fields(row), wanted, environment)


def payment_of(connection: apsw.Connection, asked: int | str, environment: str) -> Payment:
    """Find a payment by id or by receipt number.

    Raises:
        UnknownPayment: There is none.
    """
    row = _payment_row(connection, str(asked).strip())
    if row is None:
        raise UnknownPayment(str(asked))
    return payment_from(row, environment)


def _payment_row(connection: apsw.Connection, asked: str) -> Row | None:
    receipt = _RECEIPT.fullmatch(asked)
    if receipt is not None:
        day, number = _CENTURY + int(receipt[1]), int(receipt[2])
        return first(connection, PAYMENT_OF_RECEIPT, {"day": day, "number": number})
    if _ID.fullmatch(asked) is not None:
        return first(connection, PAYMENT, {"id": int(asked)})
    return None


def payments(
    connection: apsw.Connection, sql: str, values: Values, environment: str
) -> tuple[Payment, ...]:
    """Give the payments that one of this module's statements finds."""
    return tuple(payment_from(row, environment) for row in every(connection, sql, values))


def payment_or_none(
    connection: apsw.Connection, sql: str, values: Values, environment: str
) -> Payment | None:
    """Give the first payment that one of this module's statements finds."""
    row = first(connection, sql, values)
    return None if row is None else payment_from(row, environment)


def messages(connection: apsw.Connection, sql: str, values: Values) -> tuple[Message, ...]:
    """Give the messages that one of this module's statements finds, oldest first."""
    return tuple(_message(Fields(row)) for row in every(connection, sql, values))


def events_of(connection: apsw.Connection, payment_id: int) -> tuple[Event, ...]:
    """Give the events of a payment, oldest first."""
    values = {"payment_id": payment_id}
    return tuple(event_from(Fields(row)) for row in every(connection, EVENTS_OF_PAYMENT, values))


def customers(connection: apsw.Connection, typed: str, limit: int) -> tuple[KnownCustomer, ...]:
    """Give known customers whose number or name begins with what was typed."""
    begin = typed.strip()
    if not begin:
        return ()
    values = {"begin": begin, "end": begin + _BEYOND, "limit": limit}
    sql = CUSTOMERS_BY_NUMBER if begin.isascii() and begin.isdigit() else CUSTOMERS_BY_NAME
    return tuple(_customer(Fields(row)) for row in every(connection, sql, values))


def payment_from(row: Row, environment: str) -> Payment:
    """Make a payment of a row of the view ``sale``."""
    fields = Fields(row)
    evidence = fields.text_or_none("evidence")
    return Payment(
        id=fields.number("id"),
        quote=_quote_of_sale(fields, environment),
        rq_uuid=fields.text("rq_uuid"),
        receipt_no=receipt_no(fields.number("day"), fields.number("number")),
        sequence=fields.number("sequence"),
        state=State(fields.text("state")),
        evidence=None if evidence is None else Evidence(evidence),
        reason=_reason(fields.text_or_none("reason")),
        detail=fields.text("detail"),
        ref_id=fields.text_or_none("ref_id"),
        token=fields.text_or_none("token"),
        tendered=Rupiah(fields.number("tendered_sen")),
        operator=fields.text("operator"),
        prepared_at=fields.number("prepared_at"),
        sent_at=fields.number_or_none("sent_at"),
        final_at=fields.number_or_none("final_at"),
        returned_at=fields.number_or_none("returned_at"),
        asked=fields.number("asked"),
        ask_at=fields.number_or_none("ask_at"),
        failed_at=fields.number_or_none("failed_at"),
        ref_is_hint=bool(fields.number("ref_hint")),
        asked_at=fields.number_or_none("asked_at"),
        asked_reason=_reason(fields.text_or_none("asked_reason")),
        asked_detail=fields.text("asked_detail"),
        paid_at=fields.number_or_none("paid_at"),
        returned_by=fields.text_or_none("returned_by_name"),
        document=fields.text_or_none("document"),
        resolved_by=fields.text_or_none("resolved_by_name"),
        approved_by=fields.text_or_none("approved_by_name"),
        **_escalated(row),
    )


class _Escalated(TypedDict):
    asking_since: int | None
    escalated_at: int | None
    escalated_for: Escalation | None
    escalated_by: str | None


def _escalated(row: Row) -> _Escalated:
    """Read what the first shape of a journal, an old backup for example, does not have yet."""
    names = ("asking_since", "escalated_at", "escalated_for", "escalated_by_name")
    fields = Fields({name: row.get(name) for name in names})
    why = fields.text_or_none("escalated_for")
    return _Escalated(
        asking_since=fields.number_or_none("asking_since"),
        escalated_at=fields.number_or_none("escalated_at"),
        escalated_for=None if why is None else Escalation(why),
        escalated_by=fields.text_or_none("escalated_by_name"),
    )


def hints(connection: apsw.Connection, sql: str, values: Values) -> tuple[KeptHint, ...]:
    """Give the hints that one of this module's statements finds, oldest first."""
    rows = (Fields(row) for row in every(connection, sql, values))
    return tuple(
        KeptHint(
            fields.number("payment_id"),
            fields.number("at"),
            Hint(fields.text("kind")),
            fields.text("detail"),
        )
        for fields in rows
    )


def corrections_of(connection: apsw.Connection, payment_id: int) -> tuple[Correction, ...]:
    """Give the corrections of a payment, oldest first."""
    values = {"payment_id": payment_id}
    rows = (Fields(row) for row in every(connection, CORRECTIONS_OF_PAYMENT, values))
    return tuple(
        Correction(
            payment_id,
            fields.number("at"),
            State(fields.text("found")),
            Rupiah(fields.number("loss_sen")),
            fields.text("document"),
            fields.text("resolved_by_name"),
            fields.text("approved_by_name"),
        )
        for fields in rows
    )


def _reason(value: str | None) -> Reason | None:
    return None if value is None else Reason(value)


def receipt_no(day: int, number: int) -> str:
    """Write a receipt number: ``261122-0007``."""
    return f"{day % 1_000_000:06d}-{number:04d}"


def event_from(fields: Fields) -> Event:
    """Make an event of its row."""
    return Event(
        seq=fields.number("seq"),
        at=fields.number("at"),
        kind=fields.text("kind"),
        payment_id=fields.number_or_none("payment_id"),
        body=fields.text("body"),
        prev=fields.text("prev"),
        hash=fields.text("hash"),
    )


def _quote_of_sale(fields: Fields, environment: str) -> Quote:
    row = fields.as_row()
    as_quote = {
        **row,
        "number": row["customer_number"],
        "at": row["quote_at"],
        "operator": row["quote_operator"],
    }
    return _quote(Fields(as_quote), fields.text("quote_id"), environment)


def _quote(fields: Fields, quote_id: str, environment: str) -> Quote:
    return Quote(
        category=fields.text("category"),
        product=fields.text("product"),
        product_name=fields.text("product_name"),
        bill_key=fields.text("bill_key"),
        number=fields.text_or_none("number") or "",
        is_card=bool(fields.number("is_card")),
        name=fields.text_or_none("name"),
        amount_text=fields.text("amount_text"),
        bill=Rupiah(fields.number("bill_sen")),
        admin_fee=Rupiah(fields.number("admin_fee_sen")),
        service_fee=Rupiah(fields.number("service_fee_sen")),
        data_text=fields.text_or_none("data_text"),
        facts=_facts(fields.text_or_none("facts")),
        id=quote_id,
        at=fields.number("at"),
        environment=environment,
        operator=fields.text("operator"),
    )


def _facts(text: str | None) -> dict[str, CleanText]:
    pairs = json.loads(text) if text else []
    return {str(name): CleanText(str(value)) for name, value in pairs}


def _message(fields: Fields) -> Message:
    request = json.loads(fields.text_or_none("request") or "{}")
    return Message(
        service=fields.text("service"),
        rq_uuid=fields.text("rq_uuid"),
        started_at=fields.number("started_at"),
        ended_at=fields.number("ended_at"),
        request={str(name): str(value) for name, value in request.items()},
        reply=fields.blob_or_none("reply") or b"",
        http_status=fields.number_or_none("http_status"),
        whole=bool(fields.number("whole")),
        id=fields.number("id"),
        payment_id=fields.number_or_none("payment_id"),
        quote_id=fields.text_or_none("quote_id"),
        erased_at=fields.number_or_none("erased_at"),
    )


def _customer(fields: Fields) -> KnownCustomer:
    return KnownCustomer(
        category=fields.text("category"),
        product=fields.text("product"),
        number=fields.text("number"),
        name=fields.text_or_none("name"),
        times=fields.number("times"),
        last_at=fields.number("last_at"),
    )
