"""Sentences below each other, each wrapped to the width, as many as their place has rows for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from cashier.text import clean
from cashier.widgets.fit import fit, wrap

Kind = Literal["plain", "strong", "good", "bad", "open"]
"""How a paragraph looks; nothing is told by that alone."""

_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some words, which may come from outside and are cleaned when drawn."""

    words: str
    kind: Kind = "plain"
    bullet: bool = False
    """Whether it is one of several things below a heading."""


class Paragraphs(Widget):
    """Paragraphs from top to bottom; where there is no room for all, the last row says so."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paragraphs--strong",
        "paragraphs--good",
        "paragraphs--bad",
        "paragraphs--open",
    }
    DEFAULT_CSS = """
    Paragraphs {
        height: 1fr; background: $background; color: $foreground;
        & > .paragraphs--strong { text-style: bold; }
        & > .paragraphs--good { color: $success; text-style: bold; }
        & > .paragraphs--bad { color: $error; text-style: bold; }
        & > .paragraphs--open { color: $warning; text-style: bold; }
    }
    """

    def __init__(self, more: str, *, id: str | None = None) -> None:  # noqa: A002
        """Begin with nothing; ``more`` says where to read what has no room here."""
        super().__init__(id=id)
        self._more = more
        self._paragraphs: tuple[Paragraph, ...] = ()

    def show(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show other paragraphs; the same ones are not painted again."""
        if self._paragraphs != tuple(paragraphs):
            self._paragraphs = tuple(paragraphs)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, plain = self.size.width, self.rich_style
        rows = paragraph_rows(self._paragraphs, width)
        is_cut = len(rows) > self.size.height and y == self.size.height - 1
        text, kind = rows[y] if y < len(rows) else ("", "plain")
        if is_cut:
            text, kind = self._more, "plain"
        name = f"paragraphs--{kind}"
        style = plain if kind == "plain" else self.get_component_rich_style(name)
        return Strip([Segment(fit(text, width), style)], width)


def paragraph_rows(paragraphs: Sequence[Paragraph], width: int) -> list[tuple[str, Kind]]:
    """Lay paragraphs out in rows of at most ``width`` cells; nothing of one is lost."""
    rows: list[tuple[str, Kind]] = []
    for each in paragraphs:
        first, other = ("- ", _INDENT) if each.bullet else ("", "")
        lines = wrap(clean(each.words), width - len(first))
        rows += [
            (f"{other if place else first}{line}", each.kind) for place, line in enumerate(lines)
        ]
    return rows
