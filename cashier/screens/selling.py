"""The road of a sale: which screen comes before and after which. Always forward, Esc back."""

from textual.screen import Screen

from cashier.screens.amount import AmountScreen
from cashier.screens.front import Front
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.number import NumberScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.wish import Step, Wish, is_answered, steps_of, with_only_product, without
from cashier.till import Find


def first_screen(front: Front, find: Find) -> Screen[None]:
    """Give the first screen of a sale: what is still to be asked, or the inquiry itself."""
    return SaleRoad(front).first(Wish.of(find))


class SaleRoad:
    """Makes the screens of one sale, one above home at a time."""

    def __init__(self, front: Front) -> None:
        """Keep what every screen works with."""
        self._front = front

    def first(self, wish: Wish) -> Screen[None]:
        """Give the screen of the first step without an answer."""
        wish = with_only_product(wish, self._front.till.catalogue)
        for step in self._steps(wish):
            if not is_answered(wish, step):
                return self.at(wish, step)
        return self.inquiry(wish)

    def onward(self, wish: Wish, step: Step) -> Screen[None]:
        """Give the screen of the next step without an answer."""
        steps = self._steps(wish)
        later = (one for one in steps[steps.index(step) + 1 :] if not is_answered(wish, one))
        following = next(later, None)
        return self.inquiry(wish) if following is None else self.at(wish, following)

    def back(self, wish: Wish, step: Step | None = None) -> Screen[None] | None:
        """Give the screen that comes before a step, or before the inquiry; home is ``None``."""
        steps = self._steps(wish)
        earlier = steps if step is None else steps[: steps.index(step)]
        rest = wish if step is None else without(wish, step)
        return self.at(rest, earlier[-1]) if earlier else None

    def at(self, wish: Wish, step: Step) -> Screen[None]:
        """Give the screen of a step."""
        makers: dict[Step, type[ProductsScreen | NumberScreen | AmountScreen]] = {
            "product": ProductsScreen,
            "number": NumberScreen,
            "amount": AmountScreen,
        }
        return makers[step](self._front, self, wish)

    def inquiry(self, wish: Wish) -> Screen[None]:
        """Give the screen that asks Espay for the bill."""
        return InquiryScreen(self._front, self, wish)

    def _steps(self, wish: Wish) -> tuple[Step, ...]:
        return steps_of(wish, self._front.till.catalogue)
