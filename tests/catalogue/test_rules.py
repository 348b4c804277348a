"""Amounts, demands, fees and closing hours of a category."""

from datetime import datetime

import pytest

from cashier.catalogue import ClosingHours, Rules, load_catalogue
from cashier.clock import WIB
from cashier.language import Refusal
from cashier.money import ZERO, Rupiah
from cashier.payment import (
    Answer,
    Delivery,
    Evidence,
    Finality,
    Reason,
    Sent,
    State,
    Verdict,
    judge,
)

CATALOGUE = load_catalogue()
TOKEN = "12345678901234567890"


def refused_amount(rules: Rules, amount: Rupiah | None) -> Refusal:
    with pytest.raises(Refusal) as refused:
        rules.check_amount(amount)
    return refused.value


def limited(minimum: Rupiah, maximum: Rupiah) -> Rules:
    rules = CATALOGUE.product("SINCBN").rules
    return rules.model_copy(update={"minimum": minimum, "maximum": maximum})


def test_a_product_with_a_bill_takes_no_amount() -> None:
    rules = CATALOGUE.product("SLYLPO").rules
    rules.check_amount(None)
    assert refused_amount(rules, Rupiah.of(50_000)).key == "catalogue.amount_unwanted"


@pytest.mark.parametrize("code", ["SINCBN", "STBIDV", "STASMF", "SCCANZ", "SVHOVO000"])
def test_a_typed_amount_is_any_whole_number_of_rupiah_above_zero(code: str) -> None:
    rules = CATALOGUE.product(code).rules
    rules.check_amount(Rupiah.of(1))
    rules.check_amount(Rupiah.of(999_999_999_999_999))
    assert refused_amount(rules, None).key == "catalogue.amount_needed"
    assert refused_amount(rules, ZERO).key == "catalogue.amount_zero"
    assert refused_amount(rules, Rupiah.of(-5)).key == "catalogue.amount_zero"
    assert refused_amount(rules, Rupiah(10_050)).key == "catalogue.amount_sen"


def test_an_amount_that_does_not_fit_the_wire_is_refused() -> None:
    rules = CATALOGUE.product("SINCBN").rules
    refused = refused_amount(rules, Rupiah.of(1_000_000_000_000_000))
    assert refused.key == "catalogue.amount_high"
    assert refused.values["maximum"].startswith("Rp999.999.999.999.999")


def test_limits_are_inside_and_named_in_the_refusal() -> None:
    rules = limited(Rupiah.of(10_000), Rupiah.of(50_000))
    rules.check_amount(Rupiah.of(10_000))
    rules.check_amount(Rupiah.of(50_000))
    low, high = (refused_amount(rules, Rupiah.of(rupiah)) for rupiah in (9_999, 50_001))
    assert (low.key, low.values["minimum"]) == ("catalogue.amount_low", "Rp10.000")
    assert (high.key, high.values["maximum"]) == ("catalogue.amount_high", "Rp50.000")


def token_reply(**facts: str) -> Answer:
    return Answer(
        Delivery.WHOLE,
        code="0000",
        verdict=Verdict.PAID,
        finality=Finality.FINAL,
        ref_id="20261122104103",
        facts=facts,
    )


def judged(**facts: str) -> tuple[State, str | None]:
    demands = CATALOGUE.product("SLYLPR20").rules.demands
    sent = Sent("UUID1", "520520795556", Rupiah.of(22_500))
    judgement = judge(sent, token_reply(**facts), demands)
    return judgement.state, judgement.token


@pytest.mark.parametrize("field", ["token_no", "token", "token_number", "stroom", "anything_else"])
def test_a_token_sale_is_complete_with_twenty_digits_under_any_name(field: str) -> None:
    assert judged(**{field: TOKEN}) == (State.PAID, TOKEN)


def test_a_token_sale_is_complete_although_stroom_holds_its_rupiah() -> None:
    assert judged(token_no=TOKEN, stroom="18181") == (State.PAID, TOKEN)


