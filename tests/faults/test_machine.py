"""Faults of process, machine and clock (F51 to F66): whatever dies, a start finds the truth.

Death before each system call: ``tests/proof/test_system_calls.py``.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from cashier.clock import SystemClock
from cashier.journal.errors import ClockBehind, NotOurs, OpenPayment
from cashier.language import Refusal
from cashier.payment import Cash, Evidence, Judgement, Reason, State
from cashier.till import Payment
from tests.faults.stage import Stage, pay, quoted, sell, states
from tests.support.clock import ManualClock
from tests.support.dying_till import sell_and_die
from tests.support.fault_server import FaultServer, held_until
from tests.support.invariants import assert_invariants
from tests.support.processes import wait_for_booking
from tests.support.sandbox import magic_number
from tests.support.zygote import Task, Zygote

METER: Final = "14012345678"


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote() as running:
        yield running


class Booth:
    """Many little shops at one Espay, each for one death."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.shops: list[Stage] = []

    def task(self, memory: int = 0) -> Task:
        """Make another shop, and its task."""
        number = f"43333{len(self.shops):05d}"
        folder = self.stage.folder / number
        self.shops.append(Stage(folder, self.stage.sandbox, self.stage.clock))
        return Task("sell", str(folder), self.stage.sandbox.base_url, number, memory=memory)

    async def recovered(self) -> Payment | None:
        """Open the last shop again; give its payment as it is then, if there is one."""
        async with self.shops[-1].open() as till:
            found = (*await till.open_payments(), *await till.owed_back())
            return found[0] if found else None

    def check(self) -> None:
        """Assert the invariants over all shops at once."""
        journals = [shop.journal for shop in self.shops if shop.journal.exists()]
        assert_invariants(journals, self.stage.sandbox)


@pytest.fixture
def booth(tmp_path: Path, stage: Stage) -> Iterator[Booth]:
    booth = Booth(stage)
    yield booth
    booth.check()
    asyncio.run(_begin(stage))


async def _begin(stage: Stage) -> None:
    """Let the stage's own shop have a journal for its own check."""
    stage.agrees = False
    async with stage.open():
        pass


@pytest.mark.parametrize("memory", [2**18, 2**21, 2**23])
def test_f59_out_of_memory_is_as_a_crash(zygote: Zygote, booth: Booth, memory: int) -> None:
    """What cannot be got any more is refused, left unrecorded, or ends the process."""
    ran = zygote.run(booth.task(memory=memory), traced=False)
    payment = asyncio.run(booth.recovered())
    if ran.words == ["paid"]:
        assert payment is None
    elif payment is not None:
        assert payment.state in (State.IN_DOUBT, State.UNPAID), ran


async def test_f55_sigterm_finishes_what_was_sent(stage: Stage) -> None:
    """A command told to end; the till's screen: ``tests/terminal/test_life_cycle.py``."""
    quote, moment = await stage.quote(), asyncio.Event()
    async with (
        FaultServer(stage.sandbox.base_url, held_until(moment)) as server,
        stage.open(server.base_url) as till,
    ):
        task = asyncio.create_task(pay(till, quote))
        await server.paying.wait()
        draining = asyncio.create_task(till.drain())
        await asyncio.sleep(0)
        with pytest.raises(Refusal):
            await sell(till, "4333333334")
        moment.set()
        await draining
        assert (await task).state is State.PAID


def selling_apart(stage: Stage, number: str) -> "subprocess.Popen[bytes]":
    """Sell a token in a process of its own."""
    words = [sys.executable, "-m", "tests.support.dying_till", str(stage.folder)]
    return subprocess.Popen(
        [*words, stage.sandbox.base_url, "SLYLPR20", number, "never"], stderr=subprocess.PIPE
    )


def test_f58_a_stopped_till_is_not_recovered_by_another_and_goes_on(stage: Stage) -> None:
    with selling_apart(stage, magic_number("slow", METER)) as till:
        wait_for_booking(stage.sandbox, till)
        till.send_signal(signal.SIGSTOP)

        async def look() -> tuple[list[str], list[str]]:
            async with stage.open(clock=SystemClock()) as other:
                return states(other.recovered), states(await other.open_payments())

        assert asyncio.run(look()) == ([], ["sent"])
        till.send_signal(signal.SIGCONT)
        _, err = till.communicate(timeout=30)
        assert till.returncode == 0, err
    assert len(stage.sandbox.ledger.bookings) == 1


async def test_f60_a_defect_of_who_watches_does_not_touch_the_payment(stage: Stage) -> None:
    """A defect of the screen itself: ``tests/terminal/test_life_cycle.py``."""
    caught: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: caught.append(context))

    def fails(payment: Payment) -> None:
        raise RuntimeError(payment.receipt_no)

    async with stage.open() as till:
        till.watch(fails)
        assert (await sell(till)).state is State.PAID
    assert caught


DAY_S: Final = 86_400


