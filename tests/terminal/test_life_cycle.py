"""From the first key to the last journalled payment, in a real terminal (F13, F55 to F57, F60)."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashier.commands.choice import Choice
from cashier.commands.desk import open_desk
from cashier.config import load
from cashier.journal.rows import Payment
from cashier.sandbox.settings import Pace
from tests.commands.conftest import write_config
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import agree
from tests.terminal.breaking_till import SECRET
from tests.terminal.terminal import Terminal, terminal

PRODUCT = "SINCBN"
NUMBER = "4333333333"
FIRST_SCREEN = "PLN Prabayar"
TERMINAL_IS_BACK = b"\x1b[?1049l"
WAITED_S = 1.0
DRAIN_CPU_S = 0.5
"""What a till may use of a processor for closing its screen and waiting; one that spins uses
more than the two seconds that the slow answer takes."""


def cashier(config: Path) -> list[str]:
    return ["-m", "cashier", "--config", str(config)]


def payments(folder: Path) -> list[Payment]:
    """What the journal of the shop holds, read once its till is gone."""

    async def read() -> list[Payment]:
        file = folder / "config.toml"
        chosen = Choice(load(file), file, "cashier")
        async with open_desk(chosen, asyncio.Event()) as desk:
            return [await desk.till.payment(1)]

    return asyncio.run(read())


def pay(till: Terminal, trouble: str) -> None:
    """Sell internet for 50.000, cash exact, by the keys of an operator."""
    till.wait_for(FIRST_SCREEN)
    till.press("/", *PRODUCT.lower())
    till.wait_for("CBN")
    till.press("\r")
    till.wait_for("Nomor")
    till.press(*magic_number(trouble, NUMBER), "\r")
    till.wait_for("Nominal")
    till.press(*"50000", "\r")
    till.wait_for("Uang diterima")
    till.press_until("p", "BAYAR")
    till.press_until("b", "Pembayaran sedang berjalan")


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, pace=Pace(slow_s=2.0)) as sandbox:
        yield sandbox


def close_window(till: Terminal) -> None:
    till.hang_up()


def sends(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda till: till.process.send_signal(number)


ENDS = {
    "window closed": close_window,
    **{number.name: sends(number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)},
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_f55_f56_f57_a_sent_payment_is_finished_in_peace_whatever_ends_the_till(
    tmp_path: Path, slow: RunningSandbox, end: Callable[[Terminal], None]
) -> None:
    with terminal(cashier(write_config(tmp_path, slow))) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        before = till.cpu_seconds()
        end(till)
        code, used = till.end()
    assert code == 0
    assert used - before < DRAIN_CPU_S
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"
    agree(slow, (payment,))


def test_f13_ctrl_c_ctrl_q_ctrl_z_and_escape_cancel_no_payment(
    tmp_path: Path, slow: RunningSandbox
) -> None:
    with terminal(cashier(write_config(tmp_path, slow))) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        till.press("\x1a", "\x10", "\x03")
        till.wait_for("tetap diselesaikan")
        till.press("y")
        code, _ = till.end()
    assert code == 0
    assert TERMINAL_IS_BACK in till.written
    assert b"Menyelesaikan pembayaran" in till.plain()
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"


def test_f56_a_payment_that_is_never_answered_ends_in_doubt_after_a_hang_up(
    tmp_path: Path,
) -> None:
    with contextlib.ExitStack() as espay, contextlib.ExitStack() as counter:
        sandbox = espay.enter_context(running_sandbox(tmp_path))
        till = counter.enter_context(terminal(cashier(write_config(tmp_path, sandbox))))
        pay(till, "hang_booked")
        wait_for_booking(sandbox, till.process)
        till.hang_up()
        still_waits(till)
        before = till.cpu_seconds()
        still_waits(till)
        assert till.cpu_seconds() - before < WAITED_S / 10
        espay.close()
        code, _ = till.end()
    assert code == 0
    (payment,) = payments(tmp_path)
    assert payment.state == "in_doubt"


def still_waits(till: Terminal) -> None:
    """Let a little time pass in which the till must not end."""
    with pytest.raises(subprocess.TimeoutExpired):
        till.process.wait(WAITED_S)


def test_f60_s04_a_defect_of_the_screen_shows_a_number_and_finishes_the_payment(
    tmp_path: Path, slow: RunningSandbox
) -> None:
    config = write_config(tmp_path, slow)
    words = ["-m", "tests.terminal.breaking_till", "--config", str(config)]
    with terminal(words) as till:
        pay(till, "slow")
        wait_for_booking(slow, till.process)
        till.press("\x1b")
        till.wait_for("Sedang dikirim")
        till.press("\x1bOQ")
        code, _ = till.end()
    assert code == 1
    assert TERMINAL_IS_BACK in till.written
    after = bytes(till.written).rpartition(TERMINAL_IS_BACK)[2]
    assert b"Ada kesalahan pada program" in after
    assert SECRET.encode() not in till.written
    assert b"Traceback" not in till.written
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


def test_s48_a_window_of_any_size_is_survived(tmp_path: Path, slow: RunningSandbox) -> None:
    with terminal(cashier(write_config(tmp_path, slow)), size=(1, 1)) as till:
        for columns, rows in ((1, 1), (2, 40), (200, 1), (59, 16), (500, 200)):
            till.resize(columns, rows)
        till.wait_for(FIRST_SCREEN)
        till.resize(40, 10)
        till.wait_for("Layar terlalu kecil")
        till.resize(80, 24)
        till.wait_for(FIRST_SCREEN)
        till.press("\x11")
        till.wait_for("Keluar dari kasir?")
        till.press("y")
        code, _ = till.end()
    assert code == 0
