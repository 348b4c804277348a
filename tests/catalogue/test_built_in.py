"""The sixteen category files against Espay's documents."""

from pathlib import Path

import pytest

from cashier.catalogue import Product, load_catalogue
from cashier.language import Refusal
from cashier.money import Rupiah
from tests.catalogue.documents import (
    PACKAGE,
    Listed,
    Sample,
    documented_categories,
    documented_products,
    samples,
)

CATALOGUE = load_catalogue()
CATEGORY_FILES = sorted((PACKAGE / "catalogue" / "categories").glob("*.toml"))


def product_of(sample: Sample) -> Product:
    """The product of a sample; the e-wallet's ``SVH`` is a placeholder for any of them."""
    code = "SVHOVO000" if sample.product == "SVH" else sample.product
    return CATALOGUE.product(code)


def test_all_sixteen_categories_are_there_under_their_documented_names() -> None:
    documented = {
        str(one["id"]): (str(one["names"]["id"]), str(one["names"]["en"]))
        for one in documented_categories()
    }
    assert len(documented) == 16
    assert {one.id: (one.names.id, one.names.en) for one in CATALOGUE.categories} == documented


def test_there_is_one_file_for_each_category_named_like_it() -> None:
    assert {path.stem for path in CATEGORY_FILES} == {one.id for one in CATALOGUE.categories}


def test_all_46_codes_are_there_and_no_other() -> None:
    codes = [product.code for product in CATALOGUE.products]
    assert len(codes) == 46
    assert set(codes) == {listed.code for listed in documented_products()}


@pytest.mark.parametrize(
    "listed", documented_products(), ids=lambda one: f"{one.category}-{one.code}"
)
def test_each_documented_product_stands_in_its_category(listed: Listed) -> None:
    shown = {product.code: product for product in CATALOGUE.products_of(listed.category)}
    product = shown[listed.code]
    assert product.transaction == listed.transaction
    assert product.documented
    if listed.denomination is not None:
        assert product.denomination == Rupiah.of(listed.denomination)
    is_named = not listed.inferred and listed.name != listed.code
    if is_named:  # a code alone tells an operator nothing
        assert product.name == listed.name


def test_sccanz_is_one_product_shown_in_two_categories() -> None:
    (instalment,) = CATALOGUE.products_of("instalment")
    (card,) = CATALOGUE.products_of("credit-card")
    assert instalment is card is CATALOGUE.product("SCCANZ")
    assert card.rules.number.kind == "card"


@pytest.mark.parametrize(
    "listed", documented_products(), ids=lambda one: f"{one.category}-{one.code}"
)
def test_each_product_is_asked_about_first_exactly_where_the_documents_say_so(
    listed: Listed,
) -> None:
    documented = {one["id"]: one["inquiry"] for one in documented_categories()}
    expected = listed.code == "SLYTSD" or documented[listed.category]
    assert CATALOGUE.product(listed.code).rules.inquiry is expected


@pytest.mark.parametrize("category", ["game-voucher", "digital-voucher"])
def test_where_nobody_says_whether_to_ask_first_the_till_asks_first(category: str) -> None:
    assert CATALOGUE.category(category).rules.inquiry


@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.id)
def test_the_number_of_each_documented_exchange_is_taken_as_it_stands(sample: Sample) -> None:
    assert product_of(sample).rules.number.canonical(sample.number) == sample.number


BILLS = [one for one in samples() if "bill_amount" in one.answer]


@pytest.mark.parametrize("sample", BILLS, ids=lambda one: one.id)
def test_the_figures_of_each_documented_bill_agree_as_its_category_says(sample: Sample) -> None:
    figures = product_of(sample).rules.figures
    stated = {
        "total": Rupiah.from_minor(str(sample.answer["amount"])),
        "bill": Rupiah.from_minor(str(sample.answer["bill_amount"])),
        "admin_fee": Rupiah.from_minor(str(sample.answer["admin_fee"])),
    }
    parts = stated["bill"] if figures.bill_includes_fee else stated["bill"] + stated["admin_fee"]
    assert parts == stated["total"]
    for figure, field in figures.whole.items():
        if field in sample.answer["data"]:
            assert Rupiah.from_whole(str(sample.answer["data"][field])) == stated[figure]
    if figures.bill_is_typed_amount:
        assert sample.typed is not None
        assert stated["bill"] == Rupiah.from_minor(sample.typed)