@pytest.mark.parametrize("jump_s", [-DAY_S, DAY_S, 3653 * DAY_S, -3600, 3600])
async def test_f61_a_clock_that_jumps_while_sent_changes_no_outcome(
    stage: Stage, jump_s: int
) -> None:
    quote, moment = await stage.quote(), asyncio.Event()
    async with (
        FaultServer(stage.sandbox.base_url, held_until(moment)) as server,
        stage.open(server.base_url) as till,
    ):
        task = asyncio.create_task(pay(till, quote))
        await server.paying.wait()
        stage.clock.jump(jump_s)
        moment.set()
        assert (await task).state is State.PAID


async def test_f61_a_clock_behind_the_last_event_takes_no_cash(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till)
        stage.clock.jump(-3600)
        quote = await quoted(till, "4333333334")
        with pytest.raises(ClockBehind):
            await pay(till, quote)
        assert await till.open_payments() == ()


async def test_f61_a_clock_that_is_not_espays_takes_no_cash(stage: Stage) -> None:
    fast = ManualClock(stage.clock.utc_ms() + 10 * 60_000)
    async with stage.open(clock=fast) as till:
        # Only production's time is believed; the line and the journal stay those of practice.
        till._counter.settings = replace(till._counter.settings, environment="production")
        with pytest.raises(Refusal) as refused:
            await sell(till, METER, "SLYLPR20")
        assert "clock" in refused.value.key
        assert await till.open_payments() == ()
    assert stage.sandbox.ledger.book.count("payment") == 0


async def test_f63_two_sessions_want_the_same_bill_and_one_gets_it(stage: Stage) -> None:
    """Eight processes: ``tests/journal/test_races.py``."""
    async with stage.open() as one, stage.open() as other:
        quotes = [await quoted(one), await quoted(other)]
        results = await asyncio.gather(
            pay(one, quotes[0]), pay(other, quotes[1]), return_exceptions=True
        )
    (paid,) = [each for each in results if isinstance(each, Payment)]
    (refused,) = [each for each in results if isinstance(each, Refusal)]
    assert paid.state is State.PAID
    if isinstance(refused, OpenPayment):
        assert refused.values["receipt"] == paid.receipt_no
        assert refused.values["operator"] == "KASIR"
    assert stage.sandbox.ledger.book.count("payment") == 1


async def test_f64_two_boxes_pay_the_same_bill_and_one_is_in_doubt(
    stage: Stage, tmp_path: Path
) -> None:
    far = Stage(tmp_path / "far", stage.sandbox, stage.clock)
    async with stage.open() as here, far.open() as there:
        ours, theirs = await quoted(here), await quoted(there)
        assert (await pay(here, ours)).state is State.PAID
        second = await pay(there, theirs)
        assert (second.state, second.cash) == (State.IN_DOUBT, Cash.HELD)
        assert second.reason is Reason.SAME_TRANSACTION
        with pytest.raises(Refusal):
            await sell(there)
    assert len(stage.sandbox.ledger.bookings) == 1
    assert_invariants([stage.journal, far.journal], stage.sandbox)
    stage.agrees = False


async def test_f65_two_sessions_with_different_bills_do_not_hinder_each_other(
    stage: Stage,
) -> None:
    """A thousand bills by processes: with the races of the journal."""

    async def work(first: int) -> list[str]:
        async with stage.open() as till:
            return states([await sell(till, f"43333{first + turn:05d}") for turn in range(6)])

    assert [*await asyncio.gather(work(100), work(200))] == [["paid"] * 6] * 2
    numbers = {one.receipt_no for one in await _all(stage)}
    assert len(numbers) == 12


async def _all(stage: Stage) -> list[Payment]:
    async with stage.open() as till:
        return [await till.payment(number) for number in range(1, 13)]


async def test_f66_what_a_living_session_has_sent_is_nobody_elses(stage: Stage) -> None:
    quote, moment = await stage.quote(), asyncio.Event()
    async with (
        FaultServer(stage.sandbox.base_url, held_until(moment)) as server,
        stage.open(server.base_url) as till,
    ):
        task = asyncio.create_task(pay(till, quote))
        await server.paying.wait()
        journal = await stage.open_journal()
        (open_payment,) = await journal.open_payments()
        assert await journal.orphans() == ()
        doubt = Judgement(State.IN_DOUBT, Reason.CRASH)
        unsent = Judgement(State.UNPAID, Reason.SESSION_DIED, Evidence.NOT_SENT)
        for judgement in (doubt, unsent):
            with pytest.raises(NotOurs):
                await journal.conclude(open_payment.id, State.SENT, judgement)
        await journal.close()
        moment.set()
        assert (await task).state is State.PAID


def test_f51_killed_between_reply_and_judgement_the_token_is_not_lost(stage: Stage) -> None:
    sell_and_die(stage.folder, stage.sandbox, METER, "kept")

    async def recover() -> Payment:
        async with stage.open(clock=SystemClock()) as till:
            return till.recovered[0]

    payment = asyncio.run(recover())
    assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
    assert payment.token is not None
