"""A payment under way: its stage and how long it has taken, left and come back to at will."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from cashier.payment import State
from cashier.screens.elapsed import minutes_and_seconds
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.till import Payment
from cashier.widgets.facts import FactList

_UNDER_WAY = frozenset({State.PREPARED, State.SENT})


class ProgressScreen(SaleScreen):
    """Follows one payment until Espay's answer; leaving it changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("x", "give_up", "sale.give_up"),
        bound("escape", "leave", "sale.leave"),
    ]

    @dataclass
    class Reached(Message):
        """The payment reached a state."""

        payment: Payment

    def __init__(self, front: Front, payment_id: int, road: Road | None = None) -> None:
        """Follow the payment with this number; ``road`` leads on from its outcome."""
        super().__init__(front)
        self.payment_id = payment_id
        self.road = road
        self.payment: Payment | None = None
        """The payment as it was last seen."""

    @property
    def heading(self) -> str:
        """That a payment is under way."""
        return self.say("progress_heading")

    def body(self) -> ComposeResult:
        """Who pays what, the stages, and the running time."""
        yield FactList(id="who")
        yield Static(id="stage")
        yield Static(id="elapsed")
        yield Static(Content(self.say("progress_note")), id="hint")

    async def on_mount(self) -> None:
        """Find the payment and follow it."""
        till = self.front.till
        self._stop = till.watch(self._watch)
        under_way = (each for each in till.under_way if each.id == self.payment_id)
        payment = next(under_way, None) or await till.payment(self.payment_id)
        self._show(payment)
        self.set_interval(1, self._tick)

    def on_unmount(self) -> None:
        """Stop following; the payment goes on."""
        self._stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer giving up only while nothing can have left."""
        del parameters
        if action == "give_up":
            return self.payment is not None and self.payment.state is State.PREPARED
        return True

    def action_give_up(self) -> None:
        """Give the sale up, if that is still in time."""
        if not self.front.till.give_up(self.payment_id):
            self.notice(self.say("too_late_to_give_up"), kind="bad")

    def action_leave(self) -> None:
        """Go home; the payment goes on."""
        self.go_home()

    def on_progress_screen_reached(self, message: Reached) -> None:
        """Show the stage, or what became of the payment."""
        self._show(message.payment)

    def _watch(self, payment: Payment) -> None:
        if payment.id == self.payment_id:
            self.post_message(self.Reached(payment))

    def _show(self, payment: Payment) -> None:
        self.payment = payment
        if payment.state not in _UNDER_WAY:
            self.go(OutcomeScreen(self.front, payment, self.road))
            return
        quote = payment.quote
        facts = [
            (self.say("product"), quote.product_name),
            (self.say("number"), quote.number),
            *([(self.say("name"), quote.name)] if quote.name else []),
            (self.say("total"), str(quote.total)),
            (self.say("cash"), str(payment.tendered)),
        ]
        for place in self.query("#who").results(FactList):
            place.show(facts)
        self._tick()
        self.show_keys()

    def _tick(self) -> None:
        """Write stage and running time; nothing else is repainted."""
        payment = self.payment
        if payment is None or payment.state not in _UNDER_WAY:
            return
        now = self.front.clock.utc_ms()
        self.write("#stage", self.say(stage_of(payment, now)), grows=False)
        seconds = (now - payment.prepared_at) / 1000
        self.write("#elapsed", minutes_and_seconds(seconds), grows=False)


def stage_of(payment: Payment, now: int) -> str:
    """Name the stage; what was sent more than a second ago is being waited for."""
    if payment.state is State.PREPARED or payment.sent_at is None:
        return "stage_preparing"
    return "stage_sending" if now - payment.sent_at < 1000 else "stage_waiting"
