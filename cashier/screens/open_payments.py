"""Open payments and cash owed back: what is still to be done, oldest first."""

from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from cashier.language import Refusal
from cashier.payment import Cash, State
from cashier.screens.elapsed import age
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.outcome import OutcomeScreen, verdict_of
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.till import Payment, can_be_asked
from cashier.widgets.menu import Menu, MenuItem

_WIDE: Final = 110
"""Columns from which a row also names customer and operator."""

_UNDER_WAY = frozenset({State.PREPARED, State.SENT})


class OpenPaymentsScreen(SaleScreen):
    """The list, and what may be done with each line; what became paid stays until it is seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("c", "check", "open.check"),
        bound("k", "returned", "open.returned"),
        bound("enter", "details", "open.details"),
        bound("escape", "back", "open.back"),
    ]

    def __init__(self, front: Front) -> None:
        """Show what this till knows to be open."""
        super().__init__(front)
        self.payments: tuple[Payment, ...] = ()
        """Open payments and cash owed back, oldest first."""
        self._is_asking = False

    @property
    def heading(self) -> str:
        """What this list is."""
        return self.front.say("open.heading")

    def body(self) -> ComposeResult:
        """The list."""
        yield Static(id="none")
        yield Static(id="legend")
        yield Menu()

    async def on_mount(self) -> None:
        """Read the list, and read it again whenever a payment moves."""
        self._stop = self.front.till.watch(self._watch)
        await self._read()

    def on_unmount(self) -> None:
        """Stop watching."""
        self._stop()

    async def on_screen_resume(self) -> None:
        """Read again what may have changed while another screen lay above."""
        if self.is_mounted:
            await self._read()

    def begin(self) -> None:
        """Listen to keys."""
        self.query_one(Menu).focus()

    def is_offered(self, action: str) -> bool:
        """Offer what can be done with the payment under the cursor."""
        payment = self.chosen
        if payment is None:
            return action == "back"
        if action == "check":
            return can_be_asked(payment)
        return action != "returned" or payment.cash is Cash.OWED_BACK

    @property
    def chosen(self) -> Payment | None:
        """The payment under the cursor."""
        item = self.query_one(Menu).current
        found = (each for each in self.payments if item is not None and str(each.id) == item.id)
        return next(found, None)

    @on(Menu.Chosen)
    def _details(self, message: Menu.Chosen) -> None:
        payment = next(each for each in self.payments if str(each.id) == message.item.id)
        ours = payment.id in {each.id for each in self.front.till.under_way}
        if ours and payment.state in _UNDER_WAY:
            self.app.push_screen(ProgressScreen(self.front, payment.id))
        else:
            self.app.push_screen(OutcomeScreen(self.front, payment))

    @on(Menu.Moved)
    def _tell_chosen(self) -> None:
        """Say what to do about the payment under the cursor, and which keys do it."""
        payment = self.chosen
        words = "" if payment is None else self._advice(payment)
        self.write("#legend", words, grows=False)
        self.show_keys()

    def _advice(self, payment: Payment) -> str:
        sentence = verdict_of(self.front, payment)
        if payment.state is not State.IN_DOUBT or can_be_asked(payment):
            return sentence
        return f"{sentence} {self.front.say('open.supervisor')}"

    def action_details(self) -> None:
        """Stand in the line of keys; the menu itself takes Enter."""

    def action_check(self) -> None:
        """Ask Espay now about the payment under the cursor."""
        payment = self.chosen
        if payment is None or self._is_asking:
            return
        self._is_asking = True
        self.notice(self.front.say("open.asking", payment=payment.receipt_no))
        self.work(partial(self._ask, payment), "till")

    def action_returned(self) -> None:
        """Note that the cash of the payment under the cursor was handed over."""
        payment = self.chosen
        if payment is not None:
            self.work(partial(self._hand_back, payment), "till")

    def action_back(self) -> None:
        """Go back home."""
        self.app.pop_screen()

    def _watch(self, _: Payment) -> None:
        if self.is_running:
            self.call_later(self._read)

    async def _ask(self, payment: Payment) -> None:
        try:
            seen = await self.front.till.ask(payment.id)
        except Refusal as refusal:
            self.refuse(refusal)
        else:
            state = self.front.say(f"open.state_{state_word(seen)}")
            self.notice(self.front.say("open.asked", payment=seen.receipt_no, state=state))
        finally:
            self._is_asking = False
        await self._read()

    async def _hand_back(self, payment: Payment) -> None:
        try:
            done = await self.front.till.returned(payment.id)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        total = str(done.quote.total)
        self.notice(self.front.say("open.returned", total=total, payment=done.receipt_no))
        await self._read()

    async def _read(self) -> None:
        till = self.front.till
        found = (*await till.open_payments(), *await till.owed_back(), *self.front.unseen.payments)
        self.payments = tuple(sorted(found, key=lambda payment: (payment.prepared_at, payment.id)))
        for menu in self.query(Menu):
            menu.set_items([self._item(payment) for payment in self.payments])
        await self.refresh_status()
        for place in self.query("#none"):
            place.display = not self.payments
        for place in self.query("#legend"):
            place.display = bool(self.payments)
        self._tell_chosen()
        self.write("#none", "" if self.payments else self.front.say("open.none"), kind="good")

    def _item(self, payment: Payment) -> MenuItem:
        quote, say = payment.quote, self.front.say
        label = f"{payment.receipt_no} {quote.number} {quote.product_name}"
        if self.size.width >= _WIDE:
            label += f" {quote.name or ''} ({payment.operator})"
        state = say(f"open.state_{state_word(payment)}")
        since = age(self.front, payment.prepared_at)
        return MenuItem(str(payment.id), label, f"{state} {since:>7} {quote.total!s:>12}")


def state_word(payment: Payment) -> str:
    """Name the state of a payment in the list; final ones differ by where the cash is."""
    return "owed_back" if payment.cash is Cash.OWED_BACK else str(payment.state)
