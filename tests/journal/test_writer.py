"""One writer: what it waits for, what it never interrupts, and what it tells of failures."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from cashier.journal import Journal, NewPayment
from cashier.journal import connection as connections
from cashier.journal import writer as writers
from cashier.journal.errors import NoSpace
from cashier.journal.file_errors import (
    JournalBusy,
    JournalClosed,
    JournalDefect,
    JournalFailed,
    JournalGone,
)
from cashier.journal.transaction import Transaction
from cashier.journal.verifying import verify
from cashier.journal.writer import Patience, Writer
from cashier.payment import State
from tests.journal.disks import watched_disk
from tests.journal.making import (
    CASH,
    IN_DOUBT,
    REFUSED,
    Counter,
    HandClock,
    all_bytes,
    answer,
    open_counter,
    open_journal,
    remove,
    size_of,
    swap,
)
from tests.journal.processes import ROOT


@contextmanager
def held(path: Path) -> Iterator[apsw.Connection]:
    """Another program in the middle of a write."""
    holder = apsw.Connection(str(path))
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield holder
    finally:
        holder.close()


@pytest.fixture
def short_spells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_TRIES", 1)


async def test_f70_sent_gives_up_while_another_program_holds_the_journal(
    counter: Counter, path: Path, short_spells: None
) -> None:
    payment = await counter.prepared()
    with held(path), pytest.raises(JournalBusy):
        await counter.journal.mark_sent(payment.id)
    assert (await counter.journal.payment(payment.id)).state is State.PREPARED
    await counter.journal.mark_sent(payment.id)


async def test_f70_preparing_waits_longer_but_not_for_ever(
    counter: Counter, path: Path, short_spells: None
) -> None:
    quote = await counter.quote()
    with held(path), pytest.raises(JournalBusy):
        await counter.prepare(quote)
    assert (await counter.prepare(quote)).id == 1


async def test_f70_a_reply_waits_as_long_as_it_takes(
    counter: Counter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many spells of waiting pass, and look-ups go on meanwhile."""
    payment = await counter.sent()
    spells = threading.Semaphore(0)

    def one_spell(_tries: int) -> bool:
        spells.release()
        return False

    writer = counter.journal._writer._connection
    assert writer is not None
    writer.set_busy_handler(one_spell)
    with held(path):
        keeping = asyncio.create_task(
            counter.journal.keep_reply(payment.id, answer(payment.rq_uuid))
        )
        for _ in range(30):
            await asyncio.to_thread(spells.acquire)
        assert (await counter.journal.payment(payment.id)).state is State.SENT
        assert not keeping.done()
    await keeping
    assert len(await counter.journal.replies_of(payment.id)) == 1


async def test_a_cancelled_caller_does_not_stop_a_commit(counter: Counter, path: Path) -> None:
    """When the cancellation arrives, the payment is sent in the journal, for certain."""
    payment = await counter.prepared()
    running, go_on = threading.Event(), threading.Event()
    connection = counter.journal._writer._connection
    assert connection is not None

    def slow_disk() -> bool:
        running.set()
        go_on.wait()
        return False

    connection.set_commit_hook(slow_disk)
    sending = asyncio.create_task(counter.journal.mark_sent(payment.id))
    await asyncio.to_thread(running.wait)
    sending.cancel()
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.sleep(0)
    assert not sending.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    connection.set_commit_hook(None)
    assert (await counter.journal.payment(payment.id)).state is State.SENT


async def test_a_cancelled_caller_of_a_failing_write_is_just_cancelled(
    counter: Counter,
) -> None:
    running, go_on = threading.Event(), threading.Event()

    def work(_transaction: Transaction) -> None:
        running.set()
        go_on.wait()
        raise NoSpace(0)

    task = asyncio.create_task(counter.journal._writer.run(work))
    await asyncio.to_thread(running.wait)
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_look_up_does_not_wait_behind_a_commit(counter: Counter) -> None:
    payment = await counter.prepared()
    running, go_on = threading.Event(), threading.Event()

    def work(_transaction: Transaction) -> None:
        running.set()
        go_on.wait()

    writing = asyncio.create_task(counter.journal._writer.run(work))
    await asyncio.to_thread(running.wait)
    assert await counter.journal.payment(payment.id) == payment
    assert not writing.done()
    go_on.set()
    await writing


