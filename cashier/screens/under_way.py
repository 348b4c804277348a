"""The line at home that leads back to a payment which is being sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from cashier.clock import wib_time
from cashier.screens.front import Speaker

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Payment


class UnderWay(Static):
    """Hidden while nothing is being sent."""

    DEFAULT_CSS = """
    UnderWay {
        display: none; height: 1; background: $panel; color: $accent; padding: 0 1;
    }
    """

    def show(self, shop: Speaker, payments: "Sequence[Payment]") -> bool:
        """Say what is being sent; tell whether the line came or went."""
        if payments:
            self._say(Content(_words(shop, payments)))
        came_or_went = self.display != bool(payments)
        if came_or_went:
            self.display = bool(payments)
        return came_or_went

    def _say(self, words: Content) -> None:
        if self.content != words:
            self.update(words, layout=False)


def _words(shop: Speaker, payments: "Sequence[Payment]") -> str:
    if len(payments) > 1:
        return shop.say("home.under_way_more", count=str(len(payments)))
    quote = payments[0].quote
    return shop.say(
        "home.under_way_one",
        product=quote.product_name,
        number=quote.number,
        time=wib_time(payments[0].prepared_at),
    )
