"""Text is cut and wrapped by cells, and nothing is lost where it is wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cashier.text import clean
from cashier.widgets.fit import fit, wrap

CLEAN = st.text(max_size=60).map(clean)


@pytest.mark.parametrize(
    ("text", "cells", "fitted"),
    [
        ("abc", 5, "abc  "),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, ""),
        ("abcd", -3, ""),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日 …"),
    ],
)
def test_a_text_is_made_to_fit(text: str, cells: int, fitted: str) -> None:
    assert fit(text, cells) == fitted


@given(CLEAN, st.integers(min_value=0, max_value=30))
def test_it_always_fits_exactly(text: str, cells: int) -> None:
    assert cell_len(fit(text, cells)) == cells


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("", 10, [""]),
        ("JL MERDEKA NO 1", 10, ["JL MERDEKA", "NO 1"]),
        ("1234567890123", 5, ["12345", "67890", "123"]),
        ("日本語", 1, ["日", "本", "語"]),
        ("a b", 1, ["a", "b"]),
        ("a 🏻 b", 3, ["a 🏻", "b"]),
    ],
)
def test_a_text_is_broken_between_words(text: str, cells: int, lines: list[str]) -> None:
    assert wrap(text, cells) == lines


@given(CLEAN, st.integers(min_value=2, max_value=30))
def test_wrapping_loses_nothing_and_no_line_is_wider(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= cells for line in lines)