async def test_a_commit_is_one_flush(path: Path) -> None:
    """Every step of a sale flushes the disk once, and look-ups never do (DESIGN 10)."""
    with watched_disk() as disk:
        async with open_counter(path) as counter:
            quote = await counter.quote()
            before = disk.flushes
            payment = await counter.prepare(quote)
            await counter.journal.mark_sent(payment.id)
            await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid))
            await counter.journal.conclude(payment.id, State.SENT, REFUSED)
            assert disk.flushes - before == 4
            await counter.journal.payment(payment.id)
            await counter.journal.open_payments()
            assert disk.flushes - before == 4


async def test_f06_a_disk_that_fails_takes_no_payment(path: Path) -> None:
    """And after it failed once, nothing more is prepared or sent until a new start (F68)."""
    with watched_disk() as disk:
        async with open_counter(path) as counter:
            quote, other = await counter.quote(), await counter.prepared()
            disk.error = apsw.IOError
            with pytest.raises(JournalFailed):
                await counter.prepare(quote)
            disk.error = None
            with pytest.raises(JournalFailed):
                await counter.prepare(quote)
            with pytest.raises(JournalFailed):
                await counter.journal.mark_sent(other.id)


async def test_f67_a_full_disk_keeps_nothing_and_the_next_write_may_go(path: Path) -> None:
    with watched_disk() as disk:
        async with open_counter(path) as counter:
            quote = await counter.quote()
            disk.write_error = apsw.FullError
            with pytest.raises(JournalFailed):
                await counter.prepare(quote)
            disk.write_error = None
            payment = await counter.prepare(quote)
            assert await counter.journal.open_payments() == (payment,)
    assert verify(path).ok


