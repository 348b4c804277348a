"""Several tills at one journal."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from cashier.journal import Payment
from cashier.journal.errors import OpenPayment
from cashier.journal.verifying import verify
from cashier.payment import State
from tests.journal.child import ROUNDS
from tests.journal.making import BILL, NOT_SENT, Counter, open_counter
from tests.journal.processes import child, heard, told

RACERS = 3


async def test_f63_two_sessions_at_once_prepare_one_payment(counter: Counter, path: Path) -> None:
    async with open_counter(path, counter.clock) as other:
        for _ in range(5):
            quotes = [await counter.quote(BILL), await other.quote(BILL)]
            got = await asyncio.gather(
                counter.prepare(quotes[0]), other.prepare(quotes[1]), return_exceptions=True
            )
            (payment,) = [one for one in got if isinstance(one, Payment)]
            (refusal,) = [one for one in got if isinstance(one, OpenPayment)]
            assert refusal.payment == payment
            owner = counter if payment is got[0] else other
            await owner.journal.conclude(payment.id, State.PREPARED, NOT_SENT)


async def test_f65_b10_racing_processes_share_one_journal(path: Path) -> None:
    """One payment of the wanted bill, receipt numbers without gap or twin, nobody sees BUSY."""
    with ExitStack() as stack:
        racers = [stack.enter_context(child(path, "race")) for _ in range(RACERS)]
        for racer in racers:
            assert heard(racer) == "ready"
        for racer in racers:
            told(racer)
        won = sum(int(heard(racer)) for racer in racers)
        assert [racer.wait() for racer in racers] == [0] * RACERS
    assert won == 1
    async with open_counter(path) as counter:
        (wanted,) = await counter.journal.open_payments()
        assert await counter.journal.orphans() == (wanted,)
        count = RACERS * ROUNDS + 1
        last = await counter.journal.payment(f"261122-{count:04d}")
        assert last.id == count
        assert (await counter.prepared()).receipt_no == f"261122-{count + 1:04d}"
    assert verify(path).ok
