"""What the customer owes, in figures that are read across the counter."""

from collections.abc import Sequence

from rich.cells import cell_len

from cashier.money import Rupiah
from cashier.text import clean
from cashier.widgets.big_digits import big
from cashier.widgets.fit import fit
from cashier.widgets.rows import Rows


def total_rows(label: str, amount: Rupiah, width: int) -> list[str]:
    """Draw ``TOTAL Rp`` and large figures, or one plain line where that is too wide."""
    words = clean(label)
    large = big(str(amount))
    sign = f"{words} Rp "
    if cell_len(sign) + len(large[0]) > width:
        return [fit(f"{words} {amount}", width)]
    return [f"{fit(sign if row == 1 else '', cell_len(sign))}{large[row]}" for row in range(3)]


class Total(Rows):
    """A label and an amount, large."""

    DEFAULT_CSS = """
    Total { text-style: bold; }
    """

    def __init__(
        self,
        label: str,
        amount: Rupiah,
        *,
        id: str | None = None,  # noqa: A002  Textual's name for it
    ) -> None:
        """Show an amount under a label, which is a sentence of the interface."""
        super().__init__(id=id)
        self._label = label
        self._amount = amount

    def show(self, amount: Rupiah) -> None:
        """Show another amount, as when the customer hands over more."""
        self._amount = amount
        self.refresh(layout=True)

    def rows(self, width: int) -> Sequence[str]:
        """Label and figures."""
        return total_rows(self._label, self._amount, width)
