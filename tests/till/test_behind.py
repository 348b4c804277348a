"""Asking goes on behind: 24 hours on the schedule, then a person; over restarts and sessions."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

from cashier.payment import ASKING, Escalation, State
from cashier.till import Payment, Till, TillTimes
from tests.support.clock import ManualClock
from tests.support.invariants import assert_invariants
from tests.support.sandbox import RunningSandbox, magic_number
from tests.support.shop import open_shop, sell

METER = "14012345678"
DAY_S = 24 * 60 * 60
NIGHT_S = 22 * 60 * 60
"""Passes at one blow: the schedule of every minute of it is tested where it is made."""


def passing(clock: ManualClock) -> Callable[[float], Awaitable[None]]:
    """Let time pass instead of waiting."""

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)
        await asyncio.sleep(0)

    return sleep


def asked_at(sandbox: RunningSandbox) -> list[float]:
    """When Espay was asked for a status, in seconds."""
    return [one.at / 1000 for one in sandbox.ledger.book.all_requests if one.service == "status"]


async def until(till: Till, payment: Payment, state: State) -> Payment:
    """Wait until a payment has reached a state."""
    reached = asyncio.Event()
    stop = till.watch(
        lambda seen: reached.set() if (seen.id, seen.state) == (payment.id, state) else None
    )
    if (await till.payment(payment.id)).state is not state:
        await reached.wait()
    stop()
    return await till.payment(payment.id)


async def troubled(till: Till, trouble: str) -> Payment:
    """Sell to a number that makes a trouble."""
    return await sell(till, await till.inquire("SLYLPR20", magic_number(trouble, METER)))


async def test_i11_t13_a_payment_is_asked_about_for_a_day_and_then_a_person_decides(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(
        tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=passing(clock)
    ) as till:
        payment = await troubled(till, "in_process_forever")
        start_s = clock.utc_ms() / 1000
        till.watch(lambda seen: clock.advance(NIGHT_S) if seen.asked == 24 else None)
        till.ask_behind()
        escalated = await until(till, payment, State.ESCALATED)
        assert escalated.escalated_for is Escalation.ASKED_A_DAY
        assert (escalated.ask_at, escalated.escalated_by) == (None, None)
        moments = asked_at(sandbox)
    after_s = [at - start_s for at in moments]
    assert DAY_S <= after_s[-1] <= 1.1 * DAY_S
    for asked, law in zip(after_s[:5], ASKING.offsets_s, strict=False):
        assert law - 1 <= asked <= 1.1 * law + 1
    pauses = [later - sooner for sooner, later in itertools.pairwise(after_s)]
    assert sorted(pauses)[-2] <= 661
    assert max(pauses) <= NIGHT_S + 661
    assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


async def test_without_a_reference_hints_are_gathered_twice_and_a_person_is_called(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(
        tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=passing(clock)
    ) as till:
        payment = await troubled(till, "http_500")
        start_s = clock.utc_ms() / 1000
        till.ask_behind()
        escalated = await until(till, payment, State.ESCALATED)
        assert escalated.escalated_for is Escalation.NO_REFERENCE
        assert escalated.escalated_at is not None
        assert 360 <= escalated.escalated_at / 1000 - start_s <= 400
        assert (await till.follow_up(payment.id)).hints
    assert asked_at(sandbox) == []


async def test_a_restart_goes_on_where_the_asking_was(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, times=TillTimes()) as till:
        payment = await troubled(till, "in_process_paid")
    clock.advance(2 * 60 * 60)
    async with open_shop(
        tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=passing(clock)
    ) as till:
        before_s = clock.utc_ms() / 1000
        till.ask_behind()
        paid = await until(till, payment, State.PAID)
        assert paid.token is not None
    first, *rest = (at - before_s for at in asked_at(sandbox))
    assert first <= 60
    assert all(later - sooner > 300 for sooner, later in itertools.pairwise([first, *rest]))


async def test_two_tills_ask_once_for_both(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    sleep = passing(clock)
    async with (
        open_shop(tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=sleep) as one,
        open_shop(tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=sleep) as other,
    ):
        payments = [
            await sell(one, await one.inquire("SLYLPR20", magic_number(trouble, number)))
            for trouble, number in (
                ("in_process_forever", "14012300000"),
                ("in_process_forever", "14012400000"),
            )
        ]
        late = asyncio.Event()
        end = payments[0].prepared_at + 15 * 60 * 1000
        for till in (one, other):
            till.watch(lambda _: late.set() if clock.utc_ms() > end else None)
            till.ask_behind()
        await late.wait()
        counts = [(await one.payment(payment.id)).asked for payment in payments]
    under_way = len(asked_at(sandbox)) - sum(counts)
    assert 0 <= under_way <= 2
    assert all(count <= len([at for at in ASKING.offsets_s if at <= 1200]) for count in counts)


async def test_the_tills_end_ends_the_asking(till: Till) -> None:
    await troubled(till, "in_process_forever")
    till.ask_behind()
    till.ask_behind()
    await till.drain()
    till.ask_behind()
    assert till._behind._task is None
