"""What the till's own screens cost on the line, in bytes (DESIGN 10)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.practice import Practice, practising

MOST_FOR_THE_FIRST_SCREEN = 12_000
MOST_FOR_A_DIALOG = 9_000
MOST_FOR_A_LETTER = 500

HELP, LEAVE, REDRAW = b"?", b"\x11", b"\x0c"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("bytes")) as practice:
        yield practice


def cost(practice: Practice, keys: bytes, shows: str) -> int:
    """Send keys in one write; give the bytes that came until their text stands there."""
    practice.rest()
    before = len(practice.till.stream)
    practice.till.write(keys)
    practice.till.wait_until(lambda: len(practice.till.stream) > before)
    practice.till.wait_for(shows)
    practice.till.until_quiet()
    return len(practice.till.stream) - before


def test_the_first_screen_with_all_that_is_asked_for_it(tmp_path: Path) -> None:
    with practising(tmp_path) as practice:
        practice.till.until_quiet()
        assert 0 < len(practice.till.stream) <= MOST_FOR_THE_FIRST_SCREEN


@pytest.mark.parametrize(
    ("keys", "shows"),
    [(LEAVE, "Keluar dari kasir?"), (HELP, "Di layar ini")],
    ids=["leave", "help"],
)
def test_a_dialog_and_the_way_back_are_each_painted_once(
    practice: Practice, keys: bytes, shows: str
) -> None:
    practice.home()
    assert 0 < cost(practice, keys, shows) <= MOST_FOR_A_DIALOG
    assert 0 < cost(practice, b"\x1b", "Cari nama") <= MOST_FOR_A_DIALOG


def test_a_letter_that_changes_nothing_in_the_list_costs_a_few_cells(practice: Practice) -> None:
    practice.home()
    practice.type(b"/indov")
    practice.till.wait_for(">Indovision")
    assert 0 < cost(practice, b"i", "/indovi") <= MOST_FOR_A_LETTER


def test_the_screen_is_drawn_anew_at_a_key(practice: Practice) -> None:
    practice.home()
    before = len(practice.till.stream)
    practice.till.write(REDRAW)
    practice.till.wait_until(lambda: b"PLN Prabayar" in practice.till.stream[before:])
