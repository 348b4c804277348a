"""Two figures of one bill that contradict each other stop the sale, and both are shown."""

from collections.abc import Mapping

import pytest

from cashier.catalogue import Figures
from cashier.espay.wire import Bill
from cashier.language import explain
from cashier.money import Rupiah
from cashier.text import CleanText
from cashier.till.figures import Figure, FiguresDisagree, check_figures, split

PLAIN = Figures(bill_includes_fee=False, whole={"bill": "price", "admin_fee": "admin_fee"})
INCLUDED = Figures(bill_includes_fee=True, whole={"total": "amount"})


def bill(amount: int, part: int, fee: int, facts: Mapping[str, str] | None = None) -> Bill:
    """A bill of whole rupiah."""
    clean = {name: CleanText(value) for name, value in (facts or {}).items()}
    total = Rupiah.of(amount)
    return Bill(total.minor, total, Rupiah.of(part), Rupiah.of(fee), "{}", clean)


@pytest.mark.parametrize(
    ("figures", "good"),
    [
        (PLAIN, bill(202_500, 200_000, 2_500, {"price": "200000", "admin_fee": "2500"})),
        (PLAIN, bill(202_500, 200_000, 2_500, {"price": "000000200000"})),
        (PLAIN, bill(202_500, 200_000, 2_500)),
        (INCLUDED, bill(105_000, 105_000, 5_000, {"amount": "105000"})),
    ],
)
def test_figures_that_agree_pass_and_their_parts_add_up(figures: Figures, good: Bill) -> None:
    check_figures(figures, good, None, None)
    part, fee = split(figures, good)
    assert part + fee == good.amount


@pytest.mark.parametrize(
    ("figures", "bad", "field"),
    [
        (PLAIN, bill(205_000, 200_000, 2_500), "amount"),
        (INCLUDED, bill(110_000, 105_000, 5_000), "amount"),
        (PLAIN, bill(202_500, 200_000, 2_500, {"price": "20000000"}), "data.price"),
        (PLAIN, bill(202_500, 200_000, 2_500, {"price": "2000"}), "data.price"),
        (PLAIN, bill(202_500, 200_000, 2_500, {"price": "200.000"}), "data.price"),
        (INCLUDED, bill(105_000, 105_000, 5_000, {"amount": "100000"}), "data.amount"),
    ],
)
def test_figures_that_disagree_are_named(figures: Figures, bad: Bill, field: str) -> None:
    with pytest.raises(FiguresDisagree) as caught:
        check_figures(figures, bad, None, None)
    assert caught.value.values["field"] == field
    assert caught.value.values["stated"] != caught.value.values["expected"]


@pytest.mark.parametrize(
    ("field", "figure", "called"),
    [
        ("amount", "total", "jumlah seluruhnya tertulis"),
        ("bill_amount", "bill", "tagihan tertulis"),
        ("admin_fee", "admin_fee", "biaya admin tertulis"),
        ("data.amount", "total", "jumlah seluruhnya di rincian"),
        ("data.price", "bill", "tagihan di rincian"),
        ("data.fee", "admin_fee", "biaya admin di rincian"),
        ("data.denomination", "denomination", "nominal di rincian"),
    ],
)
def test_a_cashier_reads_no_name_of_espays(field: str, figure: Figure, called: str) -> None:
    refusal = FiguresDisagree(field, figure, "Rp1", Rupiah.of(2))
    assert f"Angka tagihan tidak cocok: {called}" in explain("id", refusal)
    assert field not in explain("id", refusal)


def test_a_token_costs_what_its_code_says() -> None:
    figures = Figures(bill_includes_fee=False, bill_is_denomination=True)
    answered = bill(202_500, 200_000, 2_500)
    check_figures(figures, answered, Rupiah.of(200_000), None)
    check_figures(figures, answered, None, None)
    with pytest.raises(FiguresDisagree):
        check_figures(figures, answered, Rupiah.of(100_000), None)


def test_credit_is_worth_what_its_code_says() -> None:
    figures = Figures(bill_includes_fee=False, thousands="denomination")
    answered = bill(53_000, 49_500, 3_500, {"denomination": "50"})
    check_figures(figures, answered, Rupiah.of(50_000), None)
    check_figures(figures, answered, None, None)
    check_figures(figures, bill(53_000, 49_500, 3_500), Rupiah.of(50_000), None)
    for stated in ("5", "50000", "50.000", ""):
        wrong = bill(53_000, 49_500, 3_500, {"denomination": stated})
        with pytest.raises(FiguresDisagree) as caught:
            check_figures(figures, wrong, Rupiah.of(50_000), None)
        assert caught.value.values["field"] == "data.denomination"


def test_an_e_wallet_gets_what_was_typed() -> None:
    figures = Figures(bill_includes_fee=False, bill_is_typed_amount=True)
    answered = bill(101_665, 100_000, 1_665)
    check_figures(figures, answered, None, Rupiah.of(100_000))
    with pytest.raises(FiguresDisagree):
        check_figures(figures, answered, None, Rupiah.of(1_000_000))
