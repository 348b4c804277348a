"""A till in a process of its own that sells a row of bills as fast as it can, for races.

``python -m tests.support.racing_till FOLDER BASE_URL FIRST COUNT`` quotes bills ``FIRST`` to
``FIRST + COUNT - 1``, says ``ready``, waits for a line, pays each, and prints what it got: the
number of payments by state, the refusals by key, and the seconds from each confirmation to
``sent``.
"""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from cashier.catalogue import load_catalogue
from cashier.clock import SystemClock
from cashier.espay.merchant import Merchant, Times
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import State
from cashier.till import Payment, Quote, Till, TillSettings
from tests.support import sandbox
from tests.support.shop import BILL_KEY

_PATIENCE_S = 300


@dataclass(frozen=True)
class Raced:
    """What one till got."""

    states: dict[str, int]
    refusals: dict[str, int]
    to_sent_s: list[float]


def race(
    folder: Path, running: sandbox.RunningSandbox, rows: Sequence[tuple[int, int]]
) -> list[Raced]:
    """Let several tills at one journal begin at the same moment, each with its row of bills."""
    with ExitStack() as stack:
        tills = [
            stack.enter_context(_till(folder, running.base_url, first, count))
            for first, count in rows
        ]
        for till in tills:
            assert till.stdout is not None
            assert till.stdout.readline().strip() == "ready"
        for till in tills:
            assert till.stdin is not None
            till.stdin.write("go\n")
            till.stdin.flush()
        return [Raced(**json.loads(till.communicate(timeout=_PATIENCE_S)[0])) for till in tills]


@contextmanager
def _till(folder: Path, base_url: str, first: int, count: int) -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-m", "tests.support.racing_till", str(folder), base_url]
    process = subprocess.Popen(
        [*words, str(first), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def main(folder: Path, base_url: str, first: int, count: int) -> None:
    """Quote, wait for the start, and pay."""
    clock = SystemClock()
    settings = TillSettings("practice", sandbox.SENDER_ID, BILL_KEY, "invoicing")
    journal = await Journal.open(
        folder / "journal" / "journal.db",
        environment="practice",
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
        bill_key_print=settings.bill_key_print,
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
    wire = Times(connect_s=60, exchange_s=120)
    async with Till(
        settings, journal, load_catalogue(), lambda: EspayService(merchant, clock, wire), clock
    ) as till:
        quotes = [await _quote(till, first + each) for each in range(count)]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        raced = Raced(Counter(), Counter(), [])
        for quote in quotes:
            await _pay(till, quote, raced, clock)
    sys.stdout.write(json.dumps(raced.__dict__))


async def _quote(till: Till, number: int) -> Quote:
    # The last five digits never begin with 99, which would ask for a trouble.
    return await till.inquire("SINCBN", f"43{number:04d}0000", Rupiah.of(50_000))


async def _pay(till: Till, quote: Quote, raced: Raced, clock: SystemClock) -> None:
    start = clock.monotonic()

    def watch(payment: Payment) -> None:
        if payment.state is State.SENT:
            raced.to_sent_s.append(clock.monotonic() - start)

    try:
        payment = await till.pay(quote.id, quote.total, watcher=watch)
    except Refusal as refusal:
        raced.refusals[refusal.key] = raced.refusals.get(refusal.key, 0) + 1
    else:
        raced.states[payment.state] = raced.states.get(payment.state, 0) + 1


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
