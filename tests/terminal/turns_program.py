"""A program of a menu, a number and a confirmation, for ``test_key_turns``; F2 tells what happened.

``python -m tests.terminal.turns_program``
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from cashier.driver import TillDriver
from cashier.widgets.entry import Entry
from cashier.widgets.key_turns import KeyTurns
from cashier.widgets.menu import Menu, MenuItem


class Step(Screen[None]):
    """A screen that keeps what happens on it."""

    AUTO_FOCUS = "Entry, Menu"

    def did(self, what: str) -> None:
        """Keep it for F2."""
        assert isinstance(self.app, TurnsProgram)
        self.app.happened.append(what)
        self.query_one("#did", Static).update(f"{len(self.app.happened)} done")


class Choice(Step):
    """A menu, and two entries beside it."""

    AUTO_FOCUS = "Menu"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f9", "pay")]

    def compose(self) -> ComposeResult:
        yield Static("READY", markup=False)
        yield Static("", id="did", markup=False)
        yield Menu(
            [MenuItem(str(number), f"Baris {number}", key=str(number)) for number in (1, 2, 3)]
        )
        yield Entry("amount", 9, id="cash")
        yield Entry("text", 40, id="note")
        yield Static(id="told", markup=False)

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        self.did(f"chose:{event.item.id}")
        self.app.push_screen(Number())

    def action_pay(self) -> None:
        self.did(f"pay:{self.query_one('#cash', Entry).value}")


class Number(Step):
    """A number, on which a key can do no harm."""

    LISTENS_AT_ONCE = True

    def compose(self) -> ComposeResult:
        yield Static("NUMBER", markup=False)
        yield Static("", id="did", markup=False)
        yield Entry("digits", 20, scan=True)

    def on_entry_submitted(self, event: Entry.Submitted) -> None:
        self.did(f"number:{event.value}")
        self.app.switch_screen(Confirm())


class Confirm(Step):
    """Where ``b`` pays."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("b", "pay")]

    def compose(self) -> ComposeResult:
        yield Static("CONFIRM", markup=False)
        yield Static("", id="did", markup=False)
        yield Entry("amount", 9)

    def action_pay(self) -> None:
        self.did(f"paid:{self.query_one(Entry).value}")


class TurnsProgram(KeyTurns):
    """The three screens."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Menu { height: 5; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "tell"),
        Binding("tab", "app.focus_next"),
        Binding("shift+tab", "app.focus_previous"),
    ]

    def __init__(self) -> None:
        super().__init__(driver_class=TillDriver)
        self.happened: list[str] = []
        self.told = 0

    def get_default_screen(self) -> Choice:
        return Choice()

    def action_tell(self) -> None:
        """Say what happened, forget it, and begin again at the menu."""
        self.told += 1
        while len(self.screen_stack) > 1:
            self.happened += [entry.value for entry in self.screen.query(Entry) if entry.value]
            self.pop_screen()
        entries = list(self.screen.query(Entry))
        left = ",".join(entry.value for entry in entries)
        line = " ".join([*self.happened, f"left:{left}", f"END{self.told}"])
        self.screen.query_one("#told", Static).update(line)
        for entry in entries:
            entry.clear()
        menu = self.screen.query_one(Menu)
        menu.cursor = 0
        menu.focus()
        self.happened.clear()


if __name__ == "__main__":
    TurnsProgram().run(mouse=False)
