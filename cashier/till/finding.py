"""The fastest road from a few typed characters to a sale: codes, names, numbers already served.

Every word that was typed must begin a word of what is found, so that ``tok 100`` finds the PLN
token of 100.000. Digits look for customers served before; a number that nobody knows offers the
categories whose rule it meets, the likeliest first, and a phone number the credit of its own
operator.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cashier.catalogue import Catalogue, Category, Product
from cashier.journal.rows import KnownCustomer
from cashier.language import LanguageCode, Refusal
from cashier.money import Rupiah
from cashier.text import looks_like_card, mask_card
from cashier.till.query import Query, read_query

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Find:
    """One road: a category, perhaps a product of it, perhaps the number to sell it for."""

    category: Category
    product: Product | None = None
    number: str | None = None
    name: str | None = None
    """The customer's name, where they were served before."""
    amount: Rupiah | None = None
    """What the customer pays, where they choose it and it was typed."""

    @property
    def shown_number(self) -> str:
        """The number as a screen may show it; a card's is masked."""
        number = self.number or ""
        is_card = self.category.rules.number.kind == "card" or looks_like_card(number)
        return mask_card(number) if is_card else number

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two roads the same."""
        return self.category.id, self.product.code if self.product else "", self.number or ""


def find(
    catalogue: Catalogue,
    typed: str,
    language: LanguageCode,
    customers: tuple[KnownCustomer, ...] = (),
    limit: int = 20,
) -> tuple[Find, ...]:
    """Give the roads that fit what was typed, the likeliest first, none twice.

    Args:
        catalogue: What can be sold.
        typed: What stands in the search box.
        language: The language in which category names are searched.
        customers: Known customers whose number or name begins with what was typed.
        limit: How many roads at most.
    """
    query = read_query(typed)
    search = _Search(catalogue, query, language)
    roads: dict[tuple[str, str, str], Find] = {}
    for road in () if query.is_empty else search.roads(typed, customers):
        roads.setdefault(road.key, road)
    return tuple(islice(roads.values(), limit))


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: all that is found is found for the same words."""

    catalogue: Catalogue
    query: Query
    language: LanguageCode

    def roads(self, typed: str, customers: Iterable[KnownCustomer]) -> Iterator[Find]:
        """Give all roads, the likeliest first."""
        yield from self._by_code(typed)
        yield from self._served_before(customers)
        if self.query.number is not None:
            yield from self._by_number(self.query.number)
        if not self._narrows:
            yield from self._by_name()

    def _by_code(self, typed: str) -> Iterator[Find]:
        code = typed.strip().upper()
        for product in self.catalogue.products:
            if product.code == code:
                yield Find(product.category, product)

    def _served_before(self, customers: Iterable[KnownCustomer]) -> Iterator[Find]:
        """Customers of long standing first; with a size beside them, only what has it."""
        by_code = {product.code: product for product in self.catalogue.products}
        for customer in sorted(customers, key=lambda one: -one.times):
            product = by_code.get(customer.product)
            if product is not None and self._is_wanted(product):
                yield Find(
                    product.category, product, customer.number, customer.name, self._paid(product)
                )

    def _is_wanted(self, product: Product) -> bool:
        """Tell whether a product that somebody bought before is what was typed beside them."""
        if self.query.number is not None:
            return not self._narrows or self._says(product)
        amount = self.query.amount
        if amount is None or not self.query.words:
            return True
        return _has(product, amount.values) or self._paid(product) is not None

    @property
    def _narrows(self) -> bool:
        """Whether something stands beside a number."""
        query = self.query
        beside = query.amount is not None and query.amount.word != query.number
        return query.number is not None and (beside or bool(query.words))

    def _by_number(self, typed: str) -> Iterator[Find]:
        """Categories whose rule the number meets, or their products where more is said."""
        fitting = [one for one in self.catalogue.shown if one.rules.number.accepts(typed)]
        if self.catalogue.operator_of(typed) and not any(_is_phone(one) for one in fitting):
            return  # the first digits of a phone number are not yet a number of anything
        for category in sorted(fitting, key=lambda one: _likelihood(one, typed)):
            number = category.rules.number.canonical(typed)
            products = self._products_for(category, number)
            if not products and not self._narrows:
                yield Find(category, number=number)
            for product in products:
                yield Find(category, product, number, amount=self._paid(product))

    def _products_for(self, category: Category, number: str) -> list[Product]:
        """What may be sold for a number: what was said, or what alone is possible."""
        products = self.catalogue.products_of(category.id)
        owner = self.catalogue.operator_of(number)
        own = [one for one in products if owner is not None and one.operator == owner]
        if self._narrows:
            return self._exact(one for one in own or products if self._says(one))
        return own or (list(products) if len(products) == 1 else [])

    def _by_name(self) -> Iterator[Find]:
        """Categories that are meant as a whole, then products."""
        sold = {one.id: self.catalogue.products_of(one.id) for one in self.catalogue.shown}
        for category in self.catalogue.shown:
            only = sold[category.id][0] if len(sold[category.id]) == 1 else None
            if self._means(category):
                yield Find(category, only)
        said = [
            (category, product)
            for category in self.catalogue.shown
            for product in sold[category.id]
            if self._says(product, category)
        ]
        exact = self._exact(product for _, product in said)
        for category, product in said:
            if product in exact:
                yield Find(category, product, amount=self._paid(product))

    def _means(self, category: Category) -> bool:
        """Tell whether the words mean a category as a whole."""
        wanted = self.query.words
        return bool(wanted) and not self.query.amount and _all_begin(wanted, self._called(category))

    def _exact(self, products: Iterable[Product]) -> list[Product]:
        """Leave out longer amounts as soon as one is met exactly."""
        found, amount = list(products), self.query.amount
        met = [one for one in found if amount is not None and _has(one, amount.values)]
        return met or found

    def _says(self, product: Product, category: Category | None = None) -> bool:
        """Tell whether words and amount mean this product."""
        query, where = self.query, category or product.category
        called = [product.name, product.code, *self._meant(product.words), *self._called(where)]
        if product.operator is not None:
            called += self._meant(product.operator.nicknames)
        amount = query.amount
        if amount is None:
            return bool(query.words) and _all_begin(query.words, called)
        if product.denomination is not None:
            met = _has(product, amount.values) or amount.begins(product.denomination)
            return met and _all_begin(query.words, called)
        if product.rules.amount == "typed":
            payable = self._paid(product) is not None and bool(query.words)
            return payable and _all_begin(query.words, called)
        return _all_begin((*query.words, amount.word), called)

    def _paid(self, product: Product) -> Rupiah | None:
        """The typed amount, where the customer chooses it and the product takes it."""
        amount = self.query.amount
        if amount is None or amount.word == self.query.number or product.rules.amount != "typed":
            return None
        try:
            product.rules.check_amount(amount.likeliest)
        except Refusal:
            return None
        return amount.likeliest

    def _called(self, category: Category) -> list[str]:
        """What a category is called."""
        return [category.names.say(self.language), *self._meant(category.words)]

    def _meant(self, names: Iterable[str]) -> list[str]:
        """Give what something is also called; of several words only where all of them are meant.

        ``pulsa listrik`` is electricity, ``pulsa`` alone is not.
        """
        wanted = self.query.words
        return [one for one in names if " " not in one or _all_meant(one, wanted)]


def _is_phone(category: Category) -> bool:
    return category.rules.number.kind == "phone"


def _likelihood(category: Category, number: str) -> tuple[bool, int, int]:
    rule = category.rules.number
    unusual = not rule.is_usual(rule.canonical(number))
    return unusual, rule.maximum - rule.minimum, category.order


def _has(product: Product, amounts: frozenset[Rupiah]) -> bool:
    return product.denomination in amounts


def _all_begin(wanted: Iterable[str], called: Iterable[str]) -> bool:
    """Tell whether every wanted word begins a word of what something is called."""
    words = {word for name in called for word in _words(name)}
    return all(any(word.startswith(each) for word in words) for each in wanted)


def _all_meant(name: str, wanted: Iterable[str]) -> bool:
    """Tell whether every word of a name begins with one of the wanted ones."""
    begins = tuple(wanted)
    return bool(begins) and all(word.startswith(begins) for word in _words(name))


def _words(text: str) -> list[str]:
    """The words of a text in small letters; the dots of an amount do not part it."""
    return _WORD.findall(text.casefold().replace(".", ""))
