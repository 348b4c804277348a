"""The top line of every screen: whose till this is, and what must not be forgotten."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from cashier.text import clean
from cashier.widgets.fit import fit

_GAP: Final = "  "
_CLOCK: Final = 6
"""Cells of the clock with the margin behind it."""
_SHORTEST_SHOP: Final = 10


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says, each part in the operator's language; empty ones are left out.

    When the window is narrow, the shop's name is cut and parts are said briefly, where they can
    be, in this order: ``deposit``, ``shift``, ``open``. Only where that is not enough they go:
    ``shift``, ``operator``, ``deposit``. What is open and the practice mark always stay.
    """

    shop: str = ""
    practice: str = ""
    operator: str = ""
    shift: str = ""
    brief_shift: str = ""
    deposit: str = ""
    brief_deposit: str = ""
    is_low: bool = False
    """Whether the deposit is shown as a warning; its words say so too."""
    open: str = ""
    brief_open: str = ""
    clock: str = ""
    """Always five cells, ``10:41``, so that it can repaint alone."""

    @property
    def words(self) -> dict[str, str]:
        """The parts that may be said briefly or go, each in full."""
        return {
            "operator": clean(self.operator),
            "shift": clean(self.shift),
            "deposit": clean(self.deposit),
            "open": clean(self.open),
        }

    @property
    def shortenings(self) -> Iterator[Mapping[str, str]]:
        """What is said instead of ``words``, one step after the other."""
        briefs = {"deposit": self.brief_deposit, "shift": self.brief_shift, "open": self.brief_open}
        yield from ({name: clean(words)} for name, words in briefs.items() if words)
        yield from ({name: ""} for name in ("shift", "operator", "deposit"))


class Clock(Widget):
    """The time at the right edge: a widget of its own, since a widget repaints from its left."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Clock { dock: right; width: 6; height: 1; background: $panel; color: $foreground; }
    """

    def __init__(self, time: str) -> None:
        """Begin with a time."""
        super().__init__()
        self._time = time

    def show(self, time: str) -> None:
        """Show another time."""
        self._time = time
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the time."""
        del y
        return Strip([Segment(f"{clean(self._time):<{_CLOCK}}", self.rich_style)])


class StatusLine(Widget):
    """One line, drawn by itself; a new clock repaints the clock alone."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"status--mark", "status--warning"}
    DEFAULT_CSS = """
    StatusLine {
        dock: top;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .status--mark {
            background: $warning; color: $background; text-style: bold;
        }
        & > .status--warning { color: $warning; background: $panel; text-style: bold; }
    }
    """

    def __init__(self, status: Status) -> None:
        """Begin with what is known before anything was asked."""
        super().__init__()
        self._status = status
        self._clock = Clock(status.clock)

    def compose(self) -> ComposeResult:
        """Put the clock at the end of the line."""
        yield self._clock

    @property
    def status(self) -> Status:
        """What the line says now."""
        return self._status

    def show(self, status: Status) -> None:
        """Say something else; repaints only what differs."""
        before, self._status = self._status, status
        if replace(before, clock=status.clock) != status:
            self.refresh()
        if before.clock != status.clock:
            self._clock.show(status.clock)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        del y
        width, style = self.outer_size.width, self.rich_style
        parts = self._parts(width)
        segments, behind = self._joined(parts[:-2]), self._joined(parts[-2:])
        taken = Segment.get_line_length(segments) + Segment.get_line_length(behind)
        space = width - taken - len(_GAP) - _CLOCK
        segments.append(Segment(" " * max(1, space), style))
        return Strip([*segments, *behind]).adjust_cell_length(width, style)

    def _parts(self, width: int) -> list[tuple[str, Style]]:
        """Mark, shop, operator, shift, then deposit and open, as far as there is room."""
        plain, status = self.rich_style, self._status
        mark = self.get_component_rich_style("status--mark")
        warning = self.get_component_rich_style("status--warning")
        practice = f" {clean(status.practice)} " if status.practice else ""
        shop: str = clean(status.shop)
        fixed = (practice, " " * _CLOCK)
        words = status.words
        for shorter in status.shortenings:
            if _room(width, [*fixed, *words.values()]) >= min(cell_len(shop), _SHORTEST_SHOP):
                break
            words |= shorter
        room = _room(width, [*fixed, *words.values()])
        if cell_len(shop) > room:
            shop = fit(shop, room)
        return [
            (practice, mark),
            (shop, plain + Style(bold=True)),
            (words["operator"], plain),
            (words["shift"], plain),
            (words["deposit"], warning if status.is_low else plain),
            (words["open"], warning),
        ]

    def _joined(self, parts: list[tuple[str, Style]]) -> list[Segment]:
        segments: list[Segment] = []
        for text, style in parts:
            if text:
                segments.append(Segment(_GAP if segments else " ", self.rich_style))
                segments.append(Segment(text, style))
        return segments


def _room(width: int, others: list[str]) -> int:
    """Cells that are left for the shop's name beside the other parts and the gaps."""
    taken = sum(cell_len(text) + len(_GAP) for text in others if text)
    return max(0, width - taken - 1)
