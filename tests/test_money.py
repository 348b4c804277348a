"""Money is exact in every form that Espay and people write it, and never anything but digits."""

import pickle
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cashier.money import ZERO, NotMoney, Rupiah

READERS: tuple[Callable[[str], Rupiah], ...] = (
    Rupiah.from_minor,
    Rupiah.from_whole,
    Rupiah.from_balance,
    Rupiah.typed,
)

any_amount = st.integers(min_value=0, max_value=99_999_999_999_999_999).map(Rupiah)
whole_rupiah = st.integers(min_value=0, max_value=999_999_999_999_999)


@pytest.mark.parametrize(
    ("minor", "whole", "shown"),
    [
        ("12540000", "000000125400", "Rp125.400"),  # mobile postpaid
        ("20000000", "200000", "Rp200.000"),  # PLN prepaid, price
        ("250000", "2500", "Rp2.500"),  # PLN prepaid, admin fee
        ("4950000", "49500", "Rp49.500"),  # mobile prepaid
        ("200000000", "0002000000", "Rp2.000.000"),  # PDAM
        ("10500000", "105000", "Rp105.000"),  # BPJS
        ("500000", "5000", "Rp5.000"),  # BPJS, admin fee
        ("10000000", "100000", "Rp100.000"),  # e-wallet
    ],
)
def test_an_amount_and_its_twin_inside_data_are_the_same_money(
    minor: str, whole: str, shown: str
) -> None:
    """The pairs of the table in protocol.md 5."""
    assert Rupiah.from_minor(minor) == Rupiah.from_whole(whole)
    assert str(Rupiah.from_minor(minor)) == shown


@pytest.mark.parametrize(
    ("bill", "fee", "total"),
    [
        ("20000000", "250000", "20250000"),  # PLN prepaid
        ("4950000", "350000", "5300000"),  # mobile prepaid
        ("200000000", "350000", "200350000"),  # PDAM
        ("10000000", "166500", "10166500"),  # e-wallet
        ("30118000", "350000", "30468000"),  # PLN postpaid
    ],
)
def test_the_documented_bills_add_up(bill: str, fee: str, total: str) -> None:
    assert Rupiah.from_minor(bill) + Rupiah.from_minor(fee) == Rupiah.from_minor(total)
    assert Rupiah.from_minor(total) - Rupiah.from_minor(fee) == Rupiah.from_minor(bill)


@pytest.mark.parametrize(
    ("text", "sen"),
    [("1000000", 100_000_000), ("1000000.00", 100_000_000), ("1000000.50", 100_000_050), ("0", 0)],
)
def test_a_balance_is_rupiah_with_or_without_decimals(text: str, sen: int) -> None:
    assert Rupiah.from_balance(text).sen == sen


@pytest.mark.parametrize("text", ["1000000.", "1.5", "1.000.000", ".50", "1,00", "1e6", "-1", ""])
def test_a_balance_in_another_form_is_no_balance(text: str) -> None:
    with pytest.raises(NotMoney):
        Rupiah.from_balance(text)


@pytest.mark.parametrize(
    "text",
    ["125400", "125.400", "Rp125.400", "Rp 125.400", "Rp. 125.400", "rp125400", " 125.400 "],
)
def test_people_may_type_the_same_amount_in_many_ways(text: str) -> None:
    assert Rupiah.typed(text) == Rupiah.of(125_400)


@pytest.mark.parametrize(
    "text",
    [
        "14.00", "1.25", "125.40", "1254.000", "125.400,00", "150.000,00", "125,400", "12 000",
        ".500", "500.", "1..000", "-500", "+500", "Rp", "Rp-5", "", " ", "12O00", "RpRp5",
        "1.000.000.000.000.000", "0x10", "125\n", "\t125", "1_000", "１２", "٣",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_never_taken(text: str) -> None:
    """counter.md B05: ``14.000`` once became 14."""
    with pytest.raises(NotMoney):
        Rupiah.typed(text)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "１２", "1_000", "1e5", "NaN", "Infinity", "-1", "+1", " 1", "1 ", "1\n", "\n1", "0x1F",
        "1\x00", "", "²", "①", "٤٢", "१२", "𝟏𝟐", "1,5", "0.1", "0.30000000000000004",
        "9" * 18, "9" * 5000,
    ],
)  # fmt: skip
def test_s20_number_tricks_are_not_money(read: Callable[[str], Rupiah], text: str) -> None:
    if read == Rupiah.typed and text in (" 1", "1 "):
        assert read(text) == Rupiah.of(1)  # blanks around what a person types mean nothing
    else:
        with pytest.raises(NotMoney):
            read(text)


