"""The struk as text, as it will be printed: beside the outcome, and on a screen of its own."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.receipt import Document, Letterhead, compose, plain_text
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import SaleScreen
from cashier.till import Payment


def struk_of(front: Front, payment: Payment) -> Document:
    """Make the struk, or the slip, of a payment as it stands now."""
    quote, catalogue = payment.quote, front.till.catalogue
    try:
        layout = front.till.rules_of(quote).struk
    except Refusal:
        layout = None
    sizes = (one.denomination for one in catalogue.products if one.code == quote.product)
    return compose(payment, layout, Letterhead.of(front.config), denomination=next(sizes, None))


class StrukView(VerticalScroll):
    """The paper, at its own width."""

    def __init__(self, front: Front, payment: Payment) -> None:
        """Show the struk of a payment."""
        super().__init__(id="struk")
        self._front = front
        self._payment = payment

    def compose(self) -> ComposeResult:
        """The rows of the paper."""
        text = Static(self._text(), id="struk-text")
        text.styles.width = self._front.config.receipt.columns
        yield text

    def show(self, payment: Payment) -> None:
        """Show the paper as it is now."""
        self._payment = payment
        self.query_one("#struk-text", Static).update(self._text())

    def _text(self) -> Content:
        document = struk_of(self._front, self._payment)
        return Content(plain_text(document, self._front.config.receipt.columns).rstrip("\n"))


class StrukScreen(SaleScreen):
    """The struk alone, for paper that is too wide to stand beside anything."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("escape,s", "back", "sale.back")]

    def __init__(self, front: Front, payment: Payment) -> None:
        """Show the struk of a payment."""
        super().__init__(front)
        self.payment = payment

    @property
    def heading(self) -> str:
        """Which struk it is."""
        return self.say("struk_heading", payment=self.payment.receipt_no)

    def body(self) -> ComposeResult:
        """The paper."""
        yield StrukView(self.front, self.payment)

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(StrukView).focus()

    def action_back(self) -> None:
        """Go back to the outcome."""
        self.app.pop_screen()
