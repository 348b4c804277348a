"""A program of one menu, for ``test_menu_bytes``: ``python -m tests.terminal.menu_program FILE``.

Each line of the file is one row: label, tab, detail. Without a file there are fifteen rows with
keys, details and a line that tells what was chosen, as the till's home has.
"""

import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

from cashier.driver import TillDriver
from cashier.widgets.menu import Menu, MenuItem
from tests.terminal.theme import house_theme

HOME = [
    MenuItem(
        str(number), f"Kategori nomor {number}", f"{number} produk", "123456789abcdef"[number - 1]
    )
    for number in range(1, 16)
]


def rows_of(file: str) -> list[MenuItem]:
    """Rows with the file's labels and details, line by line, however hostile."""
    lines = Path(file).read_bytes().decode().split("\n")
    pairs = (line.partition("\t") for line in lines)
    return [MenuItem(str(at), label, detail) for at, (label, _, detail) in enumerate(pairs)]


class MenuProgram(App[None]):
    """A menu and a line below it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Static { height: 1; }"

    def compose(self) -> ComposeResult:
        yield Static("READY", markup=False)
        yield Menu(rows_of(sys.argv[1]) if len(sys.argv) > 1 else HOME)
        yield Static("", id="chosen", markup=False)

    def on_mount(self) -> None:
        self.register_theme(house_theme())
        self.theme = "default"

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        self.query_one("#chosen", Static).update(f"CHOSEN {event.item.id}")


if __name__ == "__main__":
    MenuProgram(driver_class=TillDriver).run(mouse=False)
