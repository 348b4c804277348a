"""The actual till, ``cashier practice``, in a real terminal; its screens, its Espay's ledger."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier.sandbox.book import Booking
from cashier.sandbox.ledger import read_book
from cashier.widgets.burst import STALL_S
from tests.terminal.pty_till import KEYS, PtyTill

FIRST_SCREEN: Final = "PLN Prabayar"
NUMBER: Final = "4333333333"
AMOUNT: Final = "50000"
ESCAPE, ENTER, CLEAR = KEYS["escape"], KEYS["enter"], b"\x15"
A_BREATH: Final = 1.3 * STALL_S
"""Seconds, more than there may be between the keys of a burst."""
_SEARCH_ROW, _HEADING_ROW = 1, 1


@dataclass
class Practice:
    """A running till, and what an operator does at it."""

    till: PtyTill
    folder: Path

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """What the practice Espay was paid so far."""
        return read_book(self.folder / "data/cashier/practice/deposit/ledger.jsonl").bookings

    @property
    def paid(self) -> list[str]:
        """The customer numbers that were paid so far, in turn."""
        return [booking.order_id for booking in self.bookings]

    @property
    def searched(self) -> str:
        """What stands in the search box."""
        return self.till.rows[_SEARCH_ROW].partition(":")[2].strip()

    @property
    def heading(self) -> str:
        """Category, product and number, as the screens of a sale show them."""
        return self.till.rows[_HEADING_ROW].strip()

    def cash(self) -> str:
        """What was typed as cash."""
        row = next(row for row in self.till.rows if "Uang diterima" in row)
        return row.partition("Uang diterima")[2].strip()

    def type(self, keys: bytes) -> None:
        """Send keys in one write that show something, and wait until all of it is shown."""
        self.rest()
        self.till.echo(keys)
        self.rest()

    def rest(self, seconds: float = A_BREATH) -> None:
        """Let what was typed belong to no burst of what comes next."""
        self.till.until_quiet(seconds)

    def back(self) -> None:
        """Press Esc, and wait for the screen below."""
        left = self.till.rows[1:]
        self.rest()
        self.till.write(ESCAPE)
        self.till.wait_until(lambda: self.till.rows[1:] != left, what="another screen")
        self.rest()

    def number_screen(self) -> None:
        """Choose internet by CBN, as the search box allows."""
        self.home()
        self.type(b"/sincbn")
        self.till.wait_for(">CBN")
        self.type(ENTER)
        self.till.wait_for("Nomor pelanggan")

    def confirmation(self, number: str) -> None:
        """Ask for a bill, from home to the confirmation."""
        self.number_screen()
        self.type(number.encode())
        self.type(ENTER)
        self.till.wait_for("Nominal")
        self.type(AMOUNT.encode())
        self.type(ENTER)
        self.till.wait_for("Uang diterima")

    def home(self) -> None:
        """Go back to the first screen from wherever it is possible."""
        while "Cari nama" not in self.till.text:
            self.back()
        if self.searched:
            self.type(CLEAR)


@contextlib.contextmanager
def practising(folder: Path) -> Iterator[Practice]:
    """Run the practice till in folders of its own, until it is left by its keys."""
    own = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    with PtyTill.python("cashier", "practice", environment=own) as till:
        till.wait_for(FIRST_SCREEN)
        till.wait_for("Deposit Rp")
        yield Practice(till, folder)
        till.press("\x11")
        till.wait_for("Keluar dari kasir?")
        till.press("y")
        assert till.wait_end() == 0
