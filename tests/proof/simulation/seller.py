"""What people at a counter do, drawn by chance: they sell, ask, hand back, and call for help."""

import asyncio
import contextlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Cash, State
from cashier.sandbox.troubles import magic_number, trouble_called
from cashier.till import (
    CircuitOpen,
    ClockBehind,
    Decision,
    Payment,
    Quote,
    Till,
    can_be_asked,
)
from cashier.till.gathering import needs_hints
from tests.proof.simulation.shop import Session, Shop

_TOKEN: Final = re.compile(r"[0-9]{20}")
_SUPERVISOR: Final = "BU RATNA"
_SECOND: Final = "PAK HADI"
_TYPED: Final = Rupiah.of(50_000)

_TROUBLES: Final = (
    "suspect", "suspect_no_ref", "suspect_unbooked", "same_transaction", "uuid_exists",
    "balance_too_low", "unlisted_code", "unlisted_code_unbooked", "execution_timeout",
    "text_sukses", "text_no_ref", "success_no_ref", "other_order_id", "other_uuid",
    "code_zero", "http_500", "http_500_unbooked", "http_401", "in_process_paid",
    "in_process_failed", "in_process_no_ref", "status_failed_then_paid", "status_not_found",
    "inquiry_500_twice", "changing_bill",
)  # fmt: skip
_TOKEN_TROUBLES: Final = (*_TROUBLES, "token_missing", "token_two", "token_letters")
_INQUIRED_TROUBLES: Final = (*_TROUBLES, "amount_lower", "amount_times_100")


@dataclass(frozen=True, slots=True)
class Bill:
    """Something that a customer comes to pay, again and again."""

    product: str
    number: str
    amount: Rupiah | None = None
    is_card: bool = False


def bills(chance: random.Random) -> list[Bill]:
    """Draw the few bills of a shop, so few that tills come in each other's way."""
    digits = f"{chance.randrange(10, 90)}"
    drawn = [
        Bill("SLYLPR20", f"1401234{digits}78"),
        Bill("SINCBN", f"43333{digits}33" + "1", _TYPED),
        Bill("SVHOVO000", f"0812857{digits}452", _TYPED),
        Bill("SLYLPO", f"5205207966{digits}"),
        Bill("SLYPLJ", f"4004004004004{digits}"),
        Bill("SLYLPR50", magic_number(chance.choice(_TOKEN_TROUBLES), "14012345678")),
        Bill("SINCBN", magic_number(chance.choice(_TROUBLES), "4333333333"), _TYPED),
        Bill("SVHTS50", magic_number(chance.choice(_INQUIRED_TROUBLES), "081218816222")),
        Bill("SVHOVO000", magic_number(chance.choice(_INQUIRED_TROUBLES), "081285784452"), _TYPED),
        Bill("SCCANZ", "5289133888888888", _TYPED, is_card=True),
    ]
    return chance.sample(drawn, chance.randrange(4, 8))


