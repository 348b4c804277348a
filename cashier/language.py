"""The interface's words: one catalogue, Indonesian by default, English by choice.

A key is ``area.name``; the words of an area live in ``languages/<code>/<area>.toml`` and are
read when first needed. Values are cleaned, then put into the sentence as plain text.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from cashier.text import clean

LanguageCode = Literal["id", "en"]
LANGUAGES: Final[tuple[LanguageCode, ...]] = ("id", "en")
_FOLDER: Final = Path(__file__).parent / "languages"


class Refusal(Exception):
    """What was asked cannot be done, and nothing was kept of it.

    It carries the key of its sentence and the values for it, not the sentence: who shows it
    chooses the language.
    """

    def __init__(self, key: str, **values: str) -> None:
        """Remember the sentence; values come from outside and are cleaned when shown."""
        super().__init__(key, values)
        self.key = key
        self.values = values

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values; a subclass whose values are words gives them in that language."""
        del language
        return self.values


def say(language: LanguageCode, key: str, **values: str) -> str:
    """Give the sentence of a key with its values filled in.

    Raises:
        KeyError: The catalogue has no such key, or a value is missing: a defect, not an input.
    """
    area, _, name = key.partition(".")
    sentence = _words(language, area)[name]
    return sentence.format_map({slot: clean(value) for slot, value in values.items()})


def explain(language: LanguageCode, refusal: Refusal, command: str = "cashier") -> str:
    """Give the sentence of a refusal.

    Args:
        language: The operator's.
        refusal: What was refused.
        command: How this program is called again, for example ``cashier practice``.
    """
    return say(language, refusal.key, **{"command": command, **refusal.values_in(language)})


@cache
def _words(language: LanguageCode, area: str) -> dict[str, str]:
    source = _FOLDER / language / f"{area}.toml"
    words = tomllib.loads(source.read_text(encoding="utf-8"))
    return {name: str(sentence) for name, sentence in words.items()}
