"""A till in a process of its own that kills itself with SIGKILL at a named moment of a sale.

``python -m tests.support.dying_till FOLDER BASE_URL PRODUCT NUMBER MOMENT [UTC_MS]``
"""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

from pydantic import SecretStr

from cashier.catalogue import load_catalogue
from cashier.clock import SystemClock
from cashier.espay.merchant import Merchant
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.journal.rows import NewMessage, NewPayment, Payment
from cashier.money import Rupiah
from cashier.till import Till, TillSettings
from tests.support import sandbox
from tests.support.clock import ManualClock
from tests.support.shop import BILL_KEY, QUICK

MOMENTS: Final = ("prepared", "sent", "kept")


def die() -> NoReturn:
    """End as a power switch would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def sell_and_die(
    folder: Path,
    running: sandbox.RunningSandbox,
    number: str,
    moment: str,
    product: str = "SLYLPR20",
    utc_ms: int | None = None,
) -> None:
    """Run a till in a process of its own until it has killed itself.

    Its clock is the system's, or one that stands still at ``utc_ms``.
    """
    words = [sys.executable, "-m", "tests.support.dying_till"]
    stands_at = [] if utc_ms is None else [str(utc_ms)]
    result = subprocess.run(
        [*words, str(folder), running.base_url, product, number, moment, *stands_at],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr.decode()


class DyingJournal(Journal):
    """The real journal, in a process that dies right after one of its commits."""

    moment: str = ""

    async def prepare(self, new: NewPayment, **more: int) -> Payment:
        payment = await super().prepare(new, **more)
        if self.moment == "prepared":
            die()
        return payment

    async def mark_sent(self, payment_id: int) -> None:
        await super().mark_sent(payment_id)
        if self.moment == "sent":
            die()

    async def keep_reply(self, payment_id: int, reply: NewMessage) -> None:
        await super().keep_reply(payment_id, reply)
        if self.moment == "kept":
            die()


async def main(
    folder: Path, base_url: str, product: str, number: str, moment: str, utc_ms: str = ""
) -> None:
    """Sell until the moment comes."""
    clock = ManualClock(int(utc_ms)) if utc_ms else SystemClock()
    DyingJournal.moment = moment
    journal = await DyingJournal.open(
        folder / "journal" / "journal.db",
        environment="practice",
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
    )
    merchant = Merchant(
        environment="practice",
        base_url=base_url,
        sender_id=sandbox.SENDER_ID,
        username=sandbox.USERNAME,
        password=SecretStr(sandbox.PASSWORD),
        form_password=SecretStr(sandbox.FORM_PASSWORD),
        key=SecretStr(sandbox.KEY),
    )
    settings = TillSettings("practice", sandbox.SENDER_ID, BILL_KEY, "deposit")
    till = Till(
        settings, journal, load_catalogue(), lambda: EspayService(merchant, clock, QUICK), clock
    )
    async with till:
        quote = await till.inquire(product, number)
        await till.pay(quote.id, Rupiah.of(quote.total.whole_up))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
