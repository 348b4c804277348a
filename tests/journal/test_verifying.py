"""Whatever is done to a journal behind its back is found, and the first bad row named (S22)."""

import shutil
from pathlib import Path

import apsw
import pytest

from cashier.journal import JournalRefusal
from cashier.journal.anchor import Anchor, anchor_file, read_anchor, write_anchor
from cashier.journal.errors import Untrusted
from cashier.journal.file_errors import JournalBusy, JournalFailed, NoJournal, OutputFailed
from cashier.journal.findings import Finding, Flaw
from cashier.journal.schema import KEPT
from cashier.journal.sessions import Locks
from cashier.journal.verifying import verify
from cashier.language import LANGUAGES, explain, say
from tests.journal.making import (
    BILL,
    PROCESSING,
    REFUSED,
    Counter,
    HandClock,
    by_shell,
    open_counter,
    open_journal,
    spoil,
)


@pytest.fixture
async def kept(path: Path, tmp_path: Path) -> Path:
    """A closed journal of a small day, with its anchor."""
    async with open_counter(path, anchor_dir=tmp_path / "anchor") as counter:
        await counter.paid(BILL)
        await counter.concluded(REFUSED)
        await counter.concluded(PROCESSING)
        await counter.quote()
    return path


def _find(path: Path, anchor_dir: Path | None = None) -> Finding:
    finding = verify(path, anchor_dir).first
    assert finding is not None
    for language in LANGUAGES:
        assert finding.tell(language)
    return finding


def _count(path: Path, table: str) -> int:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(str(connection.execute(f"SELECT count(*) FROM {table}").get))  # noqa: S608
    finally:
        connection.close()


async def test_a_journal_that_nobody_touched_is_whole(kept: Path, tmp_path: Path) -> None:
    report = verify(kept, tmp_path / "anchor")
    assert (report.ok, report.first) == (True, None)
    assert report.environment == "practice"
    assert report.events == report.head.seq == _count(kept, "event")
    assert report.rows == sum(_count(kept, table.name) for table in KEPT)
    assert verify(kept) == report


EDITED_EVENTS = [
    "UPDATE event SET at = at + 1 WHERE seq = 9",
    "UPDATE event SET kind = 'paid' WHERE seq = 9",
    "UPDATE event SET body = '{}' WHERE seq = 9",
    "UPDATE event SET payment_id = 2 WHERE seq = 9",
    "UPDATE event SET hash = printf('%064d', 0) WHERE seq = 9",
    "UPDATE event SET prev = printf('%064d', 0) WHERE seq = 9",
    "DELETE FROM event WHERE seq = 9",
    """UPDATE event SET seq = -1 WHERE seq = 9; UPDATE event SET seq = 9 WHERE seq = 10;
       UPDATE event SET seq = 10 WHERE seq = -1""",
    """UPDATE event SET seq = seq + 1000 WHERE seq >= 9; UPDATE event SET seq = seq - 999
       WHERE seq > 1000; INSERT INTO event SELECT 9, at, kind, payment_id, body, prev, hash
       FROM event WHERE seq = 8""",
]


@pytest.mark.parametrize("statements", EDITED_EVENTS)
async def test_s22_the_first_bad_event_is_named(kept: Path, statements: str) -> None:
    """Edited, deleted, reordered, put in."""
    by_shell(kept, "PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", statements)
    finding = _find(kept)
    assert (finding.flaw, finding.table, finding.seq) == (Flaw.LINK, "event", 9)


EDITED_ROWS = [
    ("payment", "1", "UPDATE payment SET tendered_sen = tendered_sen + 100 WHERE id = 1"),
    ("payment", "2", "UPDATE payment SET returned_at = 5, returned_by = 1 WHERE id = 2"),
    ("payment", "3", "UPDATE payment SET ref_id = 'REF-9' WHERE id = 3"),
    ("payment", "1", "UPDATE payment SET token = '99999999999999999999' WHERE id = 1"),
    ("message", "1", "UPDATE message SET reply = x'7b7d' WHERE id = 1"),
    ("message", "2", "UPDATE message SET request = '{}' WHERE id = 2"),
    ("message", "2", "UPDATE message SET whole = 0 WHERE id = 2"),
    ("customer", "1", "UPDATE customer SET number = '99' WHERE id = 1"),
    ("customer", "1", "UPDATE customer SET times = 9 WHERE id = 1"),
    ("operator", "1", "UPDATE operator SET name = 'SAYA' WHERE id = 1"),
    ("operator", "1", "UPDATE operator SET pin = 'x', salt = x'00' WHERE id = 1"),
]


@pytest.mark.parametrize(("table", "row", "statement"), EDITED_ROWS)
async def test_s22_an_edited_row_is_named(kept: Path, table: str, row: str, statement: str) -> None:
    by_shell(kept, statement)
    finding = _find(kept)
    assert (finding.flaw, finding.table, finding.row) == (Flaw.ROW_CHANGED, table, row)


