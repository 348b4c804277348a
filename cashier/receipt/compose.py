"""Makes the document of a payment: a struk, a pending slip or a refusal slip, by its state.

The order is that of the trade (``receipts.md 4.0``): shop, the biller's block, the shop's fee
with total, cash and change, footer. Only ``paid`` prints LUNAS (I7), and nothing but real
money prints a biller's legal sentence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cashier.clock import wib, wib_day
from cashier.language import LanguageCode, say
from cashier.money import ZERO, Rupiah
from cashier.payment import State, cash_of
from cashier.receipt.biller import billers_block, plain_layout, shown_number
from cashier.receipt.document import (
    Amount,
    Block,
    Centred,
    Cut,
    Document,
    Line,
    Pair,
    Paragraph,
    Rule,
)
from cashier.receipt.sale import Layout, Sale
from cashier.text import CleanText, clean

if TYPE_CHECKING:
    from cashier.config import Config, Shop

_REAL: Final = "production"
"""The one environment in which money moves; a struk of any other says LATIHAN."""

_LONGEST_NOTE: Final = 400

_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same on every slip of a shop."""

    shop: "Shop"
    footer: str = ""
    language: LanguageCode = "id"

    @classmethod
    def of(cls, config: "Config") -> "Letterhead":
        """Take it from the configuration."""
        return cls(config.shop, config.receipt.footer, config.till.language)


@dataclass(frozen=True, slots=True)
class Reprint:
    """A copy of a slip that was printed before (``receipts.md 4.0``, 4)."""

    number: int
    """1 for the first copy, 2 for the second, and so on."""
    operator: str
    """Who printed the copy."""
    at: int
    """When, in UTC milliseconds."""


def compose(
    sale: Sale,
    layout: Layout | None,
    letterhead: Letterhead,
    facts: Mapping[str, str] | None = None,
    *,
    denomination: Rupiah | None = None,
    reprint: Reprint | None = None,
) -> Document:
    """Make the document of a payment as it stands now.

    Args:
        sale: The payment.
        layout: How its category lays the biller's block out; ``None`` where the shop no longer
            has the category.
        letterhead: The shop.
        facts: What Espay told, see ``facts.facts_of``; without them, the inquiry's facts.
        denomination: The product's face value, where it has one.
        reprint: Set where this slip was printed before.
    """
    language = letterhead.language
    practice = tuple(_practice(sale, language))
    told = sale.quote.facts if facts is None else facts
    body = (
        _struk(sale, layout or plain_layout(language), language, told, denomination)
        if sale.state is State.PAID
        else _slip(sale, language)
    )
    blocks = (
        Block("practice", practice),
        Block("reprint", tuple(_reprint(reprint, language))),
        Block("shop", tuple(_shop(sale, letterhead))),
        *body,
        Block("footer", tuple(_footer(sale, letterhead))),
        Block("practice", practice),
        Block("end", (Cut(),)),
    )
    return Document(_name(sale), tuple(block for block in blocks if block.lines))


def _name(sale: Sale) -> str:
    """Name the paper after its number; those of practice are told apart."""
    kind = "struk" if _is_real(sale) else "latihan"
    return f"{kind}-{_NO_NAME.sub('-', sale.receipt_no.lower()).strip('-')}"[:80]


def _is_real(sale: Sale) -> bool:
    return sale.quote.environment == _REAL


