"""What a till that was killed left behind is shown by the next start, in a real terminal."""

import signal
from pathlib import Path

from cashier.sandbox.settings import Pace
from tests.commands.conftest import write_config
from tests.support.processes import wait_for_booking
from tests.support.sandbox import running_sandbox
from tests.terminal.shop import FIRST_SCREEN, cashier, leave, pay


def test_a_payment_that_was_cut_off_is_told_before_anything_is_sold(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, pace=Pace(slow_s=2.0)) as sandbox:
        config = write_config(tmp_path, sandbox)
        with cashier(config) as till:
            pay(till, "slow")
            wait_for_booking(sandbox, till.process)
            till.send_signal(signal.SIGKILL)
            till.wait_end()
        with cashier(config) as till:
            till.wait_for("Yang terputus tadi sudah dicatat")
            till.wait_for("BELUM PASTI")
            till.press("enter")
            till.wait_for(FIRST_SCREEN)
            till.press("f2")
            till.wait_for("Serahkan ke supervisor")
            till.press("escape")
            till.wait_for(FIRST_SCREEN)
            leave(till)
