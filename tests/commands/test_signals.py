"""A till that is told to end: what was sent is finished and journalled, then the process goes."""

import json
import signal
from pathlib import Path

import pytest

from cashier.sandbox.settings import Pace
from tests.commands.conftest import CommandLine, write_config
from tests.support.processes import wait_for_booking, wait_until
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox

DIRECT = ("SINCBN", "4333333333")
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_f55_f56_a_sent_payment_is_finished_before_the_process_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    with running_sandbox(tmp_path, pace=Pace(slow_s=0.5)) as sandbox:
        cashier = CommandLine(write_config(tmp_path, sandbox), capsys)
        slow = magic_number("slow", DIRECT[1])
        with cashier.paying_apart(slow) as till:
            wait_for_booking(sandbox, till)
            till.send_signal(number)
            out, err = till.communicate(timeout=30)
        assert till.returncode == 0, err
        assert json.loads(out)["state"] == "paid"
        assert len(sandbox.ledger.bookings) == 1
        assert cashier("open").code == 0


def test_who_waits_for_certainty_may_stop_waiting(
    cashier: CommandLine, sandbox: RunningSandbox
) -> None:
    number = magic_number("in_process_forever", DIRECT[1])
    with cashier.paying_apart(number) as till:
        assert till.stderr is not None
        told = iter(till.stderr.readline, b"")
        assert any("Menunggu kepastian" in line.decode() for line in told)
        till.send_signal(signal.SIGINT)
        out, _ = till.communicate(timeout=30)
    assert till.returncode == 3
    assert json.loads(out)["state"] == "processing"


def test_an_interrupted_inquiry_ends_without_a_traceback(
    cashier: CommandLine, sandbox: RunningSandbox
) -> None:
    number = magic_number("inquiry_hang", "14012345678")
    with cashier.apart("inquire", "SLYLPR20", number) as till:
        wait_until(lambda: bool(sandbox.ledger.book.all_requests), till)
        till.send_signal(signal.SIGINT)
        _, err = till.communicate(timeout=30)
    assert till.returncode == 130
    assert b"Traceback" not in err
