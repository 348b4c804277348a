"""S13: in a real terminal, nothing that the till writes to it was a sequence from Espay."""

import re
import unicodedata
from pathlib import Path
from typing import Final

import pytest

from tests.screens.hostile import FORBIDDEN, SEQUENCE
from tests.screens.hostile_till import SOLD
from tests.terminal.pty_till import KEYS, PtyTill

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
    assert born_outside(begun) == []
    assert "Q1Z" in begun


def born_outside(written: str) -> list[str]:
    """Give the sequences that the till does not write by itself, and control characters."""
    strange = [each for each in SEQUENCE.findall(written) if not OURS.fullmatch(each)]
    plain = SEQUENCE.sub("", written)
    left = {each for each in plain if unicodedata.category(each) in FORBIDDEN} - {"\r", "\n"}
    return [*strange, *sorted(left)]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]0;BUDI\x07",
        "\x1b]52;c;QUJD\x07",
        "\x1b[5",
        "\x9b31m",
        "\x07",
        "\u202e",
        "\x1bP1\x1b\\",
    ],
)
def test_what_came_raw_is_found_among_the_bytes(text: str) -> None:
    assert born_outside("\x1b[1;37mPAK BUDI\x1b[0m\r\n") == []
    assert born_outside(f"\x1b[1;37mPAK {text} BUDI\x1b[0m\r\n") != []


def sell(till: PtyTill, number: str) -> None:
    """Sell a token of the smallest size, look at its struk, and come home."""
    till.write(b"1")
    till.wait_for("Nomor meter")
    till.until_quiet(0.4)
    till.write_slowly(number.encode(), 0.04)
    till.wait_for(number)
    till.write(KEYS["enter"])
    till.wait_for(f"> {number}")
    till.until_quiet(0.4)
    till.write(b"1")
    till.wait_for("Uang diterima")
    till.until_quiet(0.4)
    till.write(b"p")
    till.wait_for("Kembalian")
    till.until_quiet(0.4)
    till.write(KEYS["f9"])
    till.wait_for("LUNAS")
    till.until_quiet(0.4)
    till.write(b"n")
    till.wait_for("Cari nama")
    till.until_quiet(0.4)
