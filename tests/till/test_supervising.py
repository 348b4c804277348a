"""What people do about payments that are not certain: T13 to T16, hints, the circuit, the clock."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from cashier.espay.service import EspayService
from cashier.espay.wire import BalanceReply
from cashier.journal.rows import NewMessage
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import (
    Cash,
    Escalation,
    Evidence,
    Hint,
    Judgement,
    Reason,
    State,
    Trip,
)
from cashier.till import Decision, May, PaidJustNow, Payment, Till
from tests.support.clock import ManualClock
from tests.support.invariants import assert_invariants
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import open_shop, sell

METER = "14012345678"
POSTPAID = "531012345678"
PAID = Decision(State.PAID, "TIKET-7", "SARI", "BUDI")
DEPOSIT_HINTS = {Hint.BALANCE_MOVED, Hint.BALANCE_STILL, Hint.BALANCE_OTHER}


async def troubled(till: Till, trouble: str, product: str = "SLYLPR20") -> Payment:
    """Sell to a number that makes a trouble."""
    like = METER if product == "SLYLPR20" else POSTPAID
    return await sell(till, await till.inquire(product, magic_number(trouble, like)))


async def refused(awaited: object) -> str:
    """Give the key of the refusal that something ends with."""
    assert asyncio.iscoroutine(awaited)
    with pytest.raises(Refusal) as caught:
        await awaited
    return caught.value.key


async def hints_of(till: Till, payment: Payment) -> set[Hint]:
    """Give the kinds of hints of a payment."""
    return {hint.kind for hint in (await till.follow_up(payment.id)).hints}


# --- hints ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "moved"),
    [("http_500", Hint.BALANCE_MOVED), ("http_500_unbooked", Hint.BALANCE_STILL)],
)
async def test_the_deposit_hints_at_what_became_of_a_lost_reply(
    till: Till, trouble: str, moved: Hint
) -> None:
    payment = await troubled(till, trouble)
    gathered = await till.gather(payment.id)
    assert gathered.state is State.IN_DOUBT
    assert moved in await hints_of(till, payment)
    assert gathered.cash is Cash.HELD


async def test_payments_between_are_not_taken_for_the_one_in_doubt(
    till: Till, clock: ManualClock
) -> None:
    payment = await troubled(till, "http_500_unbooked")
    clock.advance(1)
    await sell(till, await till.inquire("SLYLPR50", "14012345000"))
    await till.gather(payment.id)
    assert Hint.BALANCE_STILL in await hints_of(till, payment)


async def test_a_deposit_read_in_the_moment_of_sending_is_not_taken_for_the_one_before(
    till: Till,
) -> None:
    payment = await troubled(till, "http_500")
    await till.balance()  # in the same millisecond, and Espay has booked by now
    await till.gather(payment.id)
    assert Hint.BALANCE_MOVED in await hints_of(till, payment)
    assert Hint.BALANCE_STILL not in await hints_of(till, payment)


async def test_without_a_deposit_read_before_the_sending_nothing_is_compared(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, mode="invoicing") as till:
        payment = await troubled(till, "http_500")
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        await till.balance()
        await till.gather(payment.id)
        assert not DEPOSIT_HINTS & await hints_of(till, payment)


async def test_a_payment_that_is_open_all_along_leaves_the_deposit_unexplained(
    till: Till, clock: ManualClock
) -> None:
    await troubled(till, "in_process_forever")
    clock.advance(1)
    payment = await troubled(till, "http_500_unbooked")
    clock.advance(1)
    await till.gather(payment.id)
    assert DEPOSIT_HINTS & await hints_of(till, payment) == {Hint.BALANCE_OTHER}


async def test_a_payment_that_ended_after_the_deposit_was_read_leaves_it_unexplained(
    till: Till, clock: ManualClock
) -> None:
    processing = await troubled(till, "in_process_failed")
    clock.advance(700)
    payment = await troubled(till, "http_500_unbooked")
    for _ in range(3):
        clock.advance(61)
        processing = await till.ask(processing.id)
        if not processing.state.is_open:
            break
    assert processing.state is State.UNPAID
    await till.gather(payment.id)
    assert DEPOSIT_HINTS & await hints_of(till, payment) == {Hint.BALANCE_OTHER}


async def test_what_another_till_sells_while_the_deposit_is_read_leaves_it_unexplained(
    till: Till,
    tmp_path: Path,
    sandbox: RunningSandbox,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = await troubled(till, "http_500")
    async with open_shop(tmp_path, sandbox, clock=clock) as other:
        quote = await other.inquire("SLYLPR20", "14012345000")
        read = EspayService.balance

        async def meanwhile(service: EspayService) -> BalanceReply:
            reply = await read(service)
            await sell(other, quote)
            return reply

        monkeypatch.setattr(EspayService, "balance", meanwhile)
        clock.advance(1)
        await till.gather(payment.id)
    assert DEPOSIT_HINTS & await hints_of(till, payment) == {Hint.BALANCE_OTHER}


@pytest.mark.parametrize(
    ("trouble", "wait_s", "expected"),
    [
        ("http_500", 5, Hint.INQUIRY_SAME_TRANSACTION),
        ("http_500", 360, Hint.BILL_GONE),
        ("http_500_unbooked", 5, Hint.BILL_OPEN),
    ],
)
async def test_a_new_inquiry_hints_at_what_became_of_a_bill(
    till: Till, clock: ManualClock, trouble: str, wait_s: float, expected: Hint
) -> None:
    payment = await troubled(till, trouble, "SLYLPO")
    clock.advance(wait_s)
    await till.gather(payment.id)
    assert expected in await hints_of(till, payment)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("same_transaction", Hint.SAME_TRANSACTION),
        ("uuid_exists", Hint.UUID_EXISTS),
        ("other_order_id", Hint.FOREIGN_REFERENCE),
        ("cut_body", Hint.TORN_REFERENCE),
    ],
)
async def test_f18_f34_f37_f40_what_the_reply_hints_at_is_kept(
    till: Till, trouble: str, expected: Hint
) -> None:
    payment = await troubled(till, trouble)
    assert payment.state is State.IN_DOUBT
    if expected is Hint.TORN_REFERENCE and payment.ref_id is None:
        pytest.skip("the reply was cut before its reference")
    assert expected in await hints_of(till, payment)


async def test_not_found_is_kept_once_and_proves_nothing(till: Till, clock: ManualClock) -> None:
    payment = await troubled(till, "status_not_found")
    for _ in range(3):
        clock.advance(61)
        assert (await till.ask(payment.id)).state is State.PROCESSING
    hints = (await till.follow_up(payment.id)).hints
    assert [hint.kind for hint in hints] == [Hint.NOT_FOUND]


async def test_hints_are_gathered_of_nothing_else(till: Till) -> None:
    payment = await troubled(till, "in_process_forever")
    assert await refused(till.gather(payment.id)) == "till.not_gatherable"


# --- the follow-up list -----------------------------------------------------------------------


async def test_the_list_tells_what_may_be_done_now_oldest_first(
    till: Till, clock: ManualClock
) -> None:
    processing = await troubled(till, "in_process_forever")
    clock.advance(1)
    doubtful = await troubled(till, "http_500")
    clock.advance(1)
    unpaid = await troubled(till, "balance_too_low")
    listed = await till.follow_ups()
    assert [each.payment.id for each in listed] == [processing.id, doubtful.id, unpaid.id]
    decide = {May.RESOLVE, May.SLIP, May.ESCALATE}
    assert [each.may for each in listed] == [
        {May.ASK, *decide},
        {May.GATHER, *decide},
        {May.RETURN},
    ]
    assert all(each.next_at is not None for each in listed[:2])
    assert listed[2].next_at is None
    await till.returned(unpaid.id)
    await till.escalate(processing.id, "Sari")
    first, _ = await till.follow_ups()
    assert first.may == {May.ASK, May.RESOLVE, May.SLIP}
    assert (first.payment.escalated_for, first.payment.escalated_by) == (
        Escalation.BY_HAND,
        "SARI",
    )


async def test_a_start_greets_with_what_is_open(till: Till) -> None:
    assert (await till.greeting()).is_silent
    await troubled(till, "http_500")
    await troubled(till, "balance_too_low")
    greeting = await till.greeting()
    assert not greeting.is_silent
    assert (greeting.open_payments, greeting.owed_back, greeting.stopped_by) == (1, 1, None)


# --- T13, T14 ---------------------------------------------------------------------------------


async def test_t13_escalating_by_hand_gathers_hints_first_and_keeps_the_doubt(till: Till) -> None:
    payment = await troubled(till, "http_500")
    escalated = await till.escalate(payment.receipt_no)
    assert (escalated.state, escalated.reason) == (State.ESCALATED, payment.reason)
    assert (escalated.ask_at, escalated.cash) == (None, Cash.HELD)
    assert (escalated.escalated_for, escalated.escalated_by) == (Escalation.BY_HAND, "KASIR")
    assert Hint.BALANCE_MOVED in await hints_of(till, payment)
    assert await refused(till.escalate(payment.id)) == "journal.not_escalatable"


async def test_t14_a_document_and_two_people_decide(till: Till) -> None:
    payment = await troubled(till, "http_500")
    paid = await till.resolve(payment.id, replace(PAID, token="12345678901234567890"))
    assert (paid.state, paid.evidence, paid.document) == (
        State.PAID,
        Evidence.DOCUMENT,
        "TIKET-7",
    )
    assert (paid.resolved_by, paid.approved_by) == ("SARI", "BUDI")
    assert (paid.token, paid.cash) == ("12345678901234567890", Cash.EARNED)


@pytest.mark.parametrize(
    ("decision", "key"),
    [
        (replace(PAID, second="sari"), "journal.same_person"),
        (replace(PAID, by="kasir"), "journal.same_person"),
        (replace(PAID, second=" Kasir "), "journal.same_person"),
        (replace(PAID, document="  "), "journal.name_needed"),
        (replace(PAID, by=""), "journal.name_needed"),
        (replace(PAID, document="x" * 81), "journal.name_needed"),
        (replace(PAID, token="123"), "till.wrong_token"),
    ],
)
async def test_t14_without_two_people_and_a_document_nothing_is_decided(
    till: Till, decision: Decision, key: str
) -> None:
    payment = await troubled(till, "http_500")
    assert await refused(till.resolve(payment.id, decision)) == key
    assert (await till.payment(payment.id)).state is State.IN_DOUBT


async def test_t14_unpaid_gives_the_cash_back(till: Till) -> None:
    payment = await troubled(till, "http_500_unbooked")
    unpaid = await till.resolve(payment.id, replace(PAID, outcome=State.UNPAID))
    assert (unpaid.state, unpaid.cash) == (State.UNPAID, Cash.OWED_BACK)
    assert (await till.returned(unpaid.id)).cash is Cash.RETURNED


async def test_t14_a_status_may_still_decide_an_escalated_payment(till: Till) -> None:
    payment = await troubled(till, "in_process_paid")
    await till.escalate(payment.id)
    for _ in range(5):
        payment = await till.ask(payment.id)
    assert (payment.state, payment.evidence) == (State.PAID, Evidence.STATUS)


async def test_f78_resolved_unpaid_and_found_paid_books_a_loss_beside_it(till: Till) -> None:
    payment = await troubled(till, "http_500")
    await till.resolve(payment.id, replace(PAID, outcome=State.UNPAID))
    found = await till.resolve(payment.id, replace(PAID, document="TIKET-8"))
    assert (found.state, found.document) == (State.UNPAID, "TIKET-7")
    (correction,) = await till.corrections(payment.id)
    assert correction.loss == payment.quote.espay_amount
    assert (correction.found, correction.document) == (State.PAID, "TIKET-8")


# --- T15 --------------------------------------------------------------------------------------


async def test_f46_a_reversal_the_next_day_is_found_and_the_cash_owed_back(
    till: Till, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    payment = await sell(till, await till.inquire("SLYLPR20", METER))
    assert payment.ref_id is not None
    clock.advance(24 * 60 * 60)
    assert (await till.recheck(payment.id)).state is State.PAID
    sandbox.ledger.settle(payment.ref_id, "failed", clock.utc_ms())
    once = await till.recheck(payment.id)
    assert (once.state, once.asked_reason) == (State.PAID, Reason.FAILED_ONCE)
    clock.advance(61)
    refunded = await till.recheck(payment.id)
    assert (refunded.state, refunded.reason) == (State.REFUNDED, Reason.REVERSED)
    assert (refunded.cash, refunded.paid_at) == (Cash.OWED_BACK, payment.paid_at)


@pytest.mark.parametrize("trouble", ["fine", "in_process_failed"])
async def test_t15_a_refund_by_document(till: Till, sandbox: RunningSandbox, trouble: str) -> None:
    payment = await troubled(till, trouble)
    assert payment.ref_id is not None
    sandbox.ledger.settle(payment.ref_id, "failed", 0)
    refunded = await till.resolve(payment.id, replace(PAID, outcome=State.REFUNDED))
    assert (refunded.state, refunded.cash) == (State.REFUNDED, Cash.OWED_BACK)
    assert await refused(till.resolve(payment.id, PAID)) == "journal.not_resolvable"


async def test_only_what_is_paid_is_rechecked(till: Till) -> None:
    payment = await troubled(till, "in_process_forever")
    assert await refused(till.recheck(payment.id)) == "till.cannot_recheck"


# --- T16 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("escalated", [False, True])
async def test_f47_a_late_original_reply_pays_once(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, escalated: bool
) -> None:
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            quote = await till.inquire("SLYLPR20", METER)
            journal = till._counter.journal
            keep = journal.keep_reply

            async def doubt_first(payment_id: int, reply: NewMessage) -> None:
                doubt = Judgement(State.IN_DOUBT, Reason.CRASH)
                await journal.conclude(payment_id, State.SENT, doubt)
                if escalated:
                    await journal.escalate(payment_id, Escalation.BY_HAND)
                await keep(payment_id, reply)

            monkeypatch.setattr(journal, "keep_reply", doubt_first)
            payment = await sell(till, quote)
            assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
            assert payment.token is not None
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


@pytest.mark.parametrize("trouble", ["in_process_paid", "balance_too_low", "token_missing"])
async def test_t16_any_other_late_reply_moves_nothing_and_is_not_lost(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            quote = await till.inquire("SLYLPR20", magic_number(trouble, METER))
            journal = till._counter.journal
            keep = journal.keep_reply

            async def doubt_first(payment_id: int, reply: NewMessage) -> None:
                doubt = Judgement(State.IN_DOUBT, Reason.CRASH)
                await journal.conclude(payment_id, State.SENT, doubt)
                await keep(payment_id, reply)

            monkeypatch.setattr(journal, "keep_reply", doubt_first)
            payment = await sell(till, quote)
            assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
            assert Hint.LATE_REPLY in await hints_of(till, payment)
            assert (payment.ref_id is not None) == (trouble != "balance_too_low")
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


# --- the circuit ------------------------------------------------------------------------------


async def test_f22_one_401_stops_new_payments_until_a_supervisor_lets_them_go_on(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR50", "14012345000")
    payment = await troubled(till, "http_401")
    assert (payment.state, payment.reason) == (State.UNPAID, Reason.UNAUTHORISED)
    assert (await till.circuit()).trip is Trip.UNAUTHORISED
    assert await refused(sell(till, quote)) == "journal.circuit_open"
    assert await refused(till.inquire("SLYLPR50", "14012345001")) == "journal.circuit_open"
    assert await refused(till.resume("SARI", " ")) == "journal.name_needed"
    await till.resume("Sari", "kata sandi sudah dibetulkan")
    assert (await till.circuit()).trip is None
    assert (await sell(till, quote)).state is State.PAID
    assert await refused(till.resume("Sari", "lagi")) == "journal.nothing_to_clear"


async def test_f23_a_401_on_a_question_stops_new_payments_and_moves_none(till: Till) -> None:
    payment = await troubled(till, "status_401")
    assert (await till.ask(payment.id)).state is State.PROCESSING
    assert (await till.circuit()).trip is Trip.UNAUTHORISED


async def test_three_doubts_stop_new_payments_even_when_they_are_settled(till: Till) -> None:
    numbers = ("14012300000", "14012400000", "14012500000", "14012600000")
    quotes = [
        await till.inquire("SLYLPR20", magic_number("http_500", number)) for number in numbers
    ]
    doubts = [await sell(till, quote) for quote in quotes[:3]]
    assert (await till.circuit()).in_doubt == tuple(doubt.id for doubt in doubts)
    assert await refused(sell(till, quotes[3])) == "journal.circuit_open"
    for number, doubt in enumerate(doubts):
        document = replace(PAID, document=f"TIKET-{number}", token="12345678901234567890")
        await till.resolve(doubt.id, document)
    assert await refused(sell(till, quotes[3])) == "journal.circuit_open"
    await till.resume("SARI", "Espay sudah menjawab lagi")
    assert (await sell(till, quotes[3])).state is State.IN_DOUBT
    assert (await till.circuit()).trip is None


async def test_what_the_supervisor_has_seen_does_not_stop_again_and_one_more_does(
    till: Till,
) -> None:
    numbers = [f"140{place}2300000" for place in range(1, 7)]
    quotes = [
        await till.inquire("SLYLPR20", magic_number("http_500", number)) for number in numbers
    ]
    for quote in quotes[:3]:
        await sell(till, quote)
    await till.resume("SARI", "sudah dilihat")
    for quote in quotes[3:5]:
        await sell(till, quote)
        assert (await till.circuit()).trip is None
    await sell(till, quotes[5])
    assert (await till.circuit()).trip is Trip.DOUBTS


# --- the clock --------------------------------------------------------------------------------


async def test_f61_a_clock_that_was_years_ahead_is_believed_again_by_name(
    till: Till, clock: ManualClock
) -> None:
    clock.jump(10 * 365 * 24 * 60 * 60)
    await till.inquire("SLYLPR50", "14012345001")
    clock.jump(-10 * 365 * 24 * 60 * 60)
    quote = await till.inquire("SLYLPR20", METER)
    assert await refused(sell(till, quote)) == "journal.clock_behind"
    await till.trust_clock("SARI", "baterai jam diganti")
    assert (await sell(till, quote)).state is State.PAID
    assert await refused(till.trust_clock("SARI", "lagi")) == "journal.nothing_to_clear"
    clock.jump(-60)
    late = await till.inquire("SLYLPR50", "14012345002")
    assert await refused(sell(till, late)) == "journal.clock_behind"


async def test_f61_nothing_is_sold_while_espays_clock_says_something_else(
    tmp_path: Path, clock: ManualClock
) -> None:
    ahead = ManualClock(clock.utc_ms() + 6 * 60 * 1000)
    with running_sandbox(tmp_path, clock=ahead) as sandbox:
        async with open_shop(
            tmp_path, sandbox, clock=clock, environment="production", mode="invoicing"
        ) as till:
            key = await refused(till.inquire("SVHTS50", "081218816222"))
            assert key == "till.clock_differs"
            ahead.jump(-120)
            quote = await till.inquire("SVHTS50", "081218816222")
            ahead.jump(-600)
            await refused(till.inquire("SVHTS50", "081218816223"))
            assert await refused(sell(till, quote)) == "till.clock_differs"


async def test_f61_a_clock_set_forward_does_not_make_a_bill_long_ago(
    till: Till, clock: ManualClock
) -> None:
    first, early = [await till.inquire("SLYLPR20", METER) for _ in range(2)]
    paid = await sell(till, first)
    clock.jump(6 * 60)
    assert await refused(sell(till, early, sequence=2)) == "journal.paid_just_now"
    clock.advance(5 * 60 - 1)
    with pytest.raises(PaidJustNow) as caught:
        await till.inquire("SLYLPR20", METER)
    assert caught.value.seconds == 1
    clock.advance(1)
    second = await sell(till, await till.inquire("SLYLPR20", METER), sequence=2)
    assert second.state is State.PAID
    assert (await till.follow_up(second.id)).earlier == (paid,)


async def test_f61_a_clock_set_back_makes_nobody_wait_for_more_than_five_minutes(
    till: Till, clock: ManualClock
) -> None:
    await sell(till, await till.inquire("SLYLPR20", METER))
    clock.jump(-24 * 60 * 60)
    with pytest.raises(PaidJustNow) as caught:
        await till.inquire("SLYLPR20", METER)
    assert caught.value.seconds == 5 * 60


# --- the evidence -----------------------------------------------------------------------------


async def test_the_evidence_pack_holds_what_espay_needs_and_no_token(till: Till) -> None:
    payment = await troubled(till, "http_500", "SLYLPO")
    await till.gather(payment.id)
    text = await till.evidence_pack(payment.id, "id", masked=False)
    assert payment.rq_uuid in text
    assert payment.quote.number in text
    assert "Deposit turun tepat" in text
    assert "HTTP/1.1 500" in text
    paid = await sell(till, await till.inquire("SLYLPR20", METER))
    assert paid.token is not None
    for masked in (False, True):
        told = await till.evidence_pack(paid.id, "en", masked=masked)
        assert paid.ref_id in told if paid.ref_id else False
        assert paid.token not in told


async def test_the_masked_pack_tells_nothing_of_the_customer(till: Till) -> None:
    payment = await sell(till, await till.inquire("SLYLPO", POSTPAID))
    text = await till.evidence_pack(payment.id, "en", masked=True)
    assert payment.quote.number not in text
    assert payment.quote.name is not None
    assert payment.quote.name not in text
    assert payment.rq_uuid in text
    facts = [value for value in payment.quote.facts.values() if len(value) > 6]
    assert not [value for value in facts if value in text and not value.isdigit()]


async def test_the_story_is_typed_rows(till: Till) -> None:
    payment = await troubled(till, "http_500")
    await till.escalate(payment.id, "Sari")
    story = await till.story(payment.receipt_no)
    names = [entry.name for entry in story.entries if entry.part == "event"]
    assert names[:3] == ["prepared", "sent", "in_doubt"]
    assert {"hint", "escalated"} <= set(names)
    assert story.payment.id == payment.id
    assert Rupiah.of(0) < story.payment.quote.total
