"""Text is counted in terminal cells and broken between words."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cashier.receipt.cells import cells, widest_word, wrap
from cashier.text import clean

LAST_LETTER: Final = 0x33480
"""Beyond it stand marks, private characters and nothing."""


def test_no_character_that_may_be_printed_is_counted_narrower_than_a_terminal_draws_it() -> None:
    too_narrow = [
        hex(code)
        for code in range(LAST_LETTER)
        if not 0xD800 <= code < 0xE000
        if cell_len(chr(code)) > cells(chr(code)) and clean(f"a{chr(code)}") == f"a{chr(code)}"
    ]
    assert too_narrow == []


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("ABC", 3), ("é", 1), ("e\u0301", 1), ("字", 2), ("ＡＢ", 4), ("가", 2), ("🙂", 2)],
)
def test_wide_characters_count_two_and_marks_none(text: str, width: int) -> None:
    assert cells(text) == width


def test_the_widest_word_is_found() -> None:
    assert widest_word("a bbb 字字 cc") == 4


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 10, []),
        ("satu dua", 10, ["satu dua"]),
        ("satu dua tiga", 10, ["satu dua", "tiga"]),
        ("satu  dua", 10, ["satu  dua"]),
        ("satu\u00a0dua\u3000tiga", 10, ["satu dua", "tiga"]),
        ("satu      dua", 8, ["satu", "dua"]),
        ("a" * 12, 5, ["aaaaa", "aaaaa", "aa"]),
        ("x " + "a" * 7, 5, ["x", "aaaaa", "aa"]),
        ("a" * 6 + " x", 5, ["aaaaa", "a x"]),
        ("字字字", 5, ["字字", "字"]),
        ("ééé", 2, ["éé", "é"]),
    ],
)
def test_rows_are_broken_between_words_where_that_is_possible(
    text: str, width: int, rows: list[str]
) -> None:
    assert wrap(text, width) == rows


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200).map(clean), st.integers(2, 60))
def test_nothing_is_lost_or_added_and_every_row_fits(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(cells(row) <= width and row.strip() for row in rows)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abc字", min_size=1, max_size=8), max_size=20), st.integers(16, 60))
def test_a_word_that_fits_a_row_is_never_broken(words: list[str], width: int) -> None:
    rows = wrap(" ".join(words), width)
    assert [word for row in rows for word in row.split(" ")] == words
