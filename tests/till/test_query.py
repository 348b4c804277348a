"""What people type into the search box, taken apart: words, an amount, a number."""

import pytest

from cashier.money import Rupiah
from cashier.till.query import Query, known_by, read_query


@pytest.mark.parametrize(
    ("typed", "thousands"),
    [
        ("tok 100", 100),
        ("tok 100rb", 100),
        ("tok 100 rb", 100),
        ("TOK 100 Ribu", 100),
        ("tok 100k", 100),
        ("tok 100.000", 100),
        ("tok rp100.000", 100),
        ("tok 1jt", 1_000),
        ("tok 1 juta", 1_000),
        ("tok 1.000.000", 1_000),
        ("tok 50.", 50),
        ("tok 50.0", 50),
        ("tok rp1.000.00", 1_000),
    ],
)
def test_an_amount_is_understood_as_people_write_it(typed: str, thousands: int) -> None:
    query = read_query(typed)
    assert query.words == ("tok",)
    assert query.amount is not None
    assert Rupiah.of(thousands * 1_000) in query.amount.values
    assert query.number is None


def test_a_bare_figure_may_be_rupiah_or_thousands() -> None:
    amount = read_query("tok 1000").amount
    assert amount is not None
    assert amount.values == {Rupiah.of(1_000), Rupiah.of(1_000_000)}


@pytest.mark.parametrize(
    ("typed", "longer", "shorter"),
    [("tok 1", 100_000, 20_000), ("tok 10", 1_000_000, 20_000), ("tok 50", 500_000, 5_000)],
)
def test_a_figure_under_way_begins_the_longer_ones(typed: str, longer: int, shorter: int) -> None:
    amount = read_query(typed).amount
    assert amount is not None
    assert amount.begins(Rupiah.of(longer))
    assert not amount.begins(Rupiah.of(shorter))


def test_a_unit_ends_the_figure() -> None:
    amount = read_query("tok 1jt").amount
    assert amount is not None
    assert not amount.begins(Rupiah.of(10_000_000))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("081218816222", "081218816222"),
        ("0812 1881 6222", "081218816222"),
        ("0812-1881-6222", "081218816222"),
        ("+62 812-1881-6222", "+6281218816222"),
        ("50 081218816222", "081218816222"),
        ("ovo 081218816222 50rb", "081218816222"),
        ("140123", "140123"),
        ("14012", None),
        ("tok 1000000", None),
    ],
)
def test_a_number_is_found_however_it_is_spaced(typed: str, number: str | None) -> None:
    assert read_query(typed).number == number


@pytest.mark.parametrize("typed", ["", "  ", "...", "/ ?", "0"])
def test_nothing_is_nothing(typed: str) -> None:
    assert read_query(typed) in (Query(), Query(("0",)))


@pytest.mark.parametrize(
    ("typed", "begin"),
    [
        ("1401", "1401"),
        ("0812 188", "0812188"),
        ("+62 812", "0812"),
        ("siti 20", "siti"),
        ("Siti Aminah", "Siti Aminah"),
        ("081218816222 50", "081218816222"),
    ],
)
def test_known_customers_are_looked_up_by_number_or_name(typed: str, begin: str) -> None:
    assert known_by(typed) == begin
