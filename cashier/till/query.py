"""What somebody typed into the search box: words, an amount, a customer's number.

People at a counter write ``tok 100``, ``pulsa 50rb``, ``ovo 1jt 081218816222``: amounts in
thousands, with or without a unit, and numbers with blanks, dashes and ``+62`` in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cashier.money import Rupiah

SHORTEST_NUMBER: Final = 6
"""From this many digits on, what is typed alone may be the number of an unknown customer."""

SHORTEST_KNOWN: Final = 3
"""From this many characters on, those are looked for who were served before."""

_SHORTEST_BESIDE: Final = 9
"""From this many digits on, a word beside others is a number and no amount."""

_WORD: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = re.compile(r"\+?[0-9][0-9-]*")
_AMOUNT: Final = re.compile(
    r"(?:rp)?(?P<digits>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9})(?P<unit>rb|ribu|k|jt|juta)?"
)
_HALF_TYPED: Final = re.compile(
    r"(?P<whole>(?:rp)?[0-9]{1,3}(?:\.[0-9]{3})*)\.(?P<begun>[0-9]{0,2})"
)
"""An amount on its way to its last three digits: ``50.0``."""

_UNIT_APART: Final = re.compile(r"(?<=[0-9]) +(?=(?:rb|ribu|jt|juta)\b)")
_UNITS: Final = {"rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}
_FEWEST_RUPIAH: Final = 1_000
"""Nobody pays less; a smaller figure without a unit stands for thousands."""


@dataclass(frozen=True, slots=True)
class TypedAmount:
    """A word that may be an amount."""

    word: str
    """As it was typed, in small letters, for products that have it in their name."""
    values: frozenset[Rupiah]
    """What it may mean: ``1000`` is a thousand rupiah or, in thousands, a million."""
    digits: str
    """Its digits, which a longer amount may begin with; empty where a unit has ended it."""

    @property
    def likeliest(self) -> Rupiah:
        """What it means where nothing else tells."""
        return min(self.values)

    def begins(self, amount: Rupiah) -> bool:
        """Tell whether more digits could make it that amount."""
        whole = str(amount.whole_up)
        in_thousands = whole.removesuffix("000").startswith(self.digits)
        as_written = len(self.digits) > 3 and whole.startswith(self.digits)
        return bool(self.digits) and (in_thousands or as_written)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, taken apart."""

    words: tuple[str, ...] = ()
    """Words in small letters."""
    amount: TypedAmount | None = None
    number: str | None = None
    """Digits of a customer's number, as they were typed but for blanks and dashes."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that could be looked for."""
        return not (self.words or self.amount or self.number)


def read_query(typed: str) -> Query:
    """Take apart what was typed."""
    text = _UNIT_APART.sub("", typed.strip().casefold())
    number, rest = _number_in(text.split())
    words: list[str] = []
    amount: TypedAmount | None = None
    for part in rest:
        found = _amount_in(part)
        if found is not None and amount is None:
            amount = found
        else:
            words += _WORD.findall(part.replace(".", ""))
    if number is not None and amount is None and not words:
        amount = _amount_in(number)
    return Query(tuple(words), amount, number)


def known_by(typed: str) -> str:
    """Give what a customer served before is looked up by: the begin of a number or a name."""
    number, rest = _number_in(typed.split(), shortest=1)
    if number is None:
        return " ".join(part for part in rest if _amount_in(part.casefold()) is None)
    return f"0{number[3:]}" if number.startswith("+62") else number


def _number_in(parts: list[str], shortest: int = SHORTEST_NUMBER) -> tuple[str | None, list[str]]:
    """Part a number from the rest: a long one beside words, or all that was typed."""
    in_pieces = "".join(parts[:1]).startswith("+") or all(
        len(_bare(part)) < _SHORTEST_BESIDE for part in parts
    )
    together = _bare("".join(parts))
    if in_pieces and len(together) >= shortest:
        return together, []
    for at, part in enumerate(parts):
        if len(_bare(part)) >= _SHORTEST_BESIDE:
            return _bare(part), parts[:at] + parts[at + 1 :]
    return None, parts


def _bare(part: str) -> str:
    return part.replace("-", "") if _DIGITS.fullmatch(part) else ""


def _amount_in(part: str) -> TypedAmount | None:
    half = _HALF_TYPED.fullmatch(part)
    match = _AMOUNT.fullmatch(f"{half['whole']}.{half['begun']:0<3}" if half else part)
    if match is None:
        return None
    digits, unit = match["digits"].replace(".", ""), match["unit"]
    values = frozenset(_meant(int(digits), unit, is_whole="." in match["digits"]))
    has_ended = unit is not None
    return TypedAmount(part, values, "" if has_ended else digits) if values else None


def _meant(figure: int, unit: str | None, *, is_whole: bool) -> Iterator[Rupiah]:
    """Give what a figure may mean in rupiah; nothing is no amount."""
    if figure == 0:
        return
    if unit is not None:
        yield Rupiah.of(figure * _UNITS[unit])
        return
    if figure >= _FEWEST_RUPIAH:
        yield Rupiah.of(figure)
    if not is_whole:
        yield Rupiah.of(figure * 1_000)
