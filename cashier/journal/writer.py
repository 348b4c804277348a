"""The one connection that writes, on its own thread.

Work is a plain function of a ``Transaction``; it runs between ``BEGIN IMMEDIATE`` and
``COMMIT`` and is never interrupted: who is cancelled while waiting still waits for the
outcome, so that after any return or exception the commit has happened or never will.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

import apsw

from cashier.clock import Clock
from cashier.journal.connection import let_go
from cashier.journal.errors import JournalRefusal
from cashier.journal.file_errors import (
    JournalBusy,
    JournalClosed,
    JournalDefect,
    JournalFailed,
    JournalGone,
)
from cashier.journal.opening import Opened
from cashier.journal.transaction import Transaction, UntoldRow

T = TypeVar("T")
Work = Callable[[Transaction], T]

_LOG: Final = logging.getLogger("cashier.journal")

_LOST: Final = (apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.ReadOnlyError)
"""After one of these nothing that this process believes of the file is sure (F68, F69)."""

_REST_S: Final = 2.0
"""How long nothing must have been written before the WAL is folded in."""

_FOLD_FROM_PAGES: Final = 100
_FOLD_AT_ONCE_PAGES: Final = 8000
"""About 32 MiB of WAL: from here on it is folded in even if there is no rest."""


class Patience(Enum):
    """How many spells of about five seconds a write waits for a journal that others hold."""

    ONE = 1
    """For ``sent``: better nothing leaves than late (F70)."""
    SIX = 6
    ENDLESS = 0
    """For a reply: it exists nowhere else."""


class Writer:
    """Runs writing work, one piece after the other."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.session = ""
        self.failed: str | None = None
        """The error after which this process must not pay any more."""
        self._path = path
        self._clock = clock
        self._connection: apsw.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._closing = False
        self._wal_pages = 0
        self._resting: asyncio.TimerHandle | None = None
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")

    async def start(self, bring_up: Callable[[], Opened]) -> Opened:
        """Open the journal on the writer's thread; its errors come through as they are.

        Cancelled meanwhile, the journal is left again before the cancellation goes on.
        """
        starting = self._threads.submit(self._start, bring_up)
        try:
            return await settled(starting)
        except BaseException:
            self._closing = True
            if starting.exception() is None:
                await settled(self._threads.submit(self._abandon, starting.result()))
            self._threads.shutdown(wait=False)
            raise

    async def run(self, work: Work[T], patience: Patience = Patience.SIX) -> T:
        """Run the work in a transaction of its own, and give what it gives.

        Refusals that the work raises roll everything back and come through.

        Raises:
            JournalBusy: Another program held the journal for longer than the patience.
            JournalDefect: The database refused a change that must never be asked for.
            JournalFailed: The database or the disk failed.
            JournalGone: The journal's file was moved or removed.
            JournalClosed: The journal was closed.
        """
        if self._closing:
            raise JournalClosed
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()
        self._threads.submit(self._try, work, outcome, patience, 1)
        try:
            return await settled(outcome)
        finally:
            self._rest_later()

    def run_later(self, work: Work[None]) -> None:
        """Run work that nobody waits for, before whatever is asked for next; or log why not."""
        if not self._closing:
            self._threads.submit(self._try_once, work)

    async def close(self, work: Work[T]) -> T:
        """Run a last piece of work, close, and let the thread end; called once.

        Raises:
            JournalBusy, JournalDefect, JournalFailed, JournalGone: As ``run``; closed anyway.
        """
        self._closing = True
        if self._resting is not None:
            self._resting.cancel()
        try:
            return await settled(self._threads.submit(self._finish, work))
        finally:
            self._threads.shutdown(wait=False)

    async def fold_whole(self) -> None:
        """Fold the WAL in and empty it, so that nothing erased is left in it; or log why not."""
        await settled(self._threads.submit(self._fold, apsw.SQLITE_CHECKPOINT_TRUNCATE))

    # --- on the writer's thread ---------------------------------------------------------

    def _start(self, bring_up: Callable[[], Opened]) -> Opened:
        opened = bring_up()
        opened.connection.set_wal_hook(self._wal_grew)
        self._connection = opened.connection
        self._identity = _identity_of(self._path)
        self.session = opened.session.token
        return opened

    def _abandon(self, opened: Opened) -> None:
        self._connection = None
        opened.connection.close()
        opened.session.leave()

    def _try(self, work: Work[T], outcome: "Future[T]", patience: Patience, tries: int) -> None:
        """Run the work once; while others hold the journal, queue up for another try."""
        try:
            outcome.set_result(self._transact(work))
        except apsw.BusyError as error:
            if not self._closing and tries != patience.value:
                self._threads.submit(self._try, work, outcome, patience, tries + 1)
                return
            busy = JournalBusy()
            busy.__cause__ = error
            outcome.set_exception(busy)
        except BaseException as error:  # noqa: BLE001 - raised where the work was asked for
            outcome.set_exception(error)

    def _try_once(self, work: Work[None]) -> None:
        try:
            self._transact(work)
        except (apsw.Error, JournalRefusal) as error:
            _LOG.error("left undone: %s", type(error).__name__)

    def _transact(self, work: Work[T]) -> T:
        try:
            return self._commit(work)
        except (apsw.ConstraintError, UntoldRow) as error:
            self._note_defect(str(error))
            raise JournalDefect(str(error)) from error
        except apsw.BusyError:
            raise
        except apsw.Error as error:
            name = type(error).__name__
            if isinstance(error, _LOST):
                self.failed = name
            raise JournalFailed(name) from error

    def _note_defect(self, rule: str) -> None:
        _LOG.error("defect: %s", rule)
        try:
            self._commit(lambda transaction: transaction.note("defect", {"refused": rule}))
        except apsw.Error as error:
            _LOG.error("the defect could not be kept: %s", type(error).__name__)

    def _commit(self, work: Work[T]) -> T:
        connection = self._open_connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            transaction = Transaction(connection, self._clock.utc_ms(), self.session)
            result = work(transaction)
            transaction.check_told()
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return result

    def _open_connection(self) -> apsw.Connection:
        if self._connection is None:
            raise JournalClosed
        if _identity_of(self._path) != self._identity:
            self.failed = "gone"
            raise JournalGone(self._path)
        return self._connection

    def _finish(self, work: Work[T]) -> T:
        try:
            return self._transact(work)
        except apsw.BusyError as error:
            raise JournalBusy from error
        finally:
            if self._connection is not None:
                let_go(self._connection)
                self._connection = None

    def _wal_grew(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _fold(self, mode: int = apsw.SQLITE_CHECKPOINT_PASSIVE) -> None:
        """Fold the WAL into the file; passively, so that nobody waits, where nothing is said."""
        if self._connection is None:
            return
        try:
            self._connection.wal_checkpoint(mode=mode)
        except apsw.BusyError:
            _LOG.info("checkpoint: another session is at it")
        except apsw.Error as error:
            _LOG.error("checkpoint: %s", type(error).__name__)
        else:
            self._wal_pages = 0

    # --- on the event loop ----------------------------------------------------------------

    def _rest_later(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        if self._closing or self._wal_pages < _FOLD_FROM_PAGES:
            return
        rest = 0.0 if self._wal_pages >= _FOLD_AT_ONCE_PAGES else _REST_S
        self._resting = asyncio.get_running_loop().call_later(rest, self._fold_soon)

    def _fold_soon(self) -> None:
        if not self._closing:
            self._threads.submit(self._fold)


async def settled(outcome: "Future[T]") -> T:
    """Wait until the outcome stands, also when cancelled meanwhile; then be cancelled."""
    waiting = asyncio.wrap_future(outcome)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        while not waiting.done():
            try:
                await asyncio.wait({waiting})
            except asyncio.CancelledError:
                continue
        waiting.exception()
        raise


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