@pytest.mark.parametrize("token", ["1234567890123456789", "123456789012345678901", "", "0" * 20])
def test_a_token_sale_without_twenty_digits_is_incomplete(token: str) -> None:
    assert judged(token_no=token, customer_name="RAISA") == (State.INCOMPLETE, None)


def test_two_unnamed_numbers_of_twenty_digits_are_no_token() -> None:
    assert judged(one=TOKEN, other=TOKEN[::-1])[0] is State.INCOMPLETE


def test_only_tokens_are_demanded() -> None:
    with_demands = {one.category.id for one in CATALOGUE.products if one.rules.demands.numbers}
    assert with_demands == {"pln-prepaid"}


def test_a_direct_product_is_paid_whatever_amount_its_canned_answer_shows() -> None:
    answer = token_reply()
    sent = Sent("UUID1", "4333333333", Rupiah.of(1_000_000))
    canned = Answer(
        answer.delivery,
        code=answer.code,
        verdict=answer.verdict,
        finality=answer.finality,
        ref_id=answer.ref_id,
        amounts=(Rupiah.of(100_000),),
    )
    direct = judge(sent, canned, CATALOGUE.product("SINCBN").rules.demands)
    assert (direct.state, direct.evidence) == (State.PAID, Evidence.REPLY)
    compared = judge(sent, canned, CATALOGUE.product("SLYATR").rules.demands)
    assert (compared.state, compared.reason) == (State.INCOMPLETE, Reason.AMOUNT_DIFFERS)


def at(hour: int, minute: int, second: int = 0) -> int:
    moment = datetime(2026, 11, 22, hour, minute, second, tzinfo=WIB)
    return int(moment.timestamp() * 1000)


def pln_hours() -> ClosingHours:
    hours = CATALOGUE.product("SLYLPR20").rules.hours
    assert hours is not None
    return hours


@pytest.mark.parametrize(
    ("moment", "closed"),
    [
        (at(22, 59, 59), False),
        (at(23, 0), True),
        (at(23, 59, 59), True),
        (at(0, 0), True),
        (at(0, 59, 59), True),
        (at(1, 0), False),
        (at(12, 0), False),
    ],
)
def test_pln_is_closed_from_23_to_1_across_midnight_in_wib(moment: int, closed: bool) -> None:
    assert pln_hours().closed_at(moment) is closed


@pytest.mark.parametrize(
    ("hour", "closed"), [(5, False), (6, True), (7, True), (8, False), (23, False)]
)
def test_closing_hours_may_lie_within_one_day(hour: int, closed: bool) -> None:
    hours = ClosingHours.model_validate(
        {
            "starts": datetime(2026, 1, 1, 6, 0, tzinfo=WIB).time(),
            "ends": datetime(2026, 1, 1, 8, 0, tzinfo=WIB).time(),
        }
    )
    assert hours.closed_at(at(hour, 0)) is closed


def test_closing_hours_are_written_for_people() -> None:
    assert str(pln_hours()) == "23:00-01:00 WIB"


def test_only_the_three_kinds_of_pln_close() -> None:
    closing = {one.id for one in CATALOGUE.categories if one.rules.hours is not None}
    assert closing == {"pln-prepaid", "pln-postpaid", "pln-non-electricity-bill"}


def test_telkom_speedy_is_asked_about_first_unlike_the_rest_of_its_category() -> None:
    speedy = CATALOGUE.product("SLYTSD")
    assert speedy.category.id == "internet-service-bill"
    assert speedy.rules.inquiry
    assert speedy.rules.amount == "none"
    assert speedy.rules.reply_amount == "compare"
    assert {fact.field for fact in speedy.rules.confirm} >= {"phone_no", "customer_name"}
    assert speedy.rules.fee == speedy.category.rules.fee
    assert not speedy.category.rules.inquiry


def test_products_without_exceptions_share_the_rules_of_their_category() -> None:
    product = CATALOGUE.product("SLYATR")
    assert product.rules is product.category.rules


def test_nothing_of_a_catalogue_can_be_changed() -> None:
    rules = CATALOGUE.product("SLYATR").rules
    with pytest.raises(ValueError, match="frozen"):
        rules.inquiry = False  # type: ignore[misc]  # the type checker refuses it as well