@pytest.mark.parametrize("read", READERS)
@given(text=st.text(max_size=20))
@example(text="१")
@example(text="1" * 17)
def test_s20_only_ascii_digits_ever_make_an_amount(
    read: Callable[[str], Rupiah], text: str
) -> None:
    try:
        amount = read(text)
    except NotMoney:
        return
    assert type(amount.sen) is int
    assert amount.sen >= 0
    digits = "".join(character for character in text if character in "0123456789")
    assert digits
    assert set(text) <= set("0123456789. RrPp")
    if read == Rupiah.from_minor:
        assert amount.sen == int(digits)


@given(text=st.from_regex(r"\A[0-9]{1,17}\Z"))
def test_seventeen_digits_are_read_exactly(text: str) -> None:
    assert Rupiah.from_minor(text).sen == Decimal(text)
    assert Rupiah.from_whole(text).sen == Decimal(text) * 100


@pytest.mark.parametrize("sen", [1.0, 0.1 + 0.2, True, "100", None, Decimal(1)])
def test_sen_are_integers_and_nothing_else(sen: object) -> None:
    with pytest.raises(NotMoney, match="integer"):
        Rupiah(sen)  # type: ignore[arg-type]  # the mistake is what is tested


def test_a_float_of_rupiah_is_refused() -> None:
    with pytest.raises(NotMoney):
        Rupiah.of(0.1)  # type: ignore[arg-type]  # the mistake is what is tested


def test_an_error_quotes_no_more_than_the_beginning_of_a_text() -> None:
    with pytest.raises(NotMoney) as caught:
        Rupiah.from_minor("x" * 100_000)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    ("sen", "shown"),
    [
        (0, "Rp0"), (1, "Rp0,01"), (99, "Rp0,99"), (100, "Rp1"), (99_900, "Rp999"),
        (100_000, "Rp1.000"), (12_540_000, "Rp125.400"), (12_540_050, "Rp125.400,50"),
        (-12_540_000, "-Rp125.400"), (-5, "-Rp0,05"), (10**17, "Rp1.000.000.000.000.000"),
    ],
)  # fmt: skip
def test_an_amount_is_shown_the_indonesian_way(sen: int, shown: str) -> None:
    assert str(Rupiah(sen)) == shown


@given(rupiah=whole_rupiah)
def test_what_is_shown_can_be_typed_again(rupiah: int) -> None:
    assert Rupiah.typed(str(Rupiah.of(rupiah))) == Rupiah.of(rupiah)


@given(amount=any_amount)
def test_what_is_sent_is_read_back_the_same(amount: Rupiah) -> None:
    assert Rupiah.from_minor(amount.minor) == amount


@pytest.mark.parametrize(
    ("sen", "cash"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (12_540_050, 125_401)]
)
def test_cash_covers_an_amount_in_whole_rupiah(sen: int, cash: int) -> None:
    assert Rupiah(sen).whole_up == cash


def test_a_negative_amount_is_never_sent() -> None:
    assert Rupiah(0).minor == "0"
    with pytest.raises(NotMoney, match="never sent"):
        _ = (ZERO - Rupiah(1)).minor


@given(one=any_amount, two=any_amount, three=any_amount)
def test_sums_are_exact_and_in_any_order(one: Rupiah, two: Rupiah, three: Rupiah) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + two - two == one
    assert one - one == ZERO


@given(one=any_amount, two=any_amount)
def test_amounts_compare_as_their_sen(one: Rupiah, two: Rupiah) -> None:
    assume(one != two)
    assert (one < two) == (one.sen < two.sen)
    assert len({one, two, Rupiah(one.sen)}) == 2


def test_an_amount_cannot_be_changed_and_survives_a_journey() -> None:
    amount = Rupiah(5)
    with pytest.raises(AttributeError):
        amount.sen = 6  # type: ignore[misc]  # the mistake is what is tested
    assert pickle.loads(pickle.dumps(amount)) == amount  # noqa: S301  # made one line above
