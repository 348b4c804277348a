"""What became of a payment: what to do with the money, the token, the struk, the next customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from cashier.clock import wib_time
from cashier.language import Refusal
from cashier.money import ZERO
from cashier.payment import (
    FAILURE_COUNTS_AFTER_MS,
    FAILURES_APART_MS,
    Cash,
    Reason,
    State,
)
from cashier.receipt import TakeHome
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.paper import paper_of, print_out
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen, StrukView
from cashier.screens.wish import Wish
from cashier.till import Payment, can_be_asked
from cashier.widgets.big_digits import BigToken, groups_of_four
from cashier.widgets.facts import FactList

_ROOM_FOR_WORDS: Final = 38
"""Columns that the words need beside the paper."""

_MINUTE_MS: Final = 60_000
"""A time that is told in minutes is told a minute later, so that it is over by then."""

_KINDS: Final = {State.PAID: "good", State.UNPAID: "bad", State.REFUNDED: "bad"}


class OutcomeScreen(SaleScreen):
    """Shows one payment as it stands, also while it is still being found out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("k", "returned", "sale.returned"),
        bound("c", "check", "sale.check"),
        bound("p", "print", "sale.print"),
        bound("s", "struk", "sale.struk"),
        bound("n,enter", "next", "sale.next"),
        bound("r", "next_alike", "sale.next_alike"),
        bound("w", "story", "follow.story", show=False),
        bound("f2,alt+o", "open", "home.open", show=False),
        bound("escape", "back", "sale.back"),
    ]

    @dataclass
    class Reached(Message):
        """The payment reached a state."""

        payment: Payment

    def __init__(self, front: Front, payment: Payment, road: Road | None = None) -> None:
        """Show what became of a payment; ``road`` leads to the next sale of the same category."""
        super().__init__(front)
        self.payment = payment
        self.road = road
        self._is_asking = False
        self._paper = StrukView(front.config.receipt.columns)

    @property
    def heading(self) -> str:
        """Which payment it is."""
        quote = self.payment.quote
        return f"{self.payment.receipt_no}  {quote.product_name}  {quote.number}"

    def body(self) -> ComposeResult:
        """The sentence, the token and the facts; the paper beside them."""
        with Horizontal(id="sides"):
            with Vertical(id="words"):
                yield Static(id="verdict")
                yield Static(id="reason")
                yield Vertical(id="token")
                yield FactList(id="payment-facts")
            yield self._paper

    async def on_mount(self) -> None:
        """Show the payment, and go on watching it."""
        self._stop = self.front.till.watch(self._watch)
        await self._show(self.payment)

    def on_unmount(self) -> None:
        """Stop watching."""
        self._stop()

    def on_resize(self, event: Resize) -> None:
        """Show the paper beside the words only where both have room."""
        columns = self.front.config.receipt.columns
        self._paper.display = event.size.width - columns >= _ROOM_FOR_WORDS

    def begin(self) -> None:
        """Let the arrow keys scroll the paper."""
        self._paper.focus()

    def is_offered(self, action: str) -> bool:
        """Offer the next customer once this one has the cash back, and the shortest way first."""
        if action == "next_alike" and can_be_asked(self.payment):
            return False
        return not action.startswith("next") or self.payment.cash is not Cash.OWED_BACK

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what may be done in the state that the payment is in."""
        del parameters
        if action == "returned":
            return self.payment.cash is Cash.OWED_BACK
        if action == "check":
            return can_be_asked(self.payment)
        if action == "next_alike":
            return self.road is not None
        return action != "open" or self._is_to_follow

    @property
    def _is_to_follow(self) -> bool:
        """Whether something is still to be done about it."""
        return self.payment.state.is_open or self.payment.cash is Cash.OWED_BACK

    def action_open(self) -> None:
        """Go on to all that may be done about it."""
        self.go_to_open()

    def action_returned(self) -> None:
        """Note that the cash was handed over."""
        self.work(self._hand_back, "till")

    def action_check(self) -> None:
        """Ask Espay now."""
        if not self._is_asking:
            self._is_asking = True
            self.notice(self.say("asking"))
            self.work(self._ask, "till")

    def action_print(self) -> None:
        """Print the struk or the slip."""
        self.work(self._print, "printer")

    def action_struk(self) -> None:
        """Show the paper alone."""
        self.app.push_screen(StrukScreen(self.front, self.payment))

    def action_story(self) -> None:
        """Tell the whole story of the payment."""
        self.app.push_screen(StoryScreen(self.front, self.payment))

    def action_next(self) -> None:
        """Serve the next customer, unless this one still has to get cash back."""
        if self._may_leave():
            self.go_home()

    def action_next_alike(self) -> None:
        """Serve the next customer, who wants the same: straight to what is asked first."""
        known = {one.id: one for one in self.front.till.catalogue.shown}
        category = known.get(self.payment.quote.category)
        if self.road is not None and category is not None and self._may_leave():
            self.go(self.road.first(Wish(category)))

    def _may_leave(self) -> bool:
        """Whether the customer has everything; says so where not."""
        owed = self.payment.cash is Cash.OWED_BACK
        if owed:
            self.notice(self.say("hand_back_first"), kind="bad")
        return not owed

    def action_back(self) -> None:
        """Go back; what is left undone stays among the open payments."""
        self.app.pop_screen()

    @on(Reached)
    async def _reached(self, message: Reached) -> None:
        await self._show(message.payment)

    def _watch(self, payment: Payment) -> None:
        if payment.id == self.payment.id and self.is_running:
            self.post_message(self.Reached(payment))

    async def _hand_back(self) -> None:
        try:
            payment = await self.front.till.returned(self.payment.id)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self.notice("")
        await self._show(payment)

    async def _ask(self) -> None:
        before = self.payment.state
        try:
            payment = await self.front.till.ask(self.payment.id)
        except Refusal as refusal:
            self.refuse(refusal)
        else:
            self.notice(self._still_so(payment) if payment.state is before else "")
            await self._show(payment)
        finally:
            self._is_asking = False

    def _still_so(self, payment: Payment) -> str:
        """Say that it is still not certain, and from when on a failure counts (T12)."""
        if payment.reason is not Reason.FAILED_ONCE:
            return self.say("still_so")
        counts = (payment.sent_at or payment.prepared_at) + FAILURE_COUNTS_AFTER_MS
        apart = (payment.failed_at or 0) + FAILURES_APART_MS
        return self.say("failed_so_far", time=wib_time(max(counts, apart) + _MINUTE_MS))

    async def _print(self) -> None:
        sentence, kind = await print_out(self.front, self.payment)
        self.notice(sentence, kind=kind)

    async def _show(self, payment: Payment) -> None:
        if self.is_ready:
            self.work(self.refresh_status, "status", exclusive=True)
        self.payment = payment
        self.front.unseen.looked_at(payment)
        kind = _KINDS.get(payment.state, "open")
        self.write("#verdict", verdict_of(self.front, payment), kind=kind)
        reason = reason_of(self.front, payment)
        if payment.state.is_open:
            reason = f"{reason} {self.say('follow_it')}".strip()
        self.write("#reason", reason)
        for place in self.query("#reason"):
            place.display = bool(reason)
        self.show_keys()
        paper = await paper_of(self.front, payment)
        self._show_to_take(paper.to_take)
        facts = [*self._money()][::2] if paper.to_take else [*self._money(), *self._references()]
        for place in self.query("#payment-facts").results(FactList):
            place.show(facts)
        self._paper.show(paper.document)

    def _show_to_take(self, things: Sequence[TakeHome]) -> None:
        """Show what the customer reads and types elsewhere, large; it never changes again."""
        for place in self.query("#token"):
            if not place.children:
                for thing in things:
                    place.mount(Static(Content(_to_read(thing)), classes="label"))
                    place.mount(BigToken(thing.value))

    def _money(self) -> Iterator[tuple[str, str]]:
        payment = self.payment
        yield self.say("total"), str(payment.quote.total)
        yield self.say("cash"), str(payment.tendered)
        yield self.say("change_label"), str(payment.change)

    def _references(self) -> Iterator[tuple[str, str]]:
        """What stands on the paper too, and gives way to what is read aloud."""
        payment, quote = self.payment, self.payment.quote
        if quote.name:
            yield self.say("name"), quote.name
        if payment.ref_id:
            yield self.say("reference"), payment.ref_id
        yield self.say("operator"), payment.operator


def _to_read(thing: TakeHome) -> str:
    """Name what is read aloud; figures also as text, which can be copied from the screen."""
    groups = " ".join(groups_of_four(thing.value)) if thing.value.isdigit() else ""
    return f"{thing.label}  {groups}".strip()


def verdict_of(front: Front, payment: Payment) -> str:
    """Give the one sentence that says what to do with the money now."""
    name = f"sale.outcome_{payment.state}"
    if payment.cash is Cash.RETURNED:
        name += "_returned"
    elif payment.change == ZERO:
        name += "_exact"
    total, change, cash = map(str, (payment.quote.total, payment.change, payment.tendered))
    sentence = front.say(name, total=total, change=change, cash=cash)
    if payment.state is not State.IN_DOUBT:
        return sentence
    onward = "check_later" if can_be_asked(payment) else "to_supervisor"
    return f"{sentence} {front.say(f'sale.{onward}')}"


def reason_of(front: Front, payment: Payment) -> str:
    """Give the sentence that says why, where there is one."""
    if payment.reason in (None, Reason.PAID):
        return ""
    return front.say(f"reason.{payment.reason}", detail=payment.detail)
