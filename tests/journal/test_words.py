"""Every refusal and every finding has its sentence, in both languages."""

import tomllib
from importlib.resources import files
from string import Formatter

import pytest

import cashier.journal.errors as refusals
from cashier.journal.errors import JournalRefusal
from cashier.journal.findings import Finding, Flaw
from cashier.language import LANGUAGES


def _sentences(language: str) -> dict[str, str]:
    source = files("cashier") / "languages" / language / "journal.toml"
    return {name: str(text) for name, text in tomllib.loads(source.read_text("utf-8")).items()}


def _slots(sentence: str) -> set[str]:
    return {slot for _, slot, _, _ in Formatter().parse(sentence) if slot is not None}


def test_both_languages_say_the_same_things_with_the_same_slots() -> None:
    slots = [{name: _slots(s) for name, s in _sentences(code).items()} for code in LANGUAGES]
    assert slots[0] == slots[1]


def test_every_refusal_has_its_sentence() -> None:
    source = files("cashier.journal").joinpath("errors.py").read_text("utf-8")
    classes = [
        one
        for one in vars(refusals).values()
        if isinstance(one, type) and issubclass(one, JournalRefusal) and one is not JournalRefusal
    ]
    keys = {name for name in _sentences("id") if f'"journal.{name}"' in source}
    assert len(keys) == len(classes)


@pytest.mark.parametrize("flaw", [*Flaw])
def test_every_finding_is_told_with_what_to_do(flaw: Flaw) -> None:
    finding = Finding(flaw, "payment", "7", 12)
    for language in LANGUAGES:
        sentence = finding.tell(language)
        assert sentence.count(".") >= 2


def test_no_sentence_is_left_over() -> None:
    source = "".join(
        file.read_text("utf-8")
        for file in files("cashier.journal").iterdir()
        if file.name.endswith(".py")
    )
    used = {name for name in _sentences("id") if f"journal.{name}" in source}
    told = {f"{name}_{flaw}" for flaw in Flaw for name in ("flaw", "flawed")} | {
        "story_quote",
        "story_request",
        "story_reply",
    }
    assert used | told == {*_sentences("id")}
