"""What a screen shows as plain text: its rows, and beside them how each part of them looks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.containers import ScrollableContainer
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from cashier.app import CashierApp
from cashier.themes import COLOURS
from tests.support.contrast import contrast

_INKS: Final = ("foreground", "primary", "secondary", "accent", "success", "warning", "error")
_CURSOR: Final = ("block-cursor-foreground", "block-cursor-background")
_ATTRIBUTES: Final = ("bold", "dim", "italic", "underline", "reverse", "strike", "blink")
_SEEN_ON_BLANKS: Final = frozenset({"underline", "reverse", "strike"})
"""What shows even where there is only a blank."""
_NONE: Final = "none"
_ELLIPSIS: Final = "…"
LEAST_OF_DRAWINGS: Final = 3.0
"""Contrast of what is not text, a scrollbar for instance (WCAG 2.2, 1.4.11)."""


@dataclass(frozen=True, slots=True)
class Look:
    """How cells are painted: ``#rrggbb`` twice, and attributes."""

    ink: str
    ground: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One character, which may be two columns wide."""

    text: str
    look: Look


@dataclass(frozen=True)
class Picture:
    """One screen as it was seen."""

    size: Size
    rows: tuple[tuple[Cell, ...], ...]
    names: Mapping[str, str]
    """What the theme calls a colour, for inks ``ink:#rrggbb`` and grounds ``ground:#rrggbb``."""
    cut: tuple[str, ...]
    """Parts of the screen that are not shown whole."""

    @property
    def text(self) -> str:
        """The rows without their looks."""
        rows = ("".join(cell.text for cell in row).rstrip() for row in self.rows)
        return "\n".join(rows) + "\n"

    @property
    def looks(self) -> str:
        """Row by row where something looks different from most of the screen.

        ``3: 0-9 primary on background bold`` stands for the first nine columns of the fourth row.
        """
        plain = self._commonest
        lines = [f"plain: {self._name(plain)}"]
        for number, row in enumerate(self.rows):
            runs = [
                f"{start}-{end} {self._name(look)}"
                for start, end, look in _runs(row, plain)
                if look != plain
            ]
            if runs:
                lines.append(f"{number}: {', '.join(runs)}")
        return "\n".join(lines) + "\n"

    @property
    def fingerprint(self) -> str:
        """Twelve digits that another picture does not have."""
        cells = ((cell.text, cell.look) for row in self.rows for cell in row)
        return sha256(repr([*cells]).encode()).hexdigest()[:12]

    def faults(self, least_contrast: float) -> Iterator[str]:
        """Tell what is wrong with it, whatever it shows."""
        yield from (f"cut off: {part}" for part in self.cut)
        if len(self.rows) != self.size.height:
            yield f"{len(self.rows)} rows in a window of {self.size.height}"
        for number, row in enumerate(self.rows):
            width = sum(cell_len(cell.text) for cell in row)
            if width != self.size.width:
                yield f"row {number} has {width} columns of {self.size.width}"
            if any(cell.text == _ELLIPSIS for cell in row):
                yield f"row {number} is cut short"
        seen = {
            (cell.look, _is_drawing(cell)) for row in self.rows for cell in row if cell.text != " "
        }
        for look, is_drawing in seen:
            least = LEAST_OF_DRAWINGS if is_drawing else least_contrast
            if _NONE in (look.ink, look.ground):
                yield f"{self._name(look)}: left to the terminal"
            elif (ratio := contrast(look.ink, look.ground)) < least:
                yield f"{self._name(look)} ({look.ink} on {look.ground}): contrast {ratio:.2f}"

    @property
    def _commonest(self) -> Look:
        looks = [cell.look for row in self.rows for cell in row if cell.text.strip()]
        return max(sorted(set(looks), key=str), key=looks.count)

    def _name(self, look: Look) -> str:
        ink = self.names.get(f"ink:{look.ink}", look.ink)
        ground = self.names.get(f"ground:{look.ground}", look.ground)
        return " ".join([ink, "on", ground, *look.attributes])


