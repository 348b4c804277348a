"""Categories, products and roads of the search as rows of a list."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cashier.catalogue import Category, Product
from cashier.screens.front import Facade, Front
from cashier.widgets.menu import MenuItem

if TYPE_CHECKING:
    from cashier.till import Find


def categories_as_items(shop: Front | Facade) -> list[MenuItem]:
    """Give a row for each category that is shown; its id is the category's."""
    return [
        MenuItem(
            category.id, category.names.say(shop.language), _size(shop, category), category.key
        )
        for category in shop.catalogue.shown
    ]


def roads_as_items(shop: Front | Facade, finds: Sequence["Find"]) -> list[MenuItem]:
    """Give a row for each road; its id is the road's place, from 0."""
    return [_road_as_item(shop, str(place), find) for place, find in enumerate(finds)]


def products_as_lines(shop: Front | Facade, category: Category) -> list[str]:
    """Give the products of a category, one a line, with their codes."""
    products = shop.catalogue.products_of(category.id)
    width = max((len(product.code) for product in products), default=0)
    return [f"{product.code:<{width}}  {_name(shop, product)}" for product in products]


def _size(shop: Front | Facade, category: Category) -> str:
    products = shop.catalogue.products_of(category.id)
    if len(products) == 1:
        return products[0].name
    return shop.say("home.products", count=str(len(products)))


def _name(shop: Front | Facade, product: Product) -> str:
    if product.registered is False:
        return f"{product.name} ({shop.say('home.unregistered')})"
    return product.name


def _road_as_item(shop: Front | Facade, place: str, find: "Find") -> MenuItem:
    category = find.category.names.say(shop.language)
    product = find.product
    if product is None:
        called = find.number is not None
        words = shop.say("home.served", number=find.shown_number, name=category)
        return MenuItem(place, words if called else category, _size(shop, find.category))
    name = _name(shop, product)
    sold = name if find.amount is None else f"{name} {find.amount}"
    if find.number is None:
        return MenuItem(place, sold, category)
    if find.name is None:
        words = shop.say("home.served", number=find.shown_number, name=sold)
        return MenuItem(place, words, category)
    words = shop.say("home.served", number=find.shown_number, name=find.name)
    return MenuItem(place, words, sold)
