"""The catalogue's sentences are there in both languages, and its folder stays light."""

import re
import string
import subprocess
import sys
import tomllib

import pytest

from cashier.catalogue import problem
from cashier.language import LANGUAGES, LanguageCode
from tests.catalogue.documents import PACKAGE

SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "catalogue").glob("*.py"))
)


def words(language: LanguageCode) -> dict[str, str]:
    path = PACKAGE / "languages" / language / "catalogue.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def slots(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence)} - {None}


def test_both_languages_have_the_same_sentences_with_the_same_slots() -> None:
    indonesian, english = (words(language) for language in LANGUAGES)
    assert indonesian.keys() == english.keys()
    for name, sentence in indonesian.items():
        assert slots(sentence) == slots(english[name]), name


def raised() -> set[str]:
    """Every sentence that the code can ask for."""
    whole = set(re.findall(r'"catalogue\.([a-z_]+)"', SOURCES))
    numbers = {f"number_{name}" for name in re.findall(r'_refuse\(\s*"([a-z_]+)"', SOURCES)}
    numbers |= {"number_code_characters", "number_characters"}
    files = {f"file_{name}" for name in re.findall(r'Problem\(\s*"([a-z_]+)"', SOURCES)}
    files |= {f"file_{name}" for name in (*problem._SENTENCES.values(), "other")}
    return whole | numbers | files


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_asked_for_is_there_and_none_is_left_over(
    language: LanguageCode,
) -> None:
    assert set(words(language)) == raised()


def test_the_catalogue_loads_nothing_heavy() -> None:
    script = "import cashier.catalogue, sys; print(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(result.stdout.split())
    heavy = {
        "httpx",
        "httpcore",
        "apsw",
        "starlette",
        "uvicorn",
        "textual",
        "rich",
        "asyncio",
        "ssl",
    }
    assert not loaded & heavy
    ours = {name for name in loaded if name.startswith("cashier.")}
    below = {"catalogue", "clock", "language", "money", "payment", "text"}
    assert {name.split(".")[1] for name in ours} <= below
