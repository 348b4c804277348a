"""The amount, where the customer chooses it: typed with its dots, or a quick key."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.number import heading_of
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.wish import Wish
from cashier.widgets.entry import Entry

QUICK: Final = {"a": 50_000, "s": 100_000, "d": 150_000, "f": 200_000}
"""Quick keys, side by side on the keyboard, and their whole rupiah."""

_LONGEST: Final = 15
_FEWEST: Final = Rupiah.of(1_000)


class AmountScreen(SaleScreen):
    """Asks how much the customer wants to pay."""

    LISTENS_AT_ONCE = True
    AUTO_FOCUS = "Entry"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape", "back", "sale.back"),
        bound("enter", "submit", "sale.onward"),
        *(
            bound(key, f"quick({rupiah})", f"sale.amount_{key}", show=False)
            for key, rupiah in QUICK.items()
        ),
    ]

    def __init__(self, front: Front, road: Road, wish: Wish) -> None:
        """Ask for the amount of this wish."""
        super().__init__(front)
        self.road = road
        self.wish = wish
        self._entry = Entry("amount", _LONGEST, id="amount")

    @property
    def heading(self) -> str:
        """Category, product and number."""
        return f"{heading_of(self.front, self.wish)} > {self.wish.shown_number}"

    def body(self) -> ComposeResult:
        """Label, entry and quick keys."""
        yield Static(Content(self.say("amount_label")), classes="label")
        yield self._entry
        yield Static(Content(self.say("amount_hint")), id="hint")
        yield Static(Content("   ").join(_quick_words()))
        yield Static(Content(self._limits()), id="count")

    def on_mount(self) -> None:
        """Put in the amount that is known already."""
        if self.wish.amount is not None:
            self._entry.value = str(self.wish.amount.whole_up)

    @on(Entry.Changed)
    def _changed(self) -> None:
        self.notice("")

    @on(Entry.Submitted)
    def _submitted(self, message: Entry.Submitted) -> None:
        self._take(Rupiah.typed(message.value) if message.value else None)

    @on(Entry.Refused)
    def _refused(self, message: Entry.Refused) -> None:
        self.refuse(message.refusal)

    def action_back(self) -> None:
        """Go to the step before."""
        self.go_back(self.road.back(self.wish, "amount"))

    def action_submit(self) -> None:
        """Take the amount; the entry itself does so when it has the focus."""
        self._entry.action_submit()

    def action_quick(self, rupiah: int) -> None:
        """Take the amount of a quick key."""
        self._take(Rupiah.of(rupiah))

    def _take(self, amount: Rupiah | None) -> None:
        try:
            self.wish.rules.check_amount(amount)
            _check_thousands(amount)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        wish = replace(self.wish, amount=amount)
        self.go(self.road.onward(wish, "amount"))

    def _limits(self) -> str:
        rules = self.wish.rules
        if rules.minimum is None or rules.maximum is None:
            return ""
        return self.say("amount_limits", minimum=str(rules.minimum), maximum=str(rules.maximum))


def _check_thousands(amount: Rupiah | None) -> None:
    """Refuse what was meant in thousands: nobody pays less than one of them."""
    if amount is not None and amount < _FEWEST:
        raise Refusal("sale.amount_thousands", amount=str(amount))


def _quick_words() -> list[Content]:
    return [
        Content.assemble((key, "bold"), f" {Rupiah.of(rupiah)}") for key, rupiah in QUICK.items()
    ]
