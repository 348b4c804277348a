"""Asking what became of a payment (T11, T12): on demand, on the schedule, never too soon."""

import asyncio
from pathlib import Path

import pytest

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Cash, Evidence, Reason, State
from cashier.till import Payment, Till, TillTimes, can_be_asked
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox, magic_number
from tests.support.shop import agree, open_shop, sell

METER = "14012345678"


async def troubled(till: Till, trouble: str) -> Payment:
    """Sell to a number that makes a trouble."""
    quote = await till.inquire("SLYLPR20", magic_number(trouble, METER))
    return await sell(till, quote)


async def test_in_process_is_followed_until_it_is_paid(till: Till, sandbox: RunningSandbox) -> None:
    payment = await troubled(till, "in_process_paid")
    assert payment.state is State.PROCESSING
    paid = await till.follow(payment)
    assert (paid.state, paid.evidence) == (State.PAID, Evidence.STATUS)
    assert paid.token is not None
    assert paid.asked > 0
    agree(sandbox, (paid,))


async def test_the_schedule_ends_and_leaves_the_payment_open(till: Till) -> None:
    payment = await till.follow(await troubled(till, "in_process_forever"))
    assert payment.state is State.PROCESSING
    assert payment.asked == 5
    assert payment.cash is Cash.HELD


