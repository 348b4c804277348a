"""The practice till after it stopped in the middle of a payment, in a real terminal.

It says what to do before it is opened again, tells of the payment at its next start, and says at
its end what the last payments came to.
"""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

from cashier.sandbox.troubles import magic_number
from tests.terminal.practice import NUMBER, Practice
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import FIRST_SCREEN, UNDER_WAY, leave

TILL, TILL_WITH_A_DEFECT = "cashier", "tests.terminal.breaking_till"


@contextlib.contextmanager
def opened(folder: Path, module: str = TILL) -> Iterator[Practice]:
    """Open the practice till of a folder; whoever opens it ends it."""
    own = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    with PtyTill.python(module, "practice", environment=own) as till:
        till.wait_for(FIRST_SCREEN)
        yield Practice(till, folder)


def pay(practice: Practice, trouble: str) -> None:
    """Pay with a number that makes trouble, and wait until Espay has the money."""
    practice.till.wait_for("Deposit Rp")
    practice.confirmation(magic_number(trouble, NUMBER))
    practice.type(b"p")
    practice.till.press("f9")
    practice.till.wait_for(UNDER_WAY)
    practice.till.wait_until(lambda: len(practice.paid) == 1, what="a booking")


def test_a_till_killed_while_it_paid_tells_so_at_its_next_start(tmp_path: Path) -> None:
    with opened(tmp_path) as practice:
        pay(practice, "hang_booked")
        practice.till.send_signal(signal.SIGKILL)
        assert practice.till.wait_end() == -signal.SIGKILL
    with opened(tmp_path) as practice:
        till = practice.till
        till.wait_for("Baca dulu, baru berjualan")
        till.wait_for("jangan bayar ulang")
        assert practice.paid[0] in till.text
        till.press("enter")
        till.wait_for("1 terbuka")
        leave(till)
    assert len(practice.paid) == 1


def test_f60_a_till_that_stopped_says_how_to_go_on_and_what_its_payment_came_to(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, TILL_WITH_A_DEFECT) as practice:
        pay(practice, "slow")
        till = practice.till
        till.press("escape")
        till.wait_for("Sedang dikirim")
        till.press("f2")
        assert till.wait_end() == 1
        told = till.plain.rpartition("Menyelesaikan 1 pembayaran, paling lama 02:")[2]
        assert "Jangan matikan komputer. " in told.replace("\r\n", " ")
        assert "-0001  CBN" in told
        assert "LUNAS. Berikan struk" in told
        assert "Kasir berhenti mendadak" in told
        assert "Buka lagi dengan `cashier practice`, lalu tekan F2; jangan bayar ulang" in told
    assert len(practice.paid) == 1
