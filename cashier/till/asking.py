"""Asking Espay what became of an open payment (T11, T12): on a schedule, and on demand.

A question needs the ``ref_id`` that only a payment reply holds. Questions about one payment
never overlap, and a till asks at most once a second in all (``payment-states.md``, Times).
"""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final

from cashier.espay.wire import Exchange
from cashier.journal.rows import Payment
from cashier.language import Refusal
from cashier.payment import (
    FAILURE_COUNTS_AFTER_MS,
    Asked,
    Delivery,
    Judgement,
    Reason,
    State,
    judge_status,
)
from cashier.text import mask_card
from cashier.till.counter import Counter
from cashier.till.messages import kept
from cashier.till.selling import sent_of

ASKABLE: Final = frozenset({State.PROCESSING, State.IN_DOUBT, State.INCOMPLETE})


def can_be_asked(payment: Payment) -> bool:
    """Whether Espay can be asked about a payment at all."""
    return payment.state in ASKABLE and payment.ref_id is not None


@dataclass(slots=True)
class Asking:
    """All status questions of one till."""

    counter: Counter
    _turns: defaultdict[int, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), init=False
    )
    _pace: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _last_at: float | None = field(default=None, init=False)

    async def ask(self, payment_id: int) -> Payment:
        """Ask once, and journal what the answer proves.

        Raises:
            Refusal: Espay cannot be asked about this payment; the sentence says why.
        """
        async with self._turns[payment_id]:
            payment = await self.counter.journal.payment(payment_id)
            if not payment.state.is_open:
                return payment
            if payment.ref_id is None or payment.state not in ASKABLE:
                raise Refusal("till.cannot_ask", payment=payment.receipt_no)
            await self._wait_for_pace()
            exchange = await self.counter.espay.status(payment.ref_id)
            return await self._note(payment, payment.ref_id, exchange)

    async def follow(self, payment: Payment) -> Payment:
        """Ask on the schedule until the payment is final or the schedule has ended."""
        times = self.counter.times
        start = self.counter.clock.monotonic()
        for offset in times.ask_after_s:
            if not can_be_asked(payment):
                break
            spread = 1 + random.uniform(-times.jitter, times.jitter)  # noqa: S311 - not a secret
            await asyncio.sleep(start + offset * spread - self.counter.clock.monotonic())
            payment = await self.ask(payment.id)
        return payment

    async def _wait_for_pace(self) -> None:
        async with self._pace:
            now = self.counter.clock.monotonic()
            if self._last_at is not None:
                await asyncio.sleep(self._last_at + self.counter.times.ask_apart_s - now)
            self._last_at = self.counter.clock.monotonic()

    async def _note(self, payment: Payment, ref_id: str, exchange: Exchange) -> Payment:
        journal, quote = self.counter.journal, payment.quote
        message = kept(exchange)
        asked = _asked(payment, ref_id, exchange)
        answer = exchange.answer
        if quote.is_card and answer.order_id is not None:
            answer = replace(answer, order_id=mask_card(answer.order_id))
        judgement = judge_status(asked, answer, self.counter.rules_of(quote).demands)
        if judgement.evidence is None:
            failed_at = failure_seen(asked, exchange, judgement)
            return await journal.note_asked(payment.id, message, judgement, None, failed_at)
        await journal.keep_reply(payment.id, message)
        return await journal.conclude(payment.id, payment.state, judgement)


def _asked(payment: Payment, ref_id: str, exchange: Exchange) -> Asked:
    return Asked(
        sent=sent_of(payment, payment.quote.number),
        state=payment.state,
        rq_uuid=exchange.rq_uuid,
        ref_id=ref_id,
        sent_at=payment.sent_at or payment.prepared_at,
        now=exchange.ended_at,
        failed_at=payment.failed_at,
    )


def failure_seen(asked: Asked, exchange: Exchange, judgement: Judgement) -> int | None:
    """When the first answer "failed" that counts was seen, as the journal should now hold it.

    A whole answer that says anything else wipes it out; an answer that did not arrive whole
    says nothing and leaves it.
    """
    if exchange.answer.delivery is not Delivery.WHOLE:
        return asked.failed_at
    counts = asked.now - asked.sent_at >= FAILURE_COUNTS_AFTER_MS
    if judgement.reason is not Reason.FAILED_ONCE or not counts:
        return None
    return asked.now if asked.failed_at is None else asked.failed_at
