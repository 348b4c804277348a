"""The line at home that tells what a payment came to while nobody looked; it stays until then."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from cashier.payment import State
from cashier.screens.front import Speaker

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Payment


class News(Static):
    """Hidden while there is nothing to look at."""

    DEFAULT_CSS = """
    News {
        display: none; height: 1; background: $panel; color: $success; padding: 0 1;
        text-style: bold; text-overflow: ellipsis; text-wrap: nowrap;
        &.-not-paid { color: $warning; }
    }
    """

    def show(self, shop: Speaker, payments: "Sequence[Payment]", key: str) -> None:
        """Tell of the oldest payment, how many more there are, and the key that shows it.

        Args:
            shop: Whose language is spoken.
            payments: What nobody has looked at, the oldest first.
            key: The key as it stands on the keyboard.
        """
        if payments:
            self.set_class(payments[0].state is not State.PAID, "-not-paid")
            words = Content(_words(shop, payments, key))
            if self.content != words:
                self.update(words, layout=False)
        self.display = bool(payments)


def _words(shop: Speaker, payments: "Sequence[Payment]", key: str) -> str:
    payment, *more = payments
    name = "paid_token" if payment.token else str(payment.state)
    parts = [
        payment.receipt_no,
        shop.say(f"home.news_{name}", who=payment.quote.name or payment.quote.number),
        *([shop.say("home.news_more", count=str(len(more)))] if more else []),
        shop.say("home.news_look", pressed=key),
    ]
    return " ".join(parts)
