"""What can be sold: categories, their products, and what Espay's live list says about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

from cashier.catalogue.category import Category, Transaction
from cashier.catalogue.operators import MobileOperator, OperatorTable
from cashier.catalogue.rules import Rules
from cashier.language import Refusal
from cashier.money import NotMoney, Rupiah
from cashier.text import clean

Origin = Literal["documented", "shop", "live"]
"""Where a product is known from: Espay's documents, the shop's own files, Espay's live list."""


@dataclass(frozen=True, slots=True)
class Product:
    """Something that can be sold under one of Espay's codes."""

    code: str
    name: str
    category: Category = field(repr=False, hash=False)
    transaction: Transaction
    rules: Rules = field(repr=False, hash=False)
    """The category's rules with the exceptions of this product."""
    origin: Origin
    source: str
    denomination: Rupiah | None = None
    operator: MobileOperator | None = field(default=None, repr=False, hash=False)
    """Whose credit it is, where it is a mobile operator's."""
    registered: bool | None = None
    """Whether Espay's live list has it; ``None`` as long as the list was not read."""
    words: tuple[str, ...] = ()
    """What else people at a counter call it; for the search box alone."""

    @property
    def documented(self) -> bool:
        """Whether Espay's own documents show this code."""
        return self.origin == "documented"


class Unplaced(NamedTuple):
    """A product of the live list of which no category is known (``gaps.md 18``)."""

    code: str
    name: str


class ExtraProduct(Protocol):
    """A product that the shop wrote into ``config.toml`` (``gaps.md 18``)."""

    @property
    def code(self) -> str:
        """Espay's code."""
        ...

    @property
    def name(self) -> str:
        """What the shop calls it."""
        ...

    @property
    def category(self) -> str:
        """The id of its category."""
        ...

    @property
    def denomination(self) -> Rupiah | None:
        """Its face value, where it has one."""
        ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be sold; never changed, a new one is made instead."""

    categories: tuple[Category, ...]
    """In the order of the home screen."""
    products: tuple[Product, ...]
    operators: OperatorTable = field(repr=False, hash=False)
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def shown(self) -> tuple[Category, ...]:
        """The categories of which a product is known; the others stay hidden (``gaps.md 19``)."""
        return tuple(one for one in self.categories if self.products_of(one.id))

    def category(self, category_id: str) -> Category:
        """Find a category.

        Raises:
            Refusal: ``catalogue.unknown_category``.
        """
        for category in self.categories:
            if category.id == category_id:
                return category
        raise Refusal("catalogue.unknown_category", category=category_id)

    def product(self, code: str) -> Product:
        """Find a product by its code; small letters are taken for capitals.

        Raises:
            Refusal: ``catalogue.unknown_product``; or ``catalogue.unplaced_product`` where
                Espay's live list has it and no category is known for it.
        """
        for wanted in (code, code.strip().upper()):
            for product in self.products:
                if product.code == wanted:
                    return product
            for unplaced in self.unplaced:
                if unplaced.code == wanted:
                    raise Refusal("catalogue.unplaced_product", **unplaced._asdict())
        raise Refusal("catalogue.unknown_product", code=code)

    def products_of(self, category_id: str) -> tuple[Product, ...]:
        """Give the products that a category shows: its own, then those it borrows.

        Those of a mobile operator stand together, and sizes of one thing from small to large.

        Raises:
            Refusal: ``catalogue.unknown_category``.
        """
        category = self.category(category_id)
        own = [product for product in self.products if product.category.id == category_id]
        own.sort(key=self._place)
        return (*own, *(self.product(code) for code in category.also_shows))

    def _place(self, product: Product) -> tuple[int, int]:
        owners = self.operators.operator
        owner = -1 if product.operator is None else owners.index(product.operator)
        return owner, 0 if product.denomination is None else product.denomination.sen

    def products_for(self, operator: MobileOperator) -> tuple[Product, ...]:
        """Give the prepaid products of a mobile operator."""
        return tuple(
            product
            for product in self.products
            if product.operator is not None and product.operator.id == operator.id
        )

    def operator_of(self, number: str) -> MobileOperator | None:
        """Give the operator of a phone number by its prefix; ``None`` means: ask."""
        return self.operators.of_number(number)

    def operator_named(self, text: str) -> MobileOperator | None:
        """Give the one operator that a text names, for example the answer of ``getmno``."""
        return self.operators.of_name(text)

    def with_live(self, listed: Iterable[tuple[str, str]]) -> "Catalogue":
        """Join Espay's list of registered products: pairs of code and name.

        Products we know are marked as registered or not; codes that a pattern of exactly one
        category claims become products of it; the rest is kept as ``unplaced``. An earlier list
        is forgotten.
        """
        live = dict(listed)
        known = [product for product in self.products if product.origin != "live"]
        marked = [replace(product, registered=product.code in live) for product in known]
        for product in known:
            live.pop(product.code, None)
        placed = {code: self._placed(code, name) for code, name in live.items()}
        new = sorted((one for one in placed.values() if one is not None), key=_by_size)
        homeless = (Unplaced(code, live[code]) for code, one in placed.items() if one is None)
        return replace(self, products=(*marked, *new), unplaced=tuple(homeless))

    def _placed(self, code: str, name: str) -> Product | None:
        claims = [claim for one in self.categories for claim in _claims(one, code, name, self)]
        return claims[0] if len(claims) == 1 else None


class Reading(NamedTuple):
    """What a code, together with the product's name, tells."""

    denomination: Rupiah | None = None
    operator: MobileOperator | None = None
    certain: bool = False
    """Whether that is enough to place the product in the category."""


def read_code(category: Category, code: str, name: str, operators: OperatorTable) -> Reading:
    """Read a code by the patterns of a category.

    Where the pattern names an operator, the code alone proves nothing unless its letters are
    documented: the name has to call the operator too. So no e-wallet or voucher whose code
    looks alike is taken for mobile credit.
    """
    for pattern in category.code_patterns:
        match = pattern.fullmatch(code)
        if match is None:
            continue
        groups = match.groupdict()
        thousands, letters = groups.get("thousands"), groups.get("operator")
        denomination = _in_thousands(thousands)
        operator = None if letters is None else operators.of_product(letters, name)
        sized = denomination is not None or not category.rules.figures.bill_is_denomination
        owned = operator is not None or letters is None
        return Reading(denomination, operator, sized and owned)
    sells_credit = any("operator" in pattern.groupindex for pattern in category.code_patterns)
    return Reading(operator=operators.of_name(name) if sells_credit else None)


def _in_thousands(digits: str | None) -> Rupiah | None:
    try:
        return None if digits is None else Rupiah.from_whole(f"{digits}000")
    except NotMoney:  # a pattern of the shop lets other characters pass: no denomination
        return None


def _claims(category: Category, code: str, name: str, catalogue: Catalogue) -> Iterator[Product]:
    reading = read_code(category, code, name, catalogue.operators)
    if reading.certain:
        yield Product(
            code=code,
            name=clean(name) or code,
            category=category,
            transaction=category.transaction,
            rules=category.rules,
            origin="live",
            source="getregisteredproducts",
            denomination=reading.denomination,
            operator=reading.operator,
            registered=True,
        )


def _by_size(product: Product) -> tuple[int, str, int, str]:
    operator = product.operator.id if product.operator is not None else ""
    size = product.denomination.sen if product.denomination is not None else 0
    return product.category.order, operator, size, product.code
