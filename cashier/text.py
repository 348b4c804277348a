"""The one door through which text from outside comes in, and the masks under which it goes out.

Everything that Espay, a file, a scanner or a person delivers passes ``clean`` where it is
parsed. What came through is ``CleanText``, plain text that a screen, a printer, a CSV cell or
a log line can carry as it stands.
"""

import re
import unicodedata
from typing import Final, NewType

CleanText = NewType("CleanText", str)
"""Text without control, format, surrogate or private characters, in NFC, of bounded length."""

_LONGEST: Final = 200
_MOST_MARKS: Final = 2
"""Combining marks kept behind one character; names need no more, attacks use thousands."""

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})

_DIGIT_RUN: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_CARD_RANGES: Final = (
    ("4", {13, 16, 19}),
    ("51", {16}),
    ("52", {16}),
    ("53", {16}),
    ("54", {16}),
    ("55", {16}),
    *((str(prefix), {16}) for prefix in range(2221, 2721)),
    ("34", {15}),
    ("37", {15}),
    ("36", {14}),
    ("38", {14}),
    *((str(prefix), {16}) for prefix in range(3528, 3590)),
    ("62", {16, 17, 18, 19}),
)
"""Leading digits and lengths of card numbers in use (ISO/IEC 7812 issuer ranges)."""

_FORMULA: Final = tuple("=+-@＝＋－＠")
"""First characters that a spreadsheet takes for a formula (``attacks.md S16``)."""


def clean(value: str, longest: int = _LONGEST) -> CleanText:
    """Make outside text safe to show, print, log and store.

    Line breaks and tabs become spaces; control, format (bidi too), surrogate, private-use and
    unassigned characters and line separators are dropped; more than two combining marks in a
    row are cut; the rest is normalised to NFC, stripped, and capped at ``longest`` characters.
    """
    kept: list[str] = []
    marks = 0
    for original in value[: longest * 8]:
        character = " " if original in "\t\n\r\v\f\x85" else original
        category = unicodedata.category(character)
        if category in _DROPPED:
            continue
        marks = marks + 1 if category in _MARKS else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    text = unicodedata.normalize("NFC", "".join(kept)).strip()
    return CleanText(text[:longest].rstrip())


def csv_cell(text: str) -> str:
    """Clean a text for a CSV cell so that no spreadsheet runs it as a formula."""
    cell = clean(text)
    return f"'{cell}" if cell.lstrip("\"' ").startswith(_FORMULA) else cell


def looks_like_card(digits: str) -> bool:
    """Tell whether a number has a card's issuer range, length and Luhn check digit."""
    return _in_card_range(digits) and _luhn(digits)


def mask_card(number: str) -> str:
    """Show at most the issuer's six digits and the last four: ``411111******1111``."""
    if len(number) < 11:
        return "*" * len(number)
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def mask_cards_in(text: str) -> str:
    """Mask every run of digits that looks like a card number, and leave the rest as it is."""
    return _DIGIT_RUN.sub(_masked_if_card, text)


def _masked_if_card(match: re.Match[str]) -> str:
    digits = match[0].replace(" ", "").replace("-", "")
    return mask_card(digits) if looks_like_card(digits) else match[0]


def _in_card_range(digits: str) -> bool:
    return (
        digits.isascii()
        and digits.isdigit()
        and any(
            len(digits) in lengths and digits.startswith(prefix) for prefix, lengths in _CARD_RANGES
        )
    )


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
