"""What a start found cut off and put on record; read before anything new is sold."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from cashier.screens.front import Front
from cashier.screens.key_line import bound, key_line
from cashier.till import Payment


class RecoveredScreen(ModalScreen[None]):
    """A short list; new payments wait until it was seen (``payment-states.md``, Start-up)."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [bound("enter,escape", "seen", "home.recovered_seen")]

    def __init__(self, front: Front) -> None:
        """Keep the open till."""
        super().__init__()
        self.front = front
        self._is_seen = False

    def compose(self) -> ComposeResult:
        """Put the list together."""
        lines = [self.front.say("home.recovered_intro")]
        for payment in self.front.till.recovered:
            lines += ["", *self._told(payment)]
        yield Static(Content(self.front.say("home.recovered_title")), id="title")
        with VerticalScroll(id="body"):
            yield Static(Content("\n".join(lines)))
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Show the keys."""
        keys = key_line(self.active_bindings.values(), self.front.language)
        self.query_one("#keys", Static).update(keys)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._is_seen = True

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

    def action_seen(self) -> None:
        """Go on to home; an Enter from before the first paint has seen nothing."""
        if self._is_seen:
            self.app.pop_screen()
