"""Paragraphs fit any width, lose nothing, and say where the rest is when there is no room."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from cashier.widgets.paragraphs import Paragraph, Paragraphs, paragraph_rows

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80)


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=4), st.integers(4, 90))
def test_every_row_fits_whatever_the_words(given: list[tuple[str, bool]], width: int) -> None:
    rows = paragraph_rows([Paragraph(words, bullet=bullet) for words, bullet in given], width)
    assert all(cell_len(row) <= width for row, _ in rows)


def test_things_below_a_heading_hang_beside_their_mark() -> None:
    rows = paragraph_rows([Paragraph("Petunjuk:", "strong"), Paragraph("satu dua", bullet=True)], 7)
    assert rows == [
        ("Petunju", "strong"),
        ("k:", "strong"),
        ("- satu", "plain"),
        ("  dua", "plain"),
    ]


class Sheet(App[None]):
    """Three rows of paragraphs."""

    def compose(self) -> ComposeResult:
        yield Paragraphs("... more")

    def rows(self) -> list[str]:
        widget = self.query_one(Paragraphs)
        return [widget.render_line(y).text.rstrip() for y in range(3)]


async def test_what_has_no_room_is_told_in_the_last_row() -> None:
    app = Sheet()
    async with app.run_test(size=(20, 3)) as pilot:
        app.query_one(Paragraphs).show([Paragraph(str(number)) for number in range(3)])
        await pilot.pause()
        assert app.rows() == ["0", "1", "2"]
        app.query_one(Paragraphs).show([Paragraph(str(number)) for number in range(4)])
        await pilot.pause()
        assert app.rows() == ["0", "1", "... more"]
        app.query_one(Paragraphs).show([Paragraph("only", "open")])
        await pilot.pause()
        assert app.rows() == ["only", "", ""]
