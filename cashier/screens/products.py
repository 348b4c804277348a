"""The products of a category, denominations as amounts; the unregistered ones go last."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from cashier.catalogue import MobileOperator, Product
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.number import heading_of
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.wish import Wish, in_order, menu_keys
from cashier.widgets.menu import Menu, MenuItem

_WIDE: Final = 110
"""Columns from which codes are shown."""


class ProductsScreen(SaleScreen):
    """Asks which product of a category it shall be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "choose", "sale.choose"),
        bound("escape", "back", "sale.back"),
    ]

    def __init__(self, front: Front, road: Road, wish: Wish) -> None:
        """Ask for the product of this wish."""
        super().__init__(front)
        self.road = road
        self.wish = wish
        self.products = in_order(wish, front.till.catalogue)
        self._menu = Menu()

    @property
    def heading(self) -> str:
        """The category, and the number where it was asked for first."""
        name = heading_of(self.front, Wish(self.wish.category))
        if not self.wish.number:
            return name
        owner = self.owner
        whose = "" if owner is None else f" ({owner.name})"
        return f"{name} > {self.wish.shown_number}{whose}"

    @property
    def owner(self) -> MobileOperator | None:
        """Whose phone number it is, where the products are credit and that is known."""
        if self.wish.number is None or not any(one.operator for one in self.products):
            return None
        return self.front.till.catalogue.operator_of(self.wish.number)

    def body(self) -> ComposeResult:
        """The menu."""
        self._menu.set_items(
            [
                MenuItem(product.code, self._label(product), self._detail(product), key)
                for product, key in zip(self.products, menu_keys(len(self.products)), strict=True)
            ]
        )
        yield self._menu

    def begin(self) -> None:
        """Listen to keys."""
        self._menu.focus()

    @on(Menu.Chosen)
    def _chosen(self, message: Menu.Chosen) -> None:
        product = next(each for each in self.products if each.code == message.item.id)
        wish = replace(self.wish, product=product)
        self.go(self.road.onward(wish, "product"))

    def action_back(self) -> None:
        """Go to the step before."""
        self.go_back(self.road.back(self.wish, "product"))

    def action_choose(self) -> None:
        """Stand in the line of keys; the menu itself takes Enter."""

    def _code(self, product: Product) -> str:
        """Espay's code, where there is room for what only a technician reads."""
        return product.code if self.app.size.width >= _WIDE else ""

    def _label(self, product: Product) -> str:
        return product.name if product.denomination is None else str(product.denomination)

    def _detail(self, product: Product) -> str:
        name = self._code(product) if product.denomination is None else product.name
        if product.registered is False:
            return f"{name} ({self.say('not_registered')})".strip()
        owner = self.owner
        is_of_another = owner is not None and product.operator not in (None, owner)
        return f"{name} ({self.say('other_operator')})" if is_of_another else name
