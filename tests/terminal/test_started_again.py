"""A till that died while it paid, started again: told before anything else is sold (F55, A1)."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

from cashier.sandbox.troubles import magic_number
from tests.terminal.practice import NUMBER, Practice
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import FIRST_SCREEN, UNDER_WAY, leave


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Practice]:
    """Open the practice till of a folder; whoever opens it ends it."""
    own = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    with PtyTill.python("cashier", "practice", environment=own) as till:
        till.wait_for(FIRST_SCREEN)
        yield Practice(till, folder)


def test_a_till_killed_while_it_paid_tells_so_at_its_next_start(tmp_path: Path) -> None:
    with opened(tmp_path) as practice:
        practice.till.wait_for("Deposit Rp")
        practice.confirmation(magic_number("hang_booked", NUMBER))
        practice.type(b"p")
        practice.till.press("f9")
        practice.till.wait_for(UNDER_WAY)
        practice.till.wait_until(lambda: len(practice.paid) == 1, what="a booking")
        practice.till.send_signal(signal.SIGKILL)
        assert practice.till.wait_end() == -signal.SIGKILL
    with opened(tmp_path) as practice:
        till = practice.till
        till.wait_for("Yang terputus tadi sudah dicatat")
        till.wait_for("jangan bayar ulang")
        assert practice.paid[0] in till.text
        till.press("enter")
        till.wait_for("1 terbuka")
        leave(till)
    assert len(practice.paid) == 1
