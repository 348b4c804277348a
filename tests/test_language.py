"""Every sentence exists in both languages, with the same slots, and nothing is put in uncleaned."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import cashier
from cashier.journal.errors import Untrusted
from cashier.journal.findings import Flaw
from cashier.language import LANGUAGES, LanguageCode, Refusal, explain, say
from cashier.payment import Reason, State

PACKAGE = Path(cashier.__file__).parent
FOLDER = PACKAGE / "languages"


@cache
def words(language: LanguageCode, area: str) -> dict[str, str]:
    text = (FOLDER / language / f"{area}.toml").read_text(encoding="utf-8")
    return {name: str(sentence) for name, sentence in tomllib.loads(text).items()}


def areas(language: LanguageCode) -> list[str]:
    return sorted(path.stem for path in (FOLDER / language).glob("*.toml"))


def slots(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


ALL_AREAS = sorted({area for language in LANGUAGES for area in areas(language)})


class TestTheCatalogue:
    def test_both_languages_speak_of_the_same_things(self) -> None:
        assert areas("id") == areas("en")
        assert "config" in areas("id")

    @pytest.mark.parametrize("area", ALL_AREAS)
    def test_both_languages_have_the_same_keys_with_the_same_slots(self, area: str) -> None:
        indonesian, english = words("id", area), words("en", area)
        assert indonesian.keys() == english.keys()
        for name, sentence in indonesian.items():
            assert slots(sentence) == slots(english[name]), name

    @pytest.mark.parametrize("area", ALL_AREAS)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_sentence_is_a_text_with_named_slots(
        self, language: LanguageCode, area: str
    ) -> None:
        raw = tomllib.loads((FOLDER / language / f"{area}.toml").read_text(encoding="utf-8"))
        for name, sentence in raw.items():
            assert isinstance(sentence, str), name
            assert name.isidentifier(), name
            assert all(slot.isidentifier() for slot in slots(sentence)), name

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("reason", Reason)
    def test_each_reason_of_a_payment_has_a_sentence(
        self, language: LanguageCode, reason: Reason
    ) -> None:
        assert words(language, "reason")[reason]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("state", State)
    def test_each_state_of_a_payment_has_a_sentence(
        self, language: LanguageCode, state: State
    ) -> None:
        assert words(language, "state")[state]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("flaw", Flaw)
    def test_each_flaw_of_a_journal_is_told_in_the_operators_words(
        self, language: LanguageCode, flaw: Flaw
    ) -> None:
        assert f"({words(language, 'journal')[f'flawed_{flaw}']})" in explain(
            language, Untrusted(flaw.value)
        )


class TestSaying:
    def test_the_same_refusal_is_told_in_the_language_of_whoever_reads_it(self) -> None:
        refusal = Refusal("config.not_found", file="/srv/kasir.toml")
        assert explain("id", refusal).startswith("Berkas /srv/kasir.toml tidak ada.")
        assert explain("en", refusal).startswith("There is no file /srv/kasir.toml.")

    def test_a_sentence_that_names_a_command_names_it_as_the_operator_calls_it(self) -> None:
        refusal = Untrusted("behind")
        assert "jalankan cashier journal verify" in explain("id", refusal)
        told = explain("id", refusal, "cashier practice")
        assert "jalankan cashier practice journal verify" in told

    def test_s13_s36_what_comes_from_outside_is_cleaned_before_it_is_put_in(self) -> None:
        told = say("en", "config.not_found", file="\x1b[2Ja\nb\u202ec")
        assert told.startswith("There is no file [2Ja bc.")

    def test_braces_from_outside_are_only_braces(self) -> None:
        told = say("en", "config.not_found", file="{reason} {0.__class__} {")
        assert told.startswith("There is no file {reason} {0.__class__} {.")

    def test_a_long_value_does_not_bury_the_sentence(self) -> None:
        told = say("en", "config.not_found", file="x" * 5000)
        assert told.endswith("Run `cashier init` to make it.")
        assert len(told) < 300

    @pytest.mark.parametrize(
        ("key", "values"),
        [("config.no_such_key", {}), ("config.not_found", {}), ("config", {})],
    )
    def test_a_missing_key_or_value_is_a_defect_that_shows(
        self, key: str, values: dict[str, str]
    ) -> None:
        with pytest.raises((KeyError, FileNotFoundError)):
            say("id", key, **values)

    def test_a_refusal_carries_its_key_and_values_not_its_sentence(self) -> None:
        refusal = Refusal("config.not_found", file="a")
        assert (refusal.key, refusal.values) == ("config.not_found", {"file": "a"})
        assert refusal.values_in("en") == refusal.values


# What the code says must be in the catalogue.


@dataclass(frozen=True)
class Use:
    """A place in the code that names a sentence."""

    where: str
    key: str
    """With ``*`` where a part of the key is only known when running."""
    given: frozenset[str] | None
    """Names of the values; ``None`` where they cannot be read from the code."""


@cache
def trees() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@dataclass(frozen=True)
class Kind:
    """What calling a kind of refusal takes."""

    takes_key: bool
    adds_values: bool
    """Whether a caller gives fewer values than the sentence gets."""
    words_of_its_own: bool
    """Whether even the class does, because it gives some in the language that is spoken."""


@cache
def refusals() -> dict[str, Kind]:
    """``Refusal`` and all its subclasses, by name."""
    classes = [
        node
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    found = {"Refusal": Kind(takes_key=True, adds_values=False, words_of_its_own=False)}
    before = 0
    while before < len(found):
        before = len(found)
        for node in classes:
            bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
            base = next((found[name] for name in bases if name in found), None)
            if base is not None and node.name not in found:
                found[node.name] = kind_of(node, base)
    return found


def kind_of(node: ast.ClassDef, base: Kind) -> Kind:
    methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
    own = methods.get("__init__")
    takes_key = base.takes_key if own is None else "key" in {each.arg for each in own.args.args}
    words_of_its_own = "values_in" in methods or base.words_of_its_own
    return Kind(
        takes_key, own is not None or base.adds_values or words_of_its_own, words_of_its_own
    )


def keys_in(node: ast.expr) -> Iterator[str]:
    """The keys that an expression can be, as far as they are written there."""
    match node:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp():
            yield from keys_in(node.body)
            yield from keys_in(node.orelse)
        case ast.JoinedStr():
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
            )
        case _:
            return


def named(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def key_argument(call: ast.Call, inside: str) -> ast.expr | None:
    """The argument of a call that is the key of a sentence, if the call takes one."""
    name = named(call)
    if name == "say" and len(call.args) > 1:
        return call.args[1]
    kind = refusals().get(name)
    is_super = name == "__init__" and inside in refusals()
    if call.args and ((kind and kind.takes_key) or name == "wrong" or is_super):
        return call.args[0]
    return None


def uses() -> Iterator[Use]:
    for file, tree in trees().items():
        owner = {
            id(node): each.name
            for each in ast.walk(tree)
            if isinstance(each, ast.ClassDef)
            for node in ast.walk(each)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            inside = owner.get(id(node), "")
            argument = key_argument(node, inside)
            if argument is None:
                continue
            names = {each.arg for each in node.keywords}
            kind, around = refusals().get(named(node)), refusals().get(inside)
            adds = kind.adds_values if kind else bool(around and around.words_of_its_own)
            open_ended = None in names or adds
            given = None if open_ended else frozenset(name for name in names if name is not None)
            if given is not None and named(node) == "wrong":  # the file and the place are added
                given |= {"file", "where"}
            if given is not None and (kind or around):  # who explains a refusal adds it
                given |= {"command"}
            for key in keys_in(argument):
                if "." in key:
                    yield Use(f"{file}:{node.lineno}", key, given)


ALL_USES = list(uses())


def test_the_scan_sees_refusals_sentences_and_checks() -> None:
    keys = {use.key for use in ALL_USES}
    assert {"config.not_found", "config.wrong_rupiah", "config.no_secrets"} <= keys
    assert {"ConfigProblem", "Refusal"} <= refusals().keys()
    assert len(ALL_USES) > 40


@pytest.mark.parametrize("use", ALL_USES, ids=lambda use: f"{use.where} {use.key}")
def test_every_key_in_the_code_has_its_sentence_and_every_slot_its_value(use: Use) -> None:
    area, _, name = use.key.partition(".")
    for language in LANGUAGES:
        sentences = words(language, area)
        if "*" in name:
            before, *_, after = name.split("*")
            assert any(each.startswith(before) and each.endswith(after) for each in sentences)
        else:
            assert name in sentences, f"{language}/{area}.toml lacks {name}"
            if use.given is not None:
                assert slots(sentences[name]) <= use.given, f"{use.where} gives {set(use.given)}"


def test_no_sentence_about_files_is_left_over() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    for name in words("en", "config"):
        assert f'"config.{name}"' in code, name
