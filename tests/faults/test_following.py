"""Faults that show themselves late (F46, F47, F78): what was decided meets what Espay says now."""

import asyncio

import pytest

from cashier.journal.errors import SamePerson
from cashier.journal.rows import Decision
from cashier.payment import Cash, Evidence, Reason, State
from tests.faults.stage import SHORT, Stage, pay, sell, states
from tests.support.fault_server import FaultServer, held_until, silent_booked
from tests.support.sandbox import magic_number


async def test_f46_a_payment_that_espay_reversed_becomes_refunded(stage: Stage) -> None:
    async with stage.open() as till:
        paid = await sell(till)
        assert paid.ref_id is not None
        stage.sandbox.ledger.settle(paid.ref_id, "failed", stage.clock.utc_ms())
        stage.clock.advance(86_400)
        once = await till.recheck(paid.id)
        assert once.state is State.PAID
        stage.clock.advance(61)
        refunded = await till.recheck(paid.id)
        assert (refunded.state, refunded.evidence) == (State.REFUNDED, Evidence.STATUS)
        assert refunded.cash is Cash.OWED_BACK
        assert [one.id for one in await till.owed_back()] == [paid.id]


async def test_f47_a_reply_that_comes_after_another_session_gave_up_pays_once(
    stage: Stage,
) -> None:
    """The session was only away, with its lock file swept by a cleaner of folders."""
    quote, moment = await stage.quote(), asyncio.Event()
    async with FaultServer(stage.sandbox.base_url, held_until(moment)) as server:
        async with stage.open(server.base_url) as till:
            task = asyncio.create_task(pay(till, quote))
            await server.paying.wait()
            for file in (stage.journal.parent / "locks").glob("*.lock"):
                file.unlink()
            async with stage.open() as other:
                (given_up,) = other.recovered
                assert (given_up.state, given_up.reason) == (State.IN_DOUBT, Reason.CRASH)
            moment.set()
            late = await task
        assert (late.state, late.evidence) == (State.PAID, Evidence.REPLY)
        assert len(server.payments) == 1


async def test_f78_a_supervisor_s_unpaid_that_was_paid_is_corrected_and_never_edited(
    stage: Stage,
) -> None:
    quote = await stage.quote()
    async with (
        FaultServer(stage.sandbox.base_url, silent_booked) as server,
        stage.open(server.base_url, wire=SHORT) as till,
    ):
        doubted = await pay(till, quote)
    async with stage.open() as till:
        escalated = await till.escalate(doubted.id)
        assert states([escalated]) == ["escalated"]
        wrong = Decision(State.UNPAID, "TIKET-1", "BU SARI", "BU SARI")
        with pytest.raises(SamePerson):
            await till.resolve(doubted.id, wrong)
        unpaid = await till.resolve(
            doubted.id, Decision(State.UNPAID, "TIKET-1", "BU SARI", "PAK BUDI")
        )
        assert (unpaid.state, unpaid.cash) == (State.UNPAID, Cash.OWED_BACK)
        await till.returned(unpaid.id)
        corrected = await till.resolve(
            doubted.id, Decision(State.PAID, "TIKET-2", "BU SARI", "PAK BUDI")
        )
        assert (corrected.state, corrected.cash) == (State.UNPAID, Cash.RETURNED)
        (correction,) = await till.corrections(doubted.id)
        assert correction.document == "TIKET-2"
        assert correction.loss == quote.espay_amount


async def test_f37_f64_doubt_without_a_reference_ends_at_a_supervisor(stage: Stage) -> None:
    """Nothing to ask by: hints are gathered and the payment waits for a person (I11)."""
    async with stage.open() as till:
        doubted = await sell(till, magic_number("same_transaction", "4333333333"))
        escalated = await till.escalate(doubted.id, "BU SARI")
        assert escalated.state is State.ESCALATED
        follow_up = await till.follow_up(doubted.id)
        assert follow_up.hints
