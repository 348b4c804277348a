"""Asking Espay what became of a payment (T11, T12, T15): on a schedule, and on demand.

A question needs the ``ref_id`` that only a payment reply holds. Questions about one payment
never overlap, and all sessions together ask at most once a second (``payment-states.md``,
Times). When the next question is due is kept, so that any session goes on where one ended.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Final

from cashier.espay.wire import Exchange
from cashier.journal.errors import StateMoved
from cashier.journal.rows import Payment
from cashier.language import Refusal
from cashier.payment import (
    ASKED_ABOUT,
    FAILURE_COUNTS_AFTER_MS,
    FAILURES_APART_MS,
    Asked,
    Schedule,
    State,
    first_failure,
    judge_status,
)
from cashier.text import mask_card
from cashier.till.counter import Counter
from cashier.till.messages import kept
from cashier.till.selling import sent_of

ASKABLE: Final = ASKED_ABOUT | {State.ESCALATED}
"""States of which Espay may be asked; of an escalated payment only by hand."""


def can_be_asked(payment: Payment) -> bool:
    """Whether Espay can be asked about a payment at all."""
    return payment.state in ASKABLE and payment.ref_id is not None


@dataclass(slots=True)
class Asking:
    """All status questions of one till."""

    counter: Counter
    _failed: dict[int, float] = field(default_factory=dict, init=False)
    """When this till first saw an answer "failed" that counts, on the monotonic clock."""

    async def ask(self, payment_id: int, seen: Payment | None = None) -> Payment:
        """Ask once, and journal what the answer proves; give the payment as it stands then.

        Args:
            payment_id: The payment.
            seen: How the caller last saw it; where another session has asked since, the
                question is left out.

        Raises:
            Refusal: Espay cannot be asked about this payment, or the journal cannot keep the
                answer; the sentence says which.
        """
        journal = self.counter.journal
        async with journal.turns.asking_about(payment_id, self.counter.sleep):
            payment = await journal.payment(payment_id)
            if not payment.state.is_open or (seen is not None and payment.asked > seen.asked):
                return payment
            if not can_be_asked(payment):
                raise Refusal("till.cannot_ask", payment=payment.receipt_no)
            return await self._question(payment)

    async def recheck(self, payment_id: int) -> Payment:
        """Ask again about a payment that is paid, in case Espay has reversed it (T15).

        Raises:
            Refusal: It is not paid, or there is no reference to ask by.
        """
        journal = self.counter.journal
        async with journal.turns.asking_about(payment_id, self.counter.sleep):
            payment = await journal.payment(payment_id)
            if payment.state is not State.PAID or payment.ref_id is None:
                raise Refusal("till.cannot_recheck", payment=payment.receipt_no)
            return await self._question(payment)

    async def follow(self, payment: Payment) -> Payment:
        """Ask for the first minute, until the payment is final or that has ended.

        Raises:
            Refusal: As for ``ask``.
        """
        times, counter = self.counter.times, self.counter
        start = counter.clock.monotonic()
        for offset in times.ask_after_s:
            if payment.state not in ASKED_ABOUT or not can_be_asked(payment):
                break
            spread = 1 + random.uniform(-times.jitter, times.jitter)  # noqa: S311 - not a secret
            await counter.sleep(max(0.0, start + offset * spread - counter.clock.monotonic()))
            payment = await self.ask(payment.id, payment)
        return payment

    async def _question(self, payment: Payment) -> Payment:
        if payment.ref_id is None:
            raise Refusal("till.cannot_ask", payment=payment.receipt_no)
        counter = self.counter
        await counter.wait_for_turn()
        reply = await counter.espay.status(payment.ref_id)
        earlier = [kept(exchange) for exchange in reply.exchanges[:-1]]
        if earlier:
            await counter.journal.keep_messages(earlier, payment.id)
        try:
            return await self._note(payment, payment.ref_id, reply.last)
        except StateMoved as moved:
            return moved.payment

    async def _note(self, payment: Payment, ref_id: str, exchange: Exchange) -> Payment:
        journal, quote = self.counter.journal, payment.quote
        message = kept(exchange)
        try:
            demands = self.counter.rules_of(quote).demands
        except Refusal:
            await journal.keep_messages([message], payment.id)
            raise
        asked = self._asked(payment, ref_id, exchange)
        if payment.ref_is_hint:
            earlier = await journal.earlier_of(payment)
            left_before = any(each.sent_at is not None for each in earlier)
            asked = replace(asked, bill_left_before=left_before)
        answer = exchange.answer
        if quote.is_card and answer.order_id is not None:
            answer = replace(answer, order_id=mask_card(answer.order_id))
        judgement = judge_status(asked, answer, demands)
        if judgement.evidence is not None:
            await journal.keep_reply(payment.id, message)
            return await journal.conclude(payment.id, payment.state, judgement)
        failed_at = first_failure(asked, answer, judgement)
        self._remember_failure(payment.id, failed_at)
        ask_at = next_question(self.counter, payment, self.counter.times.asking)
        return await journal.note_asked(payment.id, message, judgement, ask_at, failed_at)

    def _asked(self, payment: Payment, ref_id: str, exchange: Exchange) -> Asked:
        return Asked(
            sent=sent_of(payment, payment.quote.number),
            state=payment.state,
            rq_uuid=exchange.rq_uuid,
            ref_id=ref_id,
            sent_at=payment.sent_at or payment.prepared_at,
            now=exchange.ended_at,
            failed_at=payment.failed_at,
            ref_is_hint=payment.ref_is_hint,
            doubt=payment.reason,
            truly_old=self._has_passed(self.counter.sent.get(payment.id), FAILURE_COUNTS_AFTER_MS),
            truly_apart=self._has_passed(self._failed.get(payment.id), FAILURES_APART_MS),
        )

    def _has_passed(self, since: float | None, milliseconds: int) -> bool:
        """Whether so much time truly passed since a moment, where this till saw it.

        The wall clock may have jumped; of what an earlier session saw only it can tell.
        """
        return since is None or self.counter.clock.monotonic() - since >= milliseconds / 1000

    def _remember_failure(self, payment_id: int, failed_at: int | None) -> None:
        if failed_at is None:
            self._failed.pop(payment_id, None)
        else:
            self._failed.setdefault(payment_id, self.counter.clock.monotonic())


def next_question(counter: Counter, payment: Payment, schedule: Schedule) -> int | None:
    """When the law asks next about a payment (UTC milliseconds), or ``None`` where never again."""
    if payment.state not in ASKED_ABOUT:
        return None
    since = payment.asking_since or payment.sent_at or payment.prepared_at
    spread = random.uniform(0, counter.times.jitter)  # noqa: S311 - not a secret
    return schedule.next_at(since, counter.clock.utc_ms(), spread)
