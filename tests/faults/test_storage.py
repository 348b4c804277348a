"""Faults of the disk under a living till (F67 to F70).

An error at each system call: ``tests/proof/test_system_calls.py``.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import apsw
import pytest

from cashier.journal import Journal, connection
from cashier.journal.anchor import anchor_file
from cashier.journal.backup import backup
from cashier.journal.blackbox import boxes
from cashier.journal.file_errors import JournalFailed, JournalGone
from cashier.journal.findings import Flaw
from cashier.journal.restoring import restore
from cashier.language import Refusal
from cashier.payment import Evidence, State
from cashier.till import Payment, Till, Unrecorded
from tests.faults.stage import METER, TOKEN, Stage, pay, quoted, sell
from tests.journal.disks import Disk, watched_disk
from tests.support.fault_server import FaultServer, held_until
from tests.support.invariants import SECRETS


@asynccontextmanager
async def token_sent(
    stage: Stage,
) -> AsyncIterator[tuple[Till, "asyncio.Task[Payment]", Callable[[], None]]]:
    """A sale of a token that Espay has booked, and what lets its reply come."""
    async with stage.open() as till:
        quote = await quoted(till, METER, TOKEN)
    moment = asyncio.Event()
    async with (
        FaultServer(stage.sandbox.base_url, held_until(moment)) as server,
        stage.open(server.base_url) as till,
    ):
        task = asyncio.create_task(pay(till, quote))
        await server.paying.wait()
        yield till, task, moment.set


@pytest.fixture
def disk() -> Iterator[Disk]:
    with watched_disk() as watched:
        yield watched


async def recovered(stage: Stage) -> Payment:
    """Open the shop again; give the one payment that was recovered."""
    async with stage.open() as till:
        (payment,) = till.recovered
        return payment


async def test_f67_i8_a_disk_that_is_full_when_the_token_comes_loses_nothing(
    stage: Stage, disk: Disk
) -> None:
    async with token_sent(stage) as (_, task, reply):
        disk.write_error = apsw.FullError
        reply()
        with pytest.raises(Unrecorded) as failed:
            await task
        token = failed.value.payment.token
        assert token is not None
        ((_, box),) = [each for each in boxes(stage.anchors, stage.journal) if _is_used(each[1])]
        content = box.read_bytes()
        assert not any(secret.encode() in content for secret in SECRETS)
        disk.write_error = None
    payment = await recovered(stage)
    assert (payment.state, payment.evidence, payment.token) == (State.PAID, Evidence.REPLY, token)
    assert boxes(stage.anchors, stage.journal) == []


def _is_used(file: Path) -> bool:
    return any(file.read_bytes()[:8])


async def test_f67_a_box_emptied_twice_gives_one_message(stage: Stage, disk: Disk) -> None:
    """Killed between the commit and taking the box away, the next start does it again."""
    async with token_sent(stage) as (_, task, reply):
        disk.write_error = apsw.FullError
        reply()
        with pytest.raises(Unrecorded):
            await task
        (box,) = [file for _, file in boxes(stage.anchors, stage.journal) if _is_used(file)]
        content = box.read_bytes()
        disk.write_error = None
    payment = await recovered(stage)
    box.write_bytes(content)
    async with stage.open() as till:
        kept = await till.replies(payment)
    assert len(kept) == 1


async def test_f67_without_room_for_a_box_no_cash_is_taken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cashier.journal.blackbox.os.posix_fallocate", full)
    async with stage.open() as till:
        with pytest.raises(Refusal) as refused:
            await sell(till)
        assert refused.value.key == "journal.no_black_box"


async def test_f68_after_an_io_error_nothing_is_paid_until_a_restart(
    stage: Stage, disk: Disk
) -> None:
    async with stage.open() as till:
        first, second = await quoted(till), await quoted(till, "4333333334")
        disk.error = apsw.IOError
        with pytest.raises(JournalFailed):
            await pay(till, first)
        disk.error = None
        with pytest.raises(JournalFailed):
            await pay(till, second)
    assert stage.sandbox.ledger.book.count("payment") == 0
    async with stage.open() as till:
        assert (await pay(till, second)).state is State.PAID


@pytest.mark.parametrize("how", ["removed", "replaced"])
async def test_f69_a_journal_that_goes_while_a_token_comes_loses_nothing(
    stage: Stage, how: str
) -> None:
    hidden = stage.journal.with_name("hidden")
    async with token_sent(stage) as (till, task, reply):
        stage.journal.rename(hidden)
        if how == "replaced":
            shutil.copyfile(hidden, stage.journal)
        reply()
        with pytest.raises(Unrecorded):
            await task
        with pytest.raises(JournalGone):
            await till._counter.journal.keep_messages([])
        with pytest.raises(Refusal):
            await sell(till, "4333333334")
    hidden.replace(stage.journal)
    payment = await recovered(stage)
    assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
    assert payment.token is not None


async def test_f69_a_journal_that_became_read_only_takes_no_more_cash(
    stage: Stage, disk: Disk
) -> None:
    async with token_sent(stage) as (till, task, reply):
        disk.write_error = apsw.ReadOnlyError
        reply()
        with pytest.raises(Unrecorded):
            await task
        disk.write_error = None
        with pytest.raises(Refusal):
            await sell(till, "4333333334")
    assert (await recovered(stage)).state is State.PAID


async def test_f70_a_reply_waits_for_a_journal_that_others_hold(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TRIES", 1)
    async with token_sent(stage) as (till, task, reply):
        with closing(apsw.Connection(str(stage.journal))) as other:
            other.execute("BEGIN IMMEDIATE")
            reply()
            assert len(await till.open_payments()) == 1
            assert not task.done()
            other.execute("ROLLBACK")
        assert (await task).state is State.PAID


async def test_f70_sent_gives_up_and_no_byte_leaves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TRIES", 1)
    held: list[apsw.Connection] = []

    class Held(Journal):
        async def mark_sent(self, payment_id: int) -> None:
            other = apsw.Connection(str(self.path))
            other.execute("BEGIN IMMEDIATE")
            held.append(other)
            try:
                await super().mark_sent(payment_id)
            finally:
                other.close()

    async with stage.open(kind=Held) as till:
        payment = await sell(till)
    assert held
    assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert stage.sandbox.ledger.book.count("payment") == 0


async def test_f67_a_box_of_a_payment_that_an_old_copy_lacks_raises_the_alarm(
    stage: Stage,
) -> None:
    async with stage.open() as till:
        await quoted(till)
    made = backup(stage.journal, stage.backups, stage.clock)
    with watched_disk() as disk:
        async with token_sent(stage) as (_, task, reply):
            disk.write_error = apsw.FullError
            reply()
            with pytest.raises(Unrecorded):
                await task
            disk.write_error = None
    anchor_file(stage.anchors, stage.journal).unlink()
    restore(stage.journal, stage.backups, made, stage.clock)
    stage.agrees = False
    journal = await stage.open_journal()
    assert journal.alarm is not None
    assert journal.alarm.flaw is Flaw.BOX
    await journal.accept("BU SARI", "tiket Espay 12")
    await journal.close()
    assert [file.suffix for file in stage.anchors.glob("*.blackbox*")] == [".blackbox-kept"]
