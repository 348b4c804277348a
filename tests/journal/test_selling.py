"""T1 and T2: what keeps a payment from being prepared, and who may send it."""

from dataclasses import replace
from pathlib import Path

import pytest

from cashier.journal import NewPayment
from cashier.journal.errors import (
    CashTooLittle,
    ClockBehind,
    NoSpace,
    NotOurs,
    OpenPayment,
    PaidJustNow,
    QuoteTooOld,
    QuoteUsed,
    SecondPurchase,
    UnknownPayment,
    UnknownQuote,
)
from cashier.journal.file_errors import JournalDefect
from cashier.journal.journal import Journal
from cashier.language import explain
from cashier.money import Rupiah
from cashier.payment import Cash, Evidence, Reason, State
from tests.journal.making import (
    BILL,
    CASH,
    DAY,
    FOUND_FAILED,
    IN_DOUBT,
    MINUTE,
    MORNING,
    NOT_SENT,
    PAID,
    REFUNDED,
    REFUSED,
    Counter,
    HandClock,
    inquiry,
    open_counter,
)


async def test_a_quote_comes_back_as_it_was_kept(counter: Counter) -> None:
    kept = await counter.journal.keep_quote(BILL, [inquiry()])
    found = await counter.journal.quote(f" {kept.id.upper()} ")
    assert found == kept
    assert found.environment == "practice"
    assert found.operator == "KASIR"
    assert found.at == MORNING
    assert found.data_text == '{"price": 1.50, "customer_name": "SITI AMINAH"}'
    assert dict(found.facts) == BILL.facts
    assert (found.espay_amount, found.total) == (Rupiah.of(52_500), Rupiah.of(53_500))
    assert len(found.id) == 8


async def test_letters_that_a_quote_id_never_holds_are_read_as_digits(counter: Counter) -> None:
    with pytest.raises(UnknownQuote) as refused:
        await counter.journal.quote("oil00000")
    assert "oil00000" in explain("id", refused.value)


async def test_a_prepared_payment_holds_the_cash_and_a_receipt_number(counter: Counter) -> None:
    payment = await counter.prepared()
    assert payment.state is State.PREPARED
    assert payment.cash is Cash.HELD
    assert payment.receipt_no == "261122-0001"
    assert payment.change == Rupiah.of(6_500)
    assert payment.sequence == 1
    assert payment.prepared_at == MORNING
    assert payment.sent_at is None
    assert await counter.journal.payment("261122-0001") == payment
    assert await counter.journal.payment(str(payment.id)) == payment


async def test_receipt_numbers_count_within_the_shops_day(counter: Counter) -> None:
    first, second = await counter.prepared(), await counter.prepared()
    counter.clock.forward(DAY)
    third = await counter.prepared()
    numbers = [payment.receipt_no for payment in (first, second, third)]
    assert numbers == ["261122-0001", "261122-0002", "261123-0001"]


@pytest.mark.parametrize("asked", ["", "9", "261122-9999", "0x1", "9" * 40, "1 OR 1=1"])
async def test_an_unknown_payment_is_refused(counter: Counter, asked: str) -> None:
    await counter.prepared()
    with pytest.raises(UnknownPayment):
        await counter.journal.payment(asked)


async def test_cash_below_the_total_is_refused(counter: Counter) -> None:
    quote = await counter.quote()
    short = NewPayment(quote.id, "TOKO-1", quote.total - Rupiah(1))
    with pytest.raises(CashTooLittle) as refused:
        await counter.journal.prepare(short)
    assert "Rp53.500" in explain("en", refused.value)
    assert await counter.journal.open_payments() == ()
    exact = await counter.journal.prepare(replace(short, tendered=quote.total))
    assert exact.change == Rupiah(0)


async def test_an_open_payment_of_the_bill_refuses_another(counter: Counter) -> None:
    open_one = await counter.prepared(BILL)
    again = await counter.quote(BILL)
    with pytest.raises(OpenPayment) as refused:
        await counter.prepare(again)
    assert refused.value.payment == open_one
    assert "KASIR" in explain("id", refused.value)
    assert "2026-11-22 10:41:03" in explain("id", refused.value)
    assert await counter.journal.open_of(BILL.bill_key) == open_one


