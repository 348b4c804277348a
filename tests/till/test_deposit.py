"""The deposit: a courtesy before the sale; unknown never stops one."""

import asyncio

import pytest

from cashier.espay.wire import BalanceReply
from cashier.money import Rupiah
from cashier.till import DepositShort, TillTimes
from cashier.till.deposit import Deposit
from tests.support.clock import ManualClock


class Espay:
    """Answers balances one after the other; ``None`` cannot be read."""

    def __init__(self, *balances: int | None) -> None:
        self.left = list(balances)
        self.asked = 0

    async def balance(self) -> BalanceReply:
        self.asked += 1
        known = self.left.pop(0)
        return BalanceReply((), None if known is None else Rupiah.of(known))


def deposit(espay: Espay, clock: ManualClock, wait_s: float = 5) -> Deposit:
    return Deposit(espay.balance, clock, TillTimes(deposit_wait_s=wait_s))


async def test_a_fresh_figure_is_not_asked_for_again(clock: ManualClock) -> None:
    espay = Espay(100_000)
    known = deposit(espay, clock)
    await known.require(Rupiah.of(50_000))
    await known.require(Rupiah.of(60_000))
    await known.freshen()
    assert espay.asked == 1


async def test_an_old_figure_is_asked_for_again(clock: ManualClock) -> None:
    espay = Espay(100_000, 40_000, 40_000)
    known = deposit(espay, clock)
    await known.freshen()
    clock.advance(61)
    assert known.known is None
    with pytest.raises(DepositShort):
        await known.require(Rupiah.of(50_000))


async def test_a_figure_that_is_too_small_is_asked_for_again_before_it_refuses(
    clock: ManualClock,
) -> None:
    espay = Espay(10_000, 100_000)
    known = deposit(espay, clock)
    await known.refresh()
    await known.require(Rupiah.of(50_000))
    assert espay.asked == 2


async def test_a_figure_that_cannot_be_read_stops_nothing(clock: ManualClock) -> None:
    await deposit(Espay(None), clock).require(Rupiah.of(50_000))


async def test_a_figure_that_does_not_come_stops_nothing(clock: ManualClock) -> None:
    async def hang() -> BalanceReply:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    known = Deposit(hang, clock, TillTimes(deposit_wait_s=0.01))
    await known.require(Rupiah.of(50_000))
    assert known.known is None
