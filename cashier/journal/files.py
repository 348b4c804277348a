"""Files and folders that only their owner can read, whatever the umask (S35).

The database file itself is never opened here once it exists: closing any descriptor of it
would drop the locks that SQLite holds on it in the same process.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from cashier import private_file
from cashier.journal.file_errors import NotAJournal, NotPrivate, OutputExists, OutputFailed
from cashier.private_file import new_file, whole_file

_FILE: Final = 0o600
_FOLDER: Final = 0o700
_OTHERS: Final = 0o077


def private_folder(folder: Path) -> None:
    """Make a folder, and missing ones above it, that only the owner may enter.

    A folder that is there already keeps its mode, but others must not be able to put files
    into it.

    Raises:
        NotPrivate: Everybody may write into the folder.
    """
    private_file.make_folder(folder)
    if folder.stat().st_mode & stat.S_IWOTH:
        raise NotPrivate(folder)


def own_folder(folder: Path) -> None:
    """Make a folder that is wholly the journal's, and close one that is open to others."""
    private_folder(folder)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(_FOLDER)


def private_database(path: Path) -> None:
    """Make an empty database file, or close one (and its companions) that others can read.

    Raises:
        NotPrivate: The file belongs to somebody else.
        NotAJournal: The path is a link, a folder or a device.
    """
    try:
        os.close(new_file(path))
    except FileExistsError:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            _close_to_others(path.with_name(name))


def _close_to_others(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise NotAJournal(path)
    if found.st_uid != os.geteuid():
        raise NotPrivate(path)
    if found.st_mode & _OTHERS:
        path.chmod(_FILE)


def private_descriptor(path: Path) -> int:
    """Open a small private file for locking, made if missing, never through a link."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE)
    os.fchmod(descriptor, _FILE)
    return descriptor


@contextmanager
def fresh_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears whole or not at all, and never in place of another (S18).

    Raises:
        OutputExists: Something, a link too, has this name already.
        OutputFailed: The system refuses to write there.
    """
    try:
        with whole_file(path, replace=False) as file:
            yield file
    except FileExistsError as error:
        raise OutputExists(path) from error
    except OSError as error:
        raise OutputFailed(path, error.strerror or type(error).__name__) from error


def publish(part: Path, path: Path) -> None:
    """Give finished work its name, durably, unless the name is taken.

    Raises:
        OutputExists: Something, a link too, has this name already.
    """
    try:
        private_file.publish(part, path)
    except FileExistsError as error:
        raise OutputExists(path) from error


def outside_name(journal: Path) -> str:
    """Give the stem of what is kept about a journal outside its folder: one per path."""
    real = journal.parent.resolve() / journal.name
    return f"{journal.name}-{hashlib.sha256(str(real).encode()).hexdigest()[:12]}"


def reserve(path: Path) -> None:
    """Make an empty private file that was not there before."""
    os.close(new_file(path))