class Seller:
    """Whoever stands at one till; chance decides what they do next."""

    def __init__(self, shop: Shop, session: Session, till: Till, wanted: Sequence[Bill]) -> None:
        """Stand at an open till."""
        self._shop = shop
        self._session = session
        self._till = till
        self._wanted = wanted
        self._chance = shop.chance
        self._sales: set[asyncio.Task[None]] = set()

    async def act(self) -> None:
        """Do one thing; what the till refuses is what it shall refuse."""
        acts = (
            *(self._sell,) * 12,
            *(self._hand_back,) * 2,
            *(self._ask,) * 2,
            self._settle,
            self._gather,
            self._escalate,
            *(self._resolve,) * 2,
            self._recheck,
            self._look,
            self._follow,
        )
        act = self._chance.choice(acts)
        try:
            await act()
        except Refusal as refusal:
            self._shop.done[refusal.key] += 1
            self._shop.trace.tell(f"{self._session.name}: {act.__name__} {refusal.key}")
            await self._get_over(refusal)

    async def finish(self) -> None:
        """Wait for sales that were left alone."""
        if self._sales:
            await asyncio.wait(self._sales)

    async def _get_over(self, refusal: Refusal) -> None:
        try:
            if isinstance(refusal, CircuitOpen):
                await self._till.resume(_SUPERVISOR, "dicocokkan dengan Espay")
            elif isinstance(refusal, ClockBehind):
                await self._till.trust_clock(_SUPERVISOR, "jam sudah benar")
        except Refusal as again:
            self._shop.trace.tell(f"{self._session.name}: {again.key}")

    # --- selling --------------------------------------------------------------------------------

    async def _sell(self) -> None:
        bill = self._chance.choice(self._wanted)
        quote = await self._till.inquire(bill.product, bill.number, bill.amount)
        await asyncio.sleep(self._chance.choice((0, 1, 8, 8, 20, 290, 310)))
        paying = asyncio.create_task(self._pay(bill, quote))
        self._sales.add(paying)
        paying.add_done_callback(self._sales.discard)
        if self._chance.random() < 0.15:
            await asyncio.sleep(self._chance.uniform(0, 2))
            for payment in self._till.under_way:
                self._till.give_up(payment.id)
        if self._chance.random() < 0.1:
            await asyncio.sleep(self._chance.uniform(0, 10))
            paying.cancel()
        await asyncio.wait({paying})

    async def _pay(self, bill: Bill, quote: Quote) -> None:
        if self._chance.random() < 0.1:  # typed twice, at two tills perhaps
            await asyncio.gather(
                self._pay_once(bill, quote, None), self._pay_once(bill, quote, None)
            )
        else:
            await self._pay_once(bill, quote, None)

    async def _pay_once(self, bill: Bill, quote: Quote, sequence: int | None) -> None:
        self._shop.paying += 1
        number = bill.number if bill.is_card else None
        cash = Rupiah.of(quote.total.whole_up + self._chance.choice((0, 0, 500, 50_000)))
        try:
            payment = await self._till.pay(quote.id, cash, number=number, sequence=sequence)
        except Refusal as refusal:
            needed = getattr(refusal, "needed", None)
            self._shop.done[refusal.key] += 1
            self._shop.trace.tell(f"{self._session.name}: pay {refusal.key}")
            if isinstance(needed, int) and sequence is None and self._chance.random() < 0.8:
                await self._pay_once(bill, quote, needed)
            else:
                await self._get_over(refusal)
        else:
            if can_be_asked(payment) and self._chance.random() < 0.5:
                self._till.follow_behind(payment)

    # --- following up -----------------------------------------------------------------------------

    async def _one_open(self) -> Payment | None:
        payments = await self._till.open_payments()
        return self._chance.choice(payments) if payments else None

    async def _hand_back(self) -> None:
        for payment in await self._till.owed_back():
            await self._till.returned(payment.id)

    async def _ask(self) -> None:
        payment = await self._one_open()
        if payment is not None:
            await self._till.ask(payment.id)

    async def _follow(self) -> None:
        payment = await self._one_open()
        if payment is not None and can_be_asked(payment):
            await self._till.follow(payment)

    async def _settle(self) -> None:
        await self._till.settle()

    async def _gather(self) -> None:
        payment = await self._one_open()
        if payment is not None and needs_hints(payment):
            await self._till.gather(payment.id)

    async def _escalate(self) -> None:
        payment = await self._one_open()
        if payment is not None:
            await self._till.escalate(payment.id, _SUPERVISOR)

    async def _resolve(self) -> None:
        payment = await self._one_open()
        if payment is not None:
            await self.decide(payment)

    async def decide(self, payment: Payment) -> None:
        """Let two supervisors decide a payment on what Espay's book truly says."""
        if payment.state in (State.PREPARED, State.SENT):
            return
        decision = truth(self._shop, payment)
        if decision is not None:
            await self._till.resolve(payment.id, decision)

    async def _recheck(self) -> None:
        paid = [one for one in await self._till.sold_today() if one.state is State.PAID]
        if paid:
            await self._till.recheck(self._chance.choice(paid).id)

    async def _look(self) -> None:
        await self._till.greeting()
        for follow in await self._till.follow_ups():
            await self._till.story(follow.payment.id)
        self._till.ask_behind()

    # --- the end ------------------------------------------------------------

    async def clear_up(self, patience_s: float) -> None:
        """Find out about everything, and hand back all cash that is owed."""
        self._till.ask_behind()
        until = self._shop.loop.time() + patience_s
        while self._shop.loop.time() < until:
            known = all(one.state is State.ESCALATED for one in await self._till.open_payments())
            if known and not any(self._shop.network.under_way.values()):
                break
            await asyncio.sleep(30)
        for payment in await self._till.open_payments():
            with contextlib.suppress(Refusal):  # another till is at it
                await self.decide(payment)
        for payment in await self._till.owed_back():
            assert payment.cash is Cash.OWED_BACK
            with contextlib.suppress(Refusal):
                await self._till.returned(payment.id)


def truth(shop: Shop, payment: Payment) -> Decision | None:
    """What a document would show, which is Espay's last word; ``None`` while it cannot know."""
    uuid = payment.rq_uuid
    if shop.network.under_way[uuid]:
        return None
    for booking in shop.espay.book.booked(uuid):
        if booking.state == "pending":
            fails = "failed" in trouble_called(booking.trouble).status
            shop.espay.ledger.settle(booking.ref_id, "failed" if fails else "booked", booking.at)
    booked = shop.espay.book.booked(uuid)
    paid = any(booking.stands for booking in booked)
    token = None
    if paid and payment.quote.product.startswith("SLYLPR"):
        found = _TOKEN.findall(str(booked[0].reply))
        token = found[0] if found else None
    outcome = State.PAID if paid else State.UNPAID
    return Decision(outcome, f"TIKET-{payment.id}", _SUPERVISOR, _SECOND, token)
