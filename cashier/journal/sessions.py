"""Sessions: whose payment a row is, and whether its owner still lives.

A session takes the lock of its own file before its row is written, and holds it for life.
The system frees the lock of a dead process, so a free lock proves that nobody is at work.
"""

import asyncio
import os
import re
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import apsw

from cashier import __version__
from cashier.journal.fields import Fields, every
from cashier.journal.file_errors import RecoveryBusy
from cashier.journal.files import own_folder
from cashier.journal.locks import FileLock, is_free
from cashier.journal.looking import payment_from
from cashier.journal.rows import Payment
from cashier.journal.schema import SESSION
from cashier.journal.transaction import RowMoved, Transaction

BEGUN: Final = """
    SELECT * FROM sale
    WHERE state NOT IN ('paid', 'unpaid', 'refunded')
        AND state IN ('prepared', 'sent') AND session_token <> :session
    ORDER BY +id
"""
_INSERT: Final = """
    INSERT INTO session (token, seq, pid, host, version, started_at)
    VALUES (:token, :seq, :pid, :host, :version, :at)
"""
_END: Final = """
    UPDATE session SET seq = :seq, ended_at = :at WHERE token = :key AND ended_at IS NULL
"""
_TOKEN_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_POLL_S: Final = 0.05
_POLLS: Final = 1200


class Locks:
    """The folder of lock files beside a journal."""

    def __init__(self, journal: Path) -> None:
        self._folder = journal.parent / "locks"

    @property
    def folder(self) -> Path:
        """Where the lock files are."""
        return self._folder

    def prepare(self) -> None:
        """Make the folder, private."""
        own_folder(self._folder)

    @property
    def opening(self) -> Path:
        """Held while a journal is opened: migrations and sweeping are one at a time."""
        return self._folder / "open.lock"

    @property
    def recovery(self) -> Path:
        """Held while dead sessions' payments are settled."""
        return self._folder / "recovery.lock"

    @property
    def anchor(self) -> Path:
        """Held while the anchor is written."""
        return self._folder / "anchor.lock"

    @property
    def backup(self) -> Path:
        """Held while a session makes the hourly backup, which one of them makes for all."""
        return self._folder / "backup.lock"

    def of(self, token: str) -> Path:
        """Give the lock file of a session."""
        return self._folder / f"{token}.lock"

    def is_free(self, token: str) -> bool:
        """Tell whether the session is over, however it ended."""
        return is_free(self.of(token))

    def tokens(self) -> list[str]:
        """Name the sessions that left or hold a lock file."""
        stems = (file.stem for file in self._folder.glob("*.lock"))
        return [stem for stem in stems if _TOKEN.fullmatch(stem)]


class Session:
    """This process at this journal."""

    def __init__(self, locks: Locks) -> None:
        """Take a new session's lock, before anything can be written in its name."""
        self.token = secrets.token_hex(_TOKEN_BYTES)
        lock = FileLock.take(locks.of(self.token))
        if lock is None:
            raise FileExistsError(self.token)
        self._lock = lock

    def begin(self, transaction: Transaction) -> None:
        """Keep the session's row."""
        transaction.insert(
            SESSION,
            _INSERT,
            {
                "token": self.token,
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "version": __version__,
                "at": transaction.at,
            },
            "session",
        )

    def end(self, transaction: Transaction) -> None:
        """Keep that the session ended of its own will."""
        transaction.update(SESSION, self.token, _END, {"at": transaction.at}, "session_ended")

    def leave(self) -> None:
        """Give the lock up, and take its file away."""
        self._lock.release(remove=True)


def sweep(transaction: Transaction, locks: Locks, own: str) -> None:
    """Note the end of dead sessions and take their lock files away.

    Called while the opening lock is held, so that no session is just being born. Payments of
    the dead stay as they are: a missing lock file has no holder either.
    """
    for token in locks.tokens():
        lock = None if token == own else FileLock.take(locks.of(token))
        if lock is None:
            continue
        try:
            # No row: it ended by itself, never wrote one, or belongs to a journal beside this.
            with suppress(RowMoved):
                transaction.update(SESSION, token, _END, {"at": transaction.at}, "session_died")
        finally:
            lock.release(remove=True)


def orphans(
    connection: apsw.Connection, own: str, free: Callable[[str], bool], environment: str
) -> tuple[Payment, ...]:
    """Give the begun payments whose session is dead: what recovery has to settle (T3, T10)."""
    rows = [*every(connection, BEGUN, {"session": own})]
    owners = {Fields(row).text("session_token") for row in rows}
    dead = {token for token in owners if free(token)}
    return tuple(payment_from(row, environment) for row in rows if row["session_token"] in dead)


@asynccontextmanager
async def recovering(locks: Locks) -> AsyncIterator[None]:
    """Hold the recovery lock; waits up to a minute for another session's recovery.

    Raises:
        RecoveryBusy: The other session does not come to an end.
    """
    lock = FileLock.take(locks.recovery)
    for _ in range(_POLLS):
        if lock is not None:
            break
        await asyncio.sleep(_POLL_S)
        lock = FileLock.take(locks.recovery)
    if lock is None:
        raise RecoveryBusy
    try:
        yield
    finally:
        lock.release()
