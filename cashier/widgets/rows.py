"""A widget of a few plain rows that fit themselves to the width they get."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from cashier.widgets.fit import fit


class Rows(Widget):
    """Rows of plain text that depend on the width they get; subclasses say which."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Rows { width: 1fr; height: auto; background: $background; color: $foreground; }
    """

    def rows(self, width: int) -> Sequence[str]:
        """Give the rows for a width in cells."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows, for ``height: auto``."""
        del container, viewport
        return len(self.rows(width)) if width else 0

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        rows, width = self.rows(self.size.width), self.size.width
        text = fit(rows[y] if y < len(rows) else "", width)
        return Strip([Segment(text, self.rich_style)], width)
