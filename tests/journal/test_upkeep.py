"""What a standing till does for its journal: anchor, hourly backup, and a clean folder of them."""

import asyncio
from pathlib import Path

import pytest

from cashier.journal.anchor import anchor_file, read_anchor
from cashier.journal.backup import backup
from cashier.journal.backup_process import backup_apart
from cashier.journal.copies import KEEP_DAYS, KEEP_NEWEST, copies, prune
from cashier.journal.errors import Untrusted
from cashier.journal.file_errors import BackupBroken, BackupFlawed, NoJournal
from cashier.journal.findings import Flaw
from cashier.journal.locks import FileLock
from cashier.journal.sessions import Locks
from cashier.journal.upkeep import Upkeep
from cashier.journal.verifying import verify
from tests.journal.making import MINUTE, Counter, HandClock, by_shell, open_counter

HOUR = 60 * MINUTE


def upkeep_of(counter: Counter, tmp_path: Path) -> Upkeep:
    """An upkeep whose backups are made in this process, at the counter's own time."""

    async def here(path: Path, directory: Path, anchors: Path | None) -> Path:
        return backup(path, directory, counter.clock, anchors)

    folders = (tmp_path / "backup", tmp_path / "anchor")
    return Upkeep(counter.journal, *folders, counter.clock, back_up=here)


async def test_the_anchor_follows_the_chain_while_the_till_stands(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    async with open_counter(path, clock, anchor_dir=tmp_path / "anchor") as counter:
        upkeep = upkeep_of(counter, tmp_path)
        for _ in range(2):
            await counter.paid()
            await upkeep.turn()
            anchor = read_anchor(anchor_file(tmp_path / "anchor", path))
            assert anchor is not None
            assert anchor.seq == verify(path).head.seq
        assert upkeep.trouble is None


async def test_a_backup_is_made_each_hour_by_one_session_for_all(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    anchors = tmp_path / "anchor"
    async with (
        open_counter(path, clock, anchor_dir=anchors) as one,
        open_counter(path, clock, anchor_dir=anchors) as other,
    ):
        both = [upkeep_of(one, tmp_path), upkeep_of(other, tmp_path)]
        made = []
        for _ in range(3):
            for upkeep in both:
                await upkeep.turn()
            made.append(len(copies(tmp_path / "backup", path)))
            clock.forward(HOUR // 2)
        assert made == [1, 1, 2]
        assert both[0].last_backup == both[1].last_backup


async def test_who_finds_another_at_the_backup_leaves_it_alone(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    lock = FileLock.take(Locks(path).backup)
    assert lock is not None
    await upkeep_of(counter, tmp_path).turn()
    assert copies(tmp_path / "backup", path) == []
    lock.release()


async def test_a_flawed_journal_is_told_and_takes_no_more_cash(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid()
    quote = await counter.quote()
    by_shell(path, "UPDATE payment SET tendered_sen = tendered_sen + 100")
    upkeep = upkeep_of(counter, tmp_path)
    await upkeep.turn()
    assert isinstance(upkeep.trouble, BackupFlawed)
    assert counter.journal.alarm is not None
    assert counter.journal.alarm.flaw is Flaw.ROW_CHANGED
    with pytest.raises(Untrusted):
        await counter.prepare(quote)


async def test_it_turns_each_minute_and_ends_with_the_till(
    counter: Counter, tmp_path: Path
) -> None:
    turns = asyncio.Semaphore(0)
    upkeep = upkeep_of(counter, tmp_path)

    async def sleep(seconds: float) -> None:
        assert seconds == 60
        turns.release()
        await asyncio.sleep(0)

    upkeep.sleep = sleep
    async with upkeep.running():
        for _ in range(3):
            await turns.acquire()
    assert upkeep.last_backup == counter.clock.utc_ms() // 1000 * 1000


async def test_a_backup_by_a_process_of_its_own_is_verified_and_pruned(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid()
    made = await backup_apart(path, tmp_path / "backup", tmp_path / "anchor")
    assert verify(made).ok
    assert read_anchor(anchor_file(tmp_path / "anchor", path)) is not None


async def test_what_a_backup_s_process_runs_into_is_told(
    counter: Counter, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Exception, match=r"journal\.none") as refused:
        await backup_apart(tmp_path / "none.db", tmp_path / "backup", None)
    assert NoJournal(tmp_path / "none.db").key in str(refused.value)
    await counter.paid()
    by_shell(path, "UPDATE payment SET tendered_sen = tendered_sen + 100")
    with pytest.raises(BackupFlawed):
        await backup_apart(path, tmp_path / "backup", None)
    monkeypatch.setattr("cashier.journal.backup_process.sys.executable", "/bin/false")
    with pytest.raises(BackupBroken):
        await backup_apart(path, tmp_path / "backup", None)


async def test_a_backup_that_is_broken_off_leaves_no_process(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    task = asyncio.create_task(backup_apart(path, tmp_path / "backup", None))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_old_backups_go_and_the_last_of_each_day_stays_a_month(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    strange = tmp_path / "journal-mine.db"
    strange.touch()
    for day in range(1, 31):
        for hour in (9, 12, 20):
            (
                tmp_path / f"journal-202611{day:02d}-{hour:02d}0000-{day * 100 + hour}-ab12.db"
            ).touch()
    prune(tmp_path, journal)
    left = copies(tmp_path, journal)
    assert len(left) == KEEP_NEWEST + 30 - KEEP_NEWEST // 3
    assert {copy.day for copy in left} == {f"202611{day:02d}" for day in range(1, 31)}
    assert all(copy.file.name.split("-")[2] == "200000" for copy in left[KEEP_NEWEST:])
    assert strange.exists()
    assert KEEP_DAYS >= 30
