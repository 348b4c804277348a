"""``cashier sandbox --numbers``: which number makes which trouble, for people at practice."""

import textwrap
from dataclasses import dataclass
from typing import Final

from cashier.language import LanguageCode, say
from cashier.sandbox.tables import render
from cashier.sandbox.troubles import Outcome, Place, Target, Trouble, troubles


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One trouble, told in a language."""

    number: str
    """The last five digits that ask for it."""
    place: Place
    only: Target
    happens: str
    booked: bool
    """Whether Espay takes the money."""
    till: Outcome
    then: Outcome | None
    fault: str
    invented: bool


_COLUMNS: Final = 80
_HEADINGS: Final = ("digits", "place", "happens", "money", "ends")


def numbers_table(language: LanguageCode) -> list[NumberRow]:
    """Give every magic number, in the order of their digits."""
    return [_row(language, trouble) for trouble in troubles().values()]


def render_numbers(language: LanguageCode) -> str:
    """Write the table as plain text, 80 columns wide, with a sentence on how to use it."""
    rows = [_cells(language, row) for row in numbers_table(language)]
    headings = [say(language, f"sandbox.{heading}") for heading in _HEADINGS]
    table = render([headings, *rows])
    return "\n".join(
        [
            textwrap.fill(say(language, "sandbox.numbers_above"), _COLUMNS),
            "",
            table,
            "",
            textwrap.fill(say(language, "sandbox.numbers_below"), _COLUMNS),
        ]
    )


def _row(language: LanguageCode, trouble: Trouble) -> NumberRow:
    return NumberRow(
        number=trouble.number,
        place=trouble.place,
        only=trouble.only,
        happens=trouble.named(language),
        booked=trouble.takes_money,
        till=trouble.till,
        then=trouble.then,
        fault=trouble.fault,
        invented=trouble.invented,
    )


def _cells(language: LanguageCode, row: NumberRow) -> list[str]:
    ends = say(language, f"sandbox.outcome_{row.till}")
    if row.then is not None and row.then != row.till:
        ends = f"{ends}→{say(language, f'sandbox.outcome_{row.then}')}"
    return [
        row.number,
        say(language, f"sandbox.place_{row.place}"),
        row.happens + (" *" if row.invented else ""),
        say(language, "sandbox.yes" if row.booked else "sandbox.no"),
        ends,
    ]
