"""From the first key to the last journalled payment, in a real terminal (F13, F55 to F57, F60)."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashier.sandbox.settings import Pace
from tests.commands.conftest import write_config
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.shop import agree
from tests.terminal.breaking_till import SECRET
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import cashier, pay, payments

TERMINAL_IS_BACK = b"\x1b[?1049l"
WAITED_S = 2.0
DRAINING_SHARE = 0.05
"""Of one processor, while a till without a terminal waits for an answer."""
DRAIN_CPU_S = 0.5
"""What a till may use of a processor for closing its screen and waiting; one that spins uses
more than the two seconds that the slow answer takes."""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, pace=Pace(slow_s=2.0)) as sandbox:
        yield sandbox


def close_window(till: PtyTill) -> None:
    till.hang_up()


def sends(number: signal.Signals) -> Callable[[PtyTill], None]:
    return lambda till: till.send_signal(number)


ENDS = {
    "window closed": close_window,
    **{number.name: sends(number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)},
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_f55_f56_f57_a_sent_payment_is_finished_in_peace_whatever_ends_the_till(
    tmp_path: Path, slow: RunningSandbox, end: Callable[[PtyTill], None]
) -> None:
    with cashier(write_config(tmp_path, slow)) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        before = till.cpu_seconds()
        end(till)
        code, used = till.end()
        if end is not close_window:
            till.assert_left_clean()
    assert code == 0
    assert used - before < DRAIN_CPU_S
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"
    agree(slow, (payment,))


def test_f13_ctrl_c_ctrl_q_ctrl_z_and_escape_cancel_no_payment(
    tmp_path: Path, slow: RunningSandbox
) -> None:
    with cashier(write_config(tmp_path, slow)) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        till.press("\x1a", "\x10", "\x03")
        till.wait_for("tetap diselesaikan")
        till.press("y")
        code, _ = till.end()
        till.assert_left_clean()
    assert code == 0
    assert "angan matikan komputer" in till.plain
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"


def test_f56_a_payment_that_is_never_answered_ends_in_doubt_after_a_hang_up(
    tmp_path: Path,
) -> None:
    with contextlib.ExitStack() as espay, contextlib.ExitStack() as counter:
        sandbox = espay.enter_context(running_sandbox(tmp_path))
        till = counter.enter_context(cashier(write_config(tmp_path, sandbox)))
        pay(till, "hang_booked")
        wait_for_booking(sandbox, till.process)
        till.hang_up()
        till.runs_on(WAITED_S)
        before = till.cpu_seconds()
        till.runs_on(WAITED_S)
        assert till.cpu_seconds() - before < WAITED_S * DRAINING_SHARE
        espay.close()
        code, _ = till.end()
    assert code == 0
    (payment,) = payments(tmp_path)
    assert payment.state == "in_doubt"


def test_f60_s04_a_defect_of_the_screen_shows_a_number_and_finishes_the_payment(
    tmp_path: Path, slow: RunningSandbox
) -> None:
    config = write_config(tmp_path, slow)
    with PtyTill.python("tests.terminal.breaking_till", "--config", str(config)) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        till.press("escape")
        till.wait_for("Sedang dikirim")
        till.press("f2")
        code, _ = till.end()
    assert code == 1
    assert TERMINAL_IS_BACK in till.stream
    after = bytes(till.stream).rpartition(TERMINAL_IS_BACK)[2]
    assert b"Kasir berhenti mendadak" in after
    assert SECRET.encode() not in till.stream
    assert b"Traceback" not in till.stream
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"


def test_nothing_is_opened_without_a_terminal(tmp_path: Path) -> None:
    for words in ([], ["practice"]):
        ran = subprocess.run(
            [sys.executable, "-m", "cashier", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 2
        assert "memerlukan terminal" in ran.stderr
        assert ran.stdout == ""
