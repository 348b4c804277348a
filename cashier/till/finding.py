"""The fastest road from a few typed characters to a sale: codes, names, numbers already served.

Every word that was typed must begin a word of what is found, so that ``tok 100`` finds the PLN
token of 100.000. Digits also look for customers served before, and a phone number offers the
credit of its own operator.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cashier.catalogue import Catalogue, Category, Product
from cashier.journal.rows import KnownCustomer
from cashier.language import LanguageCode

SHORTEST_NUMBER: Final = 4
"""From this many digits on, what is typed may be a customer's number."""

_SHORTEST_PHONE: Final = 9
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Find:
    """One road: a category, perhaps a product of it, perhaps the number to sell it for."""

    category: Category
    product: Product | None = None
    number: str | None = None
    name: str | None = None
    """The customer's name, where they were served before."""

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
    roads: dict[tuple[str, str, str], Find] = {}
    for road in _roads(catalogue, typed.strip(), language, customers):
        roads.setdefault(road.key, road)
    return tuple(islice(roads.values(), limit))


def _roads(
    catalogue: Catalogue, typed: str, language: LanguageCode, customers: tuple[KnownCustomer, ...]
) -> Iterator[Find]:
    if not typed:
        return
    yield from _by_code(catalogue, typed.upper())
    yield from _served_before(catalogue, customers)
    yield from _by_phone(catalogue, typed)
    wanted = _words(typed)
    for category in catalogue.shown:
        if _begins(wanted, category.names.say(language)):
            yield Find(category)
    for product in catalogue.products:
        named = f"{product.name} {product.code} {product.category.names.say(language)}"
        if _begins(wanted, named):
            yield Find(product.category, product)


def _by_code(catalogue: Catalogue, code: str) -> Iterator[Find]:
    exact = [product for product in catalogue.products if product.code == code]
    for product in exact:
        yield Find(product.category, product)


def _served_before(catalogue: Catalogue, customers: tuple[KnownCustomer, ...]) -> Iterator[Find]:
    by_code = {product.code: product for product in catalogue.products}
    for customer in customers:
        product = by_code.get(customer.product)
        if product is not None:
            yield Find(product.category, product, customer.number, customer.name)


def _by_phone(catalogue: Catalogue, typed: str) -> Iterator[Find]:
    if len(typed) < _SHORTEST_PHONE:
        return
    operator = catalogue.operator_of(typed)
    if operator is None:
        return
    for product in catalogue.products_for(operator):
        yield Find(product.category, product, typed)


def _begins(wanted: list[str], text: str) -> bool:
    """Whether every wanted word begins a word of the text."""
    words = _words(text)
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


def _words(text: str) -> list[str]:
    """The words of a text in small letters; the dots of an amount do not part it."""
    return _WORD.findall(text.casefold().replace(".", ""))
