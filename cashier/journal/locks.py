"""Locks that the system frees when their process dies, however it dies.

``flock`` belongs to the open file, not to the process: two holders in one process exclude
each other too, and a child that was exec'd does not inherit it (descriptors are CLOEXEC).
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

from cashier.journal.file_errors import JournalBusy, OutputFailed
from cashier.journal.files import private_descriptor

_LOG: Final = logging.getLogger("cashier.journal")

_POLL_S: Final = 0.02
_POLLS: Final = 3000
"""One minute: long enough for another session's migration."""


class FileLock:
    """An exclusive lock on a private file, held until it is released."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> "FileLock | None":
        """Take the lock now, or give ``None`` where somebody holds it.

        Raises:
            OutputFailed: The disk or the system does not let it be asked for.
        """
        with _refused(path):
            descriptor = private_descriptor(path)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except OSError:
                os.close(descriptor)
                raise
            return cls(path, descriptor)

    def release(self, *, remove: bool = False) -> None:
        """Give the lock up; with ``remove``, take its file away while it is still held."""
        try:
            if remove:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            # A file that nobody holds is swept up by the next session.
            _LOG.error("a lock file stays: %s", type(error).__name__)
        finally:
            os.close(self._descriptor)


def is_free(path: Path) -> bool:
    """Tell whether nobody holds the lock; a missing file has no holder.

    The question takes a shared lock for a moment, so that two askers do not mistake each
    other for a holder.

    Raises:
        OutputFailed: The disk or the system does not let it be asked.
    """
    with _refused(path):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Let what fails be a refusal, which whoever asks, recovers or backs up knows to live with."""
    try:
        yield
    except OSError as error:
        raise OutputFailed(path, error.strerror or type(error).__name__) from error


@contextmanager
def waiting_for(path: Path) -> Iterator[None]:
    """Hold the lock, waiting up to a minute for it; not for the event loop's thread.

    Raises:
        JournalBusy: Somebody else held it all the time.
        OutputFailed: It cannot be asked for.
    """
    lock = FileLock.take(path)
    for _ in range(_POLLS):
        if lock is not None:
            break
        sleep(_POLL_S)
        lock = FileLock.take(path)
    if lock is None:
        raise JournalBusy
    try:
        yield
    finally:
        lock.release()
