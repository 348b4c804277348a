"""Espay's list of registered products, joined to what is built in."""

import pytest

from cashier.catalogue import Product, load_catalogue
from cashier.language import Refusal
from cashier.money import Rupiah
from tests.catalogue.documents import Listed, documented_products, practice_products

CATALOGUE = load_catalogue()
WALLETS = [one for one in documented_products() if one.category == "ewallet-topup"]


def placed(code: str, name: str = "") -> Product | None:
    joined = CATALOGUE.with_live([(code, name)])
    if joined.unplaced:
        assert [one.code for one in joined.unplaced] == [code]
        return None
    return joined.product(code)


def test_before_the_list_was_read_nobody_knows_what_is_registered() -> None:
    assert {product.registered for product in CATALOGUE.products} == {None}


def test_what_the_shop_is_registered_for_is_marked_and_the_rest_too() -> None:
    joined = CATALOGUE.with_live([("SLYLPO", "PLN Postpaid"), ("BPJSKS", "BPJS")])
    marked = {product.code for product in joined.products if product.registered}
    assert marked == {"SLYLPO", "BPJSKS"}
    assert {product.registered for product in joined.products} == {True, False}
    assert len(joined.products) == 46
    assert joined.product("BPJSKS").name == "BPJS Kesehatan"


def test_joining_leaves_the_first_catalogue_as_it_was() -> None:
    CATALOGUE.with_live([("SLYLPR250", "PLN 250.000"), ("X", "Y")])
    assert len(CATALOGUE.products) == 46
    assert CATALOGUE.unplaced == ()


def test_a_new_token_is_placed_by_its_code_with_its_denomination() -> None:
    product = placed("SLYLPR250", "PLN Prepaid 250.000")
    assert product is not None
    assert product.category.id == "pln-prepaid"
    assert product.denomination == Rupiah.of(250_000)
    assert product.transaction == "PURCHASE"
    assert product.registered
    assert not product.documented
    assert product.rules is product.category.rules


@pytest.mark.parametrize(
    ("code", "name", "operator", "thousands"),
    [
        ("SVHTS100", "Telkomsel 100.000", "telkomsel", 100),
        ("SVHTS5", "", "telkomsel", 5),
        ("SVHXL25", "XL 25.000", "xl", 25),
        ("SVHTH25", "Three 25.000", "tri", 25),
        ("SVHBU50", "by.U (Telkomsel) 50.000", "byu", 50),
    ],
)
def test_mobile_credit_is_placed_by_documented_letters_or_by_its_name(
    code: str, name: str, operator: str, thousands: int
) -> None:
    product = placed(code, name)
    assert product is not None
    assert product.category.id == "mobile-prepaid"
    assert product.operator is not None
    assert product.operator.id == operator
    assert product.denomination == Rupiah.of(thousands * 1000)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("SVHXL25", ""),
        ("SVHTR10", "Traveloka 10.000"),
        ("SVHSF50", "ShopeeFood 50.000"),
        ("SVHAX50", "XL dan Tri 50.000"),
        ("SVHXL025", "XL 25.000"),
        ("SVHXL", "XL"),
        ("SVHXL25000", "XL 25.000"),
        ("svhts50x", "Telkomsel"),
    ],
)
def test_invented_letters_prove_nothing_without_the_operator_in_the_name(
    code: str, name: str
) -> None:
    assert placed(code, name) is None


@pytest.mark.parametrize("wallet", WALLETS, ids=lambda one: one.code)
@pytest.mark.parametrize("thousands", ["000", "50", "100", "1"])
def test_mobile_credit_never_swallows_an_e_wallet(wallet: Listed, thousands: str) -> None:
    code = wallet.code.removesuffix("000") + thousands
    for name in ("", "Topup 50.000", "Telkomsel LinkAja 50.000", "OVO XL"):
        product = placed(code, name)
        assert product is None or product.category.id == "ewallet-topup"


def test_a_new_e_wallet_of_open_amount_is_placed() -> None:
    product = placed("SVHISK000", "Topup i.saku")
    assert product is not None
    assert product.category.id == "ewallet-topup"
    assert product.denomination is None
    assert product.operator is None


