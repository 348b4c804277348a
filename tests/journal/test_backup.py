"""Backups: verified copies of one moment, private, never in place of another (F73)."""

import asyncio
import stat
import threading
from pathlib import Path

import apsw
import pytest

from cashier.journal.anchor import anchor_file, read_anchor
from cashier.journal.backup import backup
from cashier.journal.file_errors import (
    BackupFlawed,
    JournalFailed,
    NoJournal,
    OutputExists,
    OutputFailed,
)
from cashier.journal.verifying import verify
from cashier.language import explain
from tests.journal.making import Counter, HandClock, by_shell, open_counter


def _links(path: Path) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [tuple(row) for row in connection.execute("SELECT seq, hash FROM event")]
    finally:
        connection.close()


async def test_a_backup_is_a_verified_journal_of_its_own(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    payment = await counter.paid()
    copy = backup(path, tmp_path / "backup", counter.clock, tmp_path / "anchor")
    assert copy.name.startswith("journal-20261122-104103-")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    report = verify(copy)
    assert report == verify(path)
    anchor = read_anchor(anchor_file(tmp_path / "anchor", path))
    assert anchor is not None
    assert (anchor.seq, anchor.hash) == (report.head.seq, report.head.hash)
    async with open_counter(copy) as restored:
        assert await restored.journal.payment(payment.id) == payment


async def test_f73_a_backup_while_paying_is_a_prefix_of_the_chain(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    copies: list[Path] = []
    enough = threading.Event()

    def keep_backing_up() -> None:
        while not enough.is_set() or len(copies) < 3:
            copies.append(backup(path, tmp_path / "backup", counter.clock))

    backing_up = asyncio.create_task(asyncio.to_thread(keep_backing_up))
    for _ in range(15):
        await counter.paid()
    enough.set()
    await backing_up
    live = _links(path)
    assert len(copies) >= 3
    for copy in copies:
        kept = _links(copy)
        assert verify(copy).ok
        assert kept == live[: len(kept)]


async def test_a_flawed_journal_gives_no_backup(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid()
    by_shell(path, "UPDATE payment SET token = '1' WHERE id = 1")
    with pytest.raises(BackupFlawed) as refused:
        backup(path, tmp_path / "backup", counter.clock)
    assert "ada baris yang diubah" in explain("id", refused.value)
    assert [*(tmp_path / "backup").iterdir()] == []


async def test_a_backup_of_an_old_copy_is_refused_by_the_anchor(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    async with open_counter(path, clock) as counter:
        old = backup(path, tmp_path / "backup", clock)
        await counter.paid()
        backup(path, tmp_path / "backup", clock, tmp_path / "anchor")
    old.replace(path)
    with pytest.raises(BackupFlawed) as refused:
        backup(path, tmp_path / "backup", clock, tmp_path / "anchor")
    assert "its last records are missing" in explain("en", refused.value)


def test_no_journal_gives_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        backup(tmp_path / "journal.db", tmp_path / "backup")


async def test_a_backup_that_cannot_be_written_is_told(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputFailed):
        backup(path, tmp_path / "file" / "backup")


async def test_a_backup_never_replaces_a_file(
    counter: Counter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cashier.journal.backup.secrets.token_hex", lambda _length: "same")
    first = backup(path, tmp_path / "backup", counter.clock)
    content = first.read_bytes()
    with pytest.raises(OutputExists):
        backup(path, tmp_path / "backup", counter.clock)
    assert first.read_bytes() == content
    assert [*(tmp_path / "backup").iterdir()] == [first]


async def test_a_copy_that_fails_leaves_nothing(
    counter: Counter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_copy: apsw.Connection) -> None:
        raise apsw.FullError

    monkeypatch.setattr("cashier.journal.backup.verify_connection", broken)
    with pytest.raises(JournalFailed):
        backup(path, tmp_path / "backup")
    assert [*(tmp_path / "backup").iterdir()] == []
