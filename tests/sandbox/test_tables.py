"""``--numbers`` and ``--ledger`` fit a terminal and show what happened."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from cashier.language import LANGUAGES, LanguageCode
from cashier.sandbox.ledger import read_book
from cashier.sandbox.ledger_view import ledger_table, render_ledger
from cashier.sandbox.numbers import numbers_table, render_numbers
from cashier.sandbox.tables import render
from cashier.sandbox.troubles import troubles
from tests.sandbox.asking import Asker
from tests.support.sandbox import RunningSandbox, magic_number

METER = "520520795556"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_numbers_fits_80_columns_and_names_every_trouble(
    language: LanguageCode,
) -> None:
    text = render_numbers(language)
    assert max(map(len, text.splitlines())) <= 80
    for row in troubles().values():
        assert f"{row.number} " in text
        assert row.named(language) in text


def test_a_row_tells_where_what_and_how_it_ends() -> None:
    rows = {row.number: row for row in numbers_table("en")}
    failed = rows["99601"]
    assert (failed.place, failed.till, failed.then) == ("status", "processing", "unpaid")
    assert failed.invented
    assert not failed.booked
    assert rows["99001"].booked
    assert not rows["99701"].booked
    assert "processing→unpaid" in render_numbers("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ledger_shows_payments_and_bookings(
    language: LanguageCode, asker: Asker, sandbox: RunningSandbox
) -> None:
    path = sandbox.ledger.path
    assert len(render_ledger(path, language).splitlines()) == 1
    asker.buy(METER, "SLYLPR100")
    asker.buy(magic_number("in_process_failed", METER), "SLYLPO")
    asker.pay(METER, "SLYLPO", "1", signature="0")
    asker.pay("5289133888888888", "SCCANZ", "1000000")
    text = render_ledger(path, language)
    assert "Rp102.500" in text
    assert "528913******8888" in text
    assert "5289133888888888" not in text
    assert str(sandbox.ledger.balance) in text
    kinds = [row.what for row in ledger_table(path)]
    assert sorted(kinds) == sorted(
        ["request", "booked", "request", "pending", "turned_away", "request", "booked"]
    )
    assert read_book(path).balance == sandbox.ledger.balance


def test_nothing_from_a_request_reaches_the_terminal_uncleaned(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    asker.pay("\x1b[2J\u202e1", "S\x07L", "1\x9b2")
    text = render_ledger(sandbox.ledger.path, "id")
    assert not set(text) & {"\x1b", "\u202e", "\x07", "\x9b"}


def test_columns_count_what_a_terminal_shows() -> None:
    assert render([["A", "B"], ["漢字", "x"], ["é", "y"]]) == "A     B\n漢字  x\né     y"


def test_both_languages_have_the_same_words_and_slots() -> None:
    words = {}
    for language in LANGUAGES:
        source = files("cashier") / "languages" / language / "sandbox.toml"
        sentences = tomllib.loads(source.read_text(encoding="utf-8"))
        words[language] = {key: text.count("{") for key, text in sentences.items()}
    assert words["id"] == words["en"]


def test_a_ledger_that_is_not_there_is_told_as_empty(tmp_path: Path) -> None:
    assert "kosong" in render_ledger(tmp_path / "none.jsonl", "id")
