"""The search box: a few characters are enough, and the likeliest road comes first."""

import pytest

from cashier.catalogue import load_catalogue
from cashier.journal.rows import KnownCustomer
from cashier.till.finding import Find, find

CATALOGUE = load_catalogue()


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
