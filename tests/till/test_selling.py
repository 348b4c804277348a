"""The guards of T1, the moment of release, and what the cash does (payment-states.md)."""

import asyncio
from pathlib import Path

import pytest

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Cash, Evidence, Reason, State
from cashier.till import Payment, Till, Unrecorded
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import agree, open_shop, sell

METER = "14012345678"
POSTPAID = "531012345678"


async def refused(till: Till, quote_id: str, cash: Rupiah, sequence: int | None = None) -> str:
    """Try to pay; give the key of the refusal."""
    with pytest.raises(Refusal) as caught:
        await till.pay(quote_id, cash, sequence=sequence)
    return caught.value.key


async def test_the_customer_gets_the_change(till: Till) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    payment = await till.pay(quote.id, Rupiah.of(50_000))
    assert payment.change == Rupiah.of(50_000) - quote.total
    assert payment.tendered == Rupiah.of(50_000)
    assert payment.receipt_no == "261122-0001"


async def test_cash_below_the_total_sells_nothing(till: Till, sandbox: RunningSandbox) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    assert await refused(till, quote.id, Rupiah.of(20_000)) == "till.cash_short"
    assert not sandbox.ledger.bookings
    assert (await sell(till, quote)).state is State.PAID


async def test_an_unknown_quote_is_refused(till: Till) -> None:
    assert await refused(till, "zzzzzzzz", Rupiah.of(50_000)) == "journal.unknown_quote"


