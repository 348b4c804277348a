"""What may happen to a till while a payment is under way, or before it: it is paid once, or not.

The practice Espay answers some payments late and some never, so the screen of a payment under
way stands as long as a test needs it.
"""

import contextlib
from pathlib import Path

from cashier.sandbox.settings import Pace
from tests.commands.conftest import write_config
from tests.support.processes import wait_for_booking
from tests.support.sandbox import running_sandbox
from tests.support.shop import agree
from tests.terminal.practice import every_enter
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import FIRST_SCREEN, UNDER_WAY, ask, cashier, leave, pay, payments, prepare

RESIZES = 300
LARGE, SMALL = (80, 24), (40, 10)
TOO_SMALL = "Layar terlalu kecil"


def resize_often(till: PtyTill) -> None:
    """Drag the window through many sizes, too small ones too, and back."""
    for at in range(RESIZES):
        till.resize(1 + at * 7 % 200, 1 + at * 3 % 60)
        till.read(0)
    till.resize(*LARGE)


def test_no_enter_does_anything_to_a_payment_that_is_under_way(tmp_path: Path) -> None:
    with contextlib.ExitStack() as espay, contextlib.ExitStack() as counter:
        sandbox = espay.enter_context(running_sandbox(tmp_path))
        till = counter.enter_context(cashier(write_config(tmp_path, sandbox)))
        pay(till, "hang_booked")
        wait_for_booking(sandbox, till.process)
        every_enter(till)
        till.wait_for(UNDER_WAY)
        assert len(sandbox.ledger.bookings) == 1
        espay.close()
        till.wait_for("BELUM PASTI")
        every_enter(till)
        leave(till)
    (payment,) = payments(tmp_path)
    assert payment.state == "in_doubt"
    assert len(sandbox.ledger.bookings) == 1


def test_no_enter_at_a_refused_inquiry_pays(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox, cashier(write_config(tmp_path, sandbox)) as till:
        ask(till, "inquiry_denied")
        till.wait_for("Jangan terima uang")
        every_enter(till)
        till.wait_for("Jangan terima uang")
        assert sandbox.ledger.bookings == ()
        till.press("h")
        till.wait_for(FIRST_SCREEN)
        leave(till)


def test_s48_a_payment_goes_on_through_windows_of_any_size(tmp_path: Path) -> None:
    with (
        running_sandbox(tmp_path, pace=Pace(slow_s=2.0)) as sandbox,
        cashier(write_config(tmp_path, sandbox)) as till,
    ):
        pay(till, "slow")
        wait_for_booking(sandbox, till.process)
        resize_often(till)
        till.wait_for("LUNAS")
        leave(till)
    (payment,) = payments(tmp_path)
    assert payment.state == "paid"
    agree(sandbox, (payment,))


def test_s48_no_key_counts_while_the_window_is_too_small_to_see_what_it_does(
    tmp_path: Path,
) -> None:
    with running_sandbox(tmp_path) as sandbox, cashier(write_config(tmp_path, sandbox)) as till:
        prepare(till, "fine")
        till.resize(*SMALL)
        till.wait_for(TOO_SMALL)
        for key in ("f9", "b", "7", "backspace", "enter", "escape"):
            till.press(key)
        till.rest(0.15)
        till.resize(*LARGE)
        till.wait_for("Uang diterima 50.000")
        assert "BAYAR" in till.text
        assert sandbox.ledger.bookings == ()
        till.press("f9")
        till.wait_for("LUNAS")
        leave(till)
    (payment,) = payments(tmp_path)
    agree(sandbox, (payment,))
    assert payment.state == "paid"
