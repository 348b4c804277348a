"""Figures three rows high: a token to read aloud, and what a large total is drawn with.

A PLN token is twenty digits, read and typed in groups of four (``receipts.md 4.1``); three
wrong entries can block the meter (``counter.md 3.1``, row 11), so no two figures look alike.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from cashier.text import clean
from cashier.widgets.fit import wrap
from cashier.widgets.rows import Rows

HEIGHT: Final = 3
"""Rows of a figure."""

_GROUP: Final = 4
_BETWEEN_GROUPS: Final = "   "

_FIGURES: Final[Mapping[str, tuple[str, str, str]]] = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    ",": (" ", " ", "█"),
    "-": ("   ", "▀▀▀", "   "),
}
_UNKNOWN: Final = ("", "", "")


def groups_of_four(token: str) -> list[str]:
    """Part a token as it is read aloud: ``1234 5678 ...``."""
    return [token[at : at + _GROUP] for at in range(0, len(token), _GROUP)]


def big(text: str) -> list[str]:
    """Draw figures, dots, commas and minus in three rows; other characters are left out."""
    figures = [_FIGURES.get(character, _UNKNOWN) for character in text]
    return [" ".join(figure[row] for figure in figures if figure[row]) for row in range(HEIGHT)]


def token_rows(token: str, width: int) -> list[str]:
    """Draw a token in as few lines of large groups as the width allows.

    Where not even one large group fits, and for what is no row of digits, the groups are plain
    text.
    """
    plain = clean(token)
    groups = groups_of_four(plain)
    largest = len(big("0" * _GROUP)[0])
    if width < largest or not (plain.isascii() and plain.isdigit()):
        return wrap(" ".join(groups) if plain.isdigit() else plain, width)
    fitting = (width + len(_BETWEEN_GROUPS)) // (largest + len(_BETWEEN_GROUPS))
    rows: list[str] = []
    for at in range(0, len(groups), fitting):
        drawn = [big(group) for group in groups[at : at + fitting]]
        line = [_BETWEEN_GROUPS.join(part[row] for part in drawn) for row in range(HEIGHT)]
        rows += [*([""] if rows else []), *line]
    return rows


class BigToken(Rows):
    """A token to read aloud."""

    DEFAULT_CSS = """
    BigToken { text-style: bold; }
    """

    def __init__(self, token: str, *, id: str | None = None) -> None:  # noqa: A002
        """Show a token, digits without blanks."""
        super().__init__(id=id)
        self.token = token

    def rows(self, width: int) -> Sequence[str]:
        """The token's groups."""
        return token_rows(self.token, width)