@pytest.mark.parametrize(
    ("sample_id", "figure"),
    [
        ("bpjs-inq-ok", "total"),
        ("prepaid-telkomsel50-inq-ok", "bill"),
        ("plnprepaid-inq-ok", "bill"),
        ("pdam-aetra-inq-ok", "bill"),
        ("postpaid-smartfren-inq-ok", "bill"),
    ],
)
def test_the_scale_of_each_bill_with_an_amount_in_data_is_guarded(
    sample_id: str, figure: str
) -> None:
    (sample,) = [one for one in samples() if one.id == sample_id]
    fields = {str(part): field for part, field in product_of(sample).rules.figures.whole.items()}
    assert fields[figure] in sample.answer["data"]


def test_the_documented_token_bill_of_another_denomination_would_be_noticed() -> None:
    (sample,) = [one for one in samples() if one.id == "plnprepaid-inq-ok"]
    product = product_of(sample)
    assert product.rules.figures.bill_is_denomination
    assert product.denomination != Rupiah.from_minor(str(sample.answer["bill_amount"]))


def test_pln_postpaid_does_not_compare_the_fee_that_data_leaves_out() -> None:
    assert "admin_fee" not in CATALOGUE.product("SLYLPO").rules.figures.whole


@pytest.mark.parametrize("product", CATALOGUE.products, ids=lambda one: one.code)
def test_every_product_that_needs_a_denomination_has_one(product: Product) -> None:
    if product.rules.figures.bill_is_denomination:
        assert product.denomination is not None


def test_a_denomination_in_a_file_is_the_one_in_the_code() -> None:
    for product in CATALOGUE.products:
        if product.denomination is not None:
            thousands = product.denomination.sen // 100_000
            assert product.code.endswith(str(thousands))


@pytest.mark.parametrize(
    "category",
    ["insurance", "cable-tv", "instalment", "credit-card", "internet-service-bill"],
)
def test_direct_products_take_a_typed_amount_and_only_note_the_answered_one(category: str) -> None:
    rules = CATALOGUE.category(category).rules
    assert (rules.amount, rules.amount_at_inquiry, rules.reply_amount) == ("typed", False, "note")
    assert rules.demands.reply_amount == "note"


def test_an_e_wallet_takes_a_typed_amount_and_sends_it_with_the_inquiry() -> None:
    rules = CATALOGUE.category("ewallet-topup").rules
    assert (rules.inquiry, rules.amount, rules.amount_at_inquiry) == (True, "typed", True)
    assert rules.figures.bill_is_typed_amount
    assert rules.reply_amount == "compare"


def test_every_product_with_an_inquiry_compares_the_answered_amount() -> None:
    for product in CATALOGUE.products:
        assert product.rules.reply_amount == ("compare" if product.rules.inquiry else "note")


def test_only_pln_postpaid_forbids_a_fee_of_the_shop() -> None:
    forbidden = [one.id for one in CATALOGUE.categories if not one.rules.fee.allowed]
    assert forbidden == ["pln-postpaid"]


def test_the_home_screen_hides_categories_of_which_no_product_is_known() -> None:
    hidden = {one.id for one in CATALOGUE.categories} - {one.id for one in CATALOGUE.shown}
    assert hidden == {"game-voucher", "digital-voucher"}


def test_the_home_screen_has_one_place_and_one_key_for_each_category() -> None:
    orders = [one.order for one in CATALOGUE.categories]
    assert orders == sorted(set(orders))
    assert len({one.key for one in CATALOGUE.categories}) == 16


@pytest.mark.parametrize("path", CATEGORY_FILES, ids=lambda path: path.stem)
def test_every_part_of_a_file_names_its_source(path: Path) -> None:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        first = block.split("\n", 1)[0]
        if first.startswith("[["):
            continue
        assert "#" in block or "source =" in block, f"no source beside:\n{block}"


def test_a_code_may_be_typed_in_small_letters() -> None:
    assert CATALOGUE.product(" slylpr20 ").code == "SLYLPR20"


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(Refusal) as refused:
        CATALOGUE.product("SLYLPR21")
    assert refused.value.key == "catalogue.unknown_product"
    assert refused.value.values == {"code": "SLYLPR21"}


def test_an_unknown_category_is_refused_by_name() -> None:
    for ask in (CATALOGUE.category, CATALOGUE.products_of):
        with pytest.raises(Refusal) as refused:
            ask("gas")
        assert refused.value.key == "catalogue.unknown_category"
