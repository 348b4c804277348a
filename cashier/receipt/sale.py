"""What a struk is made of: a payment and its category's layout, as far as paper needs them.

Receipt knows neither journal nor catalogue (DESIGN 1). Whatever has these properties can be
printed: the till's ``Payment``, and the ``Layout`` of a category file.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from cashier.money import Rupiah
from cashier.payment import State

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


class QuoteLike(Protocol):
    """What was owed."""

    @property
    def product_name(self) -> str:
        """What the product is called."""
        ...

    @property
    def number(self) -> str:
        """The customer number; of a card its mask."""
        ...

    @property
    def is_card(self) -> bool:
        """Whether the number is a card's."""
        ...

    @property
    def name(self) -> str | None:
        """The customer's name, where it is known."""
        ...

    @property
    def bill(self) -> Rupiah:
        """The biller's part."""
        ...

    @property
    def admin_fee(self) -> Rupiah:
        """The admin fee."""
        ...

    @property
    def service_fee(self) -> Rupiah:
        """The shop's own fee, never inside the biller's total."""
        ...

    @property
    def espay_amount(self) -> Rupiah:
        """Bill and admin fee."""
        ...

    @property
    def total(self) -> Rupiah:
        """What the customer pays."""
        ...

    @property
    def facts(self) -> Mapping[str, str]:
        """The fields of the inquiry's answer."""
        ...

    @property
    def environment(self) -> str:
        """Where it was paid; anything but ``production`` pays nobody."""
        ...


class Sale(Protocol):
    """One payment, in whatever state; times are UTC milliseconds."""

    @property
    def quote(self) -> QuoteLike:
        """What was paid, or was to be."""
        ...

    @property
    def receipt_no(self) -> str:
        """The shop's own number, ``261122-0007``."""
        ...

    @property
    def rq_uuid(self) -> str:
        """The id under which Espay was asked to pay."""
        ...

    @property
    def state(self) -> State:
        """Where the payment stands."""
        ...

    @property
    def ref_id(self) -> str | None:
        """Espay's reference."""
        ...

    @property
    def token(self) -> str | None:
        """The PLN token that was bought."""
        ...

    @property
    def tendered(self) -> Rupiah:
        """The cash that was taken."""
        ...

    @property
    def change(self) -> Rupiah:
        """The cash that was given back at once."""
        ...

    @property
    def operator(self) -> str:
        """Who sold."""
        ...

    @property
    def prepared_at(self) -> int:
        """When the cash was taken."""
        ...

    @property
    def final_at(self) -> int | None:
        """When it became certain what had happened."""
        ...

    @property
    def returned_at(self) -> int | None:
        """When the cash was handed back."""
        ...


class LayoutLine(Protocol):
    """One line of the biller's block: a label, and where its value comes from."""

    @property
    def label(self) -> str:
        """The trade's label."""
        ...

    @property
    def fields(self) -> Sequence[str]:
        """Names in the facts; the first that is there counts."""
        ...

    @property
    def own(self) -> OwnValue | None:
        """Or a value of the till's own."""
        ...

    @property
    def large(self) -> bool:
        """Whether the value is printed in double size."""
        ...

    @property
    def is_amount(self) -> bool:
        """Whether a fact of this line is an amount of money."""
        ...

    def shown(self, value: str) -> str:
        """Give a fact's value as people read it."""
        ...


class Layout(Protocol):
    """The biller's block, from heading to information text."""

    @property
    def heading(self) -> str:
        """What kind of struk it is."""
        ...

    @property
    def lines(self) -> Sequence[LayoutLine]:
        """Its lines, in the order of the paper."""
        ...

    @property
    def legal(self) -> str | None:
        """The sentence that makes it a proof of payment; ``{product}`` stands for its name."""
        ...

    @property
    def information(self) -> Sequence[str]:
        """What the biller wants said below."""
        ...

    @property
    def information_fields(self) -> Sequence[str]:
        """Facts that say it in the biller's own words; the first that is there counts."""
        ...

    @property
    def unprinted(self) -> Sequence[str]:
        """Facts that are known and not meant for this paper."""
        ...
