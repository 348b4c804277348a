"""Do the figures of a bill agree? Asked before any cash is taken (DESIGN 3). Pure.

Espay's top-level amounts carry two implied decimals, those inside ``data`` none; a reply in
which the two scales tell different stories would charge a hundred times too much or too little
(``counter.md``, what none of them has, 3).
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from cashier.catalogue import Figures
from cashier.espay.wire import Bill
from cashier.language import LanguageCode, Refusal, say
from cashier.money import NotMoney, Rupiah

Figure = Literal["total", "bill", "admin_fee", "denomination"]
"""A figure of a bill, as people call it."""

_IN_DETAIL = "data."
"""What Espay's names of figures inside ``data`` begin with here."""


class FiguresDisagree(Refusal):
    """Two figures of one bill contradict each other; both are shown."""

    def __init__(self, field: str, figure: Figure, stated: str, expected: Rupiah) -> None:
        """Remember which figure disagrees, what it says, and what the others make it.

        Args:
            field: Espay's name for it; one inside ``data`` begins with ``data.``.
            figure: What people call it.
            stated: What it says.
            expected: What the others make it.
        """
        super().__init__(
            "till.figures_disagree", field=field, stated=stated, expected=str(expected)
        )
        self.figure = figure

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the figure's name in that language."""
        detail = "detail_" if self.values["field"].startswith(_IN_DETAIL) else ""
        return {**self.values, "figure": say(language, f"till.figure_{detail}{self.figure}")}


def check_figures(
    figures: Figures, bill: Bill, denomination: Rupiah | None, typed: Rupiah | None
) -> None:
    """Compare every figure that a bill states with what the others make it.

    Args:
        figures: How a bill of this category adds up.
        bill: The bill as Espay answered it.
        denomination: The face value of the product, where it has one.
        typed: The amount that the customer chose, where they chose one.

    Raises:
        FiguresDisagree: At the first figure that contradicts another.
    """
    for field, figure, stated, expected in _pairs(figures, bill, denomination, typed):
        if stated != expected:
            raise FiguresDisagree(field, figure, str(stated), expected)
    if bill.admin_fee > bill.amount:
        raise FiguresDisagree("admin_fee", "admin_fee", str(bill.admin_fee), bill.amount)
    _check_whole(figures, bill)
    if figures.thousands is not None and denomination is not None:
        _check_thousands(figures.thousands, bill, denomination)


def split(figures: Figures, bill: Bill) -> tuple[Rupiah, Rupiah]:
    """Divide what Espay receives into bill and admin fee, so that they add up to it."""
    if figures.bill_includes_fee:
        return bill.amount - bill.admin_fee, bill.admin_fee
    return bill.bill_amount, bill.admin_fee


def _pairs(
    figures: Figures, bill: Bill, denomination: Rupiah | None, typed: Rupiah | None
) -> Iterator[tuple[str, Figure, Rupiah, Rupiah]]:
    if figures.bill_includes_fee:
        yield "amount", "total", bill.amount, bill.bill_amount
    else:
        yield "amount", "total", bill.amount, bill.bill_amount + bill.admin_fee
    if figures.bill_is_denomination and denomination is not None:
        yield "bill_amount", "bill", bill.bill_amount, denomination
    if figures.bill_is_typed_amount and typed is not None:
        yield "bill_amount", "bill", bill.bill_amount, typed


def _check_whole(figures: Figures, bill: Bill) -> None:
    expected: dict[Figure, Rupiah] = {
        "total": bill.amount,
        "bill": bill.bill_amount,
        "admin_fee": bill.admin_fee,
    }
    for part, field in figures.whole.items():
        text = bill.facts.get(field)
        if text is None:
            continue
        try:
            stated = Rupiah.from_whole(text)
        except NotMoney:
            raise FiguresDisagree(f"{_IN_DETAIL}{field}", part, text, expected[part]) from None
        if stated != expected[part]:
            raise FiguresDisagree(f"{_IN_DETAIL}{field}", part, str(stated), expected[part])


def _check_thousands(field: str, bill: Bill, denomination: Rupiah) -> None:
    text = bill.facts.get(field)
    if text is None:
        return
    try:
        stated = Rupiah.from_whole(f"{text}000")
    except NotMoney:
        raise FiguresDisagree(f"{_IN_DETAIL}{field}", "denomination", text, denomination) from None
    if stated != denomination:
        raise FiguresDisagree(f"{_IN_DETAIL}{field}", "denomination", str(stated), denomination)
