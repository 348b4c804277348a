"""Bills, products, operators, balances: read in every likely form, or not at all."""

import pytest

from cashier.espay.json_text import parse
from cashier.espay.lists import read_balance, read_bill, read_operator, read_products
from cashier.money import Rupiah

BILL = '"amount":"5300000","bill_amount":4950000,"admin_fee":"350000"'


def test_a_bill_keeps_the_very_texts_that_go_back() -> None:
    bill = read_bill(parse(f'{{{BILL},"data": {{"price": 49500.0 , "n":"B\\u0041"}} }}'.encode()))
    assert bill is not None
    assert bill.amount_text == "5300000"
    assert (bill.amount, bill.bill_amount, bill.admin_fee) == (
        Rupiah.of(53_000),
        Rupiah.of(49_500),
        Rupiah.of(3_500),
    )
    assert bill.data_text == '{"price": 49500.0 , "n":"B\\u0041"}'
    assert bill.facts == {"price": "49500.0", "n": "BA"}


def test_an_amount_given_as_number_or_padded_goes_back_unchanged() -> None:
    padded = read_bill(parse(b'{"amount":"0005300000","bill_amount":"0","admin_fee":0}'))
    assert padded is not None
    assert (padded.amount_text, padded.amount) == ("0005300000", Rupiah.of(53_000))
    number = read_bill(parse(b'{"amount":5300000,"bill_amount":"0","admin_fee":0}'))
    assert number is not None
    assert number.amount_text == "5300000"
    assert type(number.amount_text) is str


@pytest.mark.parametrize("data", ["", ',"data":null', ',"data":""'])
def test_a_bill_without_data_sends_none_back(data: str) -> None:
    bill = read_bill(parse(f"{{{BILL}{data}}}".encode()))
    assert bill is not None
    assert bill.data_text is None


@pytest.mark.parametrize("name", ["amount", "bill_amount", "admin_fee"])
@pytest.mark.parametrize("value", ["1e5", '"1.000"', "null", '""', "-1", "true", "[]"])
def test_s20_a_bill_with_an_unreadable_amount_is_no_bill(name: str, value: str) -> None:
    fields = {"amount": "1", "bill_amount": "1", "admin_fee": "0", name: value}
    body = ",".join(f'"{key}":{text}' for key, text in fields.items())
    assert read_bill(parse(f"{{{body}}}".encode())) is None


@pytest.mark.parametrize(
    ("reply", "products"),
    [
        ('{"product":[{"product_code":"A","product_name":"Satu"}]}', [("A", "Satu")]),
        ('{"products":[{"code":"A","name":"Satu"},{"product":"B"}]}', [("A", "Satu"), ("B", "B")]),
        ('{"data":["A","B"]}', [("A", "A"), ("B", "B")]),
        ('{"product":{"product_code":"A","name":"Satu"}}', [("A", "Satu")]),
        ('{"product":{"A":"Satu","B":{"name":"Dua"}}}', [("A", "Satu"), ("B", "Dua")]),
        ('{"product":{"A":{"code":"X","name":"Satu"}}}', [("X", "Satu")]),
        ('{"product":null,"products":["A"]}', [("A", "A")]),
        ('{"product":[]}', []),
        ('{"product":[{"code":"A\\u001b[2J","name":"S\\u202eatu"}]}', [("A[2J", "Satu")]),
        ('{"product":[{"code":"","product":"A"}]}', [("A", "A")]),
        ("{}", None),
        ('{"product":"A"}', None),
        ('{"product":7}', None),
        ('{"product":[{"name":"Satu"}]}', None),
        ('{"product":["A",["B"]]}', None),
        ('{"product":[""]}', None),
        ('{"product":{"A":true}}', None),
    ],
)
def test_products_are_read_in_every_likely_form(
    reply: str, products: list[tuple[str, str]] | None
) -> None:
    found = read_products(parse(reply.encode()))
    assert (None if found is None else [(item.code, item.name) for item in found]) == products


@pytest.mark.parametrize(
    ("value", "operator"),
    [
        ('"Telkomsel"', "Telkomsel"),
        ('{"code":"SVHTS","name":"Telkomsel"}', "Telkomsel"),
        ('{"provider_name":"XL"}', "XL"),
        ('[{"operator":"Tri"}]', "Tri"),
        ('["Smartfren"]', "Smartfren"),
        ('"Tel\\u0007komsel"', "Telkomsel"),
        ('""', None),
        ('{"x":"y"}', None),
        ("[]", None),
        ('["A","B"]', None),
        ("null", None),
        ("true", None),
    ],
)
def test_an_operator_is_read_in_every_likely_form(value: str, operator: str | None) -> None:
    assert read_operator(parse(f'{{"operator":{value}}}'.encode())) == operator


@pytest.mark.parametrize(
    ("value", "balance"),
    [
        ('"1000000"', Rupiah.of(1_000_000)),
        ("1000000", Rupiah.of(1_000_000)),
        ('"1000000.00"', Rupiah.of(1_000_000)),
        ("1000000.50", Rupiah(100_000_050)),
        ("0", Rupiah(0)),
        ("1e6", None),
        ("-5", None),
        ('"1.000.000"', None),
        ("null", None),
        ("{}", None),
    ],
)
def test_a_balance_is_read_in_rupiah(value: str, balance: Rupiah | None) -> None:
    assert read_balance(parse(f'{{"balance":{value}}}'.encode())) == balance