def _practice(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    if not _is_real(sale):
        yield Centred(_word(language, "practice"), large=True)
        yield Centred(_word(language, "practice_note"))


def _reprint(reprint: Reprint | None, language: LanguageCode) -> Iterator[Line]:
    if reprint is not None:
        heading = say(language, "receipt.reprint", number=str(reprint.number))
        yield Centred(clean(heading), large=True)
        yield Centred(clean(say(language, "receipt.reprint_at", time=_time(reprint.at))))
        yield Centred(clean(say(language, "receipt.reprint_by", operator=reprint.operator)))


def _shop(sale: Sale, letterhead: Letterhead) -> Iterator[Line]:
    shop, language = letterhead.shop, letterhead.language
    yield Centred(clean(shop.name), large=True)
    if shop.address:
        yield Centred(clean(shop.address))
    if shop.phone:
        yield Centred(clean(say(language, "receipt.phone", phone=shop.phone)))
    yield Rule()
    if shop.loket:
        yield Pair(_word(language, "loket"), clean(shop.loket))
    yield Pair(_word(language, "operator"), clean(sale.operator))
    yield Pair(_word(language, "receipt_no"), clean(sale.receipt_no))
    yield Pair(_word(language, "time"), clean(_time(sale.prepared_at)))


def _footer(sale: Sale, letterhead: Letterhead) -> Iterator[Line]:
    """The shop's own words; it may call the paper a proof, so they stand on a struk alone."""
    if letterhead.footer and sale.state is State.PAID:
        yield Centred(clean(letterhead.footer))


def _struk(
    sale: Sale,
    layout: Layout,
    language: LanguageCode,
    facts: Mapping[str, str],
    denomination: Rupiah | None,
) -> Iterator[Block]:
    """The struk of a payment that is paid."""
    real = _is_real(sale)
    yield from billers_block(sale, layout, facts, denomination, language, with_legal=real)
    yield Block("money", (Rule(), *_fee(sale, language), *_cash(sale, language, "total")))
    paid = _word(language, "paid" if real else "paid_practice")
    yield Block("verdict", (Rule(), Centred(paid, large=True), *_paid_later(sale, language)))


def _paid_later(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    """The day on which it was paid, where that is not the day on which the cash was taken."""
    if sale.final_at is not None and wib_day(sale.final_at) != wib_day(sale.prepared_at):
        yield Centred(clean(say(language, "receipt.paid_at", time=_time(sale.final_at))))


def _slip(sale: Sale, language: LanguageCode) -> Iterator[Block]:
    """The slip of a payment that is not paid: no word of the biller's stands on it."""
    title = "pending" if sale.state.is_open else sale.state.value
    yield Block("title", (Rule(), Centred(_word(language, title), large=True)))
    yield Block("slip", tuple(_what(sale, language)))
    money = _held if sale.state.is_open else _goes_back
    yield Block("money", (Rule(), *money(sale, language)))
    yield Block("verdict", (Rule(), Paragraph(_note(sale, language))))


def _note(sale: Sale, language: LanguageCode) -> CleanText:
    """What it means for the customer's money."""
    returned_at = sale.returned_at
    cash = cash_of(sale.state, returned_at is not None)
    total, time = str(sale.quote.total), "" if returned_at is None else _time(returned_at)
    return clean(say(language, f"receipt.note_{cash}", total=total, time=time), _LONGEST_NOTE)


def _held(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    quote = sale.quote
    yield Amount(_word(language, "bill"), clean(str(quote.bill)))
    yield Amount(_word(language, "admin_fee"), clean(str(quote.admin_fee)))
    yield from _fee(sale, language)
    yield from _cash(sale, language, "cash_held")


def _goes_back(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    yield Amount(_word(language, "cash"), clean(str(sale.tendered)))
    yield Amount(_word(language, "change"), clean(str(sale.change)))
    yield Amount(_word(language, "cash_back"), clean(str(sale.quote.total)), large=True)


def _what(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    """What was to be paid, and the references to ask by."""
    quote = sale.quote
    told = {
        "product": quote.product_name,
        "number": shown_number(sale),
        "name": quote.name,
        "ref_id": sale.ref_id,
    }
    for name, value in told.items():
        if value:
            yield Pair(_word(language, name), clean(value))


def _fee(sale: Sale, language: LanguageCode) -> Iterator[Line]:
    """The shop's own fee, on a line of its own or not at all (``counter.md 3.1``)."""
    fee = sale.quote.service_fee
    if fee != ZERO:
        yield Amount(_word(language, "service_fee"), clean(str(fee)))


def _cash(sale: Sale, language: LanguageCode, total: str) -> Iterator[Line]:
    yield Amount(_word(language, total), clean(str(sale.quote.total)), large=True)
    yield Amount(_word(language, "cash"), clean(str(sale.tendered)))
    yield Amount(_word(language, "change"), clean(str(sale.change)))


def _word(language: LanguageCode, name: str) -> CleanText:
    return clean(say(language, f"receipt.{name}"))


def _time(utc_ms: int) -> str:
    """Write a moment as a struk does: ``22-11-2026 10:41:03``, WIB."""
    return wib(utc_ms).strftime("%d-%m-%Y %H:%M:%S")
