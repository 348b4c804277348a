"""What the customer confirms, what asks for caution, and what a struk is made of."""

import pytest

from cashier.catalogue import Caution, Product, load_catalogue, show
from cashier.catalogue.fact import FactKind
from tests.catalogue.documents import samples

CATALOGUE = load_catalogue()
ALL = pytest.mark.parametrize("product", CATALOGUE.products, ids=lambda one: one.code)

DOCUMENTED_FIELDS = {
    "mobile-postpaid": "phone_no bill_total bill_ref bill_amount customer_name region_code",
    "mobile-prepaid": "denomination price",
    "pln-prepaid": "customer_id customer_name meter_serial class token_unsold1 token_unsold2"
    " reff_no price admin_fee remark",
    "pln-postpaid": "customer_id customer_name total_bill bill_period bill_amount admin_fee",
    "pln-non-electricity-bill": "customer_id customer_name class registration_date bill_amount"
    " admin_fee",
    "pdam": "bill_amount bill_date bill_total cubication customer_id customer_name penalty"
    " provider_code ref_no",
    "bpjs-kesehatan": "va_number customer_id customer_name family_number bill_period bill_amount"
    " admin_fee amount remain_payment reff_code branch_code branch_name remark",
    "ewallet-topup": "customer_name",
}
"""``protocol.md 4.4``, keys of ``data`` by product."""


@pytest.mark.parametrize("category", DOCUMENTED_FIELDS)
def test_only_documented_fields_are_confirmed_compared_and_warned_about(category: str) -> None:
    rules = CATALOGUE.category(category).rules
    known = set(DOCUMENTED_FIELDS[category].split())
    assert {fact.field for fact in rules.confirm} <= known
    assert set(rules.name_fields) <= known
    assert set(rules.figures.whole.values()) <= known
    assert {caution.field for caution in rules.warn} <= known


@pytest.mark.parametrize("category", DOCUMENTED_FIELDS)
def test_the_customer_sees_a_name_or_what_is_bought(category: str) -> None:
    fields = [fact.field for fact in CATALOGUE.category(category).rules.confirm]
    assert fields[0] == ("denomination" if category == "mobile-prepaid" else "customer_name")


@pytest.mark.parametrize(
    ("kind", "came", "shown"),
    [
        ("text", "R1  /000001300", "R1  /000001300"),
        ("rupiah", "0002000000", "Rp2.000.000"),
        ("rupiah", "00000000", "Rp0"),
        ("rupiah", "12.5", "12.5"),
        ("rupiah", "", ""),
        ("number", "01", "1"),
        ("number", "000", "0"),
        ("number", "１２", "１２"),
        ("number", "2 bulan", "2 bulan"),
        ("period", "201510", "10/2015"),
        ("period", "201513", "201513"),
        ("period", "NOV17", "NOV17"),
    ],
)
def test_a_fact_is_shown_for_people_and_what_is_unreadable_as_it_came(
    kind: FactKind, came: str, shown: str
) -> None:
    assert show(kind, came) == shown


def test_the_documented_water_bill_is_shown_as_people_read_it() -> None:
    (sample,) = [one for one in samples() if one.id == "pdam-aetra-inq-ok"]
    confirm = CATALOGUE.product("SLYATR").rules.confirm
    shown = {fact.label.id: fact.shown(sample.answer["data"][fact.field]) for fact in confirm}
    assert shown == {
        "Nama": "ASMUNI",
        "No. pelanggan": "000315996",
        "Periode": "10/2015",
        "Jumlah lembar": "1",
        "Stand lalu-kini": "00000000-00000000",
        "Denda": "Rp0",
    }


def cautions() -> tuple[Caution, ...]:
    return CATALOGUE.product("SLYLPR20").rules.warn


def test_an_unsold_token_is_pointed_out_before_a_new_one_is_sold() -> None:
    first, second = cautions()
    assert (first.field, second.field) == ("token_unsold1", "token_unsold2")
    assert first.applies({"token_unsold1": "50000"})
    assert not second.applies({"token_unsold1": "50000"})
    assert "token" in first.words.id


@pytest.mark.parametrize("value", ["0", "000", "", " "])
def test_no_unsold_token_is_no_reason_to_warn(value: str) -> None:
    assert not any(one.applies({"token_unsold1": value}) for one in cautions())
    assert not any(one.applies({}) for one in cautions())


@pytest.mark.parametrize("value", ["1", "-1", "ada", "0,5"])
def test_an_unsold_token_in_an_unknown_form_is_pointed_out_too(value: str) -> None:
    assert cautions()[0].applies({"token_unsold1": value})


@ALL
def test_every_struk_says_what_was_paid_for_which_number(product: Product) -> None:
    struk = product.rules.struk
    own = [line.own for line in struk.lines]
    names = {name for line in struk.lines for name in line.fields}
    assert struk.heading.startswith(("STRUK PEMB", "STRUK ISI SALDO"))
    assert "amount" in own
    assert "number" in own or names & {"customer_id", "meter_serial", "va_number"}


def labels(code: str) -> list[str]:
    return [line.label for line in CATALOGUE.product(code).rules.struk.lines]


def test_the_token_struk_follows_the_order_of_the_trade() -> None:
    assert labels("SLYLPR20") == [
        "NO METER",
        "IDPEL",
        "NAMA",
        "TARIF/DAYA",
        "NO REF",
        "RP BAYAR",
        "METERAI",
        "PPN",
        "PBJT-TL",
        "ANGSURAN",
        "RP STROOM/TOKEN",
        "JML KWH",
        "STROOM/TOKEN",
        "ADMIN BANK",
    ]


def test_the_token_is_printed_large_and_alone() -> None:
    large = [line for line in CATALOGUE.product("SLYLPR20").rules.struk.lines if line.large]
    assert [line.own for line in large] == ["token"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("SLYLPO", "PLN menyatakan struk ini sebagai bukti pembayaran yang sah"),
        ("SLYLNT", "PLN menyatakan struk ini sebagai bukti pembayaran yang sah"),
        ("BPJSKS", "BPJS Kesehatan menyatakan struk ini sebagai bukti pembayaran yang sah"),
        ("SLYATR", "{product} menyatakan struk ini sebagai bukti pembayaran yang sah"),
    ],
)
def test_the_sentence_of_the_law_stands_on_the_struk(code: str, sentence: str) -> None:
    assert CATALOGUE.product(code).rules.struk.legal == sentence


@ALL
def test_no_struk_line_shows_the_fee_of_the_shop_inside_the_block_of_the_biller(
    product: Product,
) -> None:
    text = " ".join(line.label for line in product.rules.struk.lines)
    assert "JASA LOKET" not in text
    assert "BIAYA LAYANAN" not in text
