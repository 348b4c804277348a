"""The rules of a product: everything that differs between billers, as data."""

from collections.abc import Mapping
from datetime import time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cashier.catalogue.fact import Caution, Fact
from cashier.catalogue.model import Amount, Frozen, Line, Many
from cashier.catalogue.number import NumberRule
from cashier.catalogue.struk import Layout
from cashier.clock import wib
from cashier.language import Refusal
from cashier.money import ZERO, Rupiah

if TYPE_CHECKING:
    from cashier.payment import Demands

_LARGEST: Final = Rupiah(10**17 - 1)
"""The largest amount that fits ``String(17)`` on the wire (``protocol.md 4.5``)."""

Figure = Literal["total", "bill", "admin_fee"]
"""A top-level figure of an inquiry: ``amount``, ``bill_amount``, ``admin_fee``."""


class Figures(Frozen):
    """How the figures of an inquiry add up (``protocol.md 5``).

    A reply that disagrees stops the sale before cash is taken. A field that is absent is
    tolerated (``gaps.md 7``), one that differs is not.
    """

    bill_includes_fee: bool
    """``False``: total = bill + admin fee. ``True``: total = bill, and the fee is part of it."""
    whole: Mapping[Figure, Line] = {}
    """For each figure the field of ``data`` that states it in whole rupiah (the x100 guard)."""
    bill_is_denomination: bool = False
    """Whether the bill must be the product's denomination."""
    thousands: Line | None = None
    """The field of ``data`` that states the product's denomination in thousands of rupiah."""
    bill_is_typed_amount: bool = False
    """Whether the bill must be the amount that the customer chose."""


class DemandedNumber(Frozen):
    """A number that the reply to a payment must hold before the sale counts as complete."""

    name: Line
    digits: Annotated[int, Field(ge=1, le=40)]
    fields: Many[Line] = ()
    anywhere: bool = False


class FeePolicy(Frozen):
    """Whether the shop may add its own fee, and up to how much."""

    allowed: bool
    maximum: Amount | None = None


class ClosingHours(Frozen):
    """The hours of each day, in WIB, at which the biller takes no payment."""

    starts: time
    ends: time

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.starts == self.ends:
            raise PydanticCustomError("hours", "two different times")
        return self

    def closed_at(self, utc_ms: int) -> bool:
        """Tell whether a moment (UTC milliseconds) lies in the closed hours.

        The first minute is closed, the last is open again; the hours may cross midnight.
        """
        now = wib(utc_ms).time()
        if self.starts < self.ends:
            return self.starts <= now < self.ends
        return now >= self.starts or now < self.ends

    def __str__(self) -> str:
        """Give the hours as ``23:00-01:00 WIB``."""
        return f"{self.starts:%H:%M}-{self.ends:%H:%M} WIB"


class Rules(Frozen):
    """What holds for one product: its category's rules with its own exceptions."""

    number: NumberRule
    inquiry: bool
    """Whether an inquiry comes before the payment."""
    amount: Literal["none", "typed"]
    """Whether the customer chooses the amount."""
    amount_at_inquiry: bool = False
    """Whether the typed amount is sent with the inquiry, in ``additional_data``."""
    minimum: Amount | None = None
    maximum: Amount | None = None
    figures: Figures
    reply_amount: Literal["compare", "note"]
    """Whether the amount in the reply to a payment counts (``payment-states.md``, Evidence)."""
    demanded: Many[DemandedNumber] = ()
    confirm: Many[Fact] = ()
    """What the customer confirms, in this order."""
    name_fields: Many[Line] = ()
    """Fields of ``data`` that may hold the customer's name; the first that is there counts."""
    warn: Many[Caution] = ()
    struk: Layout
    fee: FeePolicy
    hours: ClosingHours | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if not self.inquiry and self.amount == "none":
            raise PydanticCustomError("amount_from_nowhere", "an inquiry or a typed amount")
        needs_both = self.amount_at_inquiry or self.figures.bill_is_typed_amount
        if needs_both and not (self.inquiry and self.amount == "typed"):
            raise PydanticCustomError("typed_at_inquiry", "an inquiry and a typed amount")
        return self

    @cached_property
    def demands(self) -> "Demands":
        """What ``payment.judge`` wants of a reply before the sale counts as complete."""
        # Loaded by the first sale: the first screen does without (DESIGN 10).
        from cashier.payment import Demand, Demands  # noqa: PLC0415

        numbers = (Demand(d.name, d.digits, d.fields, d.anywhere) for d in self.demanded)
        return Demands(self.reply_amount, tuple(numbers))

    def check_amount(self, amount: Rupiah | None) -> None:
        """Accept the amount a person typed, or its absence, or say what is wrong with it.

        Raises:
            Refusal: ``catalogue.amount_unwanted``, ``amount_needed``, ``amount_zero``,
                ``amount_sen``, ``amount_low`` or ``amount_high``.
        """
        if self.amount == "none":
            if amount is not None:
                raise Refusal("catalogue.amount_unwanted")
            return
        if amount is None:
            raise Refusal("catalogue.amount_needed")
        if amount <= ZERO:
            raise Refusal("catalogue.amount_zero")
        if amount != Rupiah.of(amount.sen // 100):
            raise Refusal("catalogue.amount_sen", amount=str(amount))
        self._check_limits(amount)

    def _check_limits(self, amount: Rupiah) -> None:
        minimum, maximum = self.minimum or ZERO, self.maximum or _LARGEST
        if amount < minimum:
            raise Refusal("catalogue.amount_low", amount=str(amount), minimum=str(minimum))
        if amount > maximum:
            raise Refusal("catalogue.amount_high", amount=str(amount), maximum=str(maximum))