EDIT_QUOTE = "UPDATE quote SET {} WHERE name = 'SITI AMINAH'"


@pytest.mark.parametrize(
    "change",
    [
        "name = 'SITI  AMINAH'",
        "data_text = NULL",
        "bill_key = 'b'",
        "service_fee_sen = 0",
        "number = NULL, name = NULL, data_text = NULL, facts = NULL, salt = NULL, erased_at = 1",
        "salt = randomblob(16)",
    ],
)
async def test_s22_an_edited_quote_is_named(kept: Path, change: str) -> None:
    """Also one that was emptied without the event of an erasure."""
    by_shell(kept, EDIT_QUOTE.format(change))
    finding = _find(kept)
    assert (finding.flaw, finding.table) == (Flaw.ROW_CHANGED, "quote")


@pytest.mark.parametrize("table", ["payment", "quote", "message", "customer", "session"])
async def test_s22_a_deleted_row_is_named(kept: Path, table: str) -> None:
    by_shell(kept, "PRAGMA foreign_keys = OFF", DELETE_ALL.format(table))
    finding = _find(kept)
    assert (finding.flaw, finding.table) == (Flaw.ROW_MISSING, table)


DELETE_ALL = "DELETE FROM {}"


async def test_s22_a_row_put_in_is_named(kept: Path) -> None:
    by_shell(kept, "INSERT INTO print VALUES (1, 5, 1, 1, 1, 'first', 0, 'usb', NULL, NULL, NULL)")
    finding = _find(kept)
    assert finding == Finding(Flaw.ROW_UNKNOWN, "print", "1", 5)


async def test_s22_a_row_put_back_to_what_it_was_is_named(kept: Path) -> None:
    """A paid payment made ``sent`` again, with the very content that its older event tells of."""
    by_shell(
        kept,
        """UPDATE payment SET state = 'sent', evidence = NULL, reason = NULL, final_at = NULL,
        ref_id = NULL, token = NULL, paid_at = NULL,
        seq = (SELECT seq FROM event WHERE kind = 'sent' AND payment_id = 1) WHERE id = 1""",
    )
    finding = _find(kept)
    assert (finding.flaw, finding.table, finding.row) == (Flaw.ROW_MISSING, "payment", "1")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DROP TRIGGER event_unchanged", "trigger event_unchanged"),
        ("DROP INDEX payment_open", "index payment_open"),
        ("CREATE TABLE other (x)", "table other"),
        (
            "CREATE TRIGGER other AFTER INSERT ON event BEGIN SELECT 1; END",
            "trigger other",
        ),
        ("PRAGMA user_version = 0", "user_version"),
        ("PRAGMA user_version = 99", "user_version"),
    ],
)
async def test_s23_a_changed_shape_is_named(kept: Path, statement: str, name: str) -> None:
    by_shell(kept, statement)
    finding = _find(kept)
    assert (finding.flaw, finding.table) == (Flaw.SHAPE, name)


async def test_a_changed_law_is_named(kept: Path) -> None:
    by_shell(kept, "DELETE FROM transition WHERE name = 'T9'")
    assert _find(kept).flaw is Flaw.LAW


async def test_a_reference_to_nothing_is_named(kept: Path) -> None:
    """The row itself and its event agree; what it refers to is gone, with its events."""
    by_shell(kept, "PRAGMA foreign_keys = OFF", "UPDATE payment SET shift_id = 5 WHERE id = 1")
    findings = verify(kept).findings
    assert [finding.flaw for finding in findings] == [Flaw.ROW_CHANGED, Flaw.ROW_UNKNOWN]


async def test_a_journal_without_its_own_facts_is_named(kept: Path) -> None:
    by_shell(kept, "DELETE FROM journal")
    assert _find(kept) == Finding(Flaw.ROW_MISSING, "journal")
    with pytest.raises(Untrusted):
        async with open_counter(kept) as counter:
            await counter.prepared()


async def test_f71_a_damaged_file_is_named(kept: Path) -> None:
    spoil(kept, 81_920, 98_304)
    assert _find(kept).flaw is Flaw.FILE


async def test_f71_a_cut_file_is_named(kept: Path) -> None:
    spoil(kept, 20_000)
    assert _find(kept).flaw is Flaw.FILE


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(b"something else entirely, and long enough to be read " * 50)
    assert _find(file).flaw is Flaw.FILE


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        verify(tmp_path / "journal.db")


@pytest.mark.parametrize(
    ("error", "refusal"), [(apsw.IOError, JournalFailed), (apsw.BusyError, JournalBusy)]
)
async def test_a_journal_that_cannot_be_read_now_is_told(
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[apsw.Error],
    refusal: type[JournalRefusal],
) -> None:
    def broken(_connection: apsw.Connection, _anchor: Path | None) -> None:
        raise error

    monkeypatch.setattr("cashier.journal.verifying.verify_connection", broken)
    with pytest.raises(refusal):
        verify(kept)


