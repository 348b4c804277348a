"""The journal as a till follows up what is open: asking, hints, people's decisions, the circuit.

``Journal`` inherits this; here stands what comes after a payment's own reply.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

import apsw

from cashier.journal import clearing, deciding, looking, selling, serving, settling
from cashier.journal.chain import canonical
from cashier.journal.errors import ClockBehind
from cashier.journal.keeping import BUILT_IN_OPERATOR, keep_message
from cashier.journal.look_ups import LookUps
from cashier.journal.rows import (
    Correction,
    Decision,
    KeptHint,
    Message,
    NewMessage,
    Others,
    Payment,
    Story,
)
from cashier.journal.sessions import Locks
from cashier.journal.story import tell
from cashier.journal.transaction import Transaction
from cashier.journal.turns import Turns
from cashier.journal.writer import Patience, Writer
from cashier.payment import ASKED_ABOUT, Circuit, Escalation, Hint, Judgement, State

Step = Callable[[Transaction, Payment], None]

_AT_ONCE = 100
"""Payments that recovery settles in one transaction: one commit costs as much as all the rest."""


class FollowingUp(LookUps):
    """Steps and look-ups of payments that have been sent."""

    _writer: Writer
    _locks: Locks

    # --- asking -----------------------------------------------------------------------------

    @property
    def turns(self) -> Turns:
        """Whose turn it is to ask, among all sessions of this journal."""
        return Turns(self._locks.folder)

    async def next_to_ask(self, limit: int = 50) -> tuple[Payment, ...]:
        """Give payments by when their next question is due, in whichever session they began."""
        return await self._payments(looking.NEXT_TO_ASK, {"limit": limit})

    async def unscheduled(self) -> tuple[Payment, ...]:
        """Give open payments of which no question is planned, as an older program left them."""
        return await self._payments(looking.UNSCHEDULED)

    async def note_asked(
        self,
        payment_id: int,
        answer: NewMessage,
        judgement: Judgement,
        ask_at: int | None,
        failed_at: int | None,
    ) -> Payment:
        """Keep a status question that decided nothing; times are UTC milliseconds.

        The judgement's reason becomes ``asked_reason``; its token, where it has one, is kept.
        With no ``ask_at`` the law asks no more: the supervisor has it by the same commit (T13).

        Raises:
            StateMoved: The payment is not in the judged state any more.
        """

        def step(transaction: Transaction, payment: Payment) -> None:
            settling.note_asked(transaction, payment, answer, judgement, ask_at, failed_at)
            if ask_at is None and payment.state in ASKED_ABOUT:
                deciding.escalate(transaction, payment, Escalation.ASKED_A_DAY)

        return await self._step(payment_id, step)

    async def schedule(self, payment_id: int, ask_at: int | None) -> Payment:
        """Keep when the next status question is due, or that none is.

        Raises:
            StateMoved: The payment is final.
        """
        return await self._step(
            payment_id,
            lambda transaction, payment: settling.schedule(transaction, payment, ask_at),
        )

    async def learn(self, payment_id: int, judgement: Judgement) -> Payment:
        """Keep what a late original reply told that moves nothing by itself (T16)."""
        return await self._step(
            payment_id,
            lambda transaction, payment: settling.learn(transaction, payment, judgement),
            Patience.ENDLESS,
        )

    async def conclude_all(
        self, judged: Sequence[tuple[Payment, Judgement]], *, operator_id: int = BUILT_IN_OPERATOR
    ) -> tuple[Payment, ...]:
        """T3 to T10 for what dead sessions left, some dozens in one transaction each.

        Killed between two of them and run again, it goes on with the rest.

        Raises:
            StateMoved, NotOurs, JournalDefect, JournalFailed: As ``conclude``.
        """
        settled: list[Payment] = []
        for first in range(0, len(judged), _AT_ONCE):
            some = judged[first : first + _AT_ONCE]

            def work(
                transaction: Transaction, some: Sequence[tuple[Payment, Judgement]] = some
            ) -> tuple[Payment, ...]:
                transaction.operator = operator_id
                return self._concluded(transaction, some)

            settled += await self._writer.run(work, Patience.ENDLESS)
        for payment in settled:
            if payment.state is State.PAID:
                self._remember(payment)
        return tuple(settled)

    async def replies_of_all(
        self, payments: Sequence[Payment]
    ) -> Mapping[int, tuple[Message, ...]]:
        """Give the exchanges of many payments by payment id, each oldest first."""
        values = {"ids": canonical([payment.id for payment in payments])}
        found = await self._look(
            lambda connection: looking.messages(connection, looking.MESSAGES_OF_PAYMENTS, values)
        )
        by_payment: defaultdict[int, list[Message]] = defaultdict(list)
        for message in found:
            if message.payment_id is not None:
                by_payment[message.payment_id].append(message)
        return {number: tuple(messages) for number, messages in by_payment.items()}

    # --- hints ------------------------------------------------------------------------------

    async def keep_hints(
        self,
        payment_id: int,
        found: Iterable[tuple[Hint, str]],
        ask_at: int | None,
        messages: Sequence[NewMessage] = (),
    ) -> Payment:
        """Keep hints with the exchanges they came from, and when to look again.

        With no ``ask_at`` nothing is left to look into: the supervisor has it by the same
        commit (T13).

        Raises:
            StateMoved: The payment is final.
        """

        def step(transaction: Transaction, payment: Payment) -> None:
            mask = settling.mask_of(payment)
            for message in messages:
                keep_message(transaction, message, mask=mask, payment_id=payment.id)
            settling.keep_hints(transaction, payment.id, found)
            if ask_at is None and payment.state in ASKED_ABOUT:
                deciding.escalate(transaction, payment, Escalation.NO_REFERENCE)
            elif payment.ask_at != ask_at:
                settling.schedule(transaction, payment, ask_at)

        return await self._step(payment_id, step)

    async def hints_of(self, payment_id: int) -> tuple[KeptHint, ...]:
        """Give the hints of a payment, oldest first."""
        return await self._look(
            lambda connection: looking.hints(
                connection, looking.HINTS_OF_PAYMENT, {"payment_id": payment_id}
            )
        )

    async def hints_of_open(self) -> tuple[KeptHint, ...]:
        """Give the hints of all open payments and of those whose cash is owed back."""
        return await self._look(
            lambda connection: looking.hints(connection, looking.HINTS_OF_OPEN, {})
        )

    async def balance_before(self, payment_id: int, since: int) -> Message | None:
        """Give the last readable answer about the deposit that was kept before a payment left.

        It is no older than ``since``, in UTC milliseconds. One that was being read while the
        payment left is not given, and neither is any of a payment that never left.
        """
        values = {"payment_id": payment_id, "since": since}
        found = await self._look(
            lambda connection: looking.messages(connection, looking.BALANCE_BEFORE, values)
        )
        return found[0] if found else None

    async def others_since(self, message_id: int, payment_id: int) -> Others:
        """Give what else of this shop's may have moved the deposit since it was read.

        Args:
            message_id: The kept answer that told it.
            payment_id: The payment that is left out.
        """
        values = {"message_id": message_id, "payment_id": payment_id}

        def look_up(connection: apsw.Connection) -> Others:
            return Others(
                looking.payments(connection, looking.SENT_AFTER, values, self.environment),
                looking.payments(connection, looking.UNDER_WAY_AT, values, self.environment),
            )

        return await self._look(look_up)

    async def earlier_of(self, payment: Payment) -> tuple[Payment, ...]:
        """Give the payments of the same bill key that were made before, oldest first."""
        values = {"bill_key": payment.quote.bill_key, "id": payment.id}
        return await self._payments(looking.EARLIER_OF_BILL, values)

    # --- people -----------------------------------------------------------------------------

    async def escalate(self, payment_id: int, why: Escalation, by: str | None = None) -> Payment:
        """T13: hand a payment to the supervisor; ``by`` names who did, else it is the operator.

        Raises:
            NotEscalatable: It is not in a state that leads there.
            NameNeeded: The name is none.
        """
        return await self._step(
            payment_id,
            lambda transaction, payment: deciding.escalate(transaction, payment, why, by),
            operator_id=BUILT_IN_OPERATOR,
        )

    async def decide(self, payment_id: int, decision: Decision) -> Payment:
        """T13 to T15: bring a payment to what a document shows, all steps in one transaction.

        An ``unpaid`` one that a document shows to be paid stays, and gets a correction (F78).

        Raises:
            NotResolvable: No document leads there from where the payment stands.
            SamePerson, NameNeeded: Two people, neither of them the seller, have to sign.
        """
        return await self._step(
            payment_id,
            lambda transaction, payment: deciding.decide(
                transaction, payment, decision, self.environment
            ),
        )

    async def corrections_of(self, payment_id: int) -> tuple[Correction, ...]:
        """Give the corrections of a payment, oldest first."""
        return await self._look(lambda connection: looking.corrections_of(connection, payment_id))

    async def story(self, payment: int | str) -> Story:
        """Give a payment's whole story, by id or receipt number.

        Raises:
            UnknownPayment: There is none.
        """
        return await self._look(lambda connection: tell(connection, payment))

    # --- circuit and clock --------------------------------------------------------------------

    async def circuit(self) -> Circuit:
        """Give what has happened since a supervisor last let payments go on."""
        return await self._look(clearing.circuit_of)

    async def clear_circuit(self, by: str, reason: str) -> None:
        """Let payments go on, because a supervisor says so.

        Raises:
            NothingToClear: Nothing stops them.
            NameNeeded: Who it is, or why, is not told.
        """
        await self._writer.run(lambda transaction: clearing.clear_circuit(transaction, by, reason))

    async def clock_behind(self) -> ClockBehind | None:
        """Tell whether the clock shows a time before what was journalled, and how far."""
        return await self._writer.run(selling.clock_behind)

    async def clear_clock(self, by: str, reason: str) -> None:
        """Believe the clock again although earlier events are of a later time (F61).

        Raises:
            NothingToClear: The clock is not behind.
            NameNeeded: Who it is, or why, is not told.
        """
        await self._writer.run(lambda transaction: selling.clear_clock(transaction, by, reason))

    # --- inside -------------------------------------------------------------------------------

    def _concluded(
        self, transaction: Transaction, judged: Sequence[tuple[Payment, Judgement]]
    ) -> tuple[Payment, ...]:
        is_free = cache(self._locks.is_free)
        for payment, judgement in judged:
            settling.conclude(transaction, payment, payment.state, judgement, None, is_free)
        values = {"ids": canonical([payment.id for payment, _ in judged])}
        connection, sql = transaction.connection, looking.PAYMENTS_OF_IDS
        return looking.payments(connection, sql, values, self.environment)

    def _remember(self, payment: Payment) -> None:
        """Count a served customer, behind what matters."""
        self._writer.run_later(lambda transaction: serving.remember_customer(transaction, payment))

    def _payment(self, transaction: Transaction, payment_id: int) -> Payment:
        return looking.payment_of(transaction.connection, payment_id, self.environment)

    async def _step(
        self,
        payment_id: int,
        step: Step,
        patience: Patience = Patience.SIX,
        operator_id: int | None = None,
    ) -> Payment:
        """Take a step of a payment, and give the row as it stands afterwards."""

        def work(transaction: Transaction) -> Payment:
            transaction.operator = operator_id
            step(transaction, self._payment(transaction, payment_id))
            return self._payment(transaction, payment_id)

        return await self._writer.run(work, patience)
