"""What is known of a bill: labels and values in two columns, within any width."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from cashier.text import clean
from cashier.widgets.fit import fit, wrap
from cashier.widgets.rows import Rows

Facts = Sequence[tuple[str, str]]
"""Labels and values; both may come from outside and are cleaned when drawn."""

_BETWEEN: Final = " : "
_NARROWEST_VALUE: Final = 12
"""Cells a value needs beside its label; with fewer it stands under it."""


def fact_rows(facts: Facts, width: int) -> list[str]:
    """Lay facts out in rows of at most ``width`` cells; nothing of a value is lost."""
    cleaned = [(clean(label), clean(value)) for label, value in facts]
    column = min(max((cell_len(label) for label, _ in cleaned), default=0), width // 2)
    indent = column + len(_BETWEEN)
    if width - indent < _NARROWEST_VALUE:
        return [row for fact in cleaned for text in fact for row in wrap(text, width)]
    return [
        row for label, value in cleaned for row in _beside(label, value, column, width - indent)
    ]


def _beside(label: str, value: str, column: int, room: int) -> list[str]:
    first, *others = wrap(value, room)
    indent = " " * (column + len(_BETWEEN))
    return [f"{fit(label, column)}{_BETWEEN}{first}", *(f"{indent}{other}" for other in others)]


class FactList(Rows):
    """Facts as two columns."""

    def __init__(self, facts: Facts = (), *, id: str | None = None) -> None:  # noqa: A002
        """Show facts from top to bottom."""
        super().__init__(id=id)
        self._facts = tuple(facts)

    def show(self, facts: Facts) -> None:
        """Show other facts."""
        self._facts = tuple(facts)
        self.refresh(layout=True)

    def rows(self, width: int) -> Sequence[str]:
        """The facts laid out."""
        return fact_rows(self._facts, width)
