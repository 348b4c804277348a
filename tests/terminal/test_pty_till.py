"""The harness: what it says of a program is so."""

import signal
import sys

import pytest

from tests.terminal.pty_till import PtyTill

ECHO = """
import sys, tty
tty.setraw(0)
sys.stdout.write("\\x1b[2J\\x1b[3;5HREADY\\x1b[?2026$p\\x1b[c")
sys.stdout.flush()
while (byte := sys.stdin.buffer.raw.read(1)):
    if byte == b"q":
        break
    sys.stdout.write(f"<{byte[0]:02x}>")
    sys.stdout.flush()
"""


def echo() -> PtyTill:
    return PtyTill([sys.executable, "-c", ECHO])


def test_it_shows_what_a_person_would_see_and_keeps_every_byte() -> None:
    with echo() as till:
        till.wait_for("READY")
        assert till.rows[2].startswith("    READY")
        assert len(till.rows) == 24
        assert {len(row) for row in till.rows} == {80}
        assert till.stream.startswith(b"\x1b[2J\x1b[3;5HREADY")


def test_it_types_at_once_and_key_by_key_and_answers_as_a_terminal() -> None:
    with echo() as till:
        till.wait_for("READY")
        till.wait_for("<79>")  # the end of what a terminal says of its modes: "...$y"
        till.write(b"12")
        till.write_slowly(b"34", 0.002)
        till.wait_for("<31><32><33><34>")
        till.write(b"q")
        assert till.wait_end() == 0


def test_a_dropped_line_hangs_the_program_up() -> None:
    with echo() as till:
        till.wait_for("READY")
        till.hang_up()
        assert till.wait_end() in {-signal.SIGHUP, 0}


def test_what_does_not_come_is_told_with_the_screen() -> None:
    with echo() as till:
        till.wait_for("READY")
        with pytest.raises(AssertionError, match="READY"):
            till.wait_for("NEVER", seconds=0.05)


def test_a_program_that_ended_is_not_waited_for() -> None:
    with PtyTill([sys.executable, "-c", "print('GONE')"]) as till:
        with pytest.raises(AssertionError, match="GONE"):
            till.wait_for("NEVER", seconds=60)
        assert till.wait_end() == 0
