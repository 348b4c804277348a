"""How well a journal is backed up: told without a till, and without touching anything."""

from pathlib import Path

import pytest

from cashier.journal.backup import backup
from cashier.journal.backup_state import BackupState, backup_state
from cashier.journal.file_errors import BackupUnsound, OutputFailed
from tests.journal.making import BILL, Counter, make_empty, spoil


async def test_what_no_backup_holds_is_told_with_its_time(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    assert backup_state(path, folder) == BackupState(None, None)
    began = counter.clock.utc_ms()
    await counter.paid()
    assert backup_state(path, folder) == BackupState(None, began)
    made = backup(path, folder, counter.clock)
    whole = backup_state(path, folder)
    assert whole.newest is not None
    assert (whole.newest.file, whole.unsaved_since) == (made, None)
    counter.clock.forward(7 * 60 * 1000)
    await counter.paid(BILL)
    assert backup_state(path, folder).unsaved_since == began + 7 * 60 * 1000
    assert [*folder.iterdir()] == [made]


async def test_a_backup_that_has_rotted_is_told(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid()
    spoil(backup(path, tmp_path / "backup", counter.clock), 5000)
    with pytest.raises(BackupUnsound):
        backup_state(path, tmp_path / "backup")


async def test_a_folder_that_takes_no_backup_is_told(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    make_empty(tmp_path / "file")
    with pytest.raises(OutputFailed):
        backup_state(path, tmp_path / "file" / "backup")