async def test_f11_twenty_presses_of_pay_give_one_payment(counter: Counter) -> None:
    quote = await counter.quote()
    first = await counter.prepare(quote)
    for _ in range(19):
        with pytest.raises(OpenPayment):
            await counter.prepare(quote)
    assert await counter.journal.open_payments() == (first,)


async def test_a_quote_pays_once(counter: Counter) -> None:
    payment = await counter.concluded(REFUSED)
    counter.clock.forward(1000)
    with pytest.raises(QuoteUsed) as refused:
        await counter.prepare(payment.quote)
    assert refused.value.payment == payment


async def test_a_quote_lives_five_minutes(counter: Counter) -> None:
    quote = await counter.quote()
    counter.clock.forward(5 * MINUTE)
    with pytest.raises(QuoteTooOld):
        await counter.prepare(quote)
    counter.clock.forward(-1)
    assert (await counter.prepare(quote)).state is State.PREPARED


async def test_a_quote_dies_at_the_shops_midnight(path: Path) -> None:
    midnight = MORNING - (10 * 60 + 41) * MINUTE - 3000 + DAY
    async with open_counter(path, HandClock(midnight - 1000)) as counter:
        quote = await counter.quote()
        counter.clock.forward(1000)
        with pytest.raises(QuoteTooOld):
            await counter.prepare(quote)


@pytest.mark.parametrize("judgement", [REFUSED, PAID])
async def test_five_minutes_pass_between_transmissions_of_a_bill(
    counter: Counter, judgement: object
) -> None:
    await counter.concluded(REFUSED if judgement is REFUSED else PAID, BILL)
    counter.clock.forward(4 * MINUTE + 59_001)
    with pytest.raises(PaidJustNow) as refused:
        await counter.prepare(await counter.quote(BILL), sequence=2)
    assert refused.value.seconds == 1
    assert "0:01" in explain("id", refused.value)
    counter.clock.forward(999)
    assert (await counter.prepare(await counter.quote(BILL), sequence=2)).state is State.PREPARED


async def test_nothing_was_transmitted_where_the_release_was_refused(counter: Counter) -> None:
    """T3b leaves ``sent_at``, but no byte left: the customer need not wait."""
    await counter.concluded(replace(NOT_SENT, reason=Reason.RELEASED_TOO_LATE), BILL)
    assert await counter.journal.last_sent_of(BILL.bill_key) is None
    assert (await counter.prepared(BILL)).state is State.PREPARED


async def test_a_second_purchase_of_the_day_is_confirmed_by_its_number(counter: Counter) -> None:
    first = await counter.paid(BILL)
    counter.clock.forward(6 * MINUTE)
    quote = await counter.quote(BILL)
    for typed in (None, 1, 3):
        with pytest.raises(SecondPurchase) as refused:
            await counter.prepare(quote, typed)
        assert refused.value.needed == 2
        assert refused.value.earlier == first
    second = await counter.prepare(quote, sequence=2)
    assert second.sequence == 2
    assert await counter.journal.last_sent_of(BILL.bill_key) == first
    await counter.journal.mark_sent(second.id)
    last = await counter.journal.last_sent_of(BILL.bill_key)
    assert last is not None
    assert last.id == second.id


async def test_a_refunded_purchase_still_counts_as_one_of_the_day(counter: Counter) -> None:
    payment = await counter.paid(BILL)
    refunded = replace(REFUNDED, evidence=Evidence.STATUS)
    await counter.journal.conclude(payment.id, State.PAID, refunded)
    counter.clock.forward(6 * MINUTE)
    with pytest.raises(SecondPurchase):
        await counter.prepared(BILL)


async def test_an_unpaid_attempt_needs_no_confirmation(counter: Counter) -> None:
    await counter.concluded(REFUSED, BILL)
    counter.clock.forward(6 * MINUTE)
    assert (await counter.prepared(BILL)).sequence == 1


async def test_the_next_day_begins_with_one_again(counter: Counter) -> None:
    await counter.paid(BILL)
    counter.clock.forward(DAY)
    assert (await counter.prepared(BILL)).sequence == 1


