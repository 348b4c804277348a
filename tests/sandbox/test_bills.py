"""Bills look like Espay's, add up, and depend on nothing but the customer number."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cashier.money import Rupiah
from cashier.sandbox.bills import Bill, Sheet, make_bill
from cashier.sandbox.people import name_of
from cashier.sandbox.products import Product, products
from tests.sandbox.asking import Answer, Asker
from tests.support.clock import START_MS, ManualClock
from tests.support.sandbox import RunningSandbox

TESTS = Path(__file__).parent.parent
METER = "520520795556"
PHONE = "081218816222"
DOCUMENTED: list[dict[str, Any]] = json.loads((TESTS / "espay/samples.json").read_text())
CATALOG: dict[str, Any] = json.loads((TESTS / "catalogue/catalog.json").read_text())

FORMS = {
    "ewallet-inq-ok": {"product_code": "SVHOVO000"},  # its sample names no product
    "plnprepaid-old-inq-ok": None,  # torn off in the documents, see plnprepaid-inq-ok
}


def shape(value: object) -> object:
    """The names and JSON types of an answer, in their order."""
    if isinstance(value, dict):
        return [(name, shape(each)) for name, each in value.items()]
    return type(value).__name__


def documented(service: str) -> list[dict[str, Any]]:
    return [
        sample
        for sample in DOCUMENTED
        if sample["service"] == service
        and sample["kind"] == "positive"
        and sample["response"]
        and FORMS.get(sample["id"], {}) is not None
    ]


@pytest.mark.parametrize("sample", documented("inquiry"), ids=lambda sample: sample["id"])
def test_an_inquirys_answer_has_the_documented_shape(sample: dict[str, Any], asker: Asker) -> None:
    request = sample["request"]
    fields = {name: request[name] for name in ("additional_data",) if request.get(name)}
    code = (FORMS.get(sample["id"]) or request)["product_code"]
    answer = asker.inquire(request["order_id"], code, **fields)
    assert shape(answer) == shape(sample["response"])


@pytest.mark.parametrize("sample", documented("payment"), ids=lambda sample: sample["id"])
def test_a_payments_answer_has_the_documented_shape(sample: dict[str, Any], asker: Asker) -> None:
    request = sample["request"]
    number, code = request["order_id"], request["product_code"]
    direct = products()[code].inquiry == "none"
    answer = asker.pay(number, code, request["amount"]) if direct else asker.buy(number, code)
    assert shape(answer) == shape(sample["response"])


def test_all_documented_products_are_sold_and_all_others_are_marked_invented() -> None:
    known = {product["code"] for each in CATALOG["categories"] for product in each["products"]}
    sold = products()
    assert {code for code, product in sold.items() if not product.invented} == known
    assert len(known) == 46


def test_every_operator_has_invented_credit() -> None:
    invented = [product for product in products().values() if product.invented]
    pulsa = {product.code[3:5] for product in invented if product.bill == "prepaid"}
    assert pulsa == {"TS", "BU", "IM", "TR", "XL", "AX", "SF"}


def every_product_with_a_bill() -> list[Product]:
    return [product for product in products().values() if product.bill != "direct"]


def number_for(product: Product, n: int) -> str:
    return f"0812188{n:05d}" if product.category.number.startswith("0") else f"5205207{n:05d}"


def bill_of(product: Product, number: str, **more: Any) -> Bill:
    sheet = {"name": name_of(number), "now": START_MS, "typed": Rupiah.of(100_000), **more}
    return make_bill(Sheet(product, number, **sheet))


@pytest.mark.parametrize("product", every_product_with_a_bill(), ids=lambda each: each.code)
def test_figures_add_up_and_stay_within_what_can_be_paid(product: Product) -> None:
    for n in range(50):
        bill = bill_of(product, number_for(product, n))
        fee = Rupiah(0) if product.bill == "bpjs" else bill.admin_fee
        assert bill.bill_amount + fee == bill.amount
        assert product.minimum <= bill.amount <= product.maximum
        assert all(isinstance(value, str | int) for value in bill.data.values())


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("SPBFRE", lambda data: data["bill_amount"]),
        ("SVHTS50", lambda data: data["price"]),
        ("SLYLPR100", lambda data: data["price"]),
        ("SLYLPO", lambda data: data["bill_amount"]),
        ("SLYLNT", lambda data: data["bill_amount"]),
        ("SLYATR", lambda data: data["bill_amount"]),
        ("BPJSKS", lambda data: data["amount"]),
        ("STCKAI", lambda data: data["bill_amount"]),
    ],
)
def test_amounts_in_data_are_whole_rupiah_of_the_same_bill(
    code: str, whole: Callable[[Any], object]
) -> None:
    product = products()[code]
    for n in range(50):
        bill = bill_of(product, number_for(product, n))
        assert Rupiah.from_whole(str(whole(bill.data))) == bill.bill_amount


def test_padding_is_the_documented_one() -> None:
    postpaid = bill_of(products()["SPBFRE"], PHONE).data
    water = bill_of(products()["SLYATR"], "400400400400400").data
    assert re.fullmatch(r"[0-9]{12}", str(postpaid["bill_amount"]))
    assert re.fullmatch(r"[0-9]{10}", str(water["bill_amount"]))
    assert re.fullmatch(r"[0-9]{8}-[0-9]{8}", str(water["cubication"]))
    assert re.fullmatch(r"[0-9]{8}", str(water["penalty"]))
    assert re.fullmatch(r"20[0-9]{4}", str(water["bill_date"]))


def test_the_same_number_has_the_same_bill_until_it_is_paid(
    asker: Asker, clock: ManualClock
) -> None:
    first = asker.inquire(METER, "SLYATR")
    clock.advance(3 * 3600)
    again = asker.inquire(METER, "SLYATR")
    for moving in ("rq_uuid", "rs_datetime"):
        del first[moving], again[moving]
    assert first == again
    assert asker.inquire("520520795557", "SLYATR")["amount"] != first["amount"]


def test_a_month_that_ends_changes_the_names_of_months_but_no_amount() -> None:
    product = products()["SLYLPO"]
    now, later = bill_of(product, METER), bill_of(product, METER, now=START_MS + 30 * 86_400_000)
    assert now.amount == later.amount
    assert str(now.data["bill_period"]).endswith("NOV26")
    assert str(later.data["bill_period"]).endswith("DES26")


def test_some_customers_owe_several_months() -> None:
    product = products()["SLYLPO"]
    bills = [bill_of(product, f"5205207{n:05d}") for n in range(100)]
    months = [int(str(bill.data["total_bill"])) for bill in bills]
    assert set(months) == {1, 2, 3, 4}
    assert months.count(1) > 40
    for count, bill in zip(months, bills, strict=True):
        assert str(bill.data["bill_period"]).count(",") == count - 1
        assert bill.admin_fee == Rupiah.of(3_500 * count)


def test_names_are_many_and_each_number_keeps_its_own() -> None:
    names = {name_of(f"5205207{n:05d}") for n in range(300)}
    assert len(names) > 150
    assert name_of(METER) == name_of(METER)
    assert all(name == name.upper() and len(name) <= 25 for name in names)


def test_a_meter_and_a_customer_id_are_told_apart() -> None:
    product = products()["SLYLPR20"]
    by_customer, by_meter = bill_of(product, METER).data, bill_of(product, METER[1:]).data
    assert by_customer["customer_id"] == METER
    assert len(str(by_customer["meter_serial"])) == 11
    assert by_meter["meter_serial"] == METER[1:]
    assert len(str(by_meter["customer_id"])) == 12


def test_a_wallets_name_is_masked(asker: Asker) -> None:
    answer = asker.top_up(PHONE, "SVHDN000", "5000000")
    assert re.fullmatch(r"DANA( [A-Z]{2}\*+)+", answer["data"]["customer_name"])
    assert answer["bill_amount"] == 5_000_000


def test_a_token_and_its_kwh_can_be_printed(asker: Asker) -> None:
    data = asker.buy(METER, "SLYLPR10000")["data"]
    assert re.fullmatch(r"[1-9][0-9]{19}", data["token_no"])
    assert re.fullmatch(r"[0-9]+,[0-9]", data["kwh"])
    parts = ("stroom", "materai", "ppn", "ppj", "angsuran")
    assert sum(int(data[name]) for name in parts) == int(data["price"]) == 10_000_000
    assert data["materai"] == "10000"
    assert len(data["reff_no"]) == 32


def test_two_purchases_have_two_tokens(asker: Asker, clock: ManualClock) -> None:
    first = asker.buy(METER, "SLYLPR20")["data"]["token_no"]
    clock.advance(301)
    assert asker.buy(METER, "SLYLPR20")["data"]["token_no"] != first


def test_an_answer_is_written_as_php_writes_it(asker: Asker, sandbox: RunningSandbox) -> None:
    form = asker.form("/rest/biller/inquirytransaction", order_id=METER, product_code="SLYLPR20")
    raw = asker.post("/rest/biller/inquirytransaction", form).content
    assert rb"\/0000" in raw
    assert b": " not in raw
    assert raw.isascii()


def test_a_product_whose_documents_disagree_works_both_ways(asker: Asker) -> None:
    assert asker.pay("12345678", "SLYTSD", "5000000")["data"]["customer_id"] == "12345678"
    answer: Answer = asker.buy("22345678", "SLYTSD")
    assert answer["data"]["phone_no"] == "22345678"


def test_a_voucher_is_sold_with_and_without_inquiry(asker: Asker) -> None:
    assert asker.pay("12345678", "SVDGP50", "4999900")["error_code"] == "802"
    direct = asker.pay("12345678", "SVDGP50", "5000000")
    inquired = asker.buy("22345678", "SVGML20")
    for answer in (direct, inquired):
        assert re.fullmatch(r"([A-Z2-9]{4}-){2}[A-Z2-9]{4}", answer["data"]["voucher_code"])


@pytest.mark.parametrize("product", every_product_with_a_bill(), ids=lambda each: each.code)
def test_fields_that_no_document_shows_are_marked_invented(product: Product, asker: Asker) -> None:
    if product.bill == "ewallet":
        quote = asker.top_up(PHONE, product.code, "10000000")
        answer = asker.pay_quote(PHONE, product.code, quote)
    else:
        quote = asker.inquire(PHONE, product.code)
        answer = asker.pay_quote(PHONE, product.code, quote)
    added = {f"data.{name}" for name in answer["data"].keys() - quote["data"].keys()}
    documented_keys = {"rq_uuid", "rs_datetime", "error_code", "error_desc", "error_message"}
    documented_keys |= {"order_id", "ref_id", "data", "bankFee", "mwData", "barcode_fee", "receipt"}
    added |= answer.keys() - documented_keys
    assert added <= product.category.invented_fields
