"""The customer number of a category: what may be typed or scanned, and what Espay receives."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, NoReturn, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cashier.catalogue.model import Frozen, Line, Words
from cashier.language import LanguageCode, Refusal
from cashier.text import looks_like_card

NumberKind = Literal["plain", "phone", "card", "code"]
"""``card`` is a PAN and is masked everywhere but on the wire; ``code`` may hold letters."""

_SEPARATORS: Final = str.maketrans("", "", " -")
_LONGEST: Final = 32

_Length = Annotated[int, Field(ge=1, le=_LONGEST)]


class NumberRefused(Refusal):
    """A customer number that its category cannot take; tells the number's name and the rule.

    The number itself is not among the values: it may be a card's.
    """

    def __init__(self, key: str, label: Words, **values: str) -> None:
        """Keep the label in both languages beside the values of the sentence."""
        super().__init__(key, label=label.id, **values)
        self.label = label

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the label in that language."""
        return {**self.values, "label": self.label.say(language)}


class NumberRule(Frozen):
    """What a customer number looks like; lengths are counted in characters after cleaning."""

    label: Words
    kind: NumberKind
    minimum: _Length
    maximum: _Length
    pattern: re.Pattern[str]
    """What the whole canonical number must match, beyond its length."""
    example: Line
    usual: re.Pattern[str] | None = None
    """What nearly all of these numbers look like. Of a number without its category, those that
    know it as usual are offered first; nothing is refused by it."""
    scan: re.Pattern[str] | None = None
    """What a scanner may deliver, all of it; a group ``number`` names the part that counts."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.minimum > self.maximum:
            raise PydanticCustomError("lengths", "a minimum that is not above the maximum")
        return self

    @property
    def lengths(self) -> str:
        """The allowed number of characters: ``12`` or ``11-12``."""
        if self.minimum == self.maximum:
            return str(self.minimum)
        return f"{self.minimum}-{self.maximum}"

    def canonical(self, typed: str) -> str:
        """Give the one form of a number that Espay, the bill key and the journal see.

        Blanks and dashes go, letters of a code become capitals, and a phone number in the
        international form gets its leading zero (``+62 812`` is ``0812``).

        Raises:
            NumberRefused: ``catalogue.number_empty``, ``number_characters``,
                ``number_code_characters``, ``number_short``, ``number_long`` or
                ``number_form``.
        """
        number = typed.strip().translate(_SEPARATORS)
        if self.kind == "phone":
            number = national(number)
        if not number:
            self._refuse("empty")
        if not self._has_known_characters(number):
            self._refuse("code_characters" if self.kind == "code" else "characters")
        number = number.upper()
        if len(number) < self.minimum:
            self._refuse("short", length=str(len(number)))
        if len(number) > self.maximum:
            self._refuse("long", length=str(len(number)))
        if self.pattern.fullmatch(number) is None:
            self._refuse("form")
        return number

    def accepts(self, typed: str) -> bool:
        """Tell whether a number could be one of these; a card's has to be a card's in truth."""
        try:
            number = self.canonical(typed)
        except NumberRefused:
            return False
        return self.kind != "card" or looks_like_card(number)

    def is_usual(self, number: str) -> bool:
        """Tell whether a canonical number looks as nearly all of these do."""
        return self.usual is not None and self.usual.fullmatch(number) is not None

    def from_scan(self, burst: str) -> str:
        """Give the canonical number that a scanner delivered.

        Raises:
            NumberRefused: ``catalogue.number_scan`` where a scanner cannot deliver this kind of
                number, or whatever ``canonical`` raises.
        """
        match = self.scan.fullmatch(burst.strip()) if self.scan is not None else None
        if match is None:
            self._refuse("scan")
        return self.canonical(match.groupdict().get("number") or match[0])

    def _has_known_characters(self, number: str) -> bool:
        known = number.isalnum() if self.kind == "code" else number.isdigit()
        return known and number.isascii()

    def _refuse(self, why: str, **values: str) -> NoReturn:
        raise NumberRefused(
            f"catalogue.number_{why}",
            self.label,
            example=self.example,
            expected=self.lengths,
            **values,
        )


def national(number: str) -> str:
    """Turn the international form of an Indonesian phone number into the national one.

    ``+62812``, ``62812`` and ``0812`` are the same number (``protocol.md 4.3``); anything else
    stays as it is. Blanks and dashes are dropped.
    """
    bare = number.strip().translate(_SEPARATORS)
    without_plus = bare.removeprefix("+") if bare.startswith("+62") else bare
    return f"0{without_plus[2:]}" if without_plus.startswith("62") else without_plus
