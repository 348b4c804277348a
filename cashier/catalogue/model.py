"""What all parts of a category file have in common: strictness, words, amounts, lists."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, Strict
from pydantic_core import PydanticCustomError

from cashier.language import LanguageCode
from cashier.money import Rupiah
from cashier.text import clean

_Item = TypeVar("_Item")


class Frozen(BaseModel):
    """A table of a category file: read strictly, never changed afterwards.

    The validators are built when a file is read for the first time, once for all tables that
    lie inside each other; that is a third of the cost of building each on its own.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, defer_build=True, hide_input_in_errors=True
    )


def _safe(text: str) -> str:
    return text if text.isascii() and text.isprintable() else clean(text)


def _whole_rupiah(value: object) -> Rupiah:
    if type(value) is not int or value <= 0:
        raise PydanticCustomError("whole_rupiah", "a whole number of rupiah above zero")
    return Rupiah.of(value)


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_safe)]
"""One line of text for people; control characters are dropped (``attacks.md S13``)."""

Amount = Annotated[Rupiah, PlainValidator(_whole_rupiah)]
"""An amount that a file writes in whole rupiah."""

Many = Annotated[tuple[_Item, ...], Strict(strict=False)]
"""A list of a file, kept as a tuple."""

ProductCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,16}$")]
"""Espay's code of a product, ``String(16)`` (``protocol.md 4.4``)."""


class Words(Frozen):
    """A short text in both languages of the interface."""

    id: Line
    en: Line

    def say(self, language: LanguageCode) -> str:
        """Give the text in one language."""
        return self.id if language == "id" else self.en
