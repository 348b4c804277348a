"""The connection for look-ups, on its own thread: a screen never waits behind a commit."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from cashier.journal.connection import connect_to_read, let_go, refusal_for
from cashier.journal.file_errors import JournalClosed
from cashier.journal.writer import settled

T = TypeVar("T")
LookUp = Callable[[apsw.Connection], T]


class Reader:
    """Runs look-ups, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: apsw.Connection | None = None
        self._closed = False
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="journal-reader")

    async def start(self) -> None:
        """Make the connection on the reader's thread; its errors come through as they are."""

        def begin() -> None:
            self._connection = connect_to_read(self._path)

        await settled(self._threads.submit(begin))

    async def run(self, look_up: LookUp[T]) -> T:
        """Run the look-up, and give what it gives.

        Raises:
            JournalBusy: Another program holds the whole file.
            JournalFailed: The database or the disk failed.
            JournalClosed: The journal was closed.
        """
        if self._closed:
            raise JournalClosed
        future: Future[T] = self._threads.submit(self._look_up, look_up)
        return await settled(future)

    async def close(self) -> None:
        """Close the connection and let the thread end."""
        if self._closed:
            return
        self._closed = True
        try:
            await settled(self._threads.submit(self._finish))
        finally:
            self._threads.shutdown(wait=False)

    def _look_up(self, look_up: LookUp[T]) -> T:
        if self._connection is None:
            raise JournalClosed
        try:
            return look_up(self._connection)
        except apsw.Error as error:
            raise refusal_for(error) from error

    def _finish(self) -> None:
        if self._connection is not None:
            let_go(self._connection)
            self._connection = None
