"""What an operator has to know before the first sale: what the last session left, what stands.

New payments wait until it was seen (``payment-states.md``, Start-up).
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.stops import sentences
from cashier.till import Greeting, Payment


class GreetingScreen(SaleScreen):
    """One calm screen; it is never shown where there is nothing to tell."""

    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter,escape", "seen", "home.recovered_seen"),
        bound("f2,alt+o", "open", "home.open"),
    ]

    def __init__(self, front: Front) -> None:
        """Tell what this till found at its start."""
        super().__init__(front)
        self._page = VerticalScroll(Static(id="greeting"), id="greeting-scroll")

    @property
    def heading(self) -> str:
        """That something is to be read first."""
        return self.front.say("follow.greeting_heading")

    def body(self) -> ComposeResult:
        """What there is to tell."""
        yield self._page

    async def on_mount(self) -> None:
        """Read what there is to tell."""
        greeting = await self.front.till.greeting()
        stops = await self.front.till.stops()
        parts = [*self._recovered(greeting), *self._stopped(stops), *self._counts(greeting)]
        self.write("#greeting", Content("\n\n").join(parts))

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self._page.focus()

    def action_seen(self) -> None:
        """Go on to home."""
        self.app.pop_screen()

    def action_open(self) -> None:
        """Go on to what is still to be done."""
        self.go(FollowUpScreen(self.front))

    def _recovered(self, greeting: Greeting) -> Iterator[Content]:
        if greeting.recovered:
            yield Content(self.front.say("home.recovered_intro"))
        for payment in greeting.recovered:
            yield Content("\n").join(map(Content, self._told(payment)))

    def _told(self, payment: Payment) -> Iterator[str]:
        quote = payment.quote
        yield self.front.say(
            "home.recovered_payment",
            receipt=payment.receipt_no,
            product=quote.product_name,
            number=quote.number,
            total=str(quote.total),
        )
        yield self.front.say(f"home.recovered_{payment.state}", total=str(quote.total))

    def _stopped(self, stops: Sequence[Refusal]) -> Iterator[Content]:
        for sentence in sentences(self.front, stops):
            yield Content.styled(sentence, "bold")

    def _counts(self, greeting: Greeting) -> Iterator[Content]:
        if greeting.open_payments:
            count = str(greeting.open_payments)
            yield Content(self.front.say("follow.greeting_open", count=count))
        if greeting.owed_back:
            count = str(greeting.owed_back)
            yield Content(self.front.say("follow.greeting_owed", count=count))
