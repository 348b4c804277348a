"""The biller's block of a struk, as the trade lays it out (``receipts.md 4``).

Only what the biller's part says stands in a category file. Shop, operator, time, the shop's own
fee, cash and change frame every struk alike (``receipts.md 4.0``).
"""

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from cashier.catalogue.fact import FactKind, show
from cashier.catalogue.model import Frozen, Line, Many

OwnValue = Literal[
    "number",
    "name",
    "product",
    "denomination",
    "bill",
    "admin_fee",
    "amount",
    "ref_id",
    "token",
]
"""What the till knows itself; ``amount`` is bill and admin fee, without the shop's own fee."""


class StrukLine(Frozen):
    """One line: a label of the trade, and where its value comes from.

    A line whose value is not there is left out, never filled with something else.
    """

    label: Line
    fields: Many[Line] = ()
    """Names in the facts of the reply; the first that is there counts."""
    own: OwnValue | None = None
    kind: FactKind = "text"
    large: bool = False
    """Whether the value is printed in double size."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if bool(self.fields) == (self.own is not None):
            raise PydanticCustomError("struk_line", "either fields or own")
        return self

    @property
    def is_amount(self) -> bool:
        """Whether a fact on this line is an amount of money."""
        return self.kind == "rupiah"

    def shown(self, value: str) -> str:
        """Give a fact's value as people read it; what has another form stays as it came."""
        return show(self.kind, value)


class Layout(Frozen):
    """The biller's block, from heading to information text."""

    heading: Line
    lines: Many[StrukLine]
    legal: Line | None = None
    """The sentence that makes it a proof of payment; ``{product}`` stands for its name."""
    information: Many[Line] = ()
    """What the biller wants said below."""
    information_fields: Many[Line] = ()
    """Facts that say it in the biller's own words; one that is there stands in its place."""
    unprinted: Many[Line] = ()
    """Facts that are known and not meant for the struk: told by another line, or not for the
    customer. All others that no line names are printed below, as they came; only the customer
    number is not repeated."""
