"""The alarm: the journal failed while a payment was under way."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import SaleScreen
from cashier.till import Payment


class UnrecordedScreen(SaleScreen):
    """Says to hold the cash and to start the till again, which finds out what is true."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("h,escape", "home", "sale.home")]

    def __init__(self, front: Front, payment: Payment) -> None:
        """Tell about the payment of which this is the last that is known."""
        super().__init__(front)
        self.payment = payment

    @property
    def heading(self) -> str:
        """That something is wrong."""
        return self.say("unrecorded_heading")

    def body(self) -> ComposeResult:
        """What to do with the cash, and which payment it is."""
        quote = self.payment.quote
        sentence = self.say("unrecorded", total=str(quote.total), payment=self.payment.receipt_no)
        yield Static(Content(sentence), id="verdict", classes="bad")
        yield Static(Content(f"{quote.product_name}  {quote.number}"))

    def action_home(self) -> None:
        """Go home; the payment stays among the open ones."""
        self.go_home()