async def test_f69_a_journal_that_was_removed_is_noticed(
    path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    journal = await open_journal(path, clock)
    counter = Counter(journal, clock)
    quote, payment = await counter.quote(), await counter.prepared()
    remove(path)
    with pytest.raises(JournalGone):
        await counter.prepare(quote)
    with pytest.raises(JournalFailed):
        await journal.mark_sent(payment.id)
    with pytest.raises(JournalGone):
        await journal.keep_reply(payment.id, answer(payment.rq_uuid))
    await journal.close()
    assert "journal.gone" in caplog.text


async def test_f69_a_journal_that_was_replaced_is_noticed(path: Path, clock: HandClock) -> None:
    journal = await open_journal(path, clock)
    counter = Counter(journal, clock)
    quote = await counter.quote()
    swap(path, all_bytes(path.parent))
    with pytest.raises(JournalGone):
        await counter.prepare(quote)
    await journal.close()


async def test_a_defect_that_cannot_be_kept_is_logged(
    counter: Counter, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, quote = await counter.prepared(), await counter.quote()

    def no_note(*_arguments: object) -> None:
        raise apsw.FullError

    monkeypatch.setattr(Transaction, "note", no_note)
    with pytest.raises(JournalDefect):
        await counter.journal.prepare(NewPayment(quote.id, first.rq_uuid, CASH))
    assert "FullError" in caplog.text


async def test_a_closed_journal_says_so(path: Path, clock: HandClock) -> None:
    journal = await open_journal(path, clock)
    counter = Counter(journal, clock)
    payment = await counter.prepared()
    await journal.close()
    with pytest.raises(JournalClosed):
        await journal.mark_sent(payment.id)
    with pytest.raises(JournalClosed):
        await journal.payment(payment.id)


async def test_closing_while_another_program_writes_still_closes(
    path: Path, clock: HandClock, short_spells: None, caplog: pytest.LogCaptureFixture
) -> None:
    journal = await open_journal(path, clock)
    with held(path):
        await journal.close()
    assert "journal.busy" in caplog.text
    with pytest.raises(JournalClosed):
        await journal.open_payments()
    assert [file.name for file in (path.parent / "locks").iterdir()] == ["open.lock"]


async def test_a_write_that_still_waits_ends_when_the_journal_closes(
    path: Path, clock: HandClock, short_spells: None
) -> None:
    journal = await open_journal(path, clock)
    payment = await Counter(journal, clock).sent()
    with held(path):
        keeping = asyncio.create_task(journal.keep_reply(payment.id, answer(payment.rq_uuid)))
        await asyncio.sleep(0)
        await journal.close()
        with pytest.raises(JournalBusy):
            await keeping


async def test_a_look_up_that_fails_is_told(counter: Counter) -> None:
    def broken(_connection: apsw.Connection) -> None:
        raise apsw.IOError

    def busy(_connection: apsw.Connection) -> None:
        raise apsw.BusyError

    with pytest.raises(JournalFailed):
        await counter.journal._reader.run(broken)
    with pytest.raises(JournalBusy):
        await counter.journal._reader.run(busy)


async def test_a_mistake_in_the_program_comes_through_and_keeps_nothing(
    counter: Counter, path: Path
) -> None:
    def work(transaction: Transaction) -> None:
        transaction.note("mistake", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await counter.journal._writer.run(work, Patience.ONE)
    assert (await counter.prepared()).id == 1
    report = verify(path)
    assert report.ok


def _folded(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Give an event that is set when the WAL has been folded in."""
    folded, real = threading.Event(), writer._fold

    def fold() -> None:
        real()
        folded.set()

    monkeypatch.setattr(writer, "_fold", fold)
    return folded


async def test_the_wal_is_folded_in_when_nobody_sells(
    counter: Counter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = size_of(path)
    for _ in range(5):
        await counter.paid()
    folded = _folded(counter.journal._writer, monkeypatch)
    monkeypatch.setattr(writers, "_FOLD_FROM_PAGES", 1)
    monkeypatch.setattr(writers, "_REST_S", 0.0)
    await counter.quote()
    assert await asyncio.to_thread(folded.wait, 30)
    assert counter.journal._writer._wal_pages == 0
    assert size_of(path) > size


async def test_the_wal_is_not_folded_in_while_selling(counter: Counter, path: Path) -> None:
    size = size_of(path)
    for _ in range(10):
        await counter.paid()
    assert size_of(path) == size


async def test_a_long_wal_does_not_wait_for_a_rest(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_FOLD_FROM_PAGES", 1)
    monkeypatch.setattr(writers, "_FOLD_AT_ONCE_PAGES", 1)
    monkeypatch.setattr(writers, "_REST_S", 3600.0)
    folded = _folded(counter.journal._writer, monkeypatch)
    await counter.paid()
    assert await asyncio.to_thread(folded.wait, 30)


async def test_a_checkpoint_that_others_keep_out_is_no_failure(
    counter: Counter, path: Path, caplog: pytest.LogCaptureFixture, short_spells: None
) -> None:
    await counter.paid()
    with caplog.at_level("INFO"), held(path):
        await counter.journal._writer.fold_whole()
    assert "another session" in caplog.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_checkpoint_that_fails_is_logged(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with watched_disk() as disk:
        async with open_counter(path) as counter:
            await counter.paid()
            disk.error = apsw.IOError
            await counter.journal._writer.fold_whole()
            disk.error = None
    assert "checkpoint: IOError" in caplog.text


async def test_closing_folds_the_wal_in_and_takes_it_away(path: Path) -> None:
    async with open_counter(path) as counter:
        await counter.paid()
        assert path.with_name("journal.db-wal").exists()
    assert not path.with_name("journal.db-wal").exists()
    assert not path.with_name("journal.db-shm").exists()


async def test_an_opening_that_is_cancelled_leaves_nothing_held(
    path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, go_on = threading.Event(), threading.Event()
    real = connections.check_library

    def slow(found: str | None = None) -> None:
        running.set()
        go_on.wait()
        real(found)

    monkeypatch.setattr("cashier.journal.opening.check_library", slow)
    opening = asyncio.create_task(open_journal(path, clock))
    await asyncio.to_thread(running.wait)
    opening.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert [file.name for file in (path.parent / "locks").iterdir()] == ["open.lock"]


async def test_a_reader_that_cannot_start_closes_the_writer(
    path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: Path) -> apsw.Connection:
        raise JournalFailed("IOError")

    monkeypatch.setattr("cashier.journal.reader.connect_to_read", broken)
    with pytest.raises(JournalFailed):
        await open_journal(path, clock)
    assert [file.name for file in (path.parent / "locks").iterdir()] == ["open.lock"]


async def test_in_doubt_payments_stay_until_they_are_settled(counter: Counter) -> None:
    payment = await counter.concluded(IN_DOUBT)
    assert await counter.journal.open_payments() == (payment,)


def test_rows_and_refusals_load_no_database_library() -> None:
    program = """
import sys, cashier.journal
assert "apsw" not in sys.modules
from cashier.journal import Journal
assert "apsw" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_the_journal_offers_what_it_names() -> None:
    import cashier.journal

    assert cashier.journal.Journal is Journal
    with pytest.raises(AttributeError):
        cashier.journal.__getattr__("Nothing")