def picture_of(app: CashierApp) -> Picture:
    """Take down what the app shows now."""
    strips = app.screen._compositor.render_strips()
    rows = tuple(tuple(_cells(strip)) for strip in strips)
    return Picture(app.size, rows, _colour_names(app), tuple(_cut(app)))


def _cells(segments: Iterable[Segment]) -> Iterator[Cell]:
    for segment in segments:
        look = _look(segment.style or Style())
        for character in segment.text:
            if cell_len(character):
                yield Cell(character, look)


def _look(style: Style) -> Look:
    attributes = tuple(name for name in _ATTRIBUTES if getattr(style, name))
    return Look(_hex(style.color), _hex(style.bgcolor), attributes)


def _is_drawing(cell: Cell) -> bool:
    """Whether it is an end of a scrollbar: a block in reverse."""
    return "reverse" in cell.look.attributes and "\u2580" <= cell.text <= "\u259f"


def _hex(colour: Color | None) -> str:
    """Write a colour; a blank may have none, and the theme leaves none to the terminal."""
    return colour.triplet.hex if colour is not None and colour.triplet is not None else _NONE


def _runs(row: Sequence[Cell], plain: Look) -> Iterator[tuple[int, int, Look]]:
    """Give first column, column behind the last one, and look; blanks look like what is near."""
    looks: list[Look] = []
    for cell in row:
        before = looks[-1] if looks else plain
        looks += [_seen(cell, before, plain)] * cell_len(cell.text)
    start = 0
    for look, columns in groupby(looks):
        end = start + len(list(columns))
        yield start, end, look
        start = end


def _seen(cell: Cell, before: Look, plain: Look) -> Look:
    """Of a blank only the ground is seen."""
    look = cell.look
    if cell.text != " " or _SEEN_ON_BLANKS.intersection(look.attributes):
        return look
    if before.ground == look.ground and not _SEEN_ON_BLANKS.intersection(before.attributes):
        return before
    return Look(plain.ink, look.ground)


def _colour_names(app: CashierApp) -> dict[str, str]:
    """Name the theme's colours; of the same colour twice the plainer name counts."""
    variables = app.get_css_variables()
    grounds = [*(name for name in COLOURS if name not in _INKS), *_INKS]
    order = {"ink": [*_INKS, *grounds, *_CURSOR], "ground": [*grounds, *reversed(_CURSOR)]}
    return {
        f"{kind}:{variables[name].lower()}": name
        for kind, names in order.items()
        for name in reversed(names)
        if variables.get(name, "").startswith("#")
    }


def _cut(app: CashierApp) -> Iterator[str]:
    """Name the parts that lie outside the window or are higher than their place."""
    screen = app.screen
    for widget in screen.walk_children(Widget):
        if widget.styles.display == "none" or not _is_shown(widget) or _scrolls(widget):
            continue
        geometry = screen._compositor.full_map.get(widget)
        if geometry is None or not geometry.clip.contains_region(geometry.region):
            yield f"{widget!r} lies outside its place"
        elif isinstance(widget, Static) and str(widget.content) and _height_of(widget):
            yield f"{widget!r} needs {_height_of(widget)} rows: {widget.content!s:.40}"


def _is_shown(widget: Widget) -> bool:
    return all(each.display for each in [widget, *widget.ancestors] if isinstance(each, Widget))


def _scrolls(widget: Widget) -> bool:
    return any(isinstance(each, ScrollableContainer) for each in [widget, *widget.ancestors])


def _height_of(static: Static) -> int:
    """Rows that the words need, where they have fewer; 0 where they fit."""
    size = static.content_size
    if static.styles.text_overflow == "ellipsis" and static.styles.text_wrap == "nowrap":
        return 0
    needed = static.get_content_height(size, static.app.size, size.width)
    return needed if needed > size.height else 0
