"""Through a real terminal: keys keep their order across fields, commands and screens.

What is typed ahead reaches the next screen whole or not at all; never a number without its
first digits, never a cash amount that was meant for another field.
"""

from collections.abc import Iterator

import pytest

from cashier.widgets.burst import STALL_S
from tests.terminal.pty_till import KEYS, PtyTill

RUNS = 2
A_BREATH = 1.3 * STALL_S
"""Seconds, more than there may be between the keys of a burst."""

DOWN, TAB, F9, BACKSPACE = KEYS["down"], KEYS["tab"], KEYS["f9"], KEYS["backspace"]
BACK_TAB = b"\x1b[Z"


class Counter:
    """A running program of three screens."""

    def __init__(self, till: PtyTill) -> None:
        self._till = till
        self._asked = 0

    def told(self, *writes: bytes) -> str:
        """Send keys, one write after the other as soon as the program is quiet."""
        for keys in writes:
            self._till.echo(keys)
            self._till.until_quiet(A_BREATH)
        self._asked += 1
        end = f" END{self._asked}"
        self._till.write(KEYS["f2"])
        self._till.wait_for(end)
        self._till.until_quiet(A_BREATH)
        told = " ".join(row.strip() for row in self._till.rows[8:])
        return told[: told.index(end)].strip()


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    with PtyTill.python("tests.terminal.turns_program") as till:
        till.wait_for("READY")
        till.until_quiet()
        yield Counter(till)


@pytest.mark.parametrize(
    ("writes", "told"),
    [
        # Fields of one screen: the keys behind a Tab go to the field behind it.
        ([TAB + b"50000" + TAB + b"Bu Sri"], "left:50000,Bu Sri"),
        ([TAB + TAB + b"x" + BACK_TAB + b"12" + BACKSPACE + b"3" + TAB + b"y"], "left:13,xy"),
        # A command and an edit: what is paid is what stood there when F9 was pressed.
        ([TAB + b"50000" + F9 + BACKSPACE + BACKSPACE], "pay:50000 left:500,"),
        ([TAB + b"50" + F9 + b"00" + F9], "pay:50 pay:5000 left:5000,"),
        # Screens: all of what comes on the heels of a choice is dropped ...
        ([b"3123456789\r"], "chose:3 left:,"),
        ([DOWN + DOWN + b"\r123456789012\r50000b"], "chose:3 left:,"),
        ([b"1234567890123\r"], "chose:1 left:,"),
        # ... and by hand nothing is.
        ([b"3", b"123456789\r"], "chose:3 number:123456789 left:,"),
        (
            [b"3", b"123456789\r", b"50000", b"b"],
            "chose:3 number:123456789 paid:50000 50000 left:,",
        ),
        # Nothing that was under way reaches the confirmation.
        ([b"3", b"123456789\rb50000bb\r"], "chose:3 number:123456789 left:,"),
        ([b"3", b"8690000000017\r8690000000024\r"], "chose:3 number:8690000000017 left:,"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_keys_that_arrive_together_keep_their_order(
    counter: Counter, writes: list[bytes], told: str
) -> None:
    for _ in range(RUNS):
        assert counter.told(*writes) == told
