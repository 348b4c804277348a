"""The biller's block: the trade's lines, facts the layout does not know, the legal sentence.

Nothing in here depends on the shop's fee, its name or the cash, so the block is the same with
and without them (``receipts.md 4.0``). No figure is computed; each is printed as it was told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cashier.language import LanguageCode, say
from cashier.money import Rupiah
from cashier.receipt.document import Amount, Block, Centred, Line, Pair, Rule, Token
from cashier.receipt.sale import Layout, LayoutLine, OwnValue, Sale
from cashier.receipt.token import is_token, says_token
from cashier.text import clean, mask_card


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line of the layout for a payment whose category the shop no longer has."""

    label: str
    own: OwnValue
    fields: tuple[str, ...] = ()
    large: bool = False
    is_amount: bool = False

    def shown(self, value: str) -> str:
        """Give a value as it came."""
        return value


@dataclass(frozen=True, slots=True)
class PlainLayout:
    """A layout that knows nothing but what the till knows itself."""

    heading: str
    lines: tuple[PlainLine, ...]
    legal: str | None = None
    information: tuple[str, ...] = ()
    information_fields: tuple[str, ...] = ()
    unprinted: tuple[str, ...] = ()


_PLAIN_LINES: Final[tuple[OwnValue, ...]] = (
    "product",
    "number",
    "name",
    "bill",
    "admin_fee",
    "amount",
    "token",
    "ref_id",
)


def plain_layout(language: LanguageCode) -> PlainLayout:
    """Give the layout for a payment whose category is gone: its struk stays printable."""
    lines = (PlainLine(say(language, f"receipt.{own}"), own) for own in _PLAIN_LINES)
    return PlainLayout(say(language, "receipt.heading"), tuple(lines))


def shown_number(sale: Sale) -> str:
    """The customer number as paper may show it; a card's number never whole (S38)."""
    quote = sale.quote
    return mask_card(quote.number) if quote.is_card and quote.number.isdigit() else quote.number


def billers_block(
    sale: Sale,
    layout: Layout,
    facts: Mapping[str, str],
    denomination: Rupiah | None,
    language: LanguageCode,
    *,
    with_legal: bool,
) -> Iterator[Block]:
    """Give the biller's block of a payment that is paid.

    Args:
        sale: The payment.
        layout: How its category lays the block out.
        facts: What the answers told, see ``facts.facts_of``.
        denomination: The product's face value, where it has one.
        language: Of the few words that no layout gives.
        with_legal: Whether the biller's legal sentence may stand on this paper.
    """
    lines = [*_lines(sale, layout, facts, denomination)]
    number = Pair(clean(say(language, "receipt.number")), clean(shown_number(sale)))
    if number.value and not any(_tells(line, number.value) for line in lines):
        lines.insert(0, number)
    if is_token(sale.token) and not any(isinstance(line, Token) for line in lines):
        # A shop's own layout may forget it, but the customer never goes without (W3).
        lines.append(Token(clean(say(language, "receipt.token")), sale.token))
    yield Block("biller", (Rule(), Centred(clean(layout.heading)), *lines))
    others = tuple(_others(sale, layout, facts))
    if others:
        yield Block("facts", others)
    said = tuple(_legal(sale, layout, facts, with_legal=with_legal))
    if said:
        yield Block("legal", said)


def _lines(
    sale: Sale, layout: Layout, facts: Mapping[str, str], denomination: Rupiah | None
) -> Iterator[Line]:
    own = _own_values(sale, denomination)
    told = {name: value for name, value in facts.items() if not says_token(value, sale.token)}
    for line in layout.lines:
        value = own.get(line.own) if line.own is not None else _first(told, line.fields)
        printed = None if value is None else _line(line, value)
        if printed is not None:
            yield printed


def _tells(line: Line, number: str) -> bool:
    """Tell whether a line holds the customer number."""
    return isinstance(line, Pair) and line.value == number


def _own_values(sale: Sale, denomination: Rupiah | None) -> Mapping[OwnValue, str | Rupiah | None]:
    quote = sale.quote
    return {
        "number": shown_number(sale),
        "name": quote.name,
        "product": quote.product_name,
        "denomination": denomination,
        "bill": quote.bill,
        "admin_fee": quote.admin_fee,
        "amount": quote.espay_amount,
        "ref_id": sale.ref_id,
        "token": sale.token if is_token(sale.token) else None,
    }


def _line(line: LayoutLine, value: str | Rupiah) -> Line | None:
    """Give a line with its value; ``None`` where there is nothing to say."""
    label = clean(line.label)
    if isinstance(value, Rupiah):
        return Amount(label, clean(str(value)), line.large)
    if line.own == "token":
        return Token(label, value)
    shown = clean(line.shown(value) if line.own is None else value)
    if not shown:
        return None
    if line.own is None and line.is_amount:
        return Amount(label, shown, line.large)
    return Pair(label, shown, line.large)


def _first(facts: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((facts[name] for name in names if facts.get(name, "").strip()), None)


def _others(sale: Sale, layout: Layout, facts: Mapping[str, str]) -> Iterator[Line]:
    """Facts that the layout does not know, as they came; number and token are told already."""
    known = {name for line in layout.lines for name in line.fields}
    known.update(layout.unprinted, layout.information_fields)
    for name, value in facts.items():
        shown = clean(value)
        told = shown in ("", shown_number(sale)) or says_token(shown, sale.token)
        if name not in known and not told:
            yield Pair(clean(name), shown)


def _legal(
    sale: Sale, layout: Layout, facts: Mapping[str, str], *, with_legal: bool
) -> Iterator[Line]:
    if layout.legal is not None and with_legal:
        yield Centred(clean(layout.legal.replace("{product}", sale.quote.product_name)))
    own_words = _first(facts, layout.information_fields)
    for sentence in layout.information if own_words is None else (own_words,):
        yield Centred(clean(sentence))
