"""A program of two entries, for ``test_entry_order``; F2 shows what happened since the last F2.

``slack`` are the milliseconds that were left when the widest pause between two keys ended and
they still belonged together; below zero the machine itself made two bursts of one.

``python -m tests.terminal.entry_program KIND LONGEST [scan]``
"""

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, cast

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from cashier.driver import TillDriver
from cashier.widgets.burst import GAP_S, longest_gap
from cashier.widgets.entry import Entry
from cashier.widgets.entry_kind import EntryKind
from tests.terminal.theme import house_theme


def slack(keys: Sequence[events.Key]) -> float:
    """Give the seconds that were left at the widest pause in a burst, at least those of none."""
    left, run = GAP_S, 0
    for before, key in pairwise(keys):
        run = 1 if before.key in ("enter", "ctrl+j") else run + 1
        left = min(left, longest_gap(run) - (key.time - before.time))
    return left


class Told(Message):
    """Goes the way of an entry's messages, so it comes behind all of them."""


class EntryProgram(App[None]):
    """Two entries of one kind, and a log."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Entry { width: 22; } Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "tell"),
        Binding("f9,b", "pay"),
        Binding("h", "help"),
    ]

    def __init__(self, kind: EntryKind, longest: int, scan: bool) -> None:
        super().__init__(driver_class=TillDriver)
        self._entries = [
            Entry(kind, longest, scan=scan, clear_on_submit=True, id=name)
            for name in ("first", "second")
        ]
        self._happened: list[str] = []
        self._told = 0
        self._keys: list[events.Key] = []

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._keys.append(event)
        await super().on_event(event)

    def compose(self) -> ComposeResult:
        yield Static("READY", markup=False)
        yield from self._entries
        yield Static("", id="log", markup=False)

    def on_mount(self) -> None:
        self.register_theme(house_theme())
        self.theme = "default"

    def on_entry_submitted(self, event: Entry.Submitted) -> None:
        self._happened.append(f"{'scan' if event.scanned else 'enter'}:{event.value}")

    @on(Entry.Refused)
    def refused(self, event: Entry.Refused) -> None:
        self._happened.append(event.refusal.key)

    def action_pay(self) -> None:
        self._happened.append(f"pay:{self._entries[0].value}")

    def action_help(self) -> None:
        self._happened.append("help")

    def action_tell(self) -> None:
        if self.focused is not None:
            self.focused.post_message(Told())

    def on_told(self) -> None:
        self._told += 1
        values = ",".join(entry.value for entry in self._entries)
        line = [
            *self._happened,
            f"left:{values}",
            f"slack:{slack(self._keys[:-1]) * 1000:.0f}",
            f"END{self._told}",
        ]
        self.query_one("#log", Static).update(" ".join(line))
        self._happened.clear()
        self._keys.clear()
        for entry in self._entries:
            entry.clear()
        self._entries[0].focus()


if __name__ == "__main__":
    EntryProgram(cast("EntryKind", sys.argv[1]), int(sys.argv[2]), "scan" in sys.argv[3:]).run(
        mouse=False
    )
