"""Whose turn it is to ask Espay, among all sessions of one journal (``payment-states.md``, Times).

One question at a time per payment, and so many a second in all: locks that the system frees
when their process dies, so that no session ever waits for a dead one.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from cashier.clock import Clock
from cashier.journal.file_errors import OutputFailed
from cashier.journal.locks import FileLock

_POLL_S: Final = 0.05
_ONCE_IN: Final = 1000


class Turns:
    """The lock files of asking, beside those of the sessions."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def asking_about(
        self, payment_id: int, sleep: Callable[[float], Awaitable[None]]
    ) -> AsyncIterator[bool]:
        """Hold the turn to ask about a payment; gives whether it was free at once.

        Who had to wait finds in the journal what the other session was answered meanwhile.

        Raises:
            OutputFailed: The disk does not let the turn be taken.
        """
        # Many payments share a file: none is left behind, and waiting costs a moment at most.
        path = self._folder / f"ask-{payment_id % _ONCE_IN}.lock"
        lock = FileLock.take(path)
        at_once = lock is not None
        while lock is None:
            await sleep(_POLL_S)
            lock = FileLock.take(path)
        try:
            yield at_once
        finally:
            lock.release()

    async def pace(
        self, apart_s: float, clock: Clock, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """Wait until so many seconds have passed since any session's last question.

        Raises:
            OutputFailed: The disk does not let the turn be taken, or be told of.
        """
        path = self._folder / "pace.lock"
        lock = FileLock.take(path)
        while lock is None:
            await sleep(_POLL_S)
            lock = FileLock.take(path)
        try:
            now = clock.utc_ms()
            since_s = (now - _last(path)) / 1000
            if 0 <= since_s < apart_s:
                await sleep(apart_s - since_s)
            path.write_text(str(clock.utc_ms()), encoding="ascii")
        except OSError as error:
            raise OutputFailed(path, error.strerror or type(error).__name__) from error
        finally:
            lock.release()


def _last(path: Path) -> int:
    """When the last question was asked, UTC milliseconds; what is unreadable was long ago."""
    try:
        return int(os.fsdecode(path.read_bytes()) or 0)
    except (ValueError, OSError):
        return 0
