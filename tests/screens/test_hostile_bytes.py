"""S13: in a real terminal, nothing that the till writes to it was a sequence from Espay."""

import re
import unicodedata
from pathlib import Path
from typing import Final

from tests.screens.hostile import FORBIDDEN
from tests.screens.hostile_till import SOLD
from tests.terminal.pty_till import KEYS, PtyTill

SEQUENCE: Final = re.compile(
    r"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|[=>78]|\([0B]|[PX^_\]][^\x1b\x07]*(?:\x07|\x1b\\))"
)
"""A whole escape sequence; a string (OSC, DCS, ...) with all that it holds."""

OURS: Final = re.compile(
    r"\x1b(?:\[(?:[0-9;]*[mHGABCDJKXdrntu]|[?<=>][0-9;]*(?:\$p|[hlucnq])|0?c)|[=>78]|\([0B]"
    r"|\]22;default(?:\x07|\x1b\\))"
)
"""What the till sends by itself: colours, places, erasing, modes, questions, and Textual's shape
of the mouse pointer, the one string."""


def test_s13_no_sequence_on_the_terminal_came_from_espay(tmp_path: Path) -> None:
    with PtyTill.python("tests.screens.hostile_till", str(tmp_path)) as till:
        till.wait_for("PLN Prabayar")
        for place in range(SOLD):
            sell(till, f"140000998{place + 10:02d}")
        till.write(b"\x11")
        till.wait_for("Keluar dari kasir?")
        till.write(b"y")
        assert till.wait_end() == 0
    written = till.stream.decode("utf-8")
    begun = written[written.index("\x1b[?1049h") :]
    strange = [each for each in SEQUENCE.findall(begun) if not OURS.fullmatch(each)]
    assert strange == []
    plain = SEQUENCE.sub("", begun)
    assert "Q1Z" in plain
    left = {each for each in plain if unicodedata.category(each) in FORBIDDEN}
    assert left <= {"\r", "\n"}, left


def sell(till: PtyTill, number: str) -> None:
    """Sell a token of the smallest size, look at its struk, and come home."""
    till.write(b"1")
    till.wait_for("Ketik lalu Enter")
    till.write_slowly(number.encode(), 0.04)
    till.wait_for("lengkap")
    till.write(KEYS["enter"])
    till.wait_for(f"> {number}")
    till.write(b"1")
    till.wait_for("Uang diterima")
    till.until_quiet()
    till.write(b"p")
    till.wait_for("Kembalian")
    till.until_quiet()
    till.write(KEYS["f9"])
    till.wait_for("LUNAS")
    till.until_quiet()
    till.write(b"n")
    till.wait_for("Cari nama")
    till.until_quiet()
