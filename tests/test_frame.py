"""Only what the terminal does not show already is sent to it, and then it shows what it should."""

from collections.abc import Sequence

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from cashier.frame import Frame

SIZE = Size(12, 3)
PLAIN, MARKED = Style(color="#ffffff", bgcolor="#101010"), Style(color="#ff0000", bold=True)
CONSOLE = Console(color_system="truecolor", force_terminal=True)
NO_WRAP = "\x1b[?7l"
"""What Textual sets on every terminal."""

Row = Sequence[tuple[str, Style]]


def strip_of(row: Row) -> Strip:
    return Strip([Segment(text, style) for text, style in row])


def whole(rows: Sequence[Row]) -> LayoutUpdate:
    region = Region(0, 0, SIZE.width, SIZE.height)
    return LayoutUpdate([[strip_of(row).adjust_cell_length(SIZE.width)] for row in rows], region)


def part(y: int, x: int, row: Row) -> ChopsUpdate:
    """A piece of one row, as a widget's own repaint is."""
    strip = strip_of(row)
    end = x + strip.cell_length
    chops = [{x: strip} if at == y else {} for at in range(SIZE.height)]
    return ChopsUpdate(chops, [(y, x, end)], [[end]] * SIZE.height)


def sent(
    frame: Frame, update: LayoutUpdate | ChopsUpdate, where: object = "home", size: Size = SIZE
) -> str:
    return frame.only_changes(where, size, update).render_segments(CONSOLE)


ROWS: list[Row] = [
    [("satu ", PLAIN), ("dua", MARKED)],
    [("tiga", PLAIN)],
    [("漢字 ", PLAIN), ("empat", MARKED)],
]


def test_what_stands_there_already_is_not_sent_again() -> None:
    frame = Frame()
    assert "satu" in sent(frame, whole(ROWS))
    assert sent(frame, whole(ROWS)) == ""
    assert sent(frame, part(0, 5, [("dua", MARKED)])) == ""


def test_only_the_cells_from_the_first_other_one_to_the_last_are_sent() -> None:
    frame = Frame()
    sent(frame, whole(ROWS))
    told = sent(frame, part(0, 0, [("saku ", PLAIN), ("dua", MARKED)]))
    assert told.startswith("\x1b[1;3H")
    assert "k" in told
    assert not set("satudu ") & set(told.partition("m")[2].partition("\x1b")[0])


def test_wide_characters_are_never_cut() -> None:
    frame = Frame()
    sent(frame, whole(ROWS))
    assert "漢語 " in sent(frame, part(2, 0, [("漢語 ", PLAIN)]))


def test_another_look_of_the_same_words_is_a_difference() -> None:
    frame = Frame()
    sent(frame, whole(ROWS))
    assert "satu " in sent(frame, part(0, 0, [("satu ", MARKED)]))


def test_runs_of_one_look_are_told_in_one() -> None:
    told = sent(Frame(), part(1, 2, [("a", PLAIN), ("b", PLAIN), ("c", MARKED)]))
    assert "ab" in told
    assert told.count("\x1b[0m") == 2


def test_another_screen_another_size_and_an_emptied_terminal_are_sent_whole() -> None:
    frame = Frame()
    first = sent(frame, whole(ROWS))
    assert sent(frame, whole(ROWS), where="leave") == first
    assert sent(frame, whole(ROWS), where="leave", size=Size(20, 3)) == first
    frame.forget()
    assert sent(frame, whole(ROWS), where="leave", size=Size(20, 3)) == first


def test_what_lies_outside_the_terminal_is_not_sent_while_its_size_changes() -> None:
    frame = Frame()
    small = Size(6, 2)
    told = sent(frame, whole(ROWS), size=small)
    assert "tiga" in told
    assert "empat" not in told
    assert sent(frame, whole(ROWS), size=small) == ""


def test_an_accent_without_a_letter_leaves_the_cell_before_it_unknown() -> None:
    frame = Frame()
    sent(frame, whole(ROWS))
    sent(frame, part(1, 4, [("\u0301a", PLAIN)]))
    assert sent(frame, part(1, 0, [("tiga", PLAIN)])).startswith("\x1b[2;4H")


letters = st.sampled_from(["a", "b", " ", "漢", "字", "é", "€", "e\u0301", "😀"])
texts = st.lists(letters, min_size=1, max_size=4).map("".join)
runs = st.lists(st.tuples(texts, st.sampled_from([PLAIN, MARKED])), max_size=4)
pages = st.lists(runs, min_size=SIZE.height, max_size=SIZE.height)


@given(st.lists(pages, min_size=2, max_size=4))
def test_the_terminal_shows_the_last_of_any_pages(shown: list[list[Row]]) -> None:
    frame = Frame()
    assert cells("".join(sent(frame, whole(page)) for page in shown)) == cells(
        sent(Frame(), whole(shown[-1]))
    )


def cells(told: str) -> list[list[tuple[str, str, bool]]]:
    """What a person sees of it, cell by cell: character, colour, weight."""
    screen = pyte.Screen(SIZE.width, SIZE.height)
    pyte.Stream(screen).feed(f"{NO_WRAP}{told}")
    return [
        [
            (cell.data, cell.fg, cell.bold)
            for cell in (screen.buffer[y][x] for x in range(SIZE.width))
        ]
        for y in range(SIZE.height)
    ]
