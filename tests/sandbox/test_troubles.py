"""Every magic number does what its row says, seen from the other end of the wire."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cashier.language import LANGUAGES
from cashier.money import Rupiah
from cashier.sandbox.products import products
from cashier.sandbox.settings import Pace
from cashier.sandbox.troubles import Trouble, magic_number, trouble_called, trouble_of, troubles
from tests.sandbox.asking import INQUIRY, PAYMENT, STATUS, Answer, Asker
from tests.sandbox.hearing import CHECKS, PAID, STEPS, answered
from tests.sandbox.raw import Heard, exchange
from tests.support.clock import ManualClock
from tests.support.sandbox import running_sandbox

TOKEN = "SLYLPR20"
METER = "520520795556"
QUICK = Pace(drip_s=0.001, slow_s=0.2)


@pytest.fixture
def asker(tmp_path: Path, clock: ManualClock) -> Iterator[Asker]:
    with running_sandbox(tmp_path, clock=clock, pace=QUICK) as running:
        asker = Asker(running)
        with contextlib.closing(asker.client):
            yield asker


def test_every_trouble_has_a_check() -> None:
    assert CHECKS.keys() == {trouble.key for trouble in troubles().values()}


@pytest.mark.parametrize("key", CHECKS)
def test_a_trouble_does_what_its_row_says(key: str, asker: Asker) -> None:
    trouble = trouble_called(key)
    number = magic_number(key, METER)
    silent = trouble.wire == "hang"
    at_inquiry = trouble.place == "inquiry"
    inquired = hear_inquiry(asker, number, silent=silent and at_inquiry)
    if at_inquiry:
        CHECKS[key](inquired)
        assert not asker.sandbox.ledger.bookings
        return
    form = payment_form(asker, number, answered(inquired))
    heard = exchange(asker, PAYMENT, form, silent=silent)
    CHECKS[key](heard)
    book = asker.sandbox.ledger.book
    assert book.requests(form["rq_uuid"]) == 1
    assert [booking.amount for booking in book.bookings] == [PAID] * trouble.booked
    if trouble.booked:
        follow_the_status(asker, trouble)
        kept = PAID if trouble.takes_money else Rupiah(0)
        assert book.bookings[0].kept == kept


def hear_inquiry(asker: Asker, number: str, *, silent: bool = False) -> Heard:
    form = asker.form(INQUIRY, order_id=number, product_code=TOKEN)
    return exchange(asker, INQUIRY, form, silent=silent)


def payment_form(asker: Asker, number: str, quote: Answer) -> dict[str, str]:
    data, amount = json.dumps(quote["data"]), str(quote["amount"])
    return asker.form(PAYMENT, order_id=number, product_code=TOKEN, amount=amount, data=data)


def follow_the_status(asker: Asker, trouble: Trouble) -> None:
    """Ask once more than the script is long: its last step is repeated."""
    (booking,) = asker.sandbox.ledger.bookings
    for step in (*trouble.status, trouble.status[-1]):
        form = asker.form(STATUS, ref_id=booking.ref_id)
        heard = exchange(asker, STATUS, form, silent=step == "hang")
        (CHECKS[trouble.key] if step == "same" else STEPS[step])(heard)


def test_a_trouble_that_cannot_hit_a_product_leaves_it_alone(asker: Asker) -> None:
    for key in ("token_missing", "amount_lower", "wrong_number", "name_markup"):
        number = magic_number(key, "4333333333")
        answer = asker.pay(number, "SINCBN", "1000000")
        assert (answer["error_code"], answer["error_desc"]) == ("0000", "Success")


def test_troubles_hit_every_form_of_number(asker: Asker) -> None:
    for number, product in (
        ("12345678901", TOKEN),
        (METER, TOKEN),
        ("0812345678", "SVHTS50"),
        ("0812345678901", "SVHTS50"),
        ("5289133888888888", "SCCANZ"),
        ("8801835307911", "BPJSKS"),
    ):
        magic = magic_number("suspect", number)
        assert len(magic) == len(number)
        trouble = trouble_of(magic, products()[product])
        assert trouble is not None
        assert trouble.key == "suspect"
    assert asker.pay("5289133888899310", "SCCANZ", "1000000")["error_code"] == "9999"


def test_the_inquiry_that_fails_twice_is_fine_the_third_time(asker: Asker) -> None:
    number = magic_number("inquiry_500_twice", METER)
    statuses = [hear_inquiry(asker, number).status for _ in range(6)]
    assert statuses == [500, 500, 200, 500, 500, 200]


def test_f48_a_changing_bill_is_paid_only_at_its_latest_amount(asker: Asker) -> None:
    number = magic_number("changing_bill", METER)
    old, new = asker.inquire(number, "SLYLPO"), asker.inquire(number, "SLYLPO")
    assert old["amount"] != new["amount"]
    assert asker.pay_quote(number, "SLYLPO", old)["error_code"] == "0015"
    assert asker.pay_quote(number, "SLYLPO", new)["error_code"] == "0000"


def test_a_sale_with_a_hostile_name_goes_through(asker: Asker) -> None:
    for key, row in {trouble.key: trouble for trouble in troubles().values()}.items():
        if row.name is not None:
            answer = asker.buy(magic_number(key, METER), TOKEN)
            assert answer["data"]["customer_name"] == row.name


def test_f25_a_redirect_leads_to_a_place_that_tells_who_came(asker: Asker) -> None:
    book = asker.sandbox.ledger.book
    number = magic_number("redirect_307", "4333333333")
    fields = {"order_id": number, "product_code": "SINCBN", "amount": "1000000"}
    response = asker.post(PAYMENT, asker.form(PAYMENT, **fields))
    assert response.status_code == 307
    assert book.count("elsewhere") == 0
    assert asker.client.post(response.headers["location"]).status_code == 204
    assert book.count("elsewhere") == 1


def test_f25_a_redirect_may_lead_to_another_listener(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, redirect_to="http://127.0.0.1:1/trap") as running:
        asker = Asker(running)
        with contextlib.closing(asker.client):
            number = magic_number("redirect_302", "4333333333")
            fields = {"order_id": number, "product_code": "SINCBN", "amount": "1000000"}
            response = asker.post(PAYMENT, asker.form(PAYMENT, **fields))
            assert response.headers["location"] == "http://127.0.0.1:1/trap"


def test_a_failed_payment_gives_the_money_back_and_the_bill_is_owed_again(
    asker: Asker, clock: ManualClock
) -> None:
    number = magic_number("in_process_failed", METER)
    opening = asker.balance()["balance"]
    paid = asker.buy(number, "SLYLPO")
    assert asker.balance()["balance"] != opening
    codes = [asker.status(paid["ref_id"])["error_code"] for _ in range(3)]
    assert codes == ["0000", "0099", "0099"]
    assert asker.balance()["balance"] == opening
    clock.advance(301)
    assert asker.inquire(number, "SLYLPO")["error_code"] == "0000"


def test_a_lost_answer_shows_up_as_already_paid(asker: Asker, clock: ManualClock) -> None:
    number = magic_number("close", METER)
    quote: Any = asker.inquire(number, "SLYLPO")
    fields = {"order_id": number, "product_code": "SLYLPO", "amount": str(quote["amount"])}
    form = asker.form(PAYMENT, **fields, data=json.dumps(quote["data"]))
    assert exchange(asker, PAYMENT, form) == Heard(b"", "closed")
    assert asker.inquire(number, "SLYLPO")["error_code"] == "610"
    clock.advance(301)
    assert asker.inquire(number, "SLYLPO")["error_code"] == "0088"


def test_rows_are_told_in_both_languages_and_have_one_number_each() -> None:
    rows = list(troubles().values())
    assert len({row.number for row in rows}) == len({row.key for row in rows}) == len(rows)
    for language in LANGUAGES:
        assert all(row.named(language) for row in rows)
