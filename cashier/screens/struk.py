"""The struk as text, as it will be printed: beside the outcome, and on a screen of its own."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from cashier.payment import Cash
from cashier.receipt import Document, plain_text
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.paper import paper_of, print_out
from cashier.screens.sale_screen import SaleScreen
from cashier.till import Payment

_BESIDE_PAPER: Final = 3
"""Columns that margins and scrollbar need beside the paper."""


def _scrolls(key: str, rows: int) -> Binding:
    """Bind an arrow; the line of keys names both as one."""
    binding = bound(key, f"scroll({rows})", f"sale.scroll_{key}")
    return replace(binding, tooltip="sale.key_scroll")


class StrukView(VerticalScroll):
    """The paper, at its own width."""

    class LaidOut(Message):
        """It is known how much of the paper is out of sight."""

    def __init__(self, columns: int) -> None:
        """Make a view for paper of so many columns; ``show`` fills it."""
        super().__init__(id="struk")
        self._columns = columns
        self._text = Static(id="struk-text")
        self._text.styles.width = columns

    def compose(self) -> ComposeResult:
        """The rows of the paper."""
        yield self._text

    def on_resize(self) -> None:
        """Tell that paper or window have another size."""
        self.post_message(self.LaidOut())

    def show(self, document: Document) -> None:
        """Show the paper as it is now."""
        rows = plain_text(document, self._columns).rstrip("\n")
        self._text.update(Content(rows))


class StrukScreen(SaleScreen):
    """The struk alone, for paper that is too wide to stand beside anything."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _scrolls("up", -1),
        _scrolls("down", 1),
        bound("p", "print", "sale.print"),
        bound("n", "next", "sale.next"),
        bound("escape,s", "back", "sale.back"),
    ]

    def __init__(self, front: Front, payment: Payment) -> None:
        """Show the struk of a payment."""
        super().__init__(front)
        self.payment = payment
        self._paper = StrukView(front.config.receipt.columns)

    @property
    def heading(self) -> str:
        """Which struk it is."""
        return self.say("struk_heading", payment=self.payment.receipt_no)

    def body(self) -> ComposeResult:
        """The paper."""
        with Horizontal(id="middle"):
            yield self._paper

    def is_offered(self, action: str) -> bool:
        """Offer moving the paper only where some of it is out of sight."""
        return not action.startswith("scroll") or self._paper.max_scroll_y > 0

    def on_resize(self, event: Resize) -> None:
        """Give the paper the whole width where it needs it; the keys tell that it scrolls."""
        is_wide = event.size.width < self.front.config.receipt.columns + _BESIDE_PAPER
        self._paper.styles.scrollbar_size_vertical = 0 if is_wide else 1
        self._paper.styles.margin = 0 if is_wide else (0, 1)

    async def on_mount(self) -> None:
        """Read what the answers told, and show it."""
        paper = await paper_of(self.front, self.payment)
        self._paper.show(paper.document)

    @on(StrukView.LaidOut)
    def _tell_scrolling(self) -> None:
        self.show_keys()

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self._paper.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the next customer once this one has the cash back."""
        del parameters
        return action != "next" or self.payment.cash is not Cash.OWED_BACK

    def action_scroll(self, rows: int) -> None:
        """Move the paper; the view itself does so when it has the focus."""
        self._paper.scroll_relative(y=rows, animate=False)

    def action_print(self) -> None:
        """Print the paper."""
        self.work(self._print, "printer")

    def action_next(self) -> None:
        """Serve the next customer."""
        self.go_home()

    def action_back(self) -> None:
        """Go back to the outcome."""
        self.app.pop_screen()

    async def _print(self) -> None:
        sentence, kind = await print_out(self.front, self.payment)
        self.notice(sentence, kind=kind)
