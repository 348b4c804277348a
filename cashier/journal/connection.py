"""Connections to the database: how each is set up, and what none of them may do.

Every setting that money depends on is set and then read back on every connection. After
set-up an authorizer refuses what no code of the journal needs (S17): other database files,
settings, changes of the shape, loading of code.
"""

import logging
import random
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

import apsw

from cashier.journal.errors import JournalRefusal
from cashier.journal.file_errors import (
    JournalBusy,
    JournalFailed,
    NoJournal,
    NotAJournal,
    OldLibrary,
)

_LOG: Final = logging.getLogger("cashier.journal")

_OLDEST_SQLITE: Final = "3.51.3"
"""The first release without the WAL-reset bug that two sessions can hit (DESIGN 5)."""

BUSY_TRIES: Final = 2400
_BUSY_SLEEP_S: Final = 0.004
"""Longest pause of the busy handler; with ``BUSY_TRIES``, about five seconds of patience.

SQLite's own handler pauses longer and longer, so that a waiter can starve among others that
came later (performance.md 4); short random pauses keep the queue fair.
"""

_SETTINGS: Final[Mapping[str, tuple[str, int]]] = {
    "synchronous": ("EXTRA", 3),
    "foreign_keys": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "recursive_triggers": ("ON", 1),
    "secure_delete": ("ON", 1),
    "cell_size_check": ("ON", 1),
    "temp_store": ("MEMORY", 2),
    "wal_autocheckpoint": ("0", 0),
    "mmap_size": ("0", 0),
}
"""What is set, and what reading it back must give."""

_MODE_AT: Final = 18
"""Where a database file tells its mode: two bytes, 2 and 2 for WAL (SQLite file format, 1.3.3)."""

_READABLE_PRAGMAS: Final = frozenset(
    {"application_id", "user_version", "integrity_check", "foreign_key_check"}
)
_COLUMNS_PRAGMA: Final = "table_info"
_DENIED_FUNCTIONS: Final = frozenset({"load_extension", "readfile", "writefile", "edit"})
_ALLOWED: Final = frozenset(
    {
        apsw.SQLITE_SELECT,
        apsw.SQLITE_READ,
        apsw.SQLITE_INSERT,
        apsw.SQLITE_UPDATE,
        apsw.SQLITE_DELETE,
        apsw.SQLITE_TRANSACTION,
        apsw.SQLITE_RECURSIVE,
    }
)


def check_library(found: str | None = None) -> None:
    """Refuse an SQLite that may corrupt a journal that several sessions share.

    Raises:
        OldLibrary: It is older than 3.51.3.
    """
    version = found or apsw.sqlite_lib_version()
    if _parts(version) < _parts(_OLDEST_SQLITE):
        raise OldLibrary(version, _OLDEST_SQLITE)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def connect_to_write(path: Path) -> apsw.Connection:
    """Open an existing file for reading and writing, in WAL mode; not guarded yet.

    Raises:
        NotAJournal: The file is no database.
        JournalBusy, JournalFailed: It cannot be opened, or a setting does not hold.
    """
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE)
    with _closed_on_error(connection, path):
        # A new file gets its mode by way of a rollback journal: with less than this a power cut
        # could bring that journal back, and it would undo all that was kept since (F54).
        connection.execute("PRAGMA synchronous = EXTRA")
        if connection.execute("PRAGMA journal_mode = WAL").get != "wal":
            raise JournalFailed("journal_mode")
        _set_up(connection)
    return connection


def connect_to_read(path: Path) -> apsw.Connection:
    """Open the file for look-ups only, guarded.

    Raises:
        NoJournal: There is no such file.
        NotAJournal: The file is no database.
        JournalBusy, JournalFailed: It cannot be opened, or a setting does not hold.
    """
    if not path.exists():
        raise NoJournal(path)
    connection = _open(path, apsw.SQLITE_OPEN_READONLY)
    with _closed_on_error(connection, path):
        _set_up(connection)
        connection.execute("PRAGMA query_only = ON")
        guard(connection)
    return connection


@contextmanager
def reading(path: Path) -> Iterator[apsw.Connection]:
    """Look at one moment of the journal: nothing that is written meanwhile is seen.

    Raises:
        NoJournal, NotAJournal: There is nothing to look at.
        JournalBusy, JournalFailed: It cannot be read now; inside the block too.
    """
    connection = connect_to_read(path)
    try:
        connection.execute("BEGIN")
        yield connection
    except apsw.Error as error:
        raise refusal_for(error) from error
    finally:
        let_go(connection)


