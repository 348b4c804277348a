"""The troubles that magic customer numbers ask for, read from ``troubles.toml``.

A number that ends in ``99`` and three digits listed there makes that trouble, for every product
it can hit: eleven-digit meters, ten-digit phones and sixteen-digit cards have room for the five
digits alike. On a product that a trouble cannot hit, the number behaves like any other.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cashier.language import LanguageCode
from cashier.sandbox.products import Product

MAGIC: Final = "99"
"""Every magic suffix begins with these two digits."""

Place = Literal["inquiry", "payment", "status"]
Target = Literal["all", "inquiry", "token"]
Wire = Literal[
    "hang",
    "slow",
    "drip",
    "close",
    "reset",
    "half_status",
    "half_header",
    "half_body",
    "reset_in_body",
    "cut",
    "continue_only",
    "two_lengths",
    "garbage",
]
Body = Literal[
    "not_json",
    "bom",
    "latin1",
    "nan",
    "twice",
    "deep",
    "digits",
    "big",
    "list",
    "string",
    "null",
    "gzip",
]
Step = Literal[
    "paid",
    "in_process",
    "failed",
    "says_failed",
    "same",
    "html",
    "hang",
    "other_ref",
    "not_found",
    "unauthorised",
]
Outcome = Literal["paid", "unpaid", "in_doubt", "processing", "incomplete", "no_quote"]
WrongAmount = Literal["lower", "higher", "times_100", "by_100", "separators", "all_times_100"]
Scalar = str | int | None


class Trouble(BaseModel):
    """One trouble: where it strikes, what it does, and what a till has to make of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: str = Field(pattern=r"99[0-9]{3}")
    key: str
    place: Place
    only: Target = "all"
    id: str
    en: str
    booked: bool = True
    """Whether Espay takes the money of the payment."""
    till: Outcome
    """Where the payment stands after its answer; ``no_quote`` where no cash may be taken."""
    then: Outcome | None = None
    """Where it stands after it was asked about as often as it takes."""
    fault: str = ""
    invented: bool = False
    """Whether the answer uses codes or fields that no document shows."""

    wire: Wire | None = None
    http: int | None = None
    body: Body | None = None
    refuse: str | None = None
    """Answer with this code of ``codes.py`` and nothing else."""
    code: str | int | None = None
    text: str | None = None
    pending: bool = False
    set: dict[str, Scalar] = {}
    drop: tuple[str, ...] = ()
    set_data: dict[str, Scalar] = {}
    drop_data: tuple[str, ...] = ()
    swap: bool = False
    """Call the error text by its other name."""
    amount: WrongAmount | None = None
    status: tuple[Step, ...] = ("paid",)
    """What the first, the second, … status question is answered; the last one is repeated."""
    times: int | None = None
    """How many inquiries in a row are disturbed before one is fine again."""
    name: str | None = None
    unsold_token: str | None = None
    changing: bool = False

    @property
    def takes_money(self) -> bool:
        """Whether Espay has the money in the end; an inquiry's trouble never takes any itself."""
        never_paid = self.place == "inquiry" and self.till != "paid"
        return self.booked and not never_paid and "failed" not in self.status

    def hits(self, product: Product) -> bool:
        """Whether the trouble can happen to this product."""
        match self.only:
            case "inquiry":
                return product.inquiry == "needed"
            case "token":
                return product.bill == "pln_prepaid"
            case "all":
                return self.place != "inquiry" or product.inquiry == "needed"

    def named(self, language: LanguageCode) -> str:
        """What happens, in words."""
        return self.id if language == "id" else self.en


@cache
def troubles() -> dict[str, Trouble]:
    """Give every trouble by its five digits, in the order of the file."""
    source = files("cashier.sandbox") / "troubles.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))["trouble"]
    return {str(table["number"]): Trouble.model_validate(table) for table in tables}


@cache
def _by_key() -> dict[str, Trouble]:
    return {trouble.key: trouble for trouble in troubles().values()}


def trouble_called(key: str) -> Trouble:
    """Find a trouble by its key.

    Raises:
        KeyError: There is none.
    """
    return _by_key()[key]


def trouble_of(order_id: str, product: Product) -> Trouble | None:
    """The trouble that a customer number asks for with this product, if any."""
    trouble = troubles().get(order_id[-5:])
    return trouble if trouble is not None and trouble.hits(product) else None


def magic_number(key: str, like: str) -> str:
    """A customer number of the same length as ``like`` that asks for a trouble."""
    return like[:-5] + trouble_called(key).number
