"""The search box: a few characters are enough, and the likeliest road comes first."""

import pytest

from cashier.catalogue import load_catalogue
from cashier.journal.rows import KnownCustomer
from cashier.money import Rupiah
from cashier.till.finding import Find, find

CATALOGUE = load_catalogue()
CREDIT = CATALOGUE.with_live(
    [
        *((product.code, product.name) for product in CATALOGUE.products),
        *(
            (f"SVH{letters}{size}", f"{name} {size}.000")
            for letters, name in {"TS": "Telkomsel", "XL": "XL", "IM": "Indosat IM3"}.items()
            for size in (100, 5, 50, 25)
        ),
    ]
)
"""With credit of several operators, as Espay's list names it."""


def codes(finds: tuple[Find, ...]) -> list[str | None]:
    return [each.product.code if each.product else None for each in finds]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("slylpr20", "SLYLPR20"),
        ("SLYLPO", "SLYLPO"),
        ("prepaid 100", "SLYLPR100"),
        ("pln 1.000.000", "SLYLPR1000"),
        ("ovo", "SVHOVO000"),
        ("aetra tang", "SLYATG"),
        ("first", "STBFRM"),
    ],
)
def test_a_few_characters_find_the_product_first(typed: str, code: str) -> None:
    found = [each for each in codes(find(CATALOGUE, typed, "id")) if each]
    assert found[0] == code


def test_what_people_call_a_card_finds_its_credit_and_nothing_else() -> None:
    found = find(CREDIT, "kartu as", "id")
    assert {
        each.product.operator.name for each in found if each.product and each.product.operator
    } == {"Telkomsel"}
    assert {each.category.id for each in found} == {"mobile-prepaid"}
    assert codes(find(CREDIT, "kartu as 50", "id")) == ["SVHTS50"]
    assert "mobile-prepaid" not in [each.category.id for each in find(CREDIT, "kartu", "id")]


@pytest.mark.parametrize("typed", ["indihome", "INDI", "internet indihome"])
def test_indihome_is_the_internet_of_telkom(typed: str) -> None:
    assert "SLYTSD" in codes(find(CATALOGUE, typed, "id"))


def test_a_category_is_found_by_its_name_in_the_operators_language() -> None:
    assert find(CATALOGUE, "asur", "id")[0].category.id == "insurance"
    english = [each.category.id for each in find(CATALOGUE, "insur", "en")]
    assert "insurance" in english
    assert "insurance" not in [each.category.id for each in find(CATALOGUE, "insur", "id")]


def test_a_phone_number_offers_the_credit_of_its_operator() -> None:
    found = find(CATALOGUE, "081218816222", "id")
    assert "SVHTS50" in codes(found)
    assert all(each.number == "081218816222" for each in found)


def test_who_was_served_before_comes_with_product_number_and_name() -> None:
    customer = KnownCustomer("pln-prepaid", "SLYLPR20", "14012345678", "SITI", 3, 0)
    first = find(CATALOGUE, "1401", "id", (customer,))[0]
    assert (first.number, first.name) == ("14012345678", "SITI")
    assert first.product is not None
    assert first.product.code == "SLYLPR20"


def test_a_customer_of_a_product_that_is_gone_is_no_road() -> None:
    gone = KnownCustomer("pln-prepaid", "NOSUCH", "14012345678", None, 1, 0)
    assert find(CATALOGUE, "1401", "id", (gone,)) == ()


@pytest.mark.parametrize("typed", ["", "   ", "...", "zzzz", "0000"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert find(CATALOGUE, typed, "id") == ()


def test_no_road_is_shown_twice_and_never_more_than_fit() -> None:
    found = find(CATALOGUE, "pln", "id", limit=5)
    assert len(found) == 5
    assert len({each.key for each in found}) == 5


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("tok 100", ["SLYLPR100"]),
        ("token 100rb", ["SLYLPR100"]),
        ("listrik 1jt", ["SLYLPR1000"]),
        ("pulsa listrik 20", ["SLYLPR20"]),
        ("pln 20", ["SLYLPR20"]),
        ("pln 1", ["SLYLPR100", "SLYLPR1000", "SLYLPR10000"]),
        ("pulsa 50", ["SVHTS50", "SVHIM50", "SVHXL50"]),
        ("pulsa 5", ["SVHTS5", "SVHIM5", "SVHXL5"]),
        ("tsel 25", ["SVHTS25"]),
        ("xl 100.000", ["SVHXL100"]),
        ("bpjs", ["BPJSKS"]),
        ("jkn", ["BPJSKS"]),
    ],
)
def test_what_an_operator_means_is_found_and_nothing_else(typed: str, wanted: list[str]) -> None:
    assert codes(find(CREDIT, typed, "id")) == wanted


def test_a_category_meant_as_a_whole_comes_before_its_sizes() -> None:
    found = find(CREDIT, "pulsa", "id")
    assert codes(found)[:2] == [None, None]
    assert [each.category.id for each in found[:2]] == ["mobile-prepaid", "mobile-postpaid"]
    assert codes(found)[2:6] == ["SVHTS5", "SVHTS25", "SVHTS50", "SVHTS100"]


def test_an_amount_that_the_customer_chooses_is_taken_along() -> None:
    (road,) = find(CATALOGUE, "ovo 50", "id")
    assert codes((road,)) == ["SVHOVO000"]
    assert road.amount == Rupiah.of(50_000)


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ("8888812345678901", "bpjs-kesehatan"),
        ("8801835307911", "bpjs-kesehatan"),
        ("14012345678", "pln-prepaid"),
        ("4111111111111111", "credit-card"),
        ("081218816222", "mobile-prepaid"),
        ("+62 812 1881 6222", "mobile-prepaid"),
        ("400400400", "pdam"),
    ],
)
def test_an_unknown_number_offers_the_likeliest_category_first(typed: str, category: str) -> None:
    found = find(CREDIT, typed, "id")
    assert found[0].category.id == category
    assert all(each.category.rules.number.accepts(each.number or "") for each in found)


def test_a_number_that_is_no_card_is_offered_to_no_card() -> None:
    found = find(CATALOGUE, "4111111111111112", "id")
    assert "credit-card" not in [each.category.id for each in found]


def test_a_card_is_shown_as_its_mask() -> None:
    road = find(CATALOGUE, "4111111111111111", "id")[0]
    assert road.number == "4111111111111111"
    assert road.shown_number == "411111******1111"


def test_the_begin_of_a_phone_number_is_not_yet_a_number_of_anything() -> None:
    assert find(CREDIT, "0812188", "id") == ()


def test_a_number_with_a_size_beside_it_is_one_road() -> None:
    road = find(CREDIT, "081218816222 50", "id")[0]
    assert (road.product and road.product.code, road.number) == ("SVHTS50", "081218816222")
    topped = find(CREDIT, "ovo 081218816222 50rb", "id")
    assert [(each.number, each.amount) for each in topped] == [("081218816222", Rupiah.of(50_000))]


def test_a_known_customer_is_found_by_name_and_size() -> None:
    known = tuple(
        KnownCustomer("pln-prepaid", code, "14012345678", "SITI", times, 0)
        for code, times in {"SLYLPR20": 1, "SLYLPR50": 7}.items()
    )
    assert codes(find(CATALOGUE, "siti", "id", known)) == ["SLYLPR50", "SLYLPR20"]
    assert codes(find(CATALOGUE, "siti 20", "id", known)) == ["SLYLPR20"]