async def test_verifying_does_not_stop_the_till(counter: Counter, path: Path) -> None:
    first = verify(path)
    payment = await counter.paid()
    second = verify(path)
    assert first.ok
    assert second.ok
    assert second.events > first.events
    assert (await counter.journal.payment(payment.id)) == payment


# The anchor: what the chain cannot show by itself.


async def test_s22_a_cut_tail_is_found_by_the_anchor(kept: Path, tmp_path: Path) -> None:
    """Cut clean: the rows and events of the last quote are gone together."""
    last = verify(kept).head.seq
    by_shell(
        kept,
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM session",
        "DELETE FROM event WHERE kind IN ('session', 'session_ended')",
    )
    assert not verify(kept).ok
    assert Flaw.BEHIND in [finding.flaw for finding in verify(kept, tmp_path / "anchor").findings]
    assert last > verify(kept).head.seq


async def test_f79_an_old_copy_is_found_by_the_anchor(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    anchor_dir = tmp_path / "anchor"
    async with open_counter(path, clock, anchor_dir=anchor_dir) as counter:
        await counter.paid()
    shutil.copy(path, tmp_path / "yesterday.db")
    async with open_counter(path, clock, anchor_dir=anchor_dir) as counter:
        await counter.sent()
    shutil.copy(tmp_path / "yesterday.db", path)
    assert verify(path).ok
    finding = _find(path, anchor_dir)
    assert finding.flaw is Flaw.BEHIND
    await _nothing_is_paid(path, clock, anchor_dir, Flaw.BEHIND)
    assert _find(path, anchor_dir).flaw is Flaw.BEHIND


async def _nothing_is_paid(path: Path, clock: HandClock, anchor_dir: Path, flaw: Flaw) -> None:
    """The journal opens, so that it can be looked at and reconciled, but prepares nothing."""
    before = anchor_file(anchor_dir, path).read_bytes()
    async with open_counter(path, clock, anchor_dir=anchor_dir) as counter:
        assert counter.journal.alarm is not None
        assert counter.journal.alarm.flaw is flaw
        quote = await counter.quote()
        with pytest.raises(Untrusted) as refused:
            await counter.prepare(quote)
        assert say("id", f"journal.flawed_{flaw}") in explain("id", refused.value)
        assert isinstance(await counter.journal.open_payments(), tuple)
    assert anchor_file(anchor_dir, path).read_bytes() == before


async def test_f79_a_copy_that_went_on_is_found_by_the_anchor(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    """As long as the lost history, but another one."""
    anchor_dir = tmp_path / "anchor"
    async with open_counter(path, clock):
        pass
    shutil.copy(path, tmp_path / "yesterday.db")
    async with open_counter(path, clock, anchor_dir=anchor_dir) as counter:
        await counter.paid()
    shutil.copy(tmp_path / "yesterday.db", path)
    async with open_counter(path, clock) as counter:
        await counter.paid()
        await counter.paid()
    assert _find(path, anchor_dir).flaw is Flaw.OTHER_HISTORY
    await _nothing_is_paid(path, clock, anchor_dir, Flaw.OTHER_HISTORY)


async def test_another_journal_in_the_same_place_is_found(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    anchor_dir = tmp_path / "anchor"
    async with open_counter(path, clock, anchor_dir=anchor_dir):
        pass
    shutil.move(path, tmp_path / "old.db")
    await _nothing_is_paid(path, clock, anchor_dir, Flaw.OTHER_JOURNAL)


async def test_an_edit_behind_the_anchor_is_found_at_the_start(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    anchor_dir = tmp_path / "anchor"
    async with open_counter(path, clock, anchor_dir=anchor_dir):
        pass
    async with open_counter(path, clock) as counter:
        await counter.paid()
    by_shell(path, "UPDATE event SET at = at - 1 WHERE kind = 'paid'")
    await _nothing_is_paid(path, clock, anchor_dir, Flaw.LINK)


@pytest.mark.parametrize("content", ["", "{}", '{"journal":1}', "no anchor", "[]"])
async def test_an_anchor_that_cannot_be_read_is_told(
    kept: Path, tmp_path: Path, content: str
) -> None:
    anchor_file(tmp_path / "anchor", kept).write_text(content)
    assert _find(kept, tmp_path / "anchor").flaw is Flaw.ANCHOR


async def test_a_missing_trigger_is_found_at_the_start(kept: Path, clock: HandClock) -> None:
    by_shell(kept, "DROP TRIGGER payment_transition")
    journal = await open_journal(kept, clock)
    assert journal.alarm == Finding(Flaw.SHAPE, "trigger payment_transition")
    await journal.close()


async def test_the_anchor_follows_the_journal_and_never_goes_back(
    path: Path, tmp_path: Path, clock: HandClock
) -> None:
    anchor_dir = tmp_path / "anchor"
    first = await open_journal(path, clock, anchor_dir=anchor_dir)
    async with open_counter(path, clock, anchor_dir=anchor_dir) as counter:
        await counter.paid()
    file = anchor_file(anchor_dir, path)
    anchor = read_anchor(file)
    assert anchor is not None
    assert (anchor.journal, anchor.at) == (first.id, clock.utc_ms())
    assert anchor.seq == verify(path).head.seq
    shutil.copy(file, tmp_path / "kept.anchor")
    await first.close()
    later = read_anchor(file)
    assert later is not None
    assert later.seq == anchor.seq + 1
    assert verify(path, anchor_dir, clock).ok


async def test_verifying_makes_the_end_the_anchor(counter: Counter, path: Path) -> None:
    anchor_dir = path.parent.parent / "anchor"
    await counter.paid()
    report = verify(path, anchor_dir, counter.clock)
    anchor = read_anchor(anchor_file(anchor_dir, path))
    assert anchor is not None
    assert (anchor.seq, anchor.hash) == (report.head.seq, report.head.hash)
    assert verify(path, anchor_dir).ok
    assert read_anchor(anchor_file(anchor_dir, path)) == anchor


async def test_an_anchor_that_cannot_be_written_is_told(
    path: Path, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Closing goes on without it; who asks for it is refused."""
    journal = await open_journal(path, clock, anchor_dir=tmp_path / "file" / "anchor")
    shutil.rmtree(tmp_path / "file")
    (tmp_path / "file").touch()
    await journal.close()
    assert "journal.output_failed" in caplog.text
    with pytest.raises(OutputFailed):
        write_anchor(tmp_path / "file" / "x", Locks(path), Anchor(journal.id, 1, "", 1))


async def test_an_anchor_that_was_spoiled_meanwhile_is_not_replaced(
    path: Path, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    anchor_dir = tmp_path / "anchor"
    async with open_counter(path, clock, anchor_dir=anchor_dir):
        pass
    journal = await open_journal(path, clock, anchor_dir=anchor_dir)
    file = anchor_file(anchor_dir, path)
    file.write_text("spoiled")
    await journal.close()
    assert "journal.output_failed" in caplog.text
    assert file.read_text() == "spoiled"


def _flip(path: Path, before: bytes, after: bytes) -> None:
    """Do in every file of the journal what a bad sector or memory does."""
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"SITI AMINAH", b"SITI\xc1AMINAH"),
        (b'{"id":1,"operator":1', b'{"id":1,\xe2operator":1'),
        (b'{"id":1,"operator":1', b'{"id":1,boperator":1'),
        (b"CREATE VIEW sale AS", b"CREATE VIEW sale\xa0AS"),
        (b"viewsalesale", b"viewsalesalE"),
        (b"CREATE TABLE shift (", b"CREATE TABLE shift )"),
        (b"payment_open", b"payment\xdfopen"),
    ],
)
async def test_s22_f71_a_flipped_bit_in_a_text_is_found_and_stops_nothing_else(
    kept: Path, before: bytes, after: bytes
) -> None:
    """No UTF-8, no JSON, no SQL any more: once these broke the check off instead."""
    by_shell(kept, "PRAGMA wal_checkpoint(TRUNCATE)")
    _flip(kept, before, after)
    assert not verify(kept).ok


async def test_s22_a_text_that_became_bytes_is_found(kept: Path) -> None:
    by_shell(
        kept,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET name = CAST(name AS BLOB) WHERE name = 'payment_begins'",
    )
    assert not verify(kept).ok


COUNTERS = [
    ("payment", "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'payment'"),
    ("messagE", "UPDATE sqlite_sequence SET name = 'messagE' WHERE name = 'message'"),
    ("customer", "DELETE FROM sqlite_sequence WHERE name = 'customer'"),
    ("hint", "INSERT INTO sqlite_sequence VALUES ('hint', 5)"),
]


@pytest.mark.parametrize(("table", "statement"), COUNTERS)
async def test_s22_a_changed_counter_of_rows_is_named(
    kept: Path, table: str, statement: str
) -> None:
    """The chain does not cover what the next row will be numbered; at its end nothing is kept."""
    by_shell(kept, statement)
    assert _find(kept) == Finding(Flaw.ROW_CHANGED, "sqlite_sequence", table)


async def test_s22_a_file_that_is_not_marked_as_a_journal_is_named(kept: Path) -> None:
    by_shell(kept, "PRAGMA application_id = 7")
    assert _find(kept) == Finding(Flaw.SHAPE, "application_id", "7")
