"""Asking Espay for the bill: visible progress that can be left, and every refusal with a way on."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from cashier.language import Refusal
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.elapsed import minutes_and_seconds
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.number import heading_of
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.wish import Wish
from cashier.till import PaidJustNow


class InquiryScreen(SaleScreen):
    """Asks Espay once, as often as the operator wants; leaving it cancels the question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("u,enter", "again", "sale.again"),
        bound("o", "other_number", "sale.other_number"),
        bound("h", "home", "sale.home"),
        bound("escape", "back", "sale.back"),
    ]

    def __init__(self, front: Front, road: Road, wish: Wish) -> None:
        """Ask for the bill of this wish."""
        super().__init__(front)
        self.road = road
        self.wish = wish
        self.refusal: Refusal | None = None
        """Why there is no bill, once that is known."""
        self._began = 0.0
        self._blocked_until: float | None = None

    @property
    def heading(self) -> str:
        """Category, product and number."""
        return f"{heading_of(self.front, self.wish)} > {self.wish.shown_number}"

    def body(self) -> ComposeResult:
        """What is going on, and for how long."""
        yield Static(id="stage")
        yield Static(id="elapsed")
        yield Static(id="reason")

    def on_mount(self) -> None:
        """Ask."""
        self.set_interval(1, self._tick)
        self._ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the ways on only once there is no bill."""
        del parameters
        if action in {"again", "other_number", "home"}:
            return self.refusal is not None
        return True

    def action_again(self) -> None:
        """Ask again, unless Espay would refuse because it is too early."""
        if self._seconds_blocked() == 0:
            self._ask()

    def action_other_number(self) -> None:
        """Ask for another number."""
        self.go(self.road.at(replace(self.wish, number=None), "number"))

    def action_home(self) -> None:
        """Give this customer up."""
        self.go_home()

    def action_back(self) -> None:
        """Cancel the question, and go to the step before; nothing is lost by that."""
        self.workers.cancel_node(self)
        self.go_back(self.road.back(self.wish))

    def _ask(self) -> None:
        self.refusal = None
        self._blocked_until = None
        self._began = self.front.clock.monotonic()
        self.write("#reason", "")
        self._stage("inquiry_asking")
        self._tick()
        self.work(self._inquire, "inquiry", exclusive=True)

    async def _inquire(self) -> None:
        wish = self.wish
        if wish.product is None or wish.number is None:
            raise ValueError("an inquiry needs a product and a number")
        try:
            quote = await self.front.till.inquire(wish.product.code, wish.number, wish.amount)
        except Refusal as refusal:
            self._refused(refusal)
            return
        self.go(ConfirmScreen(self.front, self.road, wish, quote))

    def _refused(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self._stage("inquiry_refused")
        if isinstance(refusal, PaidJustNow):
            self._blocked_until = self.front.clock.monotonic() + refusal.seconds
            reason = self.say("inquiry_just_paid", payment=refusal.receipt_no)
        else:
            reason = self.front.explain(refusal)
        self.write("#reason", reason, kind="bad")
        self._tick()

    def _stage(self, name: str) -> None:
        self.write("#stage", self.say(name))
        self.show_keys()

    def _seconds_blocked(self) -> int:
        if self._blocked_until is None:
            return 0
        return max(0, -int(-(self._blocked_until - self.front.clock.monotonic()) // 1))

    def _tick(self) -> None:
        """Write the running time, or how long to wait; nothing else is repainted."""
        self.write("#elapsed", self._time_words(), grows=False)

    def _time_words(self) -> str:
        if self.refusal is None:
            return minutes_and_seconds(self.front.clock.monotonic() - self._began)
        if self._blocked_until is None:
            return ""
        left = self._seconds_blocked()
        name = "inquiry_wait" if left else "inquiry_may_again"
        return self.say(name, time=minutes_and_seconds(left))