async def test_a_quote_is_paid_once(
    till: Till, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    payment = await sell(till, quote)
    assert await refused(till, quote.id, quote.total, 2) == "journal.quote_used"
    agree(sandbox, (payment,))


async def test_twenty_confirmations_at_once_pay_once(till: Till, sandbox: RunningSandbox) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    tries = [till.pay(quote.id, quote.total) for _ in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    paid = [result for result in results if isinstance(result, Payment)]
    assert len(paid) == 1
    assert all(isinstance(each, Refusal) for each in results if each is not paid[0])
    agree(sandbox, (paid[0],))


async def test_a_quote_of_five_minutes_ago_is_refused(till: Till, clock: ManualClock) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    clock.advance(5 * 60)
    assert await refused(till, quote.id, quote.total) == "journal.quote_too_old"


async def test_s46_a_clock_set_back_does_not_make_a_quote_young_again(
    till: Till, clock: ManualClock
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    clock.advance(10 * 60)
    await till.inquire("SLYLPO", POSTPAID)
    clock.jump(-9 * 60)
    assert await refused(till, quote.id, quote.total) == "journal.clock_behind"


async def test_an_open_bill_is_not_even_quoted_again(till: Till) -> None:
    number = magic_number("in_process_forever", METER)
    await sell(till, await till.inquire("SLYLPR20", number))
    with pytest.raises(Refusal) as caught:
        await till.inquire("SLYLPR20", number)
    assert caught.value.key == "till.bill_open"


async def test_two_quotes_of_one_bill_cannot_both_be_paid(
    till: Till, sandbox: RunningSandbox
) -> None:
    number = magic_number("in_process_forever", METER)
    first = await till.inquire("SLYLPR20", number)
    second = await till.inquire("SLYLPR20", number)
    payment = await sell(till, first)
    assert await refused(till, second.id, second.total) == "journal.open_payment"
    agree(sandbox, (payment,))


async def test_within_five_minutes_the_same_bill_is_not_sent_again(
    till: Till, clock: ManualClock
) -> None:
    first = await till.inquire("SLYLPR20", METER)
    second = await till.inquire("SLYLPR20", METER)
    await sell(till, first)
    clock.advance(4 * 60)
    assert await refused(till, second.id, second.total, 2) == "journal.paid_just_now"


async def test_a_second_purchase_of_the_day_asks_for_its_number(
    till: Till, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    first = await sell(till, await till.inquire("SLYLPR20", METER))
    clock.advance(6 * 60)
    quote = await till.inquire("SLYLPR20", METER)
    assert await refused(till, quote.id, quote.total) == "journal.second_purchase"
    assert await refused(till, quote.id, quote.total, 3) == "journal.second_purchase"
    second = await sell(till, quote, sequence=2)
    assert (second.state, second.sequence) == (State.PAID, 2)
    agree(sandbox, (first, second))


async def test_a_deposit_that_is_too_small_shows_no_cash_screen(
    tmp_path: Path, clock: ManualClock
) -> None:
    with running_sandbox(tmp_path, clock=clock, opening_balance=Rupiah.of(10_000)) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            with pytest.raises(Refusal) as caught:
                await till.inquire("SLYLPR20", METER)
            assert caught.value.key == "till.deposit_short"


async def test_f50_a_deposit_that_fell_since_the_quote_stops_the_sale(
    tmp_path: Path, clock: ManualClock
) -> None:
    with running_sandbox(tmp_path, clock=clock, opening_balance=Rupiah.of(50_000)) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            token = await till.inquire("SLYLPR20", METER)
            other = await till.inquire("SLYLPR20", "14012345686")
            await sell(till, token)
            third = await till.inquire("SLYLPR20", "14012345694")
            await sell(till, other)
            assert await refused(till, third.id, third.total) == "till.deposit_short"


async def test_an_invoiced_shop_is_never_asked_for_a_balance(
    tmp_path: Path, clock: ManualClock
) -> None:
    with running_sandbox(tmp_path, mode="invoicing", clock=clock) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock, mode="invoicing") as till:
            assert await till.balance() is None
            await sell(till, await till.inquire("SLYLPR20", METER))
            services = {request.service for request in sandbox.ledger.book.all_requests}
            assert "balance" not in services


async def test_the_shops_fee_is_the_customers_and_never_espays(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    fee = Rupiah.of(2_500)
    async with open_shop(tmp_path, sandbox, clock=clock, fee=lambda _: fee) as till:
        quote = await till.inquire("SLYLPR20", METER)
        assert quote.service_fee == fee
        assert quote.total == quote.espay_amount + fee
        payment = await sell(till, quote)
        agree(sandbox, (payment,))


async def test_pln_postpaid_carries_no_fee_of_the_shop(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, fee=lambda _: Rupiah.of(2_500)) as till:
        quote = await till.inquire("SLYLPO", POSTPAID)
        assert quote.service_fee == Rupiah(0)


async def test_a_payment_above_the_shops_limit_is_refused(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, largest=Rupiah.of(100_000)) as till:
        with pytest.raises(Refusal) as caught:
            await till.inquire("SINCBN", "4333333333", Rupiah.of(100_001))
        assert caught.value.key == "till.too_much"


async def test_f07_a_commit_that_fails_in_the_hook_lets_no_byte_leave(
    till: Till, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = await till.inquire("SLYLPR20", METER)

    async def disk_failed(payment_id: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal_of(till), "mark_sent", disk_failed)
    payment = await sell(till, quote)
    assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert payment.reason is Reason.JOURNAL_FAILED
    assert payment.cash is Cash.OWED_BACK
    assert sandbox.ledger.requests(payment.rq_uuid) == 0
    agree(sandbox, (payment,))


async def test_f02_a_closed_port_gives_the_cash_back(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        quote = await till.inquire("SLYLPR20", METER)
    async with open_shop(tmp_path, sandbox, clock=clock, base_url="http://127.0.0.1:1") as till:
        payment = await sell(till, quote)
        assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.NOT_SENT)
        (owed,) = await till.owed_back()
        assert owed == payment
        returned = await till.returned(payment.receipt_no)
        assert returned.cash is Cash.RETURNED
        assert await till.owed_back() == ()
        with pytest.raises(Refusal) as caught:
            await till.returned(payment.id)
        assert caught.value.key == "journal.nothing_owed"


async def test_f15_no_reply_ever_is_in_doubt_and_the_cash_is_held(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", magic_number("hang_booked", METER))
    payment = await sell(till, quote)
    assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.DEADLINE)
    assert payment.cash is Cash.HELD
    agree(sandbox, (payment,))


async def test_who_stops_waiting_does_not_stop_the_sale(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    sent = asyncio.Event()
    waiting = asyncio.create_task(
        till.pay(quote.id, quote.total, watcher=lambda payment: until_sent(payment, sent))
    )
    await sent.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (under_way,) = till.under_way
    await till.drain()
    payment = await till.payment(under_way.id)
    assert payment.state is State.PAID
    agree(sandbox, (payment,))


def until_sent(payment: Payment, sent: asyncio.Event) -> None:
    """Notice that a payment was sent."""
    if payment.state is State.SENT:
        sent.set()


async def test_a_sale_that_had_not_begun_when_the_till_closed_does_not_begin(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    sale = asyncio.create_task(till.pay(quote.id, quote.total))
    await asyncio.sleep(0)
    await till.drain()
    with pytest.raises(Refusal) as caught:
        await sale
    assert caught.value.key == "till.closing"
    assert not sandbox.ledger.bookings
    assert not await till.open_payments()


async def test_who_looks_on_later_sees_the_rest_and_who_left_sees_nothing_more(
    till: Till,
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    seen: list[State] = []
    left: list[State] = []
    leave = till.watch(lambda payment: left.append(payment.state))

    def when_prepared(payment: Payment) -> None:
        if payment.state is State.PREPARED:
            till.watch(lambda each: seen.append(each.state))
            leave()

    await till.pay(quote.id, quote.total, watcher=when_prepared)
    await asyncio.sleep(0)
    assert seen == [State.SENT, State.PAID]
    assert left == [State.PREPARED]


async def test_a_watcher_that_fails_does_not_touch_the_sale(
    till: Till, sandbox: RunningSandbox
) -> None:
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: failures.append(what))

    def fail(_: Payment) -> None:
        raise RuntimeError("a screen has a defect")

    quote = await till.inquire("SLYLPR20", METER)
    payment = await till.pay(quote.id, quote.total, watcher=fail)
    await asyncio.sleep(0)
    assert payment.state is State.PAID
    assert failures
    agree(sandbox, (payment,))


async def test_a_closing_till_finishes_what_was_sent_and_takes_no_more(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    other = await till.inquire("SLYLPR20", "14012345686")
    sent = asyncio.Event()

    def watch(payment: Payment) -> None:
        if payment.state is State.SENT:
            sent.set()

    sale = asyncio.create_task(till.pay(quote.id, quote.total, watcher=watch))
    await sent.wait()
    await till.drain()
    assert (await sale).state is State.PAID
    assert await refused(till, other.id, other.total) == "till.closing"


async def test_f12_a_sale_given_up_while_connecting_sends_nothing(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        quote = await till.inquire("SLYLPR20", METER)
        outcome: list[bool] = []

        def give_up(payment: Payment) -> None:
            if payment.state is State.PREPARED:
                outcome.append(till.give_up(payment.id))

        payment = await till.pay(quote.id, quote.total, watcher=give_up)
        assert outcome == [True]
        assert (payment.state, payment.reason) == (State.UNPAID, Reason.CANCELLED)
        assert sandbox.ledger.requests(payment.rq_uuid) == 0


async def test_f13_a_sale_that_was_sent_cannot_be_given_up(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", METER)
    outcome: list[bool] = []

    def give_up(payment: Payment) -> None:
        if payment.state is State.SENT:
            outcome.append(till.give_up(payment.id))

    payment = await till.pay(quote.id, quote.total, watcher=give_up)
    assert outcome == [False]
    assert payment.state is State.PAID
    assert not till.give_up(payment.id)
    agree(sandbox, (payment,))


async def test_a_journal_that_fails_after_the_sending_is_never_told_as_unpaid(
    till: Till, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = await till.inquire("SLYLPR20", METER)

    async def disk_failed(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal_of(till), "keep_reply", disk_failed)
    with pytest.raises(Unrecorded) as caught:
        await sell(till, quote)
    told = caught.value.payment
    assert (told.state, told.token is not None) == (State.SENT, True)
    row = await till.payment(caught.value.payment.id)
    assert row.state is State.SENT
    agree(sandbox, (row,))


async def test_billers_close_at_night_and_practice_does_not(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    clock.advance(13 * 3600)
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        quote = await till.inquire("SLYLPR20", METER)
        hours = till.rules_of(quote).hours
        assert hours is not None
        assert hours.closed_at(clock.utc_ms())
        assert (await sell(till, quote)).state is State.PAID
    async with open_shop(tmp_path / "real", sandbox, clock=clock, environment="sandbox") as till:
        quote = await till.inquire("SLYLPR20", "14012345686")
        assert await refused(till, quote.id, quote.total) == "till.closed"


def journal_of(till: Till) -> object:
    """The till's journal, to make it fail."""
    return till._counter.journal
