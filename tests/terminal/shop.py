"""A configured shop's till, ``cashier``, in a real terminal, and what its journal holds later."""

import asyncio
from pathlib import Path
from typing import Final

from cashier.commands.choice import Choice
from cashier.commands.desk import open_desk
from cashier.config import load
from cashier.journal.rows import Payment
from cashier.sandbox.troubles import magic_number
from tests.terminal.pty_till import PtyTill

FIRST_SCREEN: Final = "PLN Prabayar"
UNDER_WAY: Final = "Pembayaran sedang berjalan"
_PRODUCT: Final = "sincbn"
_NUMBER: Final = "4333333333"


def cashier(config: Path, columns: int = 80, rows: int = 24) -> PtyTill:
    """The till of a shop."""
    return PtyTill.python("cashier", "--config", str(config), columns=columns, rows=rows)


def payments(folder: Path) -> list[Payment]:
    """What the journal of the shop holds, read once its till is gone: the only payment."""

    async def read() -> list[Payment]:
        file = folder / "config.toml"
        chosen = Choice(load(file), file, "cashier")
        async with open_desk(chosen, asyncio.Event()) as desk:
            return [await desk.till.payment(1)]

    return asyncio.run(read())


def ask(till: PtyTill, trouble: str) -> None:
    """Ask Espay for a BPJS bill by the keys of an operator."""
    till.wait_for(FIRST_SCREEN)
    till.press("7")
    till.wait_for("Nomor VA")
    till.press(*magic_number(trouble, "0001234567890"), "enter")


def prepare(till: PtyTill, trouble: str) -> None:
    """Come to the confirmation of an internet bill of 50.000, its exact cash typed."""
    till.wait_for(FIRST_SCREEN)
    till.press("/", *_PRODUCT)
    till.wait_for("CBN")
    till.press("enter")
    till.wait_for("Nomor pelanggan")
    till.press(*magic_number(trouble, _NUMBER), "enter")
    till.wait_for("Nominal")
    till.press(*"50000", "enter")
    till.wait_for("Uang diterima")
    till.press("p")
    till.wait_for("BAYAR")


def pay(till: PtyTill, trouble: str) -> None:
    """Sell internet for 50.000, cash exact."""
    prepare(till, trouble)
    till.press("f9")
    till.wait_for(UNDER_WAY)


def leave(till: PtyTill) -> None:
    """Leave by the keys of an operator."""
    till.press("\x11")
    till.wait_for("Keluar dari kasir?")
    till.press("y")
    assert till.wait_end() == 0, till.plain[-2000:]
