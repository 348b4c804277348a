"""The journal as the till sees it: every step of a sale is one awaited call.

Writes run one after the other on the writer's thread, each in one transaction with its
events; look-ups run beside them on a connection of their own. When a write returns, or
raises, its commit has happened or never will, also where the caller was cancelled.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Self

from cashier.clock import Clock
from cashier.journal import erasing, keeping, looking, selling, sessions, settling
from cashier.journal.anchor import Anchor, anchor_file, write_anchor
from cashier.journal.chain import Head
from cashier.journal.errors import JournalFailed, JournalRefusal, NoSpace, Untrusted
from cashier.journal.findings import Finding
from cashier.journal.masking import mask_for
from cashier.journal.opening import Opened, Wanted, bring_up
from cashier.journal.reader import Reader
from cashier.journal.rows import (
    KnownCustomer,
    Message,
    NewMessage,
    NewPayment,
    NewQuote,
    Payment,
    Quote,
    Resolution,
    Size,
)
from cashier.journal.transaction import Transaction
from cashier.journal.writer import Patience, Writer
from cashier.payment import Judgement, State

_LOG: Final = logging.getLogger("cashier.journal")

FreeBytes = Callable[[Path], int]
Step = Callable[[Transaction, Payment], None]


def free_bytes(folder: Path) -> int:
    """Give the bytes that this user may still write where the folder lives."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class Journal:
    """An open journal, and this process's session at it; made by ``open``."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        wanted: Wanted,
        writer: Writer,
        opened: Opened,
        free_bytes: FreeBytes,
    ) -> None:
        self.path = path
        self.environment = wanted.environment
        self.id = opened.journal_id
        self.alarm: Finding | None = opened.alarm
        """What speaks against trusting the journal; while it stands nothing is prepared."""
        self._clock = clock
        self._anchor = wanted.anchor
        self._session = opened.session
        self._locks = opened.locks
        self._writer = writer
        self._reader = Reader(path)
        self._free_bytes = free_bytes
        self._closed = False

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        environment: str,
        clock: Clock,
        backup_dir: Path | None = None,
        anchor_dir: Path | None = None,
        bill_key_print: str | None = None,
        free_bytes: FreeBytes = free_bytes,
    ) -> Self:
        """Open a journal, or begin one, and take a session at it.

        An older file is brought to the newest shape after a verified backup into
        ``backup_dir`` (``backups`` beside the journal where not given). ``bill_key_print`` is
        a fingerprint of the secret behind bill keys, kept when first told.

        Raises:
            OldLibrary, NewerJournal, NotAJournal, NotPrivate, OtherEnvironment, OtherBillKey,
            BackupFlawed, JournalBusy, JournalFailed, OutputFailed: Why it cannot be opened.
        """
        anchor = None if anchor_dir is None else anchor_file(anchor_dir, path)
        wanted = Wanted(environment, bill_key_print, backup_dir or path.parent / "backups", anchor)
        writer = Writer(path, clock)
        opened = await writer.start(lambda: bring_up(path, wanted, clock))
        journal = cls(path, clock, wanted, writer, opened, free_bytes)
        try:
            await journal._reader.start()
        except BaseException:
            await journal.close()
            raise
        return journal

    async def close(self) -> None:
        """End the session: its row, the anchor, the connections, and at last its lock.

        By now everything that matters has been kept; what goes wrong here is logged, and the
        next session sweeps up.
        """
        if self._closed:
            return
        self._closed = True
        try:
            await self._reader.close()
            head = await self._writer.close(self._end)
            await self._keep_anchor(head)
        except JournalRefusal as refusal:
            _LOG.error("closing: %s %s", refusal.key, refusal.values)
        finally:
            self._session.leave()

    # --- quotes and messages --------------------------------------------------------------

    async def keep_quote(
        self,
        quote: NewQuote,
        messages: Sequence[NewMessage],
        *,
        operator_id: int = keeping.BUILT_IN_OPERATOR,
    ) -> Quote:
        """Keep an operator's quote with the exchanges it came from."""

        def work(transaction: Transaction) -> Quote:
            transaction.operator = operator_id
            quote_id = keeping.keep_quote(transaction, quote, messages)
            return looking.quote_of(transaction.connection, quote_id, self.environment)

        return await self._writer.run(work)

    async def keep_messages(
        self,
        messages: Sequence[NewMessage],
        payment_id: int | None = None,
        *,
        is_card: bool = False,
    ) -> None:
        """Keep exchanges; ``is_card`` tells that their customer number is a card's.

        Raises:
            UnknownPayment: There is no payment of this id.
        """

        def work(transaction: Transaction) -> None:
            mask = None
            if payment_id is not None:
                mask = settling.mask_of(self._payment(transaction, payment_id))
            for message in messages:
                own = mask_for(message.request.get("order_id"), is_card=True) if is_card else mask
                keeping.keep_message(transaction, message, mask=own, payment_id=payment_id)

        await self._writer.run(work)

    async def quote(self, quote_id: str) -> Quote:
        """Find a quote.

        Raises:
            UnknownQuote: There is none of this id.
        """
        return await self._reader.run(
            lambda connection: looking.quote_of(connection, quote_id, self.environment)
        )

    # --- the steps of a payment ------------------------------------------------------------

    async def prepare(
        self, new: NewPayment, *, operator_id: int = keeping.BUILT_IN_OPERATOR
    ) -> Payment:
        """T1: keep the payment and the cash held, or refuse; all guards in one transaction.

        ``operator_id`` is who sells.

        Raises:
            OpenPayment, QuoteUsed, QuoteTooOld, SentTooRecently, SecondPurchase,
            CashTooLittle, ClockBehind, NoSpace, UnknownQuote, Untrusted: The guard that does
                not hold.
            JournalBusy, JournalFailed, JournalGone: Nothing can be kept now.
        """
        self._check_trust()

        def work(transaction: Transaction) -> Payment:
            transaction.operator = operator_id
            free = self._free_bytes(self.path.parent)
            if free < selling.FREE_NEEDED:
                raise NoSpace(free)
            return self._payment(transaction, selling.prepare(transaction, new, self.environment))

        return await self._writer.run(work)

    async def mark_sent(self, payment_id: int) -> None:
        """T2: keep that the next byte may leave; any exception means that none may.

        Raises:
            NotOurs: The payment is not ``prepared``, or another session's.
            JournalBusy, JournalFailed, JournalGone: It could not be kept in time.
        """
        self._check_trust()
        await self._writer.run(
            lambda transaction: selling.mark_sent(transaction, payment_id), Patience.ONE
        )

    async def keep_reply(self, payment_id: int, reply: NewMessage) -> None:
        """T4: keep what came back before anything is made of it; waits for as long as it takes.

        Raises:
            UnknownPayment, JournalFailed, JournalGone: It cannot be kept at all.
        """

        def work(transaction: Transaction) -> None:
            settling.keep_reply(transaction, self._payment(transaction, payment_id), reply)

        await self._writer.run(work, Patience.ENDLESS)

    async def conclude(
        self,
        payment_id: int,
        expected: State,
        judgement: Judgement,
        *,
        ask_at: int | None = None,
        resolution: Resolution | None = None,
        operator_id: int = keeping.BUILT_IN_OPERATOR,
    ) -> Payment:
        """T3 to T16: write what was judged, in one transaction; waits as long as it takes.

        ``ask_at`` says when to ask Espay next (UTC milliseconds), where the state stays open.
        ``resolution`` comes with evidence ``document``, and only with it. ``operator_id`` is
        who caused the step, for the event. Who was served is remembered afterwards, apart.

        Raises:
            StateMoved: The payment has left ``expected``; the exception carries the row.
            NotOurs: Only the session that began the payment may say this, or it still lives.
            JournalDefect: The law knows no such transition, or resolution and evidence do not
                go together.
            UnknownPayment, JournalFailed, JournalGone: It cannot be kept.
        """
        concluded = await self._step(
            payment_id,
            lambda transaction, payment: settling.conclude(
                transaction, payment, expected, judgement, ask_at, self._locks.is_free, resolution
            ),
            Patience.ENDLESS,
            operator_id,
        )
        if judgement.state is State.PAID:
            self._writer.run_later(
                lambda transaction: settling.remember_customer(transaction, concluded)
            )
        return concluded

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

        Raises:
            StateMoved: The payment is not in the judged state any more.
        """
        return await self._step(
            payment_id,
            lambda transaction, payment: settling.note_asked(
                transaction, payment, answer, judgement, ask_at, failed_at
            ),
        )

    async def schedule(self, payment_id: int, ask_at: int | None) -> Payment:
        """Keep when the next status question is due, or that none is.

        Raises:
            StateMoved: The payment is final.
        """
        return await self._step(
            payment_id,
            lambda transaction, payment: settling.schedule(transaction, payment, ask_at),
        )

    async def hand_back(
        self, payment_id: int, *, operator_id: int = keeping.BUILT_IN_OPERATOR
    ) -> Payment:
        """Keep that the customer has the cash back, from the hands of an operator.

        Raises:
            NothingOwed: No cash of this payment is owed back.
        """
        return await self._step(payment_id, settling.hand_back, operator_id=operator_id)

    # --- look-ups ---------------------------------------------------------------------------

    async def payment(self, asked: int | str) -> Payment:
        """Find a payment by its id or its receipt number.

        Raises:
            UnknownPayment: There is none.
        """
        return await self._reader.run(
            lambda connection: looking.payment_of(connection, asked, self.environment)
        )

    async def open_payments(self) -> tuple[Payment, ...]:
        """Give the payments of which something is still to be found out, oldest first."""
        return await self._payments(looking.OPEN)

    async def owed_back(self) -> tuple[Payment, ...]:
        """Give the payments whose cash has to be handed back, oldest first."""
        return await self._payments(looking.OWED_BACK)

    async def sold_on(self, day: int, part: str, limit: int) -> tuple[Payment, ...]:
        """Give the payments of a WIB day (``20261122``), newest first.

        Args:
            day: The day.
            part: What stands in receipt number, customer number or name; empty for all.
            limit: How many at most.
        """
        values = {"day": day, "part": part, "limit": limit}
        return await self._reader.run(
            lambda connection: looking.payments(
                connection, looking.SOLD_ON_DAY, values, self.environment
            )
        )

    async def replies_of(self, payment_id: int) -> tuple[Message, ...]:
        """Give the exchanges of a payment, oldest first: the payment's own and the questions."""
        values = {"payment_id": payment_id}
        return await self._reader.run(
            lambda connection: looking.messages(connection, looking.MESSAGES_OF_PAYMENT, values)
        )

    async def latest_of(self, bill_key: str) -> Payment | None:
        """Give the newest payment of a bill key."""
        found = await self._payments(looking.LATEST_OF_BILL, bill_key)
        return found[0] if found else None

    async def open_of(self, bill_key: str) -> Payment | None:
        """Give the open payment of a bill key; there is at most one."""
        found = await self._payments(looking.OPEN_OF_BILL, bill_key)
        return found[0] if found else None

    async def customers(self, typed: str, limit: int = 20) -> tuple[KnownCustomer, ...]:
        """Give known customers whose number or name begins with what was typed."""
        return await self._reader.run(
            lambda connection: looking.customers(connection, typed, limit)
        )

    async def size(self) -> Size:
        """Give the room that the journal takes, and what is left."""
        names = (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm")
        files = (self.path.with_name(name) for name in names)

        def look() -> Size:
            used = sum(file.stat().st_size for file in files if file.exists())
            return Size(used, self._free_bytes(self.path.parent))

        return await asyncio.to_thread(look)

    # --- recovery and retention -------------------------------------------------------------

    async def orphans(self) -> tuple[Payment, ...]:
        """Give the payments that dead sessions left ``prepared`` or ``sent`` (T3, T10)."""
        return await self._reader.run(
            lambda connection: sessions.orphans(
                connection, self._session.token, self._locks.is_free, self.environment
            )
        )

    def recovering(self) -> AbstractAsyncContextManager[None]:
        """Hold the recovery lock, so that one session alone settles what the dead left.

        Raises:
            RecoveryBusy: Another session's recovery does not come to an end.
        """
        return sessions.recovering(self._locks)

    async def erase_before(self, before: int) -> int:
        """Erase personal facts from before a moment (UTC milliseconds); give the rows.

        What belongs to an open payment, or to one whose cash is owed back, stays.
        """
        erased = 0
        while some := await self._writer.run(
            lambda transaction: erasing.erase_some(transaction, before)
        ):
            erased += some
        await self._writer.fold_whole()
        return erased

    # --- inside -----------------------------------------------------------------------------

    def _check_trust(self) -> None:
        if self.alarm is not None:
            raise Untrusted(self.alarm.flaw.value)
        if self._writer.failed is not None:
            raise JournalFailed(self._writer.failed)

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

    async def _payments(self, sql: str, bill_key: str = "") -> tuple[Payment, ...]:
        values = {"bill_key": bill_key}
        return await self._reader.run(
            lambda connection: looking.payments(connection, sql, values, self.environment)
        )

    def _end(self, transaction: Transaction) -> Head:
        self._session.end(transaction)
        return transaction.head

    async def _keep_anchor(self, head: Head) -> None:
        if self._anchor is None or self.alarm is not None:
            return
        anchor = Anchor(self.id, head.seq, head.hash, self._clock.utc_ms())
        await asyncio.to_thread(write_anchor, self._anchor, self._locks, anchor)
