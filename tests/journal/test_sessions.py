"""Who owns a begun payment, and what is left when a session dies."""

import asyncio
import os
from pathlib import Path

import apsw
import pytest

from cashier.journal import Journal, sessions
from cashier.journal.errors import NotOurs
from cashier.journal.file_errors import JournalBusy, RecoveryBusy
from cashier.journal.locks import FileLock, is_free, waiting_for
from cashier.journal.verifying import verify
from cashier.payment import Evidence, Reason, State
from tests.journal.making import (
    CRASHED,
    DIED,
    NOT_SENT,
    PAID,
    PROCESSING,
    Counter,
    HandClock,
    open_counter,
    open_journal,
)
from tests.journal.processes import child, end, heard, kill_hard


async def test_f51_what_a_killed_session_left_is_found_and_settled(path: Path) -> None:
    """Kill -9 with rows prepared, sent, and replied: they are orphans from then on."""
    with child(path, "hold") as till:
        sleeper = int(heard(till))
        try:
            async with open_counter(path) as counter:
                assert await counter.journal.orphans() == ()
                for payment in await counter.journal.open_payments():
                    left = DIED if payment.state is State.PREPARED else CRASHED
                    with pytest.raises(NotOurs):
                        await counter.journal.conclude(payment.id, payment.state, left)
                kill_hard(till)
                await _settle_three(counter)
        finally:
            end(sleeper)
    assert verify(path).ok


async def _settle_three(counter: Counter) -> None:
    journal = counter.journal
    async with journal.recovering():
        prepared, sent, replied = await journal.orphans()
        assert (prepared.state, sent.state, replied.state) == ("prepared", "sent", "sent")
        for payment, wrong in ((prepared, CRASHED), (sent, NOT_SENT), (sent, PAID)):
            with pytest.raises(NotOurs):
                await journal.conclude(payment.id, payment.state, wrong)
        unpaid = await journal.conclude(prepared.id, State.PREPARED, DIED)
        doubted = await journal.conclude(sent.id, State.SENT, CRASHED)
        paid = await journal.conclude(replied.id, State.SENT, PAID)
    assert (unpaid.state, unpaid.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert (doubted.state, doubted.reason) == (State.IN_DOUBT, Reason.CRASH)
    assert paid.state is State.PAID
    assert await journal.orphans() == ()


async def test_f52_recovery_that_dies_is_run_again(path: Path) -> None:
    with child(path, "hold") as till:
        end(int(heard(till)))
        kill_hard(till)
    async with open_counter(path) as first:
        orphans = await first.journal.orphans()
        await first.journal.conclude(orphans[0].id, State.PREPARED, DIED)
    async with open_counter(path) as second:
        assert await second.journal.orphans() == orphans[1:]


async def test_a_session_that_closed_leaves_its_prepared_payment_to_recovery(path: Path) -> None:
    async with open_counter(path) as first:
        payment = await first.prepared()
    async with open_counter(path) as second:
        assert await second.journal.orphans() == (payment,)


async def test_ones_own_and_the_living_are_no_orphans(counter: Counter, path: Path) -> None:
    await counter.prepared()
    async with open_counter(path) as other:
        await other.sent()
        assert await counter.journal.orphans() == ()
        assert await other.journal.orphans() == ()


async def test_what_is_past_sent_is_no_orphan(path: Path) -> None:
    async with open_counter(path) as first:
        await first.concluded(PROCESSING)
    async with open_counter(path) as second:
        assert await second.journal.orphans() == ()


async def test_a_session_without_its_lock_file_is_over(counter: Counter, path: Path) -> None:
    """Nothing can be sent in its name: ``sent`` demands a row that is still ``prepared``."""
    payment = await counter.prepared()
    for file in (path.parent / "locks").glob("*.lock"):
        file.unlink()
    async with open_counter(path) as other:
        assert await other.journal.orphans() == (payment,)
        await other.journal.conclude(payment.id, State.PREPARED, DIED)
    with pytest.raises(NotOurs):
        await counter.journal.mark_sent(payment.id)


async def test_an_ended_session_takes_its_lock_file_away(path: Path, clock: HandClock) -> None:
    journal = await open_journal(path, clock)
    locks = path.parent / "locks"
    assert len([*locks.glob("*.lock")]) == 2
    await journal.close()
    await journal.close()
    assert [file.name for file in locks.iterdir()] == ["open.lock"]


async def test_the_next_session_sweeps_up_after_the_dead(path: Path, clock: HandClock) -> None:
    with child(path, "hold") as till:
        end(int(heard(till)))
        kill_hard(till)
    leftover = path.parent / "locks" / f"{'0' * 32}.lock"
    leftover.touch()
    other = path.parent / "locks" / "somebody-elses.lock"
    other.touch()
    journal = await open_journal(path, clock)
    locks = {file.name for file in (path.parent / "locks").iterdir()}
    assert len(locks) == 3
    assert {"open.lock", "somebody-elses.lock"} < locks
    await journal.close()
    assert _ended(path) == [1, 1]
    assert verify(path).ok


def _ended(path: Path) -> list[object]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [row[0] for row in connection.execute("SELECT ended_at IS NOT NULL FROM session")]
    finally:
        connection.close()


async def test_a_living_session_is_not_swept_up(counter: Counter, path: Path) -> None:
    async with open_counter(path):
        pass
    assert (await counter.sent()).state is State.SENT


async def test_one_session_recovers_at_a_time(
    counter: Counter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_POLLS", 2)
    async with open_counter(path) as other, counter.journal.recovering():
        with pytest.raises(RecoveryBusy):
            async with other.journal.recovering():
                pytest.fail("two recoveries at once")
    async with counter.journal.recovering():
        pass


async def test_a_waiting_recovery_goes_on_when_the_first_ends(counter: Counter, path: Path) -> None:
    order = []
    inside = asyncio.Event()

    async def second(journal: Journal) -> None:
        await inside.wait()
        async with journal.recovering():
            order.append("second")

    async with open_counter(path) as other:
        waiting = asyncio.create_task(second(other.journal))
        async with counter.journal.recovering():
            inside.set()
            await asyncio.sleep(0)
            order.append("first")
        await waiting
    assert order == ["first", "second"]


def test_a_lock_excludes_and_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "one.lock"
    assert is_free(file)
    lock = FileLock.take(file)
    assert lock is not None
    assert FileLock.take(file) is None
    assert not is_free(file)
    lock.release()
    assert is_free(file)
    assert file.exists()


def test_a_lock_is_not_inherited(tmp_path: Path) -> None:
    lock = FileLock.take(tmp_path / "one.lock")
    assert lock is not None
    assert not os.get_inheritable(lock._descriptor)
    lock.release(remove=True)
    assert not (tmp_path / "one.lock").exists()


def test_waiting_for_a_lock_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cashier.journal.locks._POLLS", 2)
    file = tmp_path / "one.lock"
    with waiting_for(file), pytest.raises(JournalBusy), waiting_for(file):
        pytest.fail("two holders at once")
    with waiting_for(file):
        assert not is_free(file)
