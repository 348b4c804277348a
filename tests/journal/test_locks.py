"""A disk that does not let a lock be asked for is a refusal, which asking and upkeep live with."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from cashier.journal.file_errors import OutputFailed
from cashier.journal.locks import FileLock, is_free
from cashier.journal.turns import Turns
from cashier.journal.upkeep import BACKUP_EVERY_MS, Upkeep
from tests.journal.making import Counter, HandClock


def fails(*_: object, **__: object) -> NoReturn:
    raise OSError(28, os.strerror(28))


async def no_sleep(_: float) -> None:
    return


def test_f68_a_lock_file_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cashier.journal.locks.private_descriptor", fails)
    with pytest.raises(OutputFailed):
        FileLock.take(tmp_path / "a.lock")


def test_f68_a_lock_that_the_system_has_no_room_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.lock").touch()
    before = list(Path("/proc/self/fd").iterdir())
    monkeypatch.setattr("cashier.journal.locks.fcntl.flock", fails)
    with pytest.raises(OutputFailed):
        FileLock.take(tmp_path / "a.lock")
    with pytest.raises(OutputFailed):
        is_free(tmp_path / "a.lock")
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)


async def test_f68_asking_is_refused_where_its_turn_cannot_be_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it broke off, and with it all asking until the next start."""
    turns = Turns(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", fails)
        with pytest.raises(OutputFailed):
            await turns.pace(1, HandClock(), no_sleep)
    await turns.pace(1, HandClock(), no_sleep)


async def test_f68_upkeep_outlives_a_lock_that_cannot_be_taken(
    counter: Counter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upkeep = Upkeep(counter.journal, tmp_path / "backup", None, counter.clock)
    counter.clock.forward(BACKUP_EVERY_MS)
    monkeypatch.setattr("cashier.journal.locks.private_descriptor", fails)
    await upkeep.turn()
    assert isinstance(upkeep.trouble, OutputFailed)
