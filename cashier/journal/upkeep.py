"""What a standing till does for its journal: the anchor each minute, a backup each hour.

The anchor is what tells an old copy of the journal from the journal (F79); the backup is where
the whole file is verified, so that a start need not do it (``payment-states.md``, Start-up).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cashier.clock import Clock
from cashier.journal.backup_process import backup_apart
from cashier.journal.copies import copies
from cashier.journal.errors import JournalRefusal
from cashier.journal.file_errors import BackupFlawed
from cashier.journal.findings import Finding, Flaw
from cashier.journal.journal import Journal
from cashier.journal.locks import FileLock
from cashier.journal.sessions import Locks

ANCHOR_EVERY_S: Final = 60.0
BACKUP_EVERY_MS: Final = 3_600_000

_LOG: Final = logging.getLogger("cashier.journal")

Backup = Callable[[Path, Path, Path | None], Awaitable[Path]]


@dataclass(slots=True)
class Upkeep:
    """The upkeep of one open journal."""

    journal: Journal
    backup_dir: Path
    anchor_dir: Path | None
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    back_up: Backup = backup_apart
    trouble: JournalRefusal | None = field(default=None, init=False)
    """Why the last turn failed; ``None`` while all is well."""

    @property
    def last_backup(self) -> int | None:
        """When the newest backup was made (UTC milliseconds), by whichever session."""
        found = copies(self.backup_dir, self.journal.path)
        return found[0].at if found else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Upkeep"]:
        """Take a turn each minute until the block ends."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            await self.sleep(ANCHOR_EVERY_S)
            await self.turn()

    async def turn(self) -> None:
        """Do what is due; a failure is kept in ``trouble``, logged, and tried again later."""
        try:
            await self.journal.note_anchor()
            if self._is_due():
                await self._back_up_for_all()
        except JournalRefusal as refusal:
            self.trouble = refusal
            _LOG.error("upkeep: %s %s", refusal.key, refusal.values)
        else:
            self.trouble = None

    def _is_due(self) -> bool:
        last, now = self.last_backup, self.clock.utc_ms()
        return last is None or not 0 <= now - last < BACKUP_EVERY_MS

    async def _back_up_for_all(self) -> None:
        """Make the backup, unless another session is at it; a flawed journal is not paid with.

        Raises:
            JournalRefusal: It could not be made.
        """
        lock = FileLock.take(Locks(self.journal.path).backup)
        if lock is None:
            return
        try:
            await self.back_up(self.journal.path, self.backup_dir, self.anchor_dir)
        except BackupFlawed as flawed:
            self.journal.alarm = Finding(Flaw(flawed.values["flaw"]))
            raise
        finally:
            lock.release()
