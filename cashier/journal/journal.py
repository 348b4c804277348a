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
from cashier.journal.anchor import anchor_file
from cashier.journal.chain import Head
from cashier.journal.errors import JournalRefusal, NoSpace, UnknownPayment
from cashier.journal.following import FollowingUp
from cashier.journal.masking import mask_for
from cashier.journal.opening import Opened, Wanted, bring_up
from cashier.journal.outside import Outside
from cashier.journal.reader import Reader
from cashier.journal.rows import (
    NewMessage,
    NewPayment,
    NewQuote,
    Payment,
    Quote,
    Resolution,
    Size,
)
from cashier.journal.transaction import Transaction, head_of
from cashier.journal.trusting import Trusting
from cashier.journal.writer import Patience, Writer
from cashier.payment import Judgement, State

_LOG: Final = logging.getLogger("cashier.journal")

FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """Give the bytes that this user may still write where the folder lives."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class Journal(FollowingUp, Trusting):
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
        self.alarm = opened.alarm
        self._clock = clock
        self._session = opened.session
        self._locks = opened.locks
        self._writer = writer
        self._reader = Reader(path)
        self._free_bytes = free_bytes
        self._outside = Outside(
            self.id, path, wanted.anchor, wanted.box_dir, opened.box, opened.locks, clock
        )
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
        boxes = anchor_dir or path.parent / "boxes"
        backups = backup_dir or path.parent / "backups"
        wanted = Wanted(environment, bill_key_print, backups, anchor, boxes)
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
            if self.alarm is None:
                await self._outside.note(head)
        except JournalRefusal as refusal:
            _LOG.error("closing: %s %s", refusal.key, refusal.values)
        finally:
            self._outside.leave()
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

    # --- the steps of a payment ------------------------------------------------------------

    async def prepare(
        self, new: NewPayment, *, operator_id: int = keeping.BUILT_IN_OPERATOR
    ) -> Payment:
        """T1: keep the payment and the cash held, or refuse; all guards in one transaction.

        ``operator_id`` is who sells.

        Raises:
            OpenPayment, QuoteUsed, QuoteTooOld, PaidJustNow, SecondPurchase,
            CashTooLittle, ClockBehind, NoSpace, UnknownQuote, Untrusted: The guard that does
                not hold.
            JournalBusy, JournalFailed, JournalGone: Nothing can be kept now.
        """
        await self.look_again()
        self.check_trust()

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
        self.check_trust()
        await self._writer.run(
            lambda transaction: selling.mark_sent(transaction, payment_id), Patience.ONE
        )

    async def keep_reply(self, payment_id: int, reply: NewMessage) -> None:
        """T4: keep what came back before anything is made of it; waits for as long as it takes.

        What the journal cannot take goes into the black box, and into the journal at its next
        opening.

        Raises:
            UnknownPayment, JournalFailed, JournalGone: It cannot be kept in the journal.
        """

        def work(transaction: Transaction) -> None:
            settling.keep_reply(transaction, self._payment(transaction, payment_id), reply)

        try:
            await self._writer.run(work, Patience.ENDLESS)
        except UnknownPayment:
            raise
        except JournalRefusal:
            await self._box_up(payment_id, reply)
            raise

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
            self._remember(concluded)
        return concluded

    async def hand_back(
        self, payment_id: int, *, operator_id: int = keeping.BUILT_IN_OPERATOR
    ) -> Payment:
        """Keep that the customer has the cash back, from the hands of an operator.

        Raises:
            NothingOwed: No cash of this payment is owed back.
        """
        return await self._step(payment_id, settling.hand_back, operator_id=operator_id)

    # --- room ---------------------------------------------------------------------------

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

    async def note_anchor(self) -> None:
        """Keep the chain's end, as it stands now, outside the journal's folder.

        Raises:
            OutputFailed: It cannot be written there.
            JournalBusy, JournalFailed: The journal cannot be read, or the anchor is held.
        """
        if not self._closed and self._writer.failed is None and self.alarm is None:
            await self._outside.note(await self._reader.run(head_of))

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

    def _end(self, transaction: Transaction) -> Head:
        self._session.end(transaction)
        return transaction.head

    async def _box_up(self, payment_id: int, reply: NewMessage) -> None:
        """Keep a reply outside the journal; where even the payment cannot be read, as a card's."""
        is_card = True
        try:
            is_card = (await self.payment(payment_id)).quote.is_card
        except JournalRefusal as refusal:
            _LOG.error("the payment of a boxed reply: %s", refusal.key)
        await self._outside.box_up(payment_id, reply, is_card=is_card)