@pytest.mark.parametrize(("code", "category"), [("SLYPDX", "pdam"), ("SPBABC", "mobile-postpaid")])
def test_bills_that_are_asked_about_first_are_placed_by_the_family_of_their_code(
    code: str, category: str
) -> None:
    product = placed(code, "Baru")
    assert product is not None
    assert product.category.id == category


@pytest.mark.parametrize(
    "code", ["STBNEW", "SINNEW", "STANEW", "SCCBNK", "STCNEW", "BPJSTK", "SVH"]
)
def test_no_code_is_guessed_into_a_category_that_pays_without_asking(code: str) -> None:
    assert placed(code, "Baru") is None


def test_no_category_without_an_inquiry_has_patterns() -> None:
    for category in CATALOGUE.categories:
        assert category.rules.inquiry or not category.code_patterns


@pytest.mark.parametrize("listed", documented_products(), ids=lambda one: one.code)
def test_no_documented_code_is_claimed_by_the_patterns_of_another_category(
    listed: Listed,
) -> None:
    home = CATALOGUE.product(listed.code).category.id
    claiming = {
        category.id
        for category in CATALOGUE.categories
        for pattern in category.code_patterns
        if pattern.fullmatch(listed.code)
    }
    assert claiming <= {home}


def test_a_code_without_a_category_is_kept_and_refused_with_advice() -> None:
    joined = CATALOGUE.with_live([("SXYZ01", "Gas Kota")])
    assert [(one.code, one.name) for one in joined.unplaced] == [("SXYZ01", "Gas Kota")]
    with pytest.raises(Refusal) as refused:
        joined.product("sxyz01")
    assert refused.value.key == "catalogue.unplaced_product"
    assert refused.value.values == {"code": "SXYZ01", "name": "Gas Kota"}


def test_a_second_list_replaces_the_first() -> None:
    first = CATALOGUE.with_live([("SLYLPR250", "PLN 250.000"), ("SXYZ01", "Gas"), ("SLYLPO", "")])
    second = first.with_live([("SLYLPR300", "PLN 300.000")])
    codes = {product.code for product in second.products}
    assert "SLYLPR300" in codes
    assert "SLYLPR250" not in codes
    assert second.unplaced == ()
    assert second.product("SLYLPO").registered is False


def test_a_product_listed_twice_is_there_once() -> None:
    joined = CATALOGUE.with_live([("SLYLPR250", "PLN"), ("SLYLPR250", "PLN 250")])
    assert [one.name for one in joined.products if one.code == "SLYLPR250"] == ["PLN 250"]


def test_a_product_without_a_readable_name_is_called_by_its_code() -> None:
    product = placed("SLYPDX", "\x1b\u202e")
    assert product is not None
    assert product.name == "SLYPDX"


def test_sizes_stand_together_by_operator_and_from_small_to_large() -> None:
    joined = CATALOGUE.with_live(
        [("SVHXL50", "XL"), ("SVHTS100", ""), ("SVHXL5", "XL"), ("SVHTS25", "")]
    )
    codes = [product.code for product in joined.products_of("mobile-prepaid")]
    assert codes == ["SVHTS25", "SVHTS50", "SVHTS100", "SVHXL5", "SVHXL50"]


def test_everything_that_practice_lists_finds_its_category() -> None:
    listed = practice_products()
    joined = CATALOGUE.with_live((code, name) for _, code, name in listed)
    assert joined.unplaced == ()
    assert {code: category for category, code, _ in listed} == {
        product.code: product.category.id for product in joined.products
    }
    assert {category.id for category in joined.shown} == {one.id for one in CATALOGUE.categories}


def test_in_practice_every_operator_has_products() -> None:
    joined = CATALOGUE.with_live((code, name) for _, code, name in practice_products())
    for operator in joined.operators.operator:
        products = joined.products_for(operator)
        assert products
        assert all(one.code.startswith(f"SVH{operator.letters}") for one in products)
