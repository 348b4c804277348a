"""How wide text is on a terminal, in cells, and how it is cut into rows of so many cells."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_MARKS: Final = frozenset({"Mn", "Me"})
_BLANK: Final = re.compile(r"\s")
"""Also the no-break and the wide ones, which a printer may not know."""

_LATELY_WIDE: Final = (
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D376),
)
"""Symbols that became wide in Unicode 16; the ``unicodedata`` of older Pythons does not know."""


def cells(text: str) -> int:
    """Count the terminal cells of clean text: a wide character takes two, a mark none."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


@lru_cache(maxsize=4096)
def _cells_of(character: str) -> int:
    if unicodedata.category(character) in _MARKS:
        return 0
    code = ord(character)
    wide = unicodedata.east_asian_width(character) in "WF"
    return 2 if wide or any(first <= code <= last for first, last in _LATELY_WIDE) else 1


def widest_word(text: str) -> int:
    """Give the cells of the widest word."""
    return max(map(cells, _BLANK.split(text)))


def wrap(text: str, width: int) -> list[str]:
    """Break text into rows of at most ``width`` cells, between words where that is possible.

    Blanks inside a row stay as many as they are, whatever their kind; blanks at a break are
    dropped. No row is empty; of empty text nothing is left.

    Args:
        text: Clean text, without line breaks.
        width: Cells of a row, at least two.
    """
    rows: list[str] = []
    row = ""
    for word in _BLANK.sub(" ", text).split(" "):
        longer = f"{row} {word}" if row else word
        if cells(longer.rstrip(" ")) <= width:
            row = longer
            continue
        rows.append(row)
        *whole, row = _pieces(word, width)
        rows += whole
    rows.append(row)
    return [bare for each in rows if (bare := each.rstrip(" "))]


def _pieces(word: str, width: int) -> list[str]:
    """Cut a word that is wider than a row; a mark stays with its letter."""
    pieces = [""]
    for character in word:
        if cells(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
