"""What was sold already: the day's list, and the sale that a number or a receipt number means."""

import asyncio

import pytest

from cashier.journal.rows import Payment
from cashier.language import Refusal
from cashier.payment import Cash, State
from cashier.till import Till
from cashier.till.query import number_alone, receipt_in
from tests.support.clock import ManualClock
from tests.support.sandbox import magic_number
from tests.support.shop import sell

A_DAY_S = 24 * 60 * 60
FIRST, SECOND = "14012345678", "14087654321"


async def sold(till: Till, number: str) -> Payment:
    """Sell a token of 20.000."""
    return await sell(till, await till.inquire("SLYLPR20", number))


def numbers(payments: tuple[Payment, ...]) -> list[str]:
    """The receipt numbers of some payments."""
    return [payment.receipt_no for payment in payments]


async def test_the_day_is_listed_with_the_newest_first_whatever_became_of_it(till: Till) -> None:
    first = await sold(till, FIRST)
    second = await sold(till, magic_number("balance_too_low", SECOND))
    assert (first.state, second.state) == (State.PAID, State.UNPAID)
    assert await till.sold_today() == (second, first)
    assert await till.sold_today(limit=1) == (second,)


async def test_yesterday_is_not_today(till: Till, clock: ManualClock) -> None:
    yesterday = await sold(till, FIRST)
    clock.advance(A_DAY_S)
    today = await sold(till, SECOND)
    assert await till.sold_today() == (today,)
    assert await till.sold_to(FIRST) == ()
    assert await till.sold_to(yesterday.receipt_no) == (yesterday,)


async def test_part_of_receipt_number_customer_number_or_name_narrows_the_day(
    till: Till,
) -> None:
    first, second = await sold(till, FIRST), await sold(till, SECOND)
    name = second.quote.name
    assert name is not None
    assert name != first.quote.name
    for part in ("-0002", second.receipt_no, SECOND[3:9], name.lower()):
        assert numbers(await till.sold_today(part)) == [second.receipt_no], part
    assert await till.sold_today("%") == ()
    assert await till.sold_today("_") == ()


async def test_a_number_paid_today_means_its_sales_and_an_unpaid_one_means_none(
    till: Till,
) -> None:
    first = await sold(till, FIRST)
    unpaid = await sold(till, magic_number("balance_too_low", SECOND))
    assert await till.sold_to(FIRST) == (first,)
    assert await till.sold_to(FIRST[:6]) == (first,)
    assert await till.sold_to(FIRST[:5]) == ()
    assert await till.sold_to(FIRST[1:]) == ()
    assert await till.sold_to(f"{FIRST} 50") == ()
    assert await till.sold_to(unpaid.quote.number) == ()


async def test_a_receipt_number_is_found_with_and_without_its_dash(till: Till) -> None:
    first = await sold(till, FIRST)
    assert await till.sold_to(first.receipt_no) == (first,)
    assert await till.sold_to(f" {first.receipt_no.replace('-', '')} ") == (first,)
    assert await till.sold_to("261122-9999") == ()


async def test_cash_that_was_handed_back_is_told_to_those_who_watch(till: Till) -> None:
    unpaid = await sold(till, magic_number("balance_too_low", FIRST))
    seen: list[Payment] = []
    till.watch(seen.append)
    await till.returned(unpaid.receipt_no)
    await asyncio.sleep(0)
    assert [payment.cash for payment in seen] == [Cash.RETURNED]
    with pytest.raises(Refusal):
        await till.returned(unpaid.receipt_no)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("typed", "receipt_no"),
    [
        ("261122-0007", "261122-0007"),
        ("2611220007", "261122-0007"),
        ("261122-000", None),
        ("261122 0007", None),
        ("26112-20007", None),
        ("٢٦١١٢٢-0007", None),
    ],
)
def test_what_looks_like_a_receipt_number(typed: str, receipt_no: str | None) -> None:
    assert receipt_in(typed) == receipt_no


@pytest.mark.parametrize(
    ("typed", "begin"),
    [
        (FIRST, FIRST),
        ("+62 812 3456 7890", "081234567890"),
        ("14012", None),
        ("ovo 50 081234567890", None),
        ("siti", None),
    ],
)
def test_a_number_alone_has_nothing_beside_it(typed: str, begin: str | None) -> None:
    assert number_alone(typed) == begin
