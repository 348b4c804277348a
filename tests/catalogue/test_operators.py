"""Whose phone number this is: the prefix table of ``receipts.md 4.8``."""

import pytest

from cashier.catalogue import MobileOperator, load_catalogue

CATALOGUE = load_catalogue()

TABLE = {
    "telkomsel": "0811 0812 0813 0821 0822 0823 0851 0852 0853",
    "byu": "085154 085155 085156 085157 085158",
    "im3": "0814 0815 0816 0855 0856 0857 0858",
    "tri": "0895 0896 0897 0898 0899",
    "xl": "0817 0818 0819 0859 0877 0878 0879",
    "axis": "0831 0832 0833 0837 0838",
    "smartfren": "0881 0882 0883 0884 0885 0886 0887 0888 0889",
}
"""The table as the source prints it."""

ONE_SOURCE = {
    "0811": "bc",
    "0851": "ac",
    "085154": "a",
    "085155": "ac",
    "085156": "ac",
    "085157": "ac",
    "085158": "ac",
    "0879": "b",
    "0833": "b",
    "0837": "a",
    "0884": "a",
    "0885": "a",
    "0886": "a",
    "0889": "b",
}
"""Prefixes that do not stand in both (a) and (b), with the sources that have them."""


def operator(operator_id: str) -> MobileOperator:
    (found,) = [one for one in CATALOGUE.operators.operator if one.id == operator_id]
    return found


@pytest.mark.parametrize("operator_id", TABLE)
def test_the_prefixes_are_those_of_the_table(operator_id: str) -> None:
    digits = {prefix.digits for prefix in operator(operator_id).prefixes}
    assert digits == set(TABLE[operator_id].split())


def test_all_seven_operators_are_there() -> None:
    assert [one.id for one in CATALOGUE.operators.operator] == list(TABLE)


def test_each_prefix_names_the_sources_that_have_it() -> None:
    for one in CATALOGUE.operators.operator:
        for prefix in one.prefixes:
            assert "".join(prefix.sources) == ONE_SOURCE.get(prefix.digits, "ab")


@pytest.mark.parametrize("operator_id", TABLE)
def test_every_prefix_finds_its_operator(operator_id: str) -> None:
    for digits in TABLE[operator_id].split():
        number = digits.ljust(12, "0")
        found = CATALOGUE.operator_of(number)
        assert found is not None
        assert found.id == operator_id, number


@pytest.mark.parametrize(
    ("number", "operator_id"),
    [
        ("085154123456", "byu"),
        ("085158123456", "byu"),
        ("085153123456", "telkomsel"),
        ("085159123456", "telkomsel"),
        ("08515", "telkomsel"),
    ],
)
def test_the_longest_prefix_wins(number: str, operator_id: str) -> None:
    found = CATALOGUE.operator_of(number)
    assert found is not None
    assert found.id == operator_id


@pytest.mark.parametrize(
    "number",
    [
        "081218816222",
        "6281218816222",
        "+6281218816222",
        "+62 812-1881-6222",
        "0812 1881 6222",
        "0812",
    ],
)
def test_the_operator_is_found_in_every_way_of_writing(number: str) -> None:
    found = CATALOGUE.operator_of(number)
    assert found is not None
    assert found.id == "telkomsel"


@pytest.mark.parametrize(
    "number",
    ["", "0", "08", "081", "0810123456", "0868123456", "02112345678", "12345", "０８１２", "0８12"],
)
def test_a_number_without_a_known_prefix_asks_instead_of_blocking(number: str) -> None:
    assert CATALOGUE.operator_of(number) is None


def test_only_the_letters_of_telkomsel_are_documented() -> None:
    documented = {one.letters for one in CATALOGUE.operators.operator if not one.invented}
    assert documented == {"TS"}
    letters = [one.letters for one in CATALOGUE.operators.operator]
    assert letters == ["TS", "BU", "IM", "TR", "XL", "AX", "SF"]


@pytest.mark.parametrize(
    ("answer", "operator_id"),
    [
        ("TELKOMSEL", "telkomsel"),
        ("Indosat Ooredoo", "im3"),
        ("3 (Three)", "tri"),
        ("XL Axiata", "xl"),
        ("AXIS", "axis"),
        ("by.U", "byu"),
    ],
)
def test_an_answer_of_getmno_is_matched_by_name(answer: str, operator_id: str) -> None:
    found = CATALOGUE.operator_named(answer)
    assert found is not None
    assert found.id == operator_id


@pytest.mark.parametrize("answer", ["", "Esia", "TELKOMSEL / XL", "Trilogi", "XLNT"])
def test_an_answer_that_names_no_operator_or_several_decides_nothing(answer: str) -> None:
    assert CATALOGUE.operator_named(answer) is None


def test_the_products_of_an_operator_are_found_by_their_code() -> None:
    assert [one.code for one in CATALOGUE.products_for(operator("telkomsel"))] == ["SVHTS50"]
    assert CATALOGUE.products_for(operator("xl")) == ()