def let_go(connection: apsw.Connection) -> None:
    """Close a connection by which all that matters was done; what goes wrong is logged.

    Closing the last one folds the WAL in and takes files away, which a bad disk may refuse; the
    next opening does that again (F68).
    """
    try:
        connection.close()
    except apsw.Error as error:
        _LOG.error("closing: %s", type(error).__name__)


def refusal_for(error: apsw.Error) -> JournalRefusal:
    """Give what people are told of an error of the database."""
    if isinstance(error, apsw.BusyError):
        return JournalBusy()
    return JournalFailed(type(error).__name__)


def guard(connection: apsw.Connection) -> None:
    """Refuse from now on everything that no code of the journal needs (S17)."""
    connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
    connection.authorizer = _authorize


def set_stale_aside(path: Path) -> None:
    """Move away a rollback journal that cannot be ours, before SQLite would play it back (F71).

    A file in WAL mode never has one; what lies there is from another copy of the file, and
    SQLite would write its old pages into ours.

    Raises:
        OSError: It cannot be moved.
    """
    stale = path.with_name(f"{path.name}-journal")
    if not stale.exists() or not _is_wal(path):
        return
    _LOG.error("a rollback journal beside a journal in WAL mode: set aside")
    stale.rename(stale.with_name(f"{stale.name}.stale-{secrets.token_hex(4)}"))


def _is_wal(path: Path) -> bool:
    """Read the file's own word for its mode, through SQLite: it keeps this process's locks."""
    real = str(path.parent.resolve() / path.name)
    flags = [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY, 0]
    try:
        file = apsw.VFSFile("unix", real, flags)
    except (apsw.CantOpenError, apsw.IOError) as error:
        raise NotAJournal(path) from error
    try:
        return file.xRead(2, _MODE_AT) == b"\x02\x02"
    except apsw.IOError:
        return False
    finally:
        file.xClose()


def _open(path: Path, access: int) -> apsw.Connection:
    # Only the last part of the path must not be a link; SQLite's own flag looks at all parts.
    real = path.parent.resolve() / path.name
    try:
        connection = apsw.Connection(str(real), flags=access | apsw.SQLITE_OPEN_NOFOLLOW)
    except (apsw.CantOpenError, apsw.IOError) as error:
        raise NotAJournal(path) from error
    connection.set_busy_handler(_wait_a_little)
    return connection


@contextmanager
def _closed_on_error(connection: apsw.Connection, path: Path) -> Iterator[None]:
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError) as error:
        connection.close()
        raise NotAJournal(path) from error
    except apsw.Error as error:
        connection.close()
        raise refusal_for(error) from error
    except JournalFailed:
        connection.close()
        raise


def _wait_a_little(tries: int) -> bool:
    if tries >= BUSY_TRIES:
        return False
    sleep(random.uniform(_BUSY_SLEEP_S / 20, _BUSY_SLEEP_S))  # noqa: S311 - no secret
    return True


def _set_up(connection: apsw.Connection) -> None:
    for switch in (
        apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
        apsw.SQLITE_DBCONFIG_DQS_DML,
        apsw.SQLITE_DBCONFIG_DQS_DDL,
        apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    ):
        connection.config(switch, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)
    # Or each look-up would be planned, and judged by the authorizer, anew for every value.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    for name, (value, expected) in _SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        if connection.execute(f"PRAGMA {name}").get != expected:
            raise JournalFailed(name)


def _authorize(
    operation: int, first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    if operation in _ALLOWED:
        return apsw.SQLITE_OK
    if operation == apsw.SQLITE_PRAGMA and first in _READABLE_PRAGMAS and second is None:
        return apsw.SQLITE_OK
    if operation == apsw.SQLITE_PRAGMA and first == _COLUMNS_PRAGMA:
        return apsw.SQLITE_OK
    if operation == apsw.SQLITE_FUNCTION and second not in _DENIED_FUNCTIONS:
        return apsw.SQLITE_OK
    _LOG.error("denied: %s %r", apsw.mapping_authorizer_function[operation], first)
    return apsw.SQLITE_DENY
