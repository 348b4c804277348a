"""Hints, escalation, decisions and clearances in the database: kept for good, and refused by it."""

import asyncio
from pathlib import Path

import apsw
import pytest

from cashier.journal.errors import NotEscalatable, NotResolvable, SamePerson
from cashier.journal.rows import Decision
from cashier.journal.turns import Turns
from cashier.journal.verifying import verify
from cashier.payment import Escalation, Hint, State, Trip
from tests.journal.making import (
    IN_DOUBT,
    MINUTE,
    MORNING,
    PROCESSING,
    Counter,
    HandClock,
    by_shell,
    open_counter,
)

UNPAID = Decision(State.UNPAID, "TIKET-7", "SARI", "BUDI")
PAID = Decision(State.PAID, "TIKET-8", "SARI", "BUDI")


async def decided(counter: Counter) -> int:
    """Leave a payment with a hint, an escalation, a decision, a correction and a clearance."""
    payment = await counter.concluded(IN_DOUBT)
    await counter.journal.keep_hints(payment.id, [(Hint.BALANCE_MOVED, "5 3")], MORNING)
    await counter.journal.escalate(payment.id, Escalation.BY_HAND, "Sari")
    await counter.journal.decide(payment.id, UNPAID)
    await counter.journal.decide(payment.id, PAID)
    for _ in range(3):
        await counter.concluded(IN_DOUBT)
    await counter.journal.clear_circuit("Sari", "sudah dilihat")
    return payment.id


async def test_what_people_decided_is_in_the_chain(counter: Counter, path: Path) -> None:
    number = await decided(counter)
    assert verify(path).ok
    (correction,) = await counter.journal.corrections_of(number)
    assert (correction.document, correction.resolved_by) == ("TIKET-8", "SARI")
    payment = await counter.journal.payment(number)
    assert (payment.state, payment.document) == (State.UNPAID, "TIKET-7")
    assert (payment.escalated_at, payment.escalated_by) == (MORNING, "SARI")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hint SET kind = 'bill_open'",
        "DELETE FROM hint",
        "UPDATE correction SET loss_sen = 0",
        "DELETE FROM correction",
        "UPDATE clearance SET reason = 'another'",
        "DELETE FROM clearance",
        "UPDATE payment SET escalated_for = 'asked_a_day' WHERE escalated_for IS NOT NULL",
        "UPDATE payment SET escalated_at = 1 WHERE state = 'in_doubt'",
        "UPDATE payment SET asking_since = 1 WHERE asking_since IS NOT NULL",
        "INSERT INTO hint (seq, payment_id, at, kind) VALUES (1, 1, 1, 'bill_open')",
        """INSERT INTO correction
           (seq, payment_id, at, found, loss_sen, document, resolved_by, approved_by)
           SELECT max(seq) + 1, 2, 1, 'paid', 1, 'T', 2, 3 FROM event""",
    ],
)
async def test_the_database_keeps_it_as_it_was(
    counter: Counter, path: Path, statement: str
) -> None:
    await decided(counter)
    with pytest.raises(apsw.ConstraintError):
        by_shell(path, statement, triggers=True)


@pytest.mark.parametrize(
    ("table", "edit"),
    [
        ("hint", "UPDATE hint SET at = at + 1"),
        ("correction", "UPDATE correction SET at = at + 1"),
        ("clearance", "UPDATE clearance SET at = at + 1"),
    ],
)
async def test_f72_a_row_edited_past_the_triggers_is_found(
    counter: Counter, path: Path, table: str, edit: str
) -> None:
    await decided(counter)
    by_shell(path, edit)
    (finding,) = verify(path).findings
    assert (finding.table, finding.flaw.value) == (table, "row_changed")


async def test_a_final_payment_is_neither_escalated_nor_decided_again(counter: Counter) -> None:
    paid = await counter.paid()
    with pytest.raises(NotEscalatable):
        await counter.journal.escalate(paid.id, Escalation.BY_HAND)
    with pytest.raises(NotResolvable):
        await counter.journal.decide(paid.id, UNPAID)
    sent = await counter.sent()
    with pytest.raises(NotResolvable):
        await counter.journal.decide(sent.id, PAID)


async def test_two_signatures_of_one_person_decide_nothing(counter: Counter, path: Path) -> None:
    payment = await counter.concluded(PROCESSING)
    with pytest.raises(SamePerson):
        await counter.journal.decide(payment.id, Decision(State.PAID, "T", "Sari", " SARI "))
    assert await counter.journal.payment(payment.id) == payment
    assert verify(path).ok


async def test_every_session_sees_the_circuit(counter: Counter, path: Path) -> None:
    async with open_counter(path, counter.clock) as other:
        for _ in range(3):
            await counter.concluded(IN_DOUBT)
        assert (await other.journal.circuit()).trip is Trip.DOUBTS
        await other.journal.clear_circuit("Sari", "sudah dilihat")
        assert (await counter.journal.circuit()).trip is None


async def test_no_open_payment_is_left_without_a_next_question(counter: Counter) -> None:
    """I11, whoever concludes, a recovery too."""
    payments = [await counter.concluded(judgement) for judgement in (PROCESSING, IN_DOUBT)]
    assert [payment.ask_at for payment in payments] == [MORNING + 5_000] * 2
    assert [payment.asking_since for payment in payments] == [MORNING] * 2
    assert await counter.journal.next_to_ask() == tuple(payments)
    assert await counter.journal.unscheduled() == ()
    await counter.journal.schedule(payments[0].id, None)
    assert [each.id for each in await counter.journal.unscheduled()] == [payments[0].id]


async def test_turns_exclude_each_other_and_pace_all_sessions(tmp_path: Path) -> None:
    clock = HandClock()
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds)
        await asyncio.sleep(0)

    one, other = Turns(tmp_path), Turns(tmp_path)
    entered: list[str] = []

    async def wait_for_it() -> None:
        async with other.asking_about(7, sleep) as at_once:
            entered.append("waited" if not at_once else "at once")

    async with one.asking_about(7, sleep) as at_once:
        assert at_once
        waiting = asyncio.create_task(wait_for_it())
        async with other.asking_about(8, sleep):
            entered.append("another")
        await asyncio.sleep(0)
        assert entered == ["another"]
    await waiting
    assert entered == ["another", "waited"]
    waited.clear()
    await one.pace(1, clock, sleep)
    await other.pace(1, clock, sleep)
    assert waited == [1.0]
    clock.jump(-MINUTE / 1000)
    await one.pace(1, clock, sleep)
    assert waited == [1.0]
