"""Through a real terminal: the entry does what was typed, in the order it was typed.

Every case of ``performance.md 3``, each several times in one running program: keys that arrive
together, scanners at every spacing, pastes, LF. F2 makes the program tell what happened.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from cashier.widgets.burst import STALL_S
from tests.terminal.pty_till import KEYS, PtyTill, pasted

RUNS = 2
A_BREATH = 1.3 * STALL_S
"""Seconds, more than there may be between the keys of a burst."""

BACKSPACE, LEFT, RIGHT, HOME = KEYS["backspace"], KEYS["left"], KEYS["right"], KEYS["home"]


@dataclass
class Counter:
    """A running program of entries of one kind."""

    till: PtyTill
    asked: int = field(default=0)

    def told(self, keys: bytes, spacing: float = 0.0) -> str:
        """Send keys together, or so many seconds apart; give what the program says happened.

        Keys between which the machine itself paused are no burst, so they are sent once more.
        """
        for _ in range(20):
            if spacing:
                self.till.write_slowly(keys, spacing)
            else:
                self.till.write(keys)
            happened, _, slack = self.happened().partition(" slack:")
            if int(slack) > 0:
                return happened
        raise AssertionError("this machine pauses too often to play a scanner")

    def happened(self) -> str:
        """What happened since the last time, and what is left in the entries; then empties them."""
        self.asked += 1
        end = f" END{self.asked}"
        self.till.until_quiet(A_BREATH)  # so that F2 and what comes next belong to no burst
        self.till.write(KEYS["f2"])
        self.till.wait_for(end)
        self.till.until_quiet(A_BREATH)
        shown = " ".join(row.strip() for row in self.till.rows[3:])
        return shown[: shown.index(end)]


class Counters:
    """Programs by kind, started when first needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[tuple[str, ...], Counter] = {}

    def of(self, *arguments: str) -> Counter:
        """The program with these arguments: kind, longest, ``scan``."""
        if arguments not in self._running:
            till = PtyTill.python("tests.terminal.entry_program", *arguments)
            self._stack.enter_context(till)
            till.wait_for("READY")
            till.until_quiet()
            self._running[arguments] = Counter(till)
        return self._running[arguments]


@pytest.fixture(scope="module")
def counters() -> Iterator[Counters]:
    with ExitStack() as stack:
        yield Counters(stack)


TOGETHER = [
    (b"12345" + BACKSPACE + b"678\r", "enter:1234678"),
    (b"12" + LEFT + LEFT + b"9\r", "enter:912"),
    (b"8690000000017\r8690000000024\r", "scan:8690000000017 scan:8690000000024"),
    (b"8690000000017\r", "scan:8690000000017"),
    (b"8690000000017\n", "scan:8690000000017"),
    (b"8690000000017\r\n8690000000024\r\n", "scan:8690000000017 scan:8690000000024"),
    (b"12\r34\r", "enter:12 enter:34"),
    (b"19" + LEFT + b"23" + RIGHT + b"4\r", "enter:12394"),
    (b"234" + HOME + b"1" + KEYS["end"] + b"5" + KEYS["delete"] + b"\r", "enter:12345"),
    (b"99\x15" + b"12\r", "enter:12"),
    (pasted("8690000000017") + b"\r", "scan:8690000000017"),
    (pasted("8690000000017\n") + b"\r", "scan:8690000000017"),
    (pasted("8690000000017\n8690000000024") + b"", "widget.paste_lines"),
    (b"tel:+628123456789\r", "scan:tel:+628123456789"),
]


@pytest.mark.parametrize(("keys", "told"), TOGETHER, ids=lambda value: repr(value)[:40])
def test_keys_that_arrive_together_happen_in_order(
    counters: Counters, keys: bytes, told: str
) -> None:
    counter = counters.of("digits", "20", "scan")
    for _ in range(RUNS):
        assert counter.told(keys) == f"{told} left:,"


def test_a_line_that_stalled_delivers_a_minute_of_typing_at_once(counters: Counters) -> None:
    keys = b"".join(b"08%02d1%s2345\r" % (number, BACKSPACE) for number in range(12))
    told = " ".join(f"enter:08{number:02d}2345" for number in range(12))
    counter = counters.of("digits", "20", "scan")
    for _ in range(RUNS):
        assert counter.told(keys) == f"{told} left:,"


@pytest.mark.parametrize("cut", range(1, 10))
def test_it_does_not_matter_where_a_stalled_line_cuts_the_keys(
    counters: Counters, cut: int
) -> None:
    keys = b"12345" + BACKSPACE + b"678\r"
    counter = counters.of("digits", "20", "scan")
    counter.till.write(keys[:cut])
    counter.till.until_quiet(A_BREATH)
    counter.till.write(keys[cut:])
    assert counter.happened().startswith("enter:1234678 left:, ")


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 10])
def test_a_scanner_is_understood_at_every_spacing(counters: Counters, milliseconds: int) -> None:
    counter = counters.of("digits", "20", "scan")
    for _ in range(RUNS):
        told = counter.told(b"8690000000017\r8690000000024\r", milliseconds / 1000)
        assert told == "scan:8690000000017 scan:8690000000024 left:,"


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 10])
@pytest.mark.parametrize(("kind", "longest"), [("amount", "15"), ("pin", "20")])
def test_b08_a_scan_into_cash_or_pin_leaves_nothing_behind(
    counters: Counters, kind: str, longest: str, milliseconds: int
) -> None:
    counter = counters.of(kind, longest)
    for _ in range(RUNS):
        told = counter.told(b"8690000000017\r", milliseconds / 1000)
        assert told == f"widget.scan_in_{kind} left:,"


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 10])
@pytest.mark.parametrize("scan", [b"b8690000000017\r", b"https://b.example/b\r", b"bb\r"])
def test_nothing_is_paid_by_the_letters_of_a_scan(
    counters: Counters, scan: bytes, milliseconds: int
) -> None:
    counter = counters.of("amount", "15")
    for _ in range(RUNS):
        told = counter.told(scan, milliseconds / 1000)
        assert told == "widget.scan_in_amount left:,"


def test_cash_and_the_letter_that_pays_are_understood_by_hand(counters: Counters) -> None:
    counter = counters.of("amount", "15")
    for _ in range(RUNS):
        counter.till.write(b"50000")
        counter.till.until_quiet(A_BREATH)
        counter.till.write(b"b")
        counter.till.until_quiet(A_BREATH)
        assert counter.happened().startswith("pay:50000 left:50000, ")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (b"150000\r", "enter:150000 left:,"),
        (b"1000" + BACKSPACE * 2 + b"50000\r", "enter:1050000 left:,"),
        (pasted("Rp50.000"), "left:50000,"),
        (pasted("50.000,00"), "widget.paste_amount left:,"),
        (pasted("1\n2"), "widget.paste_lines left:,"),
        (pasted("50.000") + b"\r", "widget.scan_in_amount left:,"),
        (b"50000\n", "left:50000,"),
    ],
    ids=repr,
)
def test_cash_over_a_line_that_stalled(counters: Counters, keys: bytes, told: str) -> None:
    counter = counters.of("amount", "15")
    for _ in range(RUNS):
        assert counter.told(keys) == told


def test_a_scan_into_a_search_box_waits_for_a_finger(counters: Counters) -> None:
    counter = counters.of("text", "40")
    for _ in range(RUNS):
        assert counter.told(b"8690000000017\r") == "widget.scan_enter left:8690000000017,"
