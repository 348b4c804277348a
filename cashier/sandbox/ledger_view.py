"""``cashier sandbox --ledger``: what the practice Espay was asked and paid for, as a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier.clock import wib_stamp
from cashier.language import LanguageCode, say
from cashier.money import NotMoney, Rupiah
from cashier.sandbox.book import Booking, Request
from cashier.sandbox.ledger import read_book
from cashier.sandbox.tables import render
from cashier.text import clean


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One payment request or booking; everything cleaned for a terminal."""

    at: str
    """WIB."""
    what: str
    """``request``, or the state of a booking: ``booked``, ``pending``, ``failed``."""
    product_code: str
    order_id: str
    amount: str
    ref_id: str
    rq_uuid: str


_HEADINGS: Final = ("time", "what", "product", "number", "amount", "reference")
_LONGEST_NUMBER: Final = 20


def ledger_table(path: Path) -> list[LedgerRow]:
    """Give every payment request and every booking, oldest first.

    Raises:
        Refusal: ``sandbox.ledger_damaged``.
    """
    book = read_book(path)
    payments = [request for request in book.all_requests if request.service == "payment"]
    rows = [*map(_request_row, payments), *map(_booking_row, book.bookings)]
    return sorted(rows, key=lambda row: row.at)


def render_ledger(path: Path, language: LanguageCode) -> str:
    """Write the ledger as plain text, with what is left of the deposit.

    Raises:
        Refusal: ``sandbox.ledger_damaged``.
    """
    rows = ledger_table(path)
    if not rows:
        return say(language, "sandbox.ledger_empty")
    headings = [say(language, f"sandbox.{heading}") for heading in _HEADINGS]
    cells = [
        [
            row.at,
            say(language, f"sandbox.{row.what}"),
            row.product_code,
            row.order_id,
            row.amount,
            row.ref_id,
        ]
        for row in rows
    ]
    balance = say(language, "sandbox.balance", amount=str(read_book(path).balance))
    return "\n".join([render([headings, *cells]), "", balance])


def _request_row(request: Request) -> LedgerRow:
    return LedgerRow(
        at=wib_stamp(request.at),
        what="request" if not request.gate else "turned_away",
        product_code=clean(request.product_code, 16),
        order_id=clean(request.order_id, _LONGEST_NUMBER),
        amount=_shown(request.amount),
        ref_id="",
        rq_uuid=clean(request.rq_uuid),
    )


def _booking_row(booking: Booking) -> LedgerRow:
    return LedgerRow(
        at=wib_stamp(booking.at),
        what=booking.state,
        product_code=booking.product_code,
        order_id=clean(booking.order_id, _LONGEST_NUMBER),
        amount=str(booking.amount),
        ref_id=booking.ref_id,
        rq_uuid=clean(booking.rq_uuid),
    )


def _shown(amount: str) -> str:
    try:
        return str(Rupiah.from_minor(amount))
    except NotMoney:
        return clean(amount, 17)
