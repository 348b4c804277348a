"""What the terminal shows, so that only what differs from it is sent.

Textual 8.2.8 paints a new screen two or three times over, and a list that is set anew in all its
rows, though most of the cells stand there already; over a slow link that is what a screen costs
(DESIGN 10, ``performance.md 2``).
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Cell: TypeAlias = tuple[str, Style | None, int]
"""What a cell shows: a character, or the run of characters it is part of and its place in it."""

_UNKNOWN: Final[Cell] = ("", None, 0)
"""Equal to nothing that is ever shown."""


class Frame:
    """The cells of one terminal, as they were sent."""

    def __init__(self) -> None:
        """Begin with a terminal of which nothing is known."""
        self._rows: list[list[Cell]] = []
        self._where: object = None

    def forget(self) -> None:
        """Know nothing any more: whatever comes next is sent whole."""
        self._rows = []

    def only_changes(
        self, where: object, size: Size, update: LayoutUpdate | ChopsUpdate
    ) -> "Changes":
        """Give an update that sends only what differs.

        Args:
            where: What the cells belong to; where that or the size is another, all is sent.
            size: Of the terminal, in cells.
            update: What Textual would send.
        """
        width = len(self._rows[0]) if self._rows else 0
        if where != self._where or (width, len(self._rows)) != size:
            self._where = where
            self._rows = [[_UNKNOWN] * size.width for _ in range(size.height)]
        return Changes(self._rows, update)


class Changes(CompositorUpdate):
    """An update of which only what is new goes to the terminal."""

    def __init__(self, rows: list[list[Cell]], update: LayoutUpdate | ChopsUpdate) -> None:
        """Compare with ``rows`` when it is sent, and note there what was."""
        self._rows = rows
        self._update = update

    def render_segments(self, console: Console) -> str:
        """Give what the terminal has to be told; Textual calls it once, when it sends."""
        sent: list[str] = []
        for y, x, strip in _strips(self._update):
            if y < len(self._rows):
                row = self._rows[y]
                for start, run in _changed_runs(row, x, strip.crop(0, len(row) - x)):
                    sent.append(f"\x1b[{y + 1};{start + 1}H{run.render(console)}")
        return "".join(sent)


def _strips(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Give row, first cell and content of each piece that an update would paint."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield y, update.region.x, Strip.join(line)
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < x2 and end > x1:
                yield y, x, strip.crop(0, min(end, x2) - x)


def _changed_runs(row: list[Cell], x: int, strip: Strip) -> Iterator[tuple[int, Strip]]:
    """Give what of a strip differs from a row, joined where it touches; note it there."""
    start, end, changed = x, x, list[Segment]()
    for at, segment in _changed_segments(row, x, strip):
        if at != end and changed:
            yield start, Strip(changed).simplify()
            changed = []
        start, end = (start if changed else at), at + segment.cell_length
        changed.append(segment)
    if changed:
        yield start, Strip(changed).simplify()


def _changed_segments(row: list[Cell], x: int, strip: Strip) -> Iterator[tuple[int, Segment]]:
    """Give the segments that differ, from the first other cell to the last; note them there."""
    for segment in strip:
        cells = _cells(segment)
        end = x + len(cells)
        shown, row[x:end] = row[x:end], cells
        if shown != cells:
            if x and cell_len(segment.text[0]) == 0:
                row[x - 1] = _UNKNOWN  # an accent without a letter stands on the one before it
            same, differ = _from_first_to_last(segment, shown, cells)
            yield x + same, differ
        x = end


def _from_first_to_last(
    segment: Segment, shown: list[Cell], cells: list[Cell]
) -> tuple[int, Segment]:
    """Cut off what is the same at both ends; a run that is not one cell a character stays whole."""
    if len(cells) != len(segment.text) or cells[-1][2]:
        return 0, segment
    places = [at for at, cell in enumerate(cells) if cell != shown[at]]
    return places[0], Segment(segment.text[places[0] : places[-1] + 1], segment.style)


def _cells(segment: Segment) -> list[Cell]:
    """Give a cell for each character, or cells of the whole run where some are not one wide."""
    text, style = segment.text, segment.style
    if text.isascii() or all(cell_len(character) == 1 for character in text):
        return [(character, style, 0) for character in text]
    return [(text, style, place) for place in range(cell_len(text))]
