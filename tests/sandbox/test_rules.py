"""The documented refusals, each where and how the documents show it."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashier.money import Rupiah
from cashier.sandbox.codes import CODES, code_called
from cashier.sandbox.settings import OPENING_BALANCE, Mode
from tests.sandbox.asking import BALANCE, INQUIRY, PAYMENT, PRODUCTS, Answer, Asker, fresh_uuid
from tests.support.clock import START_MS, ManualClock
from tests.support.sandbox import RunningSandbox, running_sandbox

METER = "520520795556"
PHONE = "081218816222"
CARD = "5289133888888888"


@contextlib.contextmanager
def another(
    folder: Path,
    clock: ManualClock,
    mode: Mode = "deposit",
    opening_balance: Rupiah = OPENING_BALANCE,
    unregistered: frozenset[str] = frozenset(),
) -> Iterator[Asker]:
    """A sandbox for another kind of merchant."""
    with running_sandbox(
        folder,
        clock=clock,
        mode=mode,
        opening_balance=opening_balance,
        unregistered=unregistered,
    ) as running:
        asker = Asker(running)
        with contextlib.closing(asker.client):
            yield asker


def refusal(answer: Answer) -> tuple[object, str]:
    (text,) = (answer[key] for key in ("error_desc", "error_message") if key in answer)
    return answer["error_code"], text


def test_the_first_sale_of_the_day(asker: Asker, sandbox: RunningSandbox) -> None:
    quote = asker.inquire(METER, "SLYLPR100")
    uuid = fresh_uuid()
    answer = asker.pay_quote(METER, "SLYLPR100", quote, rq_uuid=uuid)
    assert (answer["error_code"], answer["error_message"]) == ("0000", "Success")
    assert (answer["rq_uuid"], answer["order_id"]) == (uuid, METER)
    assert answer["rs_datetime"] == "2026-11-22 10:41:03"
    (booking,) = sandbox.ledger.bookings
    assert booking.amount == Rupiah.of(102_500)
    assert (booking.rq_uuid, booking.ref_id) == (uuid, answer["ref_id"])
    assert sandbox.ledger.requests(uuid) == 1
    assert asker.balance()["balance"] == str(100_000_000 - 102_500)


def test_610_for_five_minutes_after_a_success_at_inquiry_and_payment(
    asker: Asker, clock: ManualClock
) -> None:
    quote = asker.inquire(METER, "SLYLPR100")
    asker.pay_quote(METER, "SLYLPR100", quote)
    clock.advance(299.999)
    text = "Anda bisa melakukan transaksi yang sama setelah 5 menit"
    inquired = asker.inquire(METER, "SLYLPR100")
    assert (inquired["error_code"], inquired["error_message"]) == ("610", text)
    assert refusal(asker.pay_quote(METER, "SLYLPR100", quote)) == ("610", text)
    assert asker.inquire(METER, "SLYLPR50")["error_code"] == "0000"
    assert asker.inquire("520520795557", "SLYLPR100")["error_code"] == "0000"
    clock.advance(0.001)
    assert asker.pay_quote(METER, "SLYLPR100", quote)["error_code"] == "0000"


def test_610_comes_before_210_as_cable_tv_shows(asker: Asker, clock: ManualClock) -> None:
    uuid = fresh_uuid()
    assert asker.pay("401101338833", "STBIDV", "1000000", rq_uuid=uuid)["error_code"] == "0000"
    clock.advance(97)
    assert asker.pay("401101338833", "STBIDV", "1000000", rq_uuid=uuid)["error_code"] == 610
    clock.advance(300)
    assert asker.pay("401101338833", "STBIDV", "1000000", rq_uuid=uuid)["error_code"] == 210


@pytest.mark.parametrize(
    ("number", "product", "code"),
    [("4333333333", "SINCBN", "210"), (CARD, "SCCANZ", 210), ("4111111111", "STASMF", 210)],
)
def test_210_for_an_id_that_was_used_by_another_payment(
    number: str, product: str, code: object, asker: Asker
) -> None:
    uuid = fresh_uuid()
    asker.pay("999888777", "SINCTR", "1000000", rq_uuid=uuid)
    answer = asker.pay(number, product, "1000000", rq_uuid=uuid)
    assert (answer["error_code"], answer["error_desc"]) == (code, "UUID already exist")


def test_210_over_inquiry_and_payment_alike(asker: Asker, sandbox: RunningSandbox) -> None:
    uuid = fresh_uuid()
    quote = asker.inquire(METER, "SLYLPR100", rq_uuid=uuid)
    assert asker.inquire(PHONE, "SPBTHL", rq_uuid=uuid)["error_code"] == 210
    answer = asker.pay_quote(METER, "SLYLPR100", quote, rq_uuid=uuid)
    assert (answer["error_code"], answer["error_desc"]) == (210, "UUID already exist")
    assert not sandbox.ledger.bookings


def test_an_id_that_was_turned_away_at_the_gate_is_not_used_up(asker: Asker) -> None:
    uuid = fresh_uuid()
    bad = asker.ask(INQUIRY, order_id=METER, product_code="SLYLPO", rq_uuid=uuid, signature="0")
    assert bad["error_code"] == "0014"
    assert asker.inquire(METER, "SLYLPO", rq_uuid=uuid)["error_code"] == "0000"


@pytest.mark.parametrize("product", ["SVH", "NOSUCH", "STBIDV"])
def test_405_for_what_cannot_be_inquired_about(product: str, asker: Asker) -> None:
    answer = asker.inquire(PHONE, product)
    assert (answer["error_code"], answer["error_desc"]) == (405, "product denied")


def test_405_for_products_that_are_not_registered(tmp_path: Path, clock: ManualClock) -> None:
    with another(tmp_path, clock, unregistered=frozenset({"SPBERE", "SINCBN"})) as asker:
        assert asker.inquire(PHONE, "SPBERE")["error_code"] == 405
        assert asker.pay("4333333333", "SINCBN", "1000000")["error_code"] == 405
        listed = {product["product_code"] for product in asker.ask(PRODUCTS)["product"]}
        assert "SPBTHL" in listed
        assert not {"SPBERE", "SINCBN"} & listed


def test_800_when_the_deposit_is_too_low(tmp_path: Path, clock: ManualClock) -> None:
    with another(tmp_path, clock, opening_balance=Rupiah.of(102_499)) as asker:
        quote = asker.inquire(METER, "SLYLPR100")
        assert asker.pay_quote(METER, "SLYLPR100", quote)["error_code"] == "800"
        assert asker.balance()["balance"] == "102499"
        assert not asker.sandbox.ledger.bookings


def test_a_deposit_can_be_spent_to_the_last_rupiah(tmp_path: Path, clock: ManualClock) -> None:
    with another(tmp_path, clock, opening_balance=Rupiah.of(102_500)) as asker:
        asker.buy(METER, "SLYLPR100")
        assert asker.balance()["balance"] == "0"


def test_an_invoicing_merchant_has_no_balance_and_no_limit(
    tmp_path: Path, clock: ManualClock
) -> None:
    with another(tmp_path, clock, "invoicing", Rupiah.of(0)) as asker:
        assert asker.ask(BALANCE)["error_code"] == 405
        assert "balance" not in asker.ask(BALANCE)
        assert asker.buy(METER, "SLYLPR1000")["error_code"] == "0000"


@pytest.mark.parametrize("amount", ["0", "999999", "2000000100"])
def test_802_outside_of_a_direct_products_limits(amount: str, asker: Asker) -> None:
    assert asker.pay("4333333333", "SINCBN", amount)["error_code"] == "802"


def test_802_for_a_top_up_at_inquiry(asker: Asker) -> None:
    assert asker.top_up(PHONE, "SVHOVO000", "999900")["error_code"] == "802"
    assert asker.top_up(PHONE, "SVHOVO000", "1000000")["error_code"] == "0000"


def test_a_top_up_needs_its_amount_at_inquiry(asker: Asker) -> None:
    assert asker.inquire(PHONE, "SVHOVO000")["error_code"] == "0010"
    assert asker.top_up(PHONE, "SVHOVO000", "10.000,00")["error_code"] == "0011"
    nested = {"additional_data[amount]": "10000000"}
    assert asker.inquire(PHONE, "SVHOVO000", **nested)["amount"] == 10_166_500


def test_33_for_a_number_that_cannot_be(asker: Asker) -> None:
    answer = asker.inquire("123", "SLYLNT")
    assert answer["error_code"] == "33"
    assert answer["error_message"] == "IDPEL YANG ANDA MASUKKAN SALAH, MOHON TELITI KEMBALI"
    assert asker.inquire("12345", "SVHTS50")["error_code"] == "33"


def test_a_payment_must_send_back_what_the_inquiry_answered(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    quote = asker.inquire(METER, "SLYLPO")
    facts = quote["data"]
    for wrong in (
        "",
        "{}",
        "[]",
        "not json",
        json.dumps({**facts, "customer_name": "SOMEBODY ELSE"}),
        json.dumps({**facts, "more": ""}),
        json.dumps(list(facts.items())),
    ):
        answer = asker.pay(METER, "SLYLPO", str(quote["amount"]), data=wrong)
        assert answer["error_code"] == "0015"
    for amount in (quote["amount"] - 1, quote["amount"] * 100):
        answer = asker.pay(METER, "SLYLPO", str(amount), data=json.dumps(facts))
        assert answer["error_code"] in ("0015", "802")
    assert not sandbox.ledger.bookings


def test_a_number_in_data_must_not_be_rewritten(asker: Asker) -> None:
    quote = asker.inquire(PHONE, "SVHTS50")
    rewritten = json.dumps({**quote["data"], "price": 49500.0})
    answer = asker.pay(PHONE, "SVHTS50", quote["amount"], data=rewritten)
    assert answer["error_code"] == "0015"


def test_data_may_come_as_nested_fields(asker: Asker) -> None:
    quote = asker.inquire(PHONE, "SVHTS50")
    nested = {f"data[{name}]": str(value) for name, value in quote["data"].items()}
    answer = asker.pay(PHONE, "SVHTS50", quote["amount"], **nested)
    assert answer["error_code"] == "0000"


def test_data_may_come_with_other_blanks(asker: Asker) -> None:
    quote = asker.inquire(METER, "SLYLPO")
    pretty = json.dumps(quote["data"], indent=4)
    answer = asker.pay(METER, "SLYLPO", str(quote["amount"]), data=pretty)
    assert answer["error_code"] == "0000"


def test_a_paid_bill_is_not_owed_again_until_the_next_month(
    asker: Asker, clock: ManualClock
) -> None:
    first = asker.inquire(METER, "SLYLPO")
    asker.pay_quote(METER, "SLYLPO", first)
    clock.advance(600)
    assert asker.inquire(METER, "SLYLPO")["error_code"] == "0088"
    clock.advance(9 * 24 * 3600)
    second = asker.inquire(METER, "SLYLPO")
    assert second["error_code"] == "0000"
    assert second["data"]["bill_period"].endswith("DES26")
    assert second["data"] != first["data"]


def test_the_status_repeats_the_payments_answer(asker: Asker) -> None:
    paid = asker.buy(METER, "SLYLPR100")
    answer = asker.status(paid["ref_id"])
    assert (answer["error_code"], answer["error_desc"]) == ("0000", "Success")
    assert answer["ref_id"] == paid["ref_id"]
    assert answer["order_id"] == METER
    assert answer["data"] == paid["data"]
    assert "rq_datetime" in answer


def test_the_status_of_an_unknown_reference_is_not_found(asker: Asker) -> None:
    assert asker.status("20261122104103")["error_code"] == "0098"


def test_s38_a_card_number_is_masked_in_ledger_and_status(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    paid = asker.pay(CARD, "SCCANZ", "1000000")
    assert paid["data"]["card_no"] == CARD
    assert CARD not in sandbox.ledger.path.read_text()
    assert sandbox.ledger.bookings[0].order_id == "528913******8888"
    answer = asker.status(paid["ref_id"])
    assert answer["data"]["card_no"] == "528913******8888"
    assert "order_id" not in answer
    assert asker.pay(CARD, "SCCANZ", "1000000")["error_code"] == "610"


def test_s38_a_card_typed_as_another_number_is_masked_too(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    typed = "4111111111111111"
    assert asker.pay(typed, "STASMF", "1000000")["data"]["customer_id"] == typed
    assert asker.buy(typed, "BPJSKS")["data"]["va_number"] == typed
    assert typed not in sandbox.ledger.path.read_text()
    for booking in sandbox.ledger.bookings:
        assert "order_id" not in asker.status(booking.ref_id)


def test_references_are_the_times_of_the_documents_and_never_twice_the_same(
    asker: Asker, clock: ManualClock
) -> None:
    answers = [asker.pay(f"43333333{n:02d}", "SINCBN", "1000000") for n in range(4)]
    references = [answer["ref_id"] for answer in answers]
    assert references == [f"2026112210410{n}" for n in range(2, 6)]
    postpaid = asker.buy("0888666777", "SPBFRE")["ref_id"]
    assert postpaid == f"TX20261122104103{START_MS % 1000:03d}"
    assert clock.utc_ms() == START_MS


def test_the_list_of_products_is_long_enough_for_a_shop(asker: Asker) -> None:
    listed = asker.ask(PRODUCTS)["product"]
    assert {"product_code": "SLYLPR100", "product_name": "PLN Prepaid 100.000"} in listed
    assert len({product["product_code"] for product in listed}) == len(listed) > 80


def test_every_code_can_be_named_and_says_whether_it_is_invented() -> None:
    documented = {code.code for code in CODES if not code.invented}
    assert documented == {"0000", "210", "405", "610", "33", "9999", "EX"}
    assert code_called("33").text.startswith("IDPEL")
    with pytest.raises(KeyError):
        code_called("none")


def test_the_answer_of_a_payment_may_be_lost_but_is_booked_once(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    uuid = fresh_uuid()
    form = asker.form(
        PAYMENT, order_id="4333333333", product_code="SINCBN", amount="1000000", rq_uuid=uuid
    )
    for _ in range(3):
        asker.post(PAYMENT, form)
    assert sandbox.ledger.requests(uuid) == 3
    assert len(sandbox.ledger.book.booked(uuid)) == 1
