"""A journal that is damaged, edited, or not the one last seen (F71 to F73, F79)."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw
import pytest

from cashier.journal import Journal
from cashier.journal.anchor import anchor_file, read_anchor
from cashier.journal.backup import backup
from cashier.journal.backup_process import backup_apart
from cashier.journal.copies import copies
from cashier.journal.errors import Untrusted
from cashier.journal.file_errors import (
    BackupFlawed,
    NotAcceptable,
    NotAJournal,
    NothingToAccept,
    Unsigned,
)
from cashier.journal.findings import Flaw
from cashier.journal.restoring import restore
from cashier.journal.upkeep import Upkeep
from cashier.journal.verifying import verify
from cashier.payment import Reason, State
from tests.faults.stage import Stage, pay, quoted, sell, states
from tests.journal.making import by_shell, spoil


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"no database at all, only text")


DAMAGES: Final[dict[str, Callable[[Path], None]]] = {
    "header": lambda path: spoil(path, 0, 100),
    "cut short": lambda path: spoil(path, 5000),
    "text": _not_a_database,
}


async def sold_and_backed_up(stage: Stage) -> Path:
    """A shop with one paid bill, a backup, and another paid bill since."""
    async with stage.open() as till:
        await sell(till)
        made = backup(stage.journal, stage.backups, stage.clock, stage.anchors)
        await sell(till, "4333333334")
    return made


@pytest.mark.parametrize("damage", DAMAGES)
async def test_f71_a_damaged_journal_takes_no_cash_and_a_backup_takes_its_place(
    stage: Stage, damage: str
) -> None:
    made = await sold_and_backed_up(stage)
    DAMAGES[damage](stage.journal)
    for companion in ("-wal", "-shm"):
        stage.journal.with_name(f"journal.db{companion}").unlink(missing_ok=True)
    with pytest.raises(NotAJournal):
        async with stage.open():
            pass
    done = restore(stage.journal, stage.backups, clock=stage.clock)
    assert done.source == made
    assert [file.name.split(".damaged")[0] for file in done.kept] == ["journal.db"]
    stage.agrees = False
    async with stage.open() as till:
        with pytest.raises(Untrusted):
            await sell(till, "4333333335")
        assert (await till.payment(1)).state is State.PAID


async def test_f71_a_zeroed_page_is_found_by_the_hourly_backup_and_stops_payments(
    stage: Stage,
) -> None:
    await sold_and_backed_up(stage)
    stage.clock.advance(3600)
    async with stage.open() as till:
        journal = till._counter.journal
        upkeep = Upkeep(journal, stage.backups, stage.anchors, stage.clock)
        _zero_a_page(stage.journal, "message")
        await upkeep.turn()
        assert isinstance(upkeep.trouble, BackupFlawed)
        assert journal.alarm is not None
        assert journal.alarm.flaw is Flaw.FILE
        with pytest.raises(Untrusted):
            await sell(till, "4333333335")
    restore(stage.journal, stage.backups, clock=stage.clock)
    stage.agrees = False


async def test_f71_a_flipped_bit_in_a_text_is_found_by_the_hourly_backup_and_stops_payments(
    stage: Stage,
) -> None:
    """Once it broke the backup off, and payments went on with the damaged journal."""
    await sold_and_backed_up(stage)
    stage.clock.advance(3600)
    async with stage.open() as till:
        journal = till._counter.journal
        upkeep = Upkeep(journal, stage.backups, stage.anchors, stage.clock)
        _flip_a_bit(stage.journal, b"4333333333")
        await upkeep.turn()
        assert isinstance(upkeep.trouble, BackupFlawed)
        with pytest.raises(Untrusted):
            await sell(till, "4333333335")
    restore(stage.journal, stage.backups, clock=stage.clock)
    stage.agrees = False


def _flip_a_bit(path: Path, text: bytes) -> None:
    """Make the first letter of a text in the file none, as one bit that fell over does."""
    with closing(apsw.Connection(str(path))) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    program = """if True:
        import sys
        from pathlib import Path
        path, text = Path(sys.argv[1]), sys.argv[2].encode()
        with path.open("r+b") as file:
            content = file.read()
            for at in range(len(content)):
                if content.startswith(text, at):
                    file.seek(at)
                    file.write(bytes([content[at] ^ 0x80]))
    """
    # Apart, as in ``_zero_a_page``.
    subprocess.run([sys.executable, "-c", program, str(path), text.decode()], check=True)


def _zero_a_page(path: Path, table: str) -> None:
    """Lose the first page of a table, as a bad sector does."""
    with closing(apsw.Connection(str(path))) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        page = database.execute(sql, (table,)).get
    # Not opened for writing by this process in the usual way: closing it would drop SQLite's
    # locks on the file (files.py).
    subprocess.run(
        [
            "dd",
            "if=/dev/zero",
            f"of={path}",
            "bs=4096",
            f"seek={page - 1}",
            "count=1",
            "conv=notrunc",
        ],
        check=True,
        capture_output=True,
    )


async def test_f71_a_missing_wal_is_seen_by_the_anchor(stage: Stage) -> None:
    """Cut off by a kill and then lost: what was in it is known from outside only."""
    journal = await stage.open_journal()
    await journal.keep_messages([])
    await journal.note_anchor()
    copy = stage.folder / "copy.db"
    shutil.copyfile(stage.journal, copy)
    await journal.close()
    async with stage.open() as till:
        await sell(till)
    for name in ("journal.db-wal", "journal.db-shm"):
        stage.journal.with_name(name).unlink(missing_ok=True)
    copy.replace(stage.journal)
    stage.agrees = False
    async with stage.open() as till:
        with pytest.raises(Untrusted):
            await sell(till, "4333333334")


async def test_f71_a_stale_rollback_journal_is_not_played_back(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till)
    hot = _hot_journal_of_a_copy(stage)
    async with stage.open() as till:
        await sell(till, "4333333334")
    before = verify(stage.journal).head
    hot.replace(stage.journal.with_name("journal.db-journal"))
    async with stage.open() as till:
        assert states([await till.payment(1), await till.payment(2)]) == ["paid", "paid"]
    aside = [file.name for file in stage.journal.parent.iterdir() if ".stale-" in file.name]
    assert len(aside) == 1
    assert verify(stage.journal).head.seq > before.seq


def _hot_journal_of_a_copy(stage: Stage) -> Path:
    """Make the rollback journal that a copy of this moment leaves when it dies while writing."""
    other = stage.folder / "other" / "journal.db"
    other.parent.mkdir()
    hot = stage.folder / "other" / "hot"
    shutil.copyfile(stage.journal, other)
    with closing(apsw.Connection(str(other))) as copy:
        copy.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA cache_size = 1")
        copy.execute("BEGIN IMMEDIATE")
        copy.execute("UPDATE event SET body = json_object('x', hex(randomblob(2000)))")
        shutil.copyfile(other.with_name("journal.db-journal"), hot)
        copy.execute("ROLLBACK")
    return hot


EDITS: Final[dict[str, tuple[Flaw, tuple[str, ...]]]] = {
    "edited row": (Flaw.ROW_CHANGED, ("UPDATE payment SET tendered_sen = tendered_sen + 100",)),
    "deleted row": (Flaw.ROW_MISSING, ("DELETE FROM payment WHERE id = 2",)),
    "edited event": (Flaw.LINK, ("UPDATE event SET at = at + 1 WHERE seq = 5",)),
    "deleted event": (Flaw.LINK, ("DELETE FROM event WHERE seq = 5",)),
    "reordered": (
        Flaw.LINK,
        (
            "UPDATE event SET seq = 100000 WHERE seq = 5",
            "UPDATE event SET seq = 5 WHERE seq = 6",
            "UPDATE event SET seq = 6 WHERE seq = 100000",
        ),
    ),
    "tail cut": (
        Flaw.BEHIND,
        ("DELETE FROM event WHERE seq > (SELECT max(seq) FROM event) - 1",),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_f72_what_somebody_did_with_an_sql_shell_is_named(stage: Stage, edit: str) -> None:
    flaw, statements = EDITS[edit]
    async with stage.open() as till:
        await sell(till)
        await sell(till, "4333333334")
    by_shell(stage.journal, "PRAGMA foreign_keys = OFF", *statements)
    report = verify(stage.journal, stage.anchors)
    assert flaw in {finding.flaw for finding in report.findings}
    stage.whole = stage.agrees = False


async def test_f72_a_tail_that_was_cut_takes_no_cash(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till)
    by_shell(stage.journal, *EDITS["tail cut"][1])
    stage.whole = stage.agrees = False
    async with stage.open() as till:
        with pytest.raises(Untrusted):
            await sell(till, "4333333334")


async def test_f73_a_backup_while_paying_is_whole_and_a_prefix(stage: Stage) -> None:
    """By the process of its own that the till starts each hour."""
    async with stage.open() as till:
        await sell(till)
        copying = asyncio.create_task(backup_apart(stage.journal, stage.backups, stage.anchors))
        for turn in range(4):
            await sell(till, f"43333{turn:05d}")
        copy = await copying
    assert verify(copy).ok
    assert [each.file for each in copies(stage.backups, stage.journal)] == [copy]
    assert _links(stage.journal)[: len(_links(copy))] == _links(copy)
    anchor = read_anchor(anchor_file(stage.anchors, stage.journal))
    assert anchor is not None


def _links(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT seq, hash FROM event ORDER BY seq").fetchall()


async def test_f79_a_restored_backup_takes_no_cash_until_a_person_accepts_it(
    stage: Stage,
) -> None:
    made = await sold_and_backed_up(stage)
    restore(stage.journal, stage.backups, made, stage.clock)
    stage.agrees = False
    journal = await stage.open_journal()
    assert journal.alarm is not None
    assert journal.alarm.flaw is Flaw.BEHIND
    with pytest.raises(Unsigned):
        await journal.accept("", "")
    await journal.close()
    async with stage.open() as till:
        with pytest.raises(Untrusted):
            await sell(till, "4333333335")
    journal = await stage.open_journal()
    await journal.accept("BU SARI", "dicocokkan dengan laporan Espay 22 November")
    with pytest.raises(NothingToAccept):
        await journal.accept("BU SARI", "lagi")
    await journal.close()
    async with stage.open() as till:
        assert (await sell(till, "4333333335")).state is State.PAID
    told = _bodies(stage.journal, "accepted")
    assert "BU SARI" in told[0]
    assert "Espay 22 November" in told[0]


async def test_f79_a_till_that_stands_goes_on_once_another_session_has_accepted(
    stage: Stage,
) -> None:
    made = await sold_and_backed_up(stage)
    restore(stage.journal, stage.backups, made, stage.clock)
    stage.agrees = False
    async with stage.open() as till:
        quote = await quoted(till, "4333333335")
        journal = await stage.open_journal()
        assert [each.key for each in await till.stops()] == ["journal.untrusted"]
        with pytest.raises(Untrusted):
            await pay(till, quote)
        await journal.accept("BU SARI", "dicocokkan dengan laporan Espay 22 November")
        await journal.close()
        assert await till.stops() == ()
        assert (await pay(till, quote)).state is State.PAID


async def test_f79_an_acceptance_of_yesterday_does_not_end_todays_alarm(stage: Stage) -> None:
    made = await sold_and_backed_up(stage)
    restore(stage.journal, stage.backups, made, stage.clock)
    stage.agrees = False
    journal = await stage.open_journal()
    await journal.accept("BU SARI", "dicocokkan dengan laporan Espay 22 November")
    await journal.close()
    anchor_file(stage.anchors, stage.journal).write_text("?", encoding="ascii")
    async with stage.open() as till:
        for _ in range(2):
            assert [each.key for each in await till.stops()] == ["journal.untrusted"]
    anchor_file(stage.anchors, stage.journal).unlink()


def _bodies(path: Path, kind: str) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT body FROM event WHERE kind = ?", (kind,)).fetchall()
    return [str(body) for (body,) in rows]


async def test_f79_damage_is_not_accepted(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till)
    by_shell(stage.journal, "DROP TRIGGER payment_undeleted")
    journal = await stage.open_journal()
    with pytest.raises(NotAcceptable):
        await journal.accept("BU SARI", "biar cepat")
    await journal.close()
    stage.whole = False


async def test_f79_prepared_in_an_old_copy_proves_nothing(stage: Stage) -> None:
    """The copy was taken while the payment was prepared; it went on, and was booked."""
    copy = stage.folder / "snapshot.db"

    class Snapshot(Journal):
        async def mark_sent(self, payment_id: int) -> None:
            with (
                closing(apsw.Connection(str(self.path))) as source,
                closing(apsw.Connection(str(copy))) as target,
                target.backup("main", source, "main") as work,
            ):
                work.step()
            await super().mark_sent(payment_id)

    async with stage.open(kind=Snapshot) as till:
        assert (await sell(till)).state is State.PAID
    restore(stage.journal, stage.backups, copy, stage.clock)
    async with stage.open() as till:
        (payment,) = await till.open_payments()
        assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.RESTORED)
        with pytest.raises(Untrusted):
            await sell(till, "4333333334")
