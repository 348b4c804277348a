"""An app around widgets that keeps what they say."""

from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu


class Recording(App[None]):
    """Shows some widgets; a few letters and F9 are commands of its own."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,b,alt+b", "command('pay')"),
        Binding("h", "command('help')"),
        Binding("t", "set('7000')"),
        Binding("5", "command('five')"),
        Binding("up", "command('up')"),
    ]

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.said: list[str] = []
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_entry_changed(self, event: Entry.Changed) -> None:
        self.messages.append(event)

    def on_entry_submitted(self, event: Entry.Submitted) -> None:
        self.messages.append(event)
        self.said.append(f"{'scan' if event.scanned else 'enter'}:{event.value}")

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        self.messages.append(event)
        self.said.append(f"chosen:{event.item.id}")

    @on(Entry.Refused)
    def refused(self, event: Entry.Refused) -> None:
        self.messages.append(event)
        self.said.append(event.refusal.key)

    def action_command(self, name: str) -> None:
        self.said.append(name)

    def action_set(self, value: str) -> None:
        self.query_one(Entry).value = value