async def test_what_was_found_paid_today_counts_for_today(path: Path) -> None:
    """Prepared before midnight, proved paid after it: today's next one is the second."""
    async with open_counter(path, HandClock(MORNING - 11 * 60 * MINUTE)) as counter:
        payment = await counter.concluded(IN_DOUBT, BILL)
        counter.clock.forward(11 * 60 * MINUTE)
        await counter.journal.conclude(payment.id, State.IN_DOUBT, PAID)
        with pytest.raises(SecondPurchase):
            await counter.prepared(BILL)


async def test_s46_a_clock_set_back_prepares_nothing(counter: Counter) -> None:
    quote = await counter.quote()
    counter.clock.forward(-2001)
    with pytest.raises(ClockBehind) as refused:
        await counter.prepare(quote)
    assert "10:41:00" in explain("id", refused.value)
    counter.clock.forward(1)
    assert (await counter.prepare(quote)).state is State.PREPARED


async def test_s46_writing_at_the_wrong_time_does_not_make_it_right(counter: Counter) -> None:
    """A quote is not younger because something was kept after the clock was set back."""
    old = await counter.quote()
    counter.clock.forward(-60 * MINUTE)
    new = await counter.quote()
    for quote in (old, new):
        with pytest.raises(ClockBehind):
            await counter.prepare(quote)


async def test_s46_a_quote_from_the_future_is_no_quote(path: Path) -> None:
    """Even where the events are as old as the clock."""
    async with open_counter(path) as counter:
        quote = await counter.quote()
        counter.clock.forward(-1999)
        assert (await counter.prepare(quote)).state is State.PREPARED


async def test_without_64_mib_no_cash_is_taken(path: Path, clock: HandClock) -> None:
    free = 64 * 2**20 - 1
    journal = await Journal.open(
        path, environment="practice", clock=clock, free_bytes=lambda _folder: free
    )
    counter = Counter(journal, clock)
    quote = await counter.quote()
    with pytest.raises(NoSpace) as refused:
        await counter.prepare(quote)
    assert "63 MiB" in explain("id", refused.value)
    free += 1
    assert (await counter.prepare(quote)).state is State.PREPARED
    assert (await journal.size()).free == free
    assert (await journal.size()).used > 100_000
    await journal.close()


async def test_t2_is_taken_once_by_the_owner(counter: Counter, path: Path) -> None:
    payment = await counter.prepared()
    async with open_counter(path, counter.clock) as other:
        with pytest.raises(NotOurs):
            await other.journal.mark_sent(payment.id)
    counter.clock.forward(700)
    await counter.journal.mark_sent(payment.id)
    sent = await counter.journal.payment(payment.id)
    assert (sent.state, sent.sent_at) == (State.SENT, MORNING + 700)
    for wrong in (payment.id, 999):
        with pytest.raises(NotOurs) as refused:
            await counter.journal.mark_sent(wrong)
        assert str(wrong) in explain("id", refused.value)


async def test_s44_a_request_id_is_kept_once(counter: Counter) -> None:
    first = await counter.prepared()
    quote = await counter.quote()
    with pytest.raises(JournalDefect):
        await counter.journal.prepare(NewPayment(quote.id, first.rq_uuid, CASH))
    assert await counter.journal.open_payments() == (first,)


async def test_a_bill_that_was_never_paid_was_never_sent(counter: Counter) -> None:
    assert await counter.journal.last_sent_of("b" * 64) is None
    assert await counter.journal.open_of("b" * 64) is None


async def test_owed_back_is_listed_until_handed_back(counter: Counter) -> None:
    refused = await counter.concluded(REFUSED)
    counter.clock.forward(1)
    failed = await counter.concluded(IN_DOUBT)
    await counter.journal.conclude(failed.id, State.IN_DOUBT, FOUND_FAILED)
    assert [p.id for p in await counter.journal.owed_back()] == [refused.id, failed.id]
    await counter.journal.hand_back(refused.id)
    assert [p.id for p in await counter.journal.owed_back()] == [failed.id]
