"""How the database is set up, and what no connection may do (S17)."""

from pathlib import Path

import apsw
import pytest

from cashier.journal import connection as connections
from cashier.journal.connection import check_library, connect_to_read, connect_to_write, guard
from cashier.journal.file_errors import (
    JournalBusy,
    JournalFailed,
    NoJournal,
    NotAJournal,
    OldLibrary,
)
from cashier.language import explain
from tests.journal.making import Counter, open_counter
from tests.support.power import Delete, recording_disk

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 3,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "cell_size_check": 1,
    "temp_store": 2,
    "wal_autocheckpoint": 0,
    "mmap_size": 0,
}


def _settings(connection: apsw.Connection) -> dict[str, object]:
    connection.authorizer = None
    return {name: connection.execute(f"PRAGMA {name}").get for name in SETTINGS}


async def test_every_connection_is_set_up_and_read_back(counter: Counter, path: Path) -> None:
    for connect in (connect_to_write, connect_to_read):
        connection = connect(path)
        assert _settings(connection) == SETTINGS
        connection.close()
    for own in (counter.journal._writer._connection, counter.journal._reader._connection):
        assert own is not None
        assert _settings(own) == SETTINGS


@pytest.mark.parametrize("connect", [connect_to_write, connect_to_read])
async def test_a_setting_that_does_not_hold_is_a_refusal(
    counter: Counter,
    path: Path,
    connect: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "_SETTINGS", {"synchronous": ("NORMAL", 3)})
    chosen = connect_to_write if connect is connect_to_write else connect_to_read
    with pytest.raises(JournalFailed) as refused:
        chosen(path)
    assert "synchronous" in explain("id", refused.value)


def test_a_file_that_cannot_have_a_wal_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = apsw.Connection(":memory:")
    monkeypatch.setattr(connections, "_open", lambda _path, _access: memory)
    with pytest.raises(JournalFailed):
        connect_to_write(tmp_path / "journal.db")


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.9.99"])
def test_an_sqlite_with_the_wal_reset_bug_is_refused(version: str) -> None:
    with pytest.raises(OldLibrary) as refused:
        check_library(version)
    assert version in explain("id", refused.value)


@pytest.mark.parametrize("version", [None, "3.51.3", "3.52.0", "4.0.0"])
def test_a_current_sqlite_is_taken(version: str | None) -> None:
    check_library(version)


DENIED = [
    "ATTACH '/tmp/other.db' AS other",
    "DETACH main",
    "PRAGMA synchronous = OFF",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA user_version = 0",
    "PRAGMA query_only = OFF",
    "PRAGMA synchronous",
    "SELECT load_extension('evil.so')",
    "CREATE TABLE other (x)",
    "CREATE TEMP TABLE other (x)",
    "DROP TRIGGER event_unchanged",
    "DROP TABLE event",
    "ALTER TABLE payment ADD COLUMN other",
    "CREATE TRIGGER other AFTER INSERT ON event BEGIN SELECT 1; END",
    "DELETE FROM sqlite_schema",
    "UPDATE sqlite_schema SET sql = ''",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "VACUUM INTO '/tmp/other.db'",
    "SAVEPOINT other",
]


@pytest.mark.parametrize("statement", DENIED)
async def test_s17_no_connection_does_what_no_code_needs(
    counter: Counter, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    journal = counter.journal
    for own in (journal._writer._connection, journal._reader._connection):
        assert own is not None
        with pytest.raises((apsw.AuthError, apsw.SQLError, apsw.ReadOnlyError)):
            own.execute(statement)
    assert (await counter.prepared()).id == 1


async def test_s17_a_denied_statement_is_logged(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    own = counter.journal._reader._connection
    assert own is not None
    with pytest.raises(apsw.AuthError):
        own.execute("ATTACH '/tmp/other.db' AS other")
    assert "SQLITE_ATTACH" in caplog.text


async def test_a_look_up_is_not_planned_anew_for_every_value(
    path: Path, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    judge = connections._authorize

    def counted(operation: int, *more: str | None) -> int:
        asked.append(more)
        return judge(operation, *more)

    monkeypatch.setattr(connections, "_authorize", counted)
    connection = connect_to_read(path)
    for number in range(3):
        assert connection.execute("SELECT id FROM sale WHERE id = :id", {"id": number}).get is None
        assert bool(asked) == (number == 0)
        asked.clear()
    connection.close()


async def test_the_reader_writes_nothing(counter: Counter) -> None:
    own = counter.journal._reader._connection
    assert own is not None
    with pytest.raises(apsw.ReadOnlyError):
        own.execute("UPDATE payment SET detail = 'x'")


async def test_no_code_is_loaded_into_the_database(counter: Counter) -> None:
    own = counter.journal._writer._connection
    assert own is not None
    with pytest.raises(apsw.ExtensionLoadingError):
        own.load_extension("evil.so")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        connect_to_read(tmp_path / "journal.db")


@pytest.mark.parametrize("content", [b"this is not a database, but it is long enough " * 40])
def test_something_else_is_no_journal(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(content)
    for connect in (connect_to_write, connect_to_read):
        with pytest.raises(NotAJournal):
            connect(file)
    assert file.read_bytes() == content


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(NotAJournal):
        connect_to_read(tmp_path)


async def test_s18_a_link_is_not_followed(counter: Counter, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    for connect in (connect_to_write, connect_to_read):
        with pytest.raises(NotAJournal):
            connect(link)


async def test_a_file_that_another_program_holds_is_busy(
    counter: Counter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TRIES", 2)
    plain = tmp_path / "plain.db"
    holder = apsw.Connection(str(plain))
    holder.execute("CREATE TABLE a (x); BEGIN EXCLUSIVE")
    with pytest.raises(JournalBusy):
        connect_to_write(plain)
    holder.close()


async def test_guarded_tables_can_still_be_listed(counter: Counter, path: Path) -> None:
    connection = connect_to_write(path)
    guard(connection)
    names = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info('event')")]
    assert names == ["seq", "at", "kind", "payment_id", "body", "prev", "hash"]
    connection.close()


async def test_f54_the_rollback_journal_of_a_new_file_is_gone_for_good(path: Path) -> None:
    """A power cut could bring it back once, to undo all that had been kept since."""
    with recording_disk() as disk:
        async with open_counter(path) as counter:
            await counter.paid()
    gone = [deed for deed in disk.deeds if isinstance(deed, Delete)]
    assert [deed.sure for deed in gone if deed.file.endswith("-journal")] == [True]
