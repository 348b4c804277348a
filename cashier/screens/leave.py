"""Asks whether to leave, and says what goes on meanwhile: nothing that was sent is cancelled."""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static
from textual.worker import Worker

from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.front import Facade, Front
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.key_line import bound, key_line
from cashier.screens.number import NumberScreen
from cashier.screens.products import ProductsScreen

_MID_SALE: Final = (ProductsScreen, NumberScreen, AmountScreen, InquiryScreen, ConfirmScreen)


class LeaveScreen(ModalScreen[None]):
    """A question; Enter does not answer it."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("y", "yes", "home.leave_yes"),
        bound("escape,t,n", "no", "home.leave_no"),
    ]

    def __init__(self, shop: Front | Facade) -> None:
        """Keep the shop, and its till where that is open already."""
        super().__init__()
        self.shop = shop
        self._keys = Static(id="keys")
        self._till = shop.till if isinstance(shop, Front) else None

    def compose(self) -> ComposeResult:
        """Put the question together."""
        yield Static(Content(self.shop.say("home.leave_title")), id="title")
        yield Static(Content("\n".join(self._under_way())), id="body")
        yield self._keys

    def on_mount(self) -> None:
        """Show the keys, and count what is open."""
        keys = key_line(self.active_bindings.values(), self.shop.language)
        self._keys.update(keys)
        _: Worker[None] = self.run_worker(self._count_open)

    async def _count_open(self) -> None:
        if self._till is None:
            return
        count = len(await self._till.open_payments())
        if count:
            lines = [*self._under_way(), self.shop.say("home.leave_open", count=str(count))]
            for body in self.query("#body").results(Static):
                body.update(Content("\n".join(lines)))

    def _under_way(self) -> Iterator[str]:
        if any(map(_would_be_dropped, self.app.screen_stack)):
            yield self.shop.say("home.leave_unpaid")
        payments = () if self._till is None else self._till.under_way
        if not payments:
            yield self.shop.say("home.leave_nothing")
            return
        yield self.shop.say("home.leave_under_way")
        for payment in payments:
            quote = payment.quote
            yield self.shop.say(
                "home.leave_payment",
                product=quote.product_name,
                number=quote.number,
                total=str(quote.total),
            )

    def action_yes(self) -> None:
        """Leave; the command that opened the till finishes what was sent."""
        self.app.exit()

    def action_no(self) -> None:
        """Go back to where the operator was."""
        self.app.pop_screen()


def _would_be_dropped(screen: Screen[object]) -> bool:
    """Whether a sale is on the screen of which nothing was begun to be paid."""
    if isinstance(screen, ConfirmScreen):
        return screen.is_offered("back")  # not while F9 is being carried out
    return isinstance(screen, _MID_SALE)
