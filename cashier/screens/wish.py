"""What the customer wants, as far as it is known, and what is still to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cashier.catalogue import Catalogue, Category, Product
from cashier.catalogue.rules import Rules
from cashier.money import Rupiah
from cashier.text import looks_like_card, mask_card
from cashier.till import Find

Step = Literal["product", "number", "amount"]
"""What is asked of the operator before Espay is asked for the bill."""

_MENU_KEYS: Final = "123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the customer wants; a new one is made with each answer."""

    category: Category
    product: Product | None = None
    number: str | None = None
    """Canonical customer number; of a card the whole number, in memory alone."""
    amount: Rupiah | None = None
    product_given: bool = False
    """Whether the product was found on the home screen, so that nobody asks for it again."""

    @classmethod
    def of(cls, find: Find) -> "Wish":
        """Begin with what was found on the home screen."""
        given = find.product is not None
        return cls(find.category, find.product, find.number, find.amount, product_given=given)

    @property
    def rules(self) -> Rules:
        """The rules of the product, or of the category as long as no product is chosen."""
        return self.category.rules if self.product is None else self.product.rules

    @property
    def is_card(self) -> bool:
        """Whether the number is a card's and is shown only while it is typed."""
        number = self.number or ""
        return self.rules.number.kind == "card" or looks_like_card(number)

    @property
    def shown_number(self) -> str:
        """The number as a screen may show it."""
        number = self.number or ""
        return mask_card(number) if self.is_card else number


def steps_of(wish: Wish, catalogue: Catalogue) -> tuple[Step, ...]:
    """Give what is asked for this wish, in the order that is fastest at a counter.

    Where all products are the same thing in several sizes (a token, credit), the number comes
    first: it is read or scanned from what the customer holds, it is checked while the size is
    still being talked about, and of a phone it says which operator's products come first.
    Where products are different billers, the biller decides what its numbers look like, so it
    comes first. A product that is the only one is not asked for.
    """
    products = catalogue.products_of(wish.category.id)
    asks_product = len(products) > 1 and not wish.product_given
    order: list[Step] = ["product", "number"] if asks_product else ["number"]
    if asks_product and are_sizes(products):
        order.reverse()
    if wish.rules.amount == "typed":
        order.append("amount")
    return tuple(order)


def with_only_product(wish: Wish, catalogue: Catalogue) -> Wish:
    """Choose the product where the category has a single one."""
    products = catalogue.products_of(wish.category.id)
    if wish.product is not None or len(products) != 1:
        return wish
    return replace(wish, product=products[0])


def is_answered(wish: Wish, step: Step) -> bool:
    """Whether a step has its answer."""
    return getattr(wish, step) is not None


def without(wish: Wish, step: Step) -> Wish:
    """Forget the answer of a step: whoever goes back before it will be asked again."""
    match step:
        case "product":
            return wish if wish.product_given else replace(wish, product=None)
        case "number":
            return replace(wish, number=None)
        case "amount":
            return replace(wish, amount=None)


def with_number(wish: Wish, number: str, catalogue: Catalogue) -> Wish:
    """Take another number; credit of an operator whose number it is not is forgotten."""
    owner = catalogue.operator_of(number)
    chosen = wish.product.operator if wish.product is not None else None
    of_another = None not in (owner, chosen) and owner != chosen
    answered = replace(wish, number=number)
    return without(answered, "product") if of_another else answered


def are_sizes(products: Sequence[Product]) -> bool:
    """Whether the products are one thing in several sizes, for the same kind of number."""
    return all(
        each.denomination is not None and each.rules.number == products[0].rules.number
        for each in products
    )


def in_order(wish: Wish, catalogue: Catalogue) -> tuple[Product, ...]:
    """Give the products of a category as a menu shows them.

    What the shop is not registered for goes last. Of a phone number, the products of its own
    operator come first. Sizes go from small to large, as the catalogue gives them.
    """
    operator = catalogue.operator_of(wish.number) if wish.number else None

    def place(product: Product) -> tuple[bool, bool]:
        own = operator is None or product.operator is None or product.operator.id == operator.id
        return product.registered is False, not own

    return tuple(sorted(catalogue.products_of(wish.category.id), key=place))


def menu_keys(count: int) -> Sequence[str]:
    """Give a key for each line of a menu; lines beyond the alphabet have none."""
    return [*_MENU_KEYS[:count], *[""] * (count - len(_MENU_KEYS))]
