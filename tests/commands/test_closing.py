"""What a till that was left tells: how long it still takes, and what its last payments came to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cashier.commands.closing import finish
from cashier.commands.desk import Desk
from cashier.commands.output import grouped
from cashier.payment import State
from cashier.sandbox.settings import Pace
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import QUICK, open_shop, sell

METER = "14012345678"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: ManualClock) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, clock=clock, pace=Pace(slow_s=0.5)) as running:
        yield running


@pytest.fixture
async def desk(tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock) -> AsyncIterator[Desk]:
    wire = replace(QUICK, exchange_s=30)
    async with open_shop(tmp_path, sandbox, clock=clock, wire=wire) as till:
        yield Desk(till, "id", "cashier practice", asyncio.Event())


async def test_what_nobody_looked_at_is_told_with_its_token(
    desk: Desk, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    sold = await sell(desk.till, await desk.till.inquire("SLYLPR20", METER))
    assert sold.token is not None
    await finish(desk, clock, (sold,), is_read=True)
    told = capsys.readouterr().err
    assert f"{sold.receipt_no}  PLN Prepaid 20.000 {sold.quote.name}: LUNAS." in told
    assert grouped(sold.token) in told
    assert "Menyelesaikan" not in told


async def test_a_payment_under_way_is_waited_for_and_told(
    desk: Desk, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    quote = await desk.till.inquire("SLYLPR20", magic_number("slow", METER))
    sent = asyncio.Event()
    paying = asyncio.create_task(
        desk.till.pay(
            quote.id,
            quote.total,
            watcher=lambda payment: sent.set() if payment.state is State.SENT else None,
        )
    )
    await sent.wait()
    clock.advance(13)
    await finish(desk, clock, (), is_read=True)
    told = capsys.readouterr().err
    assert "Menyelesaikan 1 pembayaran, paling lama 02:17. Jangan matikan komputer." in told
    assert "\r00:00 " in told
    payment = await paying
    assert payment.state is State.PAID
    assert payment.token is not None
    assert grouped(payment.token) in told


async def test_nothing_is_told_where_nobody_can_read_it(
    desk: Desk, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    sold = await sell(desk.till, await desk.till.inquire("SLYLPR20", METER))
    await finish(desk, clock, (sold,), is_read=False)
    assert capsys.readouterr().err == ""


async def test_a_till_without_news_closes_in_silence(
    desk: Desk, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    await finish(desk, clock, (), is_read=True)
    assert capsys.readouterr().err == ""