async def test_f45_one_answer_failed_is_not_believed(
    till: Till, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    payment = await troubled(till, "status_failed_then_paid")
    clock.advance(11 * 60)
    payment = await till.ask(payment.id)
    assert (payment.state, payment.asked_reason) == (State.PROCESSING, Reason.FAILED_ONCE)
    clock.advance(61)
    payment = await till.ask(payment.id)
    assert payment.state is State.PAID
    agree(sandbox, (payment,))


async def test_failed_twice_a_minute_apart_after_ten_minutes_gives_the_cash_back(
    till: Till, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    payment = await troubled(till, "in_process_failed")
    for seconds in (30, 61, 61):
        clock.advance(seconds)
        payment = await till.ask(payment.id)
        assert payment.state is State.PROCESSING
    clock.advance(10 * 60)
    payment = await till.ask(payment.id)
    assert payment.state is State.PROCESSING
    clock.advance(30)
    payment = await till.ask(payment.id)
    assert payment.state is State.PROCESSING
    clock.advance(31)
    payment = await till.ask(payment.id)
    assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.STATUS)
    assert payment.cash is Cash.OWED_BACK
    agree(sandbox, (payment,))


async def test_without_a_reference_nothing_can_be_asked(till: Till) -> None:
    payment = await troubled(till, "http_500")
    assert not can_be_asked(payment)
    with pytest.raises(Refusal) as caught:
        await till.ask(payment.id)
    assert caught.value.key == "till.cannot_ask"
    assert await till.settle() == ()


async def test_settle_asks_about_everything_that_can_be_asked(till: Till) -> None:
    await troubled(till, "http_500")
    payment = await troubled(till, "in_process_forever")
    (asked,) = await till.settle()
    assert asked.id == payment.id
    assert asked.asked == 1


async def test_a_final_payment_is_not_asked_about_again(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    payment = await sell(till, quote)
    assert await till.ask(payment.id) == payment
    assert not [one for one in sandbox.ledger.book.all_requests if one.service == "status"]


async def test_a_missing_token_is_fetched_by_asking(till: Till, sandbox: RunningSandbox) -> None:
    payment = await troubled(till, "token_missing")
    assert (payment.state, payment.detail) == (State.INCOMPLETE, "token")
    payment = await till.follow(payment)
    assert payment.state is State.PAID
    assert payment.token is not None
    assert len(payment.token) == 20
    agree(sandbox, (payment,))


@pytest.mark.parametrize(
    "trouble", ["status_html", "status_hang", "status_other_ref", "status_not_found", "status_401"]
)
async def test_f44_an_answer_that_proves_nothing_changes_nothing(
    till: Till, sandbox: RunningSandbox, clock: ManualClock, trouble: str
) -> None:
    payment = await troubled(till, trouble)
    clock.advance(11 * 60)
    for _ in range(2):
        clock.advance(61)
        assert (await till.ask(payment.id)).state is payment.state


async def test_s38_a_card_is_asked_about_and_concluded_by_its_mask(
    till: Till, sandbox: RunningSandbox
) -> None:
    number = magic_number("in_process_paid", "4111111111111111")
    quote = await till.inquire("SCCANZ", number, Rupiah.of(100_000))
    payment = await sell(till, quote)
    assert payment.state is State.PROCESSING
    payment = await till.follow(payment)
    assert (payment.state, payment.evidence) == (State.PAID, Evidence.STATUS)
    agree(sandbox, (payment,))


async def test_the_schedule_is_that_of_the_law(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async def pass_time(seconds: float) -> None:
        clock.advance(seconds)

    async with open_shop(
        tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=pass_time
    ) as till:
        payment = await troubled(till, "in_process_forever")
        start = clock.utc_ms()
        payment = await till.follow(payment)
        asked = [one.at for one in sandbox.ledger.book.all_requests if one.service == "status"]
    for at, law in zip(asked, (5, 10, 20, 40, 60), strict=True):
        assert abs((at - start) / 1000 - law) <= law * 0.1


async def test_two_questions_of_one_till_are_a_second_apart(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    pauses: list[float] = []

    async def pass_time(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(seconds)

    async with open_shop(
        tmp_path, sandbox, clock=clock, times=TillTimes(), sleep=pass_time
    ) as till:
        payment = await troubled(till, "in_process_forever")
        await till.ask(payment.id)
        await till.ask(payment.id)
    assert pauses == [1]


async def test_a_clock_that_jumps_does_not_make_a_failure_believable(
    till: Till, clock: ManualClock
) -> None:
    payment = await troubled(till, "in_process_failed")
    for _ in range(6):
        clock.jump(11 * 60)
        payment = await till.ask(payment.id)
        assert payment.state is State.PROCESSING
        assert payment.failed_at is None


async def test_a_minute_between_two_failures_must_truly_pass(
    till: Till, clock: ManualClock
) -> None:
    payment = await troubled(till, "in_process_failed")
    clock.advance(11 * 60)
    for _ in range(6):
        payment = await till.ask(payment.id)
        clock.jump(120)
    assert payment.failed_at is not None
    assert payment.state is State.PROCESSING


async def test_every_try_of_a_question_is_kept(till: Till) -> None:
    payment = await troubled(till, "status_hang")
    await till.ask(payment.id)
    kept = await till.replies(payment)
    assert len(kept) == 1 + 3


async def test_following_behind_goes_on_after_a_question_that_failed(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = await troubled(till, "in_process_paid")
    asking, failures = till._asking.ask, [Refusal("journal.busy")]

    async def first_fail(payment_id: int) -> Payment:
        if failures:
            raise failures.pop()
        return await asking(payment_id)

    monkeypatch.setattr("cashier.till.asking.Asking.ask", lambda _, number, *__: first_fail(number))
    paid = asyncio.Event()
    till.watch(lambda each: paid.set() if each.state is State.PAID else None)
    till.follow_behind(payment)
    till.follow_behind(payment)
    assert len(till._followers) == 1
    await paid.wait()


async def test_settle_goes_on_after_a_payment_that_cannot_be_asked_about(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = await troubled(till, "in_process_forever")

    async def fail(*_: object) -> Payment:
        raise Refusal("journal.busy")

    monkeypatch.setattr("cashier.till.asking.Asking.ask", fail)
    (settled,) = await till.settle()
    assert settled == payment


async def test_f34_a_reference_from_an_answer_for_somebody_else_is_only_a_hint(
    till: Till, sandbox: RunningSandbox
) -> None:
    payment = await troubled(till, "other_order_id")
    assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.OTHER_NUMBER)
    assert payment.ref_is_hint
    payment = await till.ask(payment.id)
    agree(sandbox, (payment,))
