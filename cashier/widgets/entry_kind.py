"""What the kinds of entry take, skip and show, and what of a paste they can use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import category

from rich.cells import cell_len

from cashier.language import Refusal
from cashier.money import NotMoney, Rupiah
from cashier.text import clean

EntryKind = Literal["digits", "amount", "code", "text", "pin"]

_DIGITS: Final = frozenset("0123456789")
_IN_CODES: Final = frozenset("+-.:/")


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the kinds."""

    takes: Callable[[str], bool]
    """Whether a character may stand in the value."""
    drawn: Callable[[str], list[str]] = list
    """What stands on the screen for each character of a value."""
    pasted: Callable[[str], str] = str
    """What of a pasted line is meant; raises ``Refusal`` when that is not clear."""
    skips: str = ""
    """Characters that people type and that mean nothing: the dots of an amount."""
    is_guarded: bool = False
    """Money and secrets: a burst is thrown away wholly, whether an Enter ends it or not."""
    takes_line_feed: bool = False
    """Whether LF submits too: some scanners are set to it (``performance.md 3``)."""


def piece_of(kind: Kind, paste: str) -> str:
    """Read what a paste brings.

    Raises:
        Refusal: ``widget.paste_lines``, ``paste_amount`` or ``paste_nothing``.
    """
    lines = [line for line in paste.splitlines() if line.strip()]
    if len(lines) > 1:
        raise Refusal("widget.paste_lines")
    piece = "".join(filter(kind.takes, kind.pasted(clean("".join(lines)))))
    if not piece:
        raise Refusal("widget.paste_nothing")
    return piece


def _is_digit(character: str) -> bool:
    return character in _DIGITS


def _is_of_code(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in _IN_CODES)


def _is_plain(character: str) -> bool:
    """Whether it is clean and has a cell of its own, which a combining mark has not."""
    is_clean = character == " " or clean(character) == character
    return is_clean and not category(character).startswith("M") and cell_len(character) > 0


def _with_dots(digits: str) -> list[str]:
    behind = range(len(digits) - 1, -1, -1)
    return [
        f"{digit}." if left and left % 3 == 0 else digit
        for digit, left in zip(digits, behind, strict=True)
    ]


def _hidden(digits: str) -> list[str]:
    return ["*"] * len(digits)


def _whole_rupiah(line: str) -> str:
    """Read an amount; dots are thousands, and a decimal comma is refused, never skipped."""
    try:
        return str(Rupiah.typed(line).whole_up)
    except NotMoney:
        raise Refusal("widget.paste_amount") from None


KINDS: Final[Mapping[EntryKind, Kind]] = {
    "digits": Kind(_is_digit, takes_line_feed=True),
    "amount": Kind(_is_digit, _with_dots, _whole_rupiah, skips=".", is_guarded=True),
    "code": Kind(_is_of_code, takes_line_feed=True),
    "text": Kind(_is_plain),
    "pin": Kind(_is_digit, _hidden, is_guarded=True),
}
