"""Faults of the terminal (F11, F13, F55 to F57, F60): a real till in a real pty."""

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from cashier.sandbox.book import Booking
from cashier.sandbox.settings import Pace
from tests.commands.conftest import write_config
from tests.support.invariants import assert_invariants
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import cashier, pay, payments

HANG_UPS: Final = int(os.environ.get("CASHIER_HANG_UPS", "2"))
"""How many hang-ups at random moments a run takes."""

DRAIN_SHARE: Final = 0.5
"""Processor seconds that a till may use from a hang-up to its end."""


def check(folder: Path, sandbox: RunningSandbox) -> None:
    """Assert the invariants over everything that the shop left in its folder."""
    (journal,) = folder.rglob("journal.db")
    assert_invariants(journal, sandbox, folders=[folder / "state"])


def by_signal(number: signal.Signals) -> Callable[[PtyTill], None]:
    return lambda till: till.send_signal(number)


ENDS: Final[dict[str, Callable[[PtyTill], None]]] = {
    "F55 SIGTERM": by_signal(signal.SIGTERM),
    "F56 window closed": PtyTill.hang_up,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_f55_f56_f57_whatever_ends_the_till_a_sent_payment_is_finished(
    tmp_path: Path, end: Callable[[PtyTill], None]
) -> None:
    with running_sandbox(tmp_path, pace=Pace(slow_s=1.5)) as sandbox:
        with cashier(write_config(tmp_path, sandbox)) as till:
            pay(till, "slow")
            wait_for_booking(sandbox, till.process)
            before = till.cpu_seconds()
            end(till)
            code, used = till.end()
        assert code == 0
        assert used - before < DRAIN_SHARE
        (payment,) = payments(tmp_path)
        assert payment.state == "paid"
        check(tmp_path, sandbox)


@pytest.mark.parametrize("turn", range(HANG_UPS))
def test_f56_f57_a_hang_up_at_any_moment_leaves_the_truth(tmp_path: Path, turn: int) -> None:
    """Somewhere between the key that pays and a moment after the answer."""
    moment = random.Random(f"hang-up {turn}").uniform(0.0, 1.2)
    with running_sandbox(tmp_path, pace=Pace(slow_s=1.0)) as sandbox:
        with cashier(write_config(tmp_path, sandbox)) as till:
            pay(till, "slow")
            till.runs_on(moment)
            before = till.cpu_seconds()
            till.hang_up()
            code, used = till.end()
            assert code == 0
            assert used - before < DRAIN_SHARE
        bookings: tuple[Booking, ...] = sandbox.ledger.bookings
        (payment,) = payments(tmp_path)
        assert payment.state in ("paid", "in_doubt", "unpaid")
        if payment.state == "unpaid":
            assert not bookings
        check(tmp_path, sandbox)


def test_f11_f13_keys_held_down_pay_once_and_cancel_nothing(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, pace=Pace(slow_s=1.0)) as sandbox:
        with cashier(write_config(tmp_path, sandbox)) as till:
            pay(till, "slow")
            till.press(*("b" * 20), *("\r" * 20), "f9", "\x1a")
            wait_for_booking(sandbox, till.process)
            till.press("\x03")
            till.wait_for("tetap diselesaikan")
            till.press("y")
            code, _ = till.end()
        assert code == 0
        (payment,) = payments(tmp_path)
        assert payment.state == "paid"
        assert sandbox.ledger.book.count("payment") == 1
        check(tmp_path, sandbox)
