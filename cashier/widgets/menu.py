"""A list to choose from, drawn line by line: a move of the cursor repaints two rows.

Textual's ``OptionList`` sends 4,915 bytes for a move, this sends under 400
(``performance.md 1``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from cashier.text import clean
from cashier.widgets.burst import Burst
from cashier.widgets.fit import fit
from cashier.widgets.keys_in_order import KeysInOrder, typed_character

_MARK: Final = ">"
"""Stands at the cursor, for screens and eyes without colour."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One row; label and detail may come from outside and are cleaned when drawn."""

    id: str
    label: str
    detail: str = ""
    """Short text at the right edge."""
    key: str = ""
    """A digit or letter that chooses the row at once, wherever the cursor is."""


def _bound(key: str, action: str, name: str) -> Binding:
    """Bind a key; the tooltip is the key of its sentence, for ``language.say``."""
    return Binding(key, action, show=False, id=f"menu.{name}", tooltip=f"widget.menu_{name}")


class Menu(KeysInOrder, can_focus=True):
    """A list with a cursor, longer than its window if need be."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--cursor", "menu--key", "menu--detail"}
    DEFAULT_CSS = """
    Menu {
        height: 1fr;
        background: $background;
        color: $foreground;
        & > .menu--key { color: $accent; }
        & > .menu--detail { color: $text-muted; }
        & > .menu--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .menu--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _bound("up", "move(-1)", "up"),
        _bound("down", "move(1)", "down"),
        _bound("home", "first", "home"),
        _bound("end", "last", "end"),
        _bound("pageup", "page(-1)", "pageup"),
        _bound("pagedown", "page(1)", "pagedown"),
        _bound("enter", "choose", "choose"),
    ]

    @dataclass
    class Chosen(Message):
        """A row was chosen, by Enter or by its key."""

        menu: "Menu"
        item: MenuItem

        @property
        def control(self) -> "Menu":
            """The menu, for ``@on``."""
            return self.menu

    @dataclass
    class Moved(Message):
        """The cursor came to another row."""

        menu: "Menu"

    def __init__(
        self,
        items: Sequence[MenuItem] = (),
        *,
        id: str | None = None,  # noqa: A002  Textual's name for it
        classes: str | None = None,
    ) -> None:
        """Make a menu with the cursor on the first row."""
        super().__init__(id=id, classes=classes)
        self._items = tuple(items)
        self._at = 0
        self._top = 0
        self._burst = Burst()

    # What it holds

    @property
    def items(self) -> tuple[MenuItem, ...]:
        """The rows from top to bottom."""
        return self._items

    def set_items(self, items: Sequence[MenuItem]) -> None:
        """Show other rows; the cursor stays with its row if that is still there."""
        before = self.current
        self._items = tuple(items)
        places = (at for at, item in enumerate(self._items) if before and item.id == before.id)
        self._at = next(places, 0)
        self._scroll()
        self.refresh()

    @property
    def current(self) -> MenuItem | None:
        """The row under the cursor; none in an empty menu."""
        return self._items[self._at] if self._items else None

    @property
    def cursor(self) -> int:
        """The place of the cursor, from 0."""
        return self._at

    @cursor.setter
    def cursor(self, place: int) -> None:
        """Move the cursor, at most to the last row, and repaint what it changes."""
        old, self._at = self._at, max(0, min(place, len(self._items) - 1))
        if old != self._at:
            self.post_message(Menu.Moved(self))
        if self._scroll():
            self.refresh()
        elif old != self._at:
            width = self.size.width
            self.refresh(*(Region(0, at - self._top, width, 1) for at in (old, self._at)))

    def _scroll(self) -> bool:
        """Bring the cursor into the window; tell whether the rows moved."""
        height = max(1, self.size.height)
        lowest = max(0, len(self._items) - height)
        old, top = self._top, max(self._top, self._at - height + 1)
        self._top = min(top, self._at, lowest)
        return self._top != old

    def _on_resize(self, event: events.Resize) -> None:
        del event
        if self._scroll():
            self.refresh()

    # Keys

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell Textual which keys choose a row and are therefore no commands."""
        del key
        return character is not None and self._with_key(character) is not None

    async def key_came(self, event: events.Key) -> None:
        """Choose by a row's own key, or do what the key is bound to.

        What follows a choice faster than a person types was meant for no other row: the rest of
        a scan, or keys of a line that stalled.
        """
        self._burst.press(event.time)
        if not self._burst.is_refused and not self.choose_key(typed_character(event)):
            await self.obey(event)

    def choose_key(self, character: str) -> bool:
        """Choose the row that has this key; tell whether there is one."""
        item = self._with_key(character)
        if item is not None:
            self._choose(item)
        return item is not None

    def _with_key(self, character: str) -> MenuItem | None:
        wanted = character.casefold()
        return next(
            (item for item in self._items if item.key and item.key.casefold() == wanted), None
        )

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.current is not None:
            self._choose(self.current)

    def _choose(self, item: MenuItem) -> None:
        self._burst.refuse()
        self.cursor = self._items.index(item)
        self.post_message(Menu.Chosen(self, item))

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self.cursor += step

    def action_page(self, step: int) -> None:
        """Move the cursor by windows."""
        self.cursor += step * max(1, self.size.height - 1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last row."""
        self.cursor = len(self._items) - 1

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one row of the window."""
        width, style, at = self.size.width, self.rich_style, self._top + y
        if at >= len(self._items):
            return Strip.blank(width, style)
        key, label, detail = self._columns(self._items[at], width)
        if at == self._at:
            cursor = self.get_component_rich_style("menu--cursor")
            text = f"{_MARK}{key}{label}{detail}{self._more(y)}"
            return Strip([Segment(text, cursor)]).adjust_cell_length(width, cursor)
        parts = [
            Segment(f" {key}", self.get_component_rich_style("menu--key") if key else style),
            Segment(label, style),
            Segment(detail + self._more(y), self.get_component_rich_style("menu--detail")),
        ]
        return Strip(part for part in parts if part.text).adjust_cell_length(width, style)

    def _columns(self, item: MenuItem, width: int) -> tuple[str, str, str]:
        """Key, label and detail, together two cells narrower than the window."""
        widest = max(cell_len(clean(each.key)) for each in self._items)
        key = f"{fit(clean(item.key), widest)} " if widest else ""
        room = max(0, width - 2 - cell_len(key))
        detail = clean(item.detail)
        shown = f" {fit(detail, min(cell_len(detail), room // 2))}" if detail else ""
        return key, fit(clean(item.label), room - cell_len(shown)), shown

    def _more(self, y: int) -> str:
        """The mark at the right edge where the list goes on beyond the window."""
        if y == 0 and self._top:
            return "↑"
        last = min(self.size.height, len(self._items) - self._top) - 1
        return "↓" if y == last and self._top + y < len(self._items) - 1 else " "
