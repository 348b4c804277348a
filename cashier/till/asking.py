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
from cashier.journal.errors import StateMoved
from cashier.journal.rows import Payment
from cashier.language import Refusal
from cashier.payment import (
    FAILURE_COUNTS_AFTER_MS,
    FAILURES_APART_MS,
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
    _failed: dict[int, float] = field(default_factory=dict, init=False)
    """When this till first saw an answer "failed" that counts, on the monotonic clock."""

    async def ask(self, payment_id: int) -> Payment:
        """Ask once, and journal what the answer proves; give the payment as it stands then.

        Raises:
            Refusal: Espay cannot be asked about this payment, or the journal cannot keep the
                answer; the sentence says which.
        """
        async with self._turns[payment_id]:
            payment = await self.counter.journal.payment(payment_id)
            if not payment.state.is_open:
                return payment
            if payment.ref_id is None or payment.state not in ASKABLE:
                raise Refusal("till.cannot_ask", payment=payment.receipt_no)
            await self._wait_for_pace()
            reply = await self.counter.espay.status(payment.ref_id)
            earlier = [kept(exchange) for exchange in reply.exchanges[:-1]]
            if earlier:
                await self.counter.journal.keep_messages(earlier, payment.id)
            try:
                return await self._note(payment, payment.ref_id, reply.last)
            except StateMoved as moved:
                return moved.payment

    async def follow(self, payment: Payment) -> Payment:
        """Ask on the schedule until the payment is final or the schedule has ended.

        Raises:
            Refusal: As for ``ask``.
        """
        times, counter = self.counter.times, self.counter
        start = counter.clock.monotonic()
        for offset in times.ask_after_s:
            if not can_be_asked(payment):
                break
            spread = 1 + random.uniform(-times.jitter, times.jitter)  # noqa: S311 - not a secret
            await counter.sleep(max(0.0, start + offset * spread - counter.clock.monotonic()))
            payment = await self.ask(payment.id)
        return payment

    async def _wait_for_pace(self) -> None:
        async with self._pace:
            now = self.counter.clock.monotonic()
            if self._last_at is not None:
                pause = self._last_at + self.counter.times.ask_apart_s - now
                await self.counter.sleep(max(0.0, pause))
            self._last_at = self.counter.clock.monotonic()

    async def _note(self, payment: Payment, ref_id: str, exchange: Exchange) -> Payment:
        journal, quote = self.counter.journal, payment.quote
        message = kept(exchange)
        try:
            demands = self.counter.rules_of(quote).demands
        except Refusal:
            await journal.keep_messages([message], payment.id)
            raise
        asked = self._asked(payment, ref_id, exchange)
        answer = exchange.answer
        if quote.is_card and answer.order_id is not None:
            answer = replace(answer, order_id=mask_card(answer.order_id))
        judgement = judge_status(asked, answer, demands)
        if judgement.evidence is None:
            failed_at = self._failure_seen(payment, asked, exchange, judgement)
            return await journal.note_asked(payment.id, message, judgement, None, failed_at)
        await journal.keep_reply(payment.id, message)
        return await journal.conclude(payment.id, payment.state, judgement)

    def _asked(self, payment: Payment, ref_id: str, exchange: Exchange) -> Asked:
        return Asked(
            sent=sent_of(payment, payment.quote.number),
            state=payment.state,
            rq_uuid=exchange.rq_uuid,
            ref_id=ref_id,
            sent_at=payment.sent_at or payment.prepared_at,
            now=exchange.ended_at,
            failed_at=payment.failed_at if self._long_enough_ago(payment) else None,
            ref_is_hint=payment.ref_is_hint,
            doubt=payment.reason,
        )

    def _long_enough_ago(self, payment: Payment) -> bool:
        """Whether the minute since the first failure truly passed, where this till saw it.

        The wall clock may have jumped; of what an earlier session saw only it can tell.
        """
        seen = self._failed.get(payment.id)
        return seen is None or self.counter.clock.monotonic() - seen >= FAILURES_APART_MS / 1000

    def _old_enough(self, payment: Payment, asked: Asked) -> bool:
        """Whether the payment is old enough for a failure to count, on both clocks."""
        sent = self.counter.sent.get(payment.id)
        wait_s = FAILURE_COUNTS_AFTER_MS / 1000
        passed = sent is None or self.counter.clock.monotonic() - sent >= wait_s
        return passed and asked.now - asked.sent_at >= FAILURE_COUNTS_AFTER_MS

    def _failure_seen(
        self, payment: Payment, asked: Asked, exchange: Exchange, judgement: Judgement
    ) -> int | None:
        """When the first answer "failed" that counts was seen, as the journal should hold it.

        A whole answer that says anything else wipes it out; an answer that did not arrive
        whole says nothing and leaves it.
        """
        if exchange.answer.delivery is not Delivery.WHOLE:
            return payment.failed_at
        if judgement.reason is not Reason.FAILED_ONCE or not self._old_enough(payment, asked):
            self._failed.pop(payment.id, None)
            return None
        self._failed.setdefault(payment.id, self.counter.clock.monotonic())
        return asked.now if payment.failed_at is None else payment.failed_at
