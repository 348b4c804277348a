"""A backup in the place of a damaged journal: verified first, nothing removed, no till open."""

import stat
from pathlib import Path

import pytest

from cashier.journal.backup import backup
from cashier.journal.file_errors import BackupUnsound, NoBackup, OutputFailed, SessionsAlive
from cashier.journal.restoring import restore
from cashier.journal.verifying import verify
from tests.journal.making import Counter, HandClock, by_shell, make_empty, open_counter, spoil


async def test_the_newest_backup_that_verifies_is_taken(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    folder = tmp_path / "backup"
    async with open_counter(path, clock) as counter:
        good = backup(path, folder, clock)
        clock.forward(1000)
        await counter.paid()
        spoil(backup(path, folder, clock), 5000)
    spoil(path, 0, 100)
    done = restore(path, folder, clock=clock)
    assert done.source == good
    assert verify(path).head == done.report.head
    assert all(file.exists() for file in done.kept)
    assert mode_of(path) == 0o600


def mode_of(file: Path) -> int:
    """Give who may do what with a file."""
    return stat.S_IMODE(file.stat().st_mode)


async def test_a_till_that_stands_is_not_pulled_its_journal_away(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    backup(path, tmp_path / "backup", counter.clock)
    with pytest.raises(SessionsAlive):
        restore(path, tmp_path / "backup")
    assert verify(path).ok


async def test_a_backup_that_was_named_must_verify(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    async with open_counter(path, clock) as counter:
        await counter.paid()
        made = backup(path, tmp_path / "backup", clock)
    by_shell(made, "UPDATE payment SET tendered_sen = tendered_sen + 100")
    with pytest.raises(BackupUnsound):
        restore(path, tmp_path / "backup", made)
    with pytest.raises(NoBackup):
        restore(path, tmp_path / "backup")
    assert verify(path).ok


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    make_empty(tmp_path / "file")
    with pytest.raises(OutputFailed):
        restore(tmp_path / "file" / "journal.db", tmp_path / "backup")
