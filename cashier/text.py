"""The one door through which text from outside comes in, and the masks under which it goes out.

Everything that Espay, a file, a scanner or a person delivers passes ``clean`` where it is
parsed. What came through is ``CleanText``, plain text that a screen, a printer, a CSV cell or
a log line can carry as it stands.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NewType

CleanText = NewType("CleanText", str)
"""Text without control, format, surrogate or private characters, in NFC, of bounded length."""

_LONGEST: Final = 200
_MOST_MARKS: Final = 2
"""Combining marks kept behind one character; names need no more, attacks use thousands."""

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that show nothing, or change how wide their neighbour is drawn."""

_DIGIT_RUN: Final = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
_SHORTEST_CARD: Final = 13
_LONGEST_CARD: Final = 19
_SHORTEST_GROUP: Final = 3
"""No card is written in smaller groups; a limit on what a long row of digits can cost."""
_FEWEST_TOKEN_GROUPS: Final = 5
"""A PLN token is five groups of four digits, a card at most four (``receipts.md 4.1``)."""

_CARD_LENGTHS: Final[Mapping[str, frozenset[int]]] = {
    "4": frozenset({13, 16, 19}),
    **{str(prefix): frozenset({16}) for prefix in range(51, 56)},
    **{str(prefix): frozenset({16}) for prefix in range(2221, 2721)},
    "34": frozenset({15}),
    "37": frozenset({15}),
    "36": frozenset({14}),
    "38": frozenset({14}),
    **{str(prefix): frozenset({16}) for prefix in range(3528, 3590)},
    "62": frozenset({16, 17, 18, 19}),
}
"""Leading digits and lengths of card numbers in use (ISO/IEC 7812 issuer ranges)."""

_FORMULA: Final = tuple("=+-@＝＋－＠")
"""First characters that a spreadsheet takes for a formula (``attacks.md S16``)."""


def clean(value: str, longest: int = _LONGEST) -> CleanText:
    """Make outside text safe to show, print, log and store.

    Line breaks and tabs become spaces; control, format (bidi too), surrogate, private-use,
    unassigned and invisible characters and line separators are dropped; more than two combining
    marks in a row are cut; the rest is normalised to NFC, stripped, and capped at ``longest``
    characters. What is clean stays as it is.
    """
    kept: list[str] = []
    marks = 0
    # Normalised before the marks are counted, because one character may become one with marks,
    # and again behind, because what stood between a letter and its mark may have been dropped.
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFC", value[: longest * 8]))
    for original in seen:
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
    """Mask all digits that look like a card number, in one piece or in groups.

    Five or more groups of four digits are a token or a reference: never a digit of those is
    lost, whatever they begin with.
    """
    return _DIGIT_RUN.sub(_masked_run, text)


def _masked_run(match: re.Match[str]) -> str:
    parts = re.split("([ -])", match[0])  # digits in the even places, what parts them between
    groups = parts[::2]
    if len(groups) >= _FEWEST_TOKEN_GROUPS and all(len(group) == 4 for group in groups):
        return match[0]
    masked: list[str] = []
    first = 0
    while first < len(parts):
        end = _end_of_card(parts, first)
        digits = "".join(parts[first:end:2])
        masked += [mask_card(digits) if looks_like_card(digits) else digits, *parts[end : end + 1]]
        first = end + 1
    return "".join(masked)


def _end_of_card(parts: list[str], first: int) -> int:
    """Where the card number that begins at ``first`` ends; behind its group if there is none."""
    digits = ""
    for place in range(first, len(parts), 2):
        digits += parts[place]
        if looks_like_card(digits):
            return place + 1
        if len(parts[place]) < _SHORTEST_GROUP or len(digits) > _LONGEST_CARD:
            break
    return first + 1


def _in_card_range(digits: str) -> bool:
    if not _SHORTEST_CARD <= len(digits) <= _LONGEST_CARD:
        return False
    prefixes = (digits[:1], digits[:2], digits[:4])
    in_use = any(len(digits) in _CARD_LENGTHS.get(prefix, ()) for prefix in prefixes)
    return in_use and digits.isascii() and digits.isdigit()


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
