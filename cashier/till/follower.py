"""The till as it follows up what is open: ask, look for hints, escalate, resolve, return.

``Till`` inherits this; here stands what comes after the sale.
"""

import logging
from typing import Final

from cashier.espay.kept import answer_of
from cashier.journal.errors import CircuitOpen, JournalRefusal
from cashier.journal.packing import pack
from cashier.journal.rows import Correction, Decision, Payment, Story
from cashier.language import LanguageCode, Refusal
from cashier.payment import Answer, Circuit, Escalation, State
from cashier.till.asking import Asking, can_be_asked
from cashier.till.counter import Counter
from cashier.till.follow_up import FollowUp, Greeting, follow_up, greeting
from cashier.till.gathering import gather, needs_hints

_LOG: Final = logging.getLogger(__name__)


class Follower:
    """What an operator and a supervisor do about payments that are not certain yet."""

    _counter: Counter
    _asking: Asking
    recovered: tuple[Payment, ...]

    # --- what there is ------------------------------------------------------------------------

    async def payment(self, reference: str | int) -> Payment:
        """Find a payment by its number or its receipt number.

        Raises:
            Refusal: There is no such payment.
        """
        return await self._counter.journal.payment(reference)

    async def open_payments(self) -> tuple[Payment, ...]:
        """Payments of which something is still to be found out, oldest first."""
        return await self._counter.journal.open_payments()

    async def owed_back(self) -> tuple[Payment, ...]:
        """Payments whose cash belongs to the customer and is still in the drawer, oldest first."""
        return await self._counter.journal.owed_back()

    async def follow_ups(self) -> tuple[FollowUp, ...]:
        """Open payments and cash owed back, oldest first, with what may be done about each."""
        journal = self._counter.journal
        payments = (*await journal.open_payments(), *await journal.owed_back())
        hints = await journal.hints_of_open()
        oldest_first = sorted(payments, key=lambda each: (each.prepared_at, each.id))
        return tuple(follow_up(payment, hints) for payment in oldest_first)

    async def follow_up(self, reference: str | int) -> FollowUp:
        """What is known of one payment, final ones too, and what may be done about it.

        Raises:
            Refusal: There is no such payment.
        """
        journal, payment = self._counter.journal, await self.payment(reference)
        earlier = await journal.earlier_of(payment)
        return follow_up(payment, await journal.hints_of(payment.id), earlier)

    async def corrections(self, payment_id: int) -> tuple[Correction, ...]:
        """Documents that have shown an unpaid payment to be paid, oldest first (F78)."""
        return await self._counter.journal.corrections_of(payment_id)

    async def story(self, reference: str | int) -> Story:
        """A payment's whole story as typed rows, oldest first.

        Raises:
            Refusal: There is no such payment.
        """
        return await self._counter.journal.story(reference)

    async def evidence_pack(
        self, reference: str | int, language: LanguageCode, *, masked: bool
    ) -> str:
        """A payment's story as one text for Espay's support: no secret, no token in it.

        Args:
            reference: The payment's number or receipt number.
            language: The operator's.
            masked: Whether number, name and other facts about a person are left out.

        Raises:
            Refusal: There is no such payment.
        """
        follows = await self.follow_up(reference)
        story = await self.story(follows.payment.id)
        return pack(story, follows.hints, language, masked=masked)

    async def greeting(self) -> Greeting:
        """What an operator has to know before the first sale after a start."""
        circuit = await self.circuit()
        return greeting(self.recovered, await self.open_payments(), await self.owed_back(), circuit)

    async def replies(self, payment: Payment) -> tuple[tuple[str, Answer], ...]:
        """Give what Espay answered about a payment, oldest first: the request's id, the answer."""
        kept_replies = await self._counter.journal.replies_of(payment.id)
        environment = self._counter.settings.environment
        return tuple((each.rq_uuid, answer_of(each, environment)) for each in kept_replies)

    # --- finding out --------------------------------------------------------------------------

    async def ask(self, payment_id: int) -> Payment:
        """Ask Espay once what became of an open payment.

        Raises:
            Refusal: Espay cannot be asked about it.
        """
        return self._seen(await self._asking.ask(payment_id))

    async def recheck(self, payment_id: int) -> Payment:
        """Ask Espay once about a paid payment, which it may have reversed since (T15).

        Two answers "failed", a minute apart, make it ``refunded``.

        Raises:
            Refusal: It is not paid, or there is no reference to ask by.
        """
        return self._seen(await self._asking.recheck(payment_id))

    async def gather(self, payment_id: int) -> Payment:
        """Look for hints about a payment in doubt that has no reference to ask by.

        Raises:
            Refusal: It is no such payment.
        """
        return self._seen(await gather(self._counter, payment_id))

    async def follow(self, payment: Payment) -> Payment:
        """Ask on the schedule, +5 to 60 s, until the payment is final or that has ended."""
        return self._seen(await self._asking.follow(payment))

    async def settle(self) -> tuple[Payment, ...]:
        """Ask once about each open payment that can be asked; give them as they stand then."""
        return tuple(
            [await self._settled(each) for each in await self.open_payments() if can_be_asked(each)]
        )

    async def _settled(self, payment: Payment) -> Payment:
        try:
            return await self.ask(payment.id)
        except Refusal as refusal:
            _LOG.warning("payment %d cannot be asked about: %s", payment.id, refusal.key)
            return await self.payment(payment.id)

    # --- deciding -----------------------------------------------------------------------------

    async def escalate(self, reference: str | int, by: str | None = None) -> Payment:
        """Hand a payment to the supervisor (T13), with what hints there are.

        Args:
            reference: The payment's number or receipt number.
            by: Name of who does it; the operator where none is given.

        Raises:
            Refusal: The payment is not in a state that leads there, or the name is none.
        """
        payment = await self.payment(reference)
        if needs_hints(payment):
            payment = await self._gathered(payment)
            if payment.state is State.ESCALATED:
                return self._seen(payment)
        journal = self._counter.journal
        return self._seen(await journal.escalate(payment.id, Escalation.BY_HAND, by))

    async def _gathered(self, payment: Payment) -> Payment:
        try:
            return await gather(self._counter, payment.id)
        except Refusal as refusal:
            _LOG.warning("no hints about %d: %s", payment.id, refusal.key)
            return payment

    async def resolve(self, reference: str | int, decision: Decision) -> Payment:
        """Bring a payment to what a document of Espay's shows (T13 to T15); two people sign.

        One that was decided to be unpaid stays so and gets a correction, with the loss (F78).

        Raises:
            Refusal: No document leads there, the two are one or sold it, or the token is none.
        """
        payment = await self.payment(reference)
        self._check_token(payment, decision.token)
        return self._seen(await self._counter.journal.decide(payment.id, decision))

    def _check_token(self, payment: Payment, token: str | None) -> None:
        if token is None:
            return
        lengths = {one.digits for one in self._counter.rules_of(payment.quote).demands.numbers}
        if not (token.isascii() and token.isdigit() and len(token) in lengths):
            raise Refusal("till.wrong_token", digits=str(max(lengths, default=0)))

    async def returned(self, reference: str | int) -> Payment:
        """Note that the cash owed back was handed over.

        Raises:
            Refusal: There is no such payment, or no cash is owed back for it.
        """
        payment = await self.payment(reference)
        return self._seen(await self._counter.journal.hand_back(payment.id))

    # --- going on -----------------------------------------------------------------------------

    async def circuit(self) -> Circuit:
        """What has stopped new payments, if anything has, since a supervisor last looked."""
        return await self._counter.journal.circuit()

    async def stops(self) -> tuple[Refusal, ...]:
        """What keeps new payments from being made now, worst first, as T1 would refuse them.

        ``ClockBehind`` ends with ``trust_clock``, ``CircuitOpen`` with ``resume``; what is wrong
        with the journal, with neither.
        """
        journal = self._counter.journal
        found: list[Refusal] = []
        try:
            await journal.look_again()
            journal.check_trust()
            behind = await journal.clock_behind()
        except JournalRefusal as refusal:
            found.append(refusal)
        else:
            found += [] if behind is None else [behind]
        trip = (await journal.circuit()).trip
        if trip is not None:
            found.append(CircuitOpen(trip))
        return tuple(found)

    async def resume(self, by: str, reason: str) -> None:
        """Let new payments go on, because a supervisor has seen what stopped them.

        Raises:
            Refusal: Nothing stops them, or name or reason are missing.
        """
        await self._counter.journal.clear_circuit(by, reason)

    async def trust_clock(self, by: str, reason: str) -> None:
        """Go on although earlier events are of a later time: the clock had been ahead (F61).

        Raises:
            Refusal: The clock is not behind, name or reason are missing, or Espay's own clock,
                where one can be asked, does not agree with ours.
        """
        await self._counter.prove_clock()
        await self._counter.journal.clear_clock(by, reason)

    def _seen(self, payment: Payment) -> Payment:
        raise NotImplementedError
