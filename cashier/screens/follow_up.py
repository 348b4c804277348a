"""What is still to be done: open payments and cash owed back, and everything that may be done."""

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.widgets import Static

from cashier.language import Refusal
from cashier.screens import stops as stopping
from cashier.screens.decision import DecisionScreen
from cashier.screens.elapsed import age
from cashier.screens.form import FormScreen
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.payment_words import answer_to, state_word
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.screens.sure import Question, SureScreen
from cashier.screens.told import told
from cashier.screens.whereabouts import screen_of
from cashier.till import FollowUp, May, Payment
from cashier.widgets.menu import Menu, MenuItem
from cashier.widgets.paragraphs import Paragraphs

_WIDE: Final = 110
"""Columns from which a row also names customer and operator."""

_NEEDS: Final = {
    "check": May.ASK,
    "gather": May.GATHER,
    "slip": May.SLIP,
    "escalate": May.ESCALATE,
    "decide": May.RESOLVE,
    "returned": May.RETURN,
}
"""What must be possible with a payment for an action to stand in the line of keys."""

_EXPLAINED: Final = ("processing", "in_doubt", "incomplete", "escalated", "owed_back", "paid")
"""States that the help of this screen explains, by their names in the list."""


class FollowUpScreen(SaleScreen):
    """The list, what is known of the row under the cursor, and what may be done with it.

    What became paid meanwhile stays until it was looked at.
    """

    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    KEYS_TAKE_ROWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "details", "open.details"),
        bound("k", "returned", "open.returned"),
        bound("c", "check", "open.check"),
        bound("g", "gather", "open.gather"),
        bound("t", "slip", "open.slip"),
        bound("s", "escalate", "open.escalate"),
        bound("d", "decide", "open.decide"),
        bound("r", "story", "open.story"),
        bound("b", "resume", "open.resume"),
        bound("j", "clock", "open.clock"),
        bound("escape", "back", "open.back"),
    ]

    def __init__(self, front: Front) -> None:
        """Show what this till knows to be open."""
        super().__init__(front)
        self.follows: tuple[FollowUp, ...] = ()
        """Open payments and cash owed back, oldest first."""
        self.stops: tuple[Refusal, ...] = ()
        """What keeps the shop from selling."""
        self._is_asking = False
        self._menu = Menu()
        self._told = Paragraphs(self.front.say("follow.more"), id="told")

    @property
    def heading(self) -> str:
        """What this list is."""
        return self.front.say("open.heading")

    @property
    def glossary(self) -> tuple[tuple[str, str], ...]:
        """The states of the list, and what each of them means for the money."""
        say = self.front.say
        return tuple((say(f"open.state_{one}"), say(f"open.means_{one}")) for one in _EXPLAINED)

    @property
    def payments(self) -> tuple[Payment, ...]:
        """The payments of the list, oldest first."""
        return tuple(follow.payment for follow in self.follows)

    def body(self) -> ComposeResult:
        """What stops the shop, the list, and what is known of one row."""
        yield Static(id="stops")
        yield Static(id="none")
        with Vertical(id="follow"):
            yield self._menu
            yield self._told

    async def on_mount(self) -> None:
        """Read the list, and read it again whenever a payment moves."""
        self._stop = self.front.till.watch(self._watch)
        await self._read()

    def on_unmount(self) -> None:
        """Stop watching."""
        self._stop()

    def on_resize(self, event: Resize) -> None:
        """Write rows and keys for as much room as there is now."""
        del event
        self._show()

    async def on_screen_resume(self) -> None:
        """Read again what may have changed while another screen lay above."""
        if self.is_mounted:
            await self._read()

    def begin(self) -> None:
        """Listen to keys."""
        self._menu.focus()
        self.show_keys()

    def is_offered(self, action: str) -> bool:
        """Offer what can be done with the payment under the cursor, and with what stops us."""
        if action == "resume":
            return stopping.is_stopped(self.stops)
        if action == "clock":
            return stopping.is_behind(self.stops)
        follow = self.chosen
        if follow is None:
            return action == "back"
        return action not in _NEEDS or _NEEDS[action] in follow.may

    @property
    def chosen(self) -> FollowUp | None:
        """The payment under the cursor."""
        item = self._menu.current
        return None if item is None else self._of(item)

    @on(Menu.Chosen)
    def _details(self, message: Menu.Chosen) -> None:
        self.app.push_screen(screen_of(self.front, self._of(message.item).payment))

    @on(Menu.Moved)
    def _tell_chosen(self) -> None:
        """Say what is known of the payment under the cursor, and which keys do something."""
        follow = self.chosen
        words = [] if follow is None else [*told(self.front, follow)]
        self._told.show(words)
        self.show_keys()

    # What is done with the payment under the cursor

    def action_details(self) -> None:
        """Stand in the line of keys; the menu itself takes Enter."""

    def action_check(self) -> None:
        """Ask Espay now, or look for hints where there is nothing to ask by."""
        follow = self.chosen
        if follow is None:
            return
        if May.GATHER in follow.may:
            self.action_gather()
        else:
            asking = self.front.say("open.asking", payment=follow.payment.receipt_no)
            self._find_out(asking, partial(self._ask, follow.payment))

    def action_gather(self) -> None:
        """Look for hints now: the deposit, and the bill once more."""
        follow = self.chosen
        if follow is not None:
            looking = self.front.say("open.gathering", payment=follow.payment.receipt_no)
            self._find_out(looking, partial(self._gather, follow))

    def action_slip(self) -> None:
        """Show what the customer takes home until it is certain; it is printed from there."""
        follow = self._if(May.SLIP)
        if follow is not None:
            self.app.push_screen(StrukScreen(self.front, follow.payment))

    def action_story(self) -> None:
        """Tell the whole story of the payment."""
        follow = self.chosen
        if follow is not None:
            self.app.push_screen(StoryScreen(self.front, follow.payment))

    def action_escalate(self) -> None:
        """Hand the payment to the supervisor, after one question."""
        follow = self._if(May.ESCALATE)
        if follow is None:
            return
        payment = follow.payment

        async def act() -> str:
            # Whoever did it has seen it: no news to tell at home.
            self.front.unseen.looked_at(await self.front.till.escalate(payment.id))
            return self.front.say("open.escalated", payment=payment.receipt_no)

        self._ask_whether("escalate", payment, act)

    def action_decide(self) -> None:
        """Let the supervisor decide on a document of Espay's."""
        follow = self._if(May.RESOLVE)
        if follow is not None:
            self.app.push_screen(DecisionScreen(self.front, follow.payment, self._done))

    def action_returned(self) -> None:
        """Note that the cash was handed over, after one question."""
        follow = self._if(May.RETURN)
        if follow is None:
            return
        payment = follow.payment

        async def act() -> str:
            done = await self.front.till.returned(payment.id)
            total = str(done.quote.total)
            return self.front.say("open.returned", total=total, payment=done.receipt_no)

        self._ask_whether("returned", payment, act)

    def action_resume(self) -> None:
        """Let a supervisor close the circuit."""
        if stopping.is_stopped(self.stops):
            form = stopping.resume_form(self.front, self.stops, self._back_with)
            self.app.push_screen(FormScreen(self.front, form))

    def action_clock(self) -> None:
        """Let somebody say that the clock is right now."""
        if stopping.is_behind(self.stops):
            form = stopping.clock_form(self.front, self.stops, self._back_with)
            self.app.push_screen(FormScreen(self.front, form))

    def action_back(self) -> None:
        """Go back home."""
        self.app.pop_screen()

    def _if(self, may: May) -> FollowUp | None:
        """Give the payment under the cursor where something may be done with it; say so if not."""
        follow = self.chosen
        if follow is not None and may not in follow.may:
            self.notice(self.front.say(f"open.cannot_{may}"), kind="bad")
            return None
        return follow

    def _ask_whether(
        self, what: str, payment: Payment, act: Callable[[], Coroutine[None, None, str]]
    ) -> None:
        total = str(payment.quote.total)
        change = str(payment.change)
        question = Question(
            self.front.say(f"follow.{what}_heading", payment=payment.receipt_no, total=total),
            self.front.say(f"follow.{what}_words", total=total, change=change),
            act,
            self._back_with,
            (*self._facts(payment),),
        )
        self.app.push_screen(SureScreen(self.front, question))

    def _facts(self, payment: Payment) -> Iterator[tuple[str, str]]:
        quote, say = payment.quote, self.say
        yield say("product"), quote.product_name
        yield say("number"), quote.number
        if quote.name:
            yield say("name"), quote.name
        yield say("total"), str(quote.total)
        yield say("cash"), str(payment.tendered)
        yield say("change_label"), str(payment.change)

    def _back_with(self, sentence: str) -> None:
        """Come back from the screen above with a sentence."""
        self.app.pop_screen()
        self._done(sentence)

    def _done(self, sentence: str) -> None:
        self.notice(sentence, kind="good")

    # Finding out

    def _find_out(self, words: str, task: Callable[[], Coroutine[None, None, str]]) -> None:
        if not self._is_asking:
            self._is_asking = True
            self.notice(words)
            self.work(partial(self._found_out, task), "till")

    async def _found_out(self, task: Callable[[], Coroutine[None, None, str]]) -> None:
        try:
            self.notice(await task())
        except Refusal as refusal:
            self.refuse(refusal)
        finally:
            self._is_asking = False
        await self._read()

    async def _ask(self, payment: Payment) -> str:
        seen = await self.front.till.ask(payment.id)
        state = self.front.say(f"open.state_{state_word(seen)}")
        asked = self.front.say("open.asked", payment=seen.receipt_no, state=state)
        return f"{asked} {answer_to(self.front, seen)}" if seen.state.is_open else asked

    async def _gather(self, before: FollowUp) -> str:
        payment = await self.front.till.gather(before.payment.id)
        hints = (await self.front.till.follow_up(payment.id)).hints
        new = len(hints) - len(before.hints)
        name = "gathered" if new else "gathered_nothing"
        return self.front.say(f"open.{name}", payment=payment.receipt_no, count=str(new))

    # What is shown

    def _watch(self, _: Payment) -> None:
        if self.is_running:
            self.call_later(self._read)

    async def _read(self) -> None:
        till = self.front.till
        unseen = [await till.follow_up(each.id) for each in self.front.unseen.payments]
        found = {each.payment.id: each for each in (*unseen, *await till.follow_ups())}
        order = sorted(found.values(), key=lambda one: (one.payment.prepared_at, one.payment.id))
        self.follows = tuple(order)
        self.stops = await till.stops()
        await self.refresh_status()
        self._show()

    def _show(self) -> None:
        self._menu.set_items([self._item(follow.payment) for follow in self.follows])
        for place in self.query("#follow"):
            place.display = bool(self.follows)
        nothing = "" if self.follows else self.front.say("open.none")
        stops = "\n".join(stopping.sentences(self.front, self.stops, is_here=True))
        for selector, words, kind in (("#none", nothing, "good"), ("#stops", stops, "bad")):
            self.write(selector, words, kind=kind)
            for place in self.query(selector):
                place.display = bool(words)
        if self.is_mounted:
            self._tell_chosen()

    def _of(self, item: MenuItem) -> FollowUp:
        return next(each for each in self.follows if str(each.payment.id) == item.id)

    def _item(self, payment: Payment) -> MenuItem:
        quote, say = payment.quote, self.front.say
        label = f"{payment.receipt_no} {quote.number} {quote.product_name}"
        if self.size.width >= _WIDE:
            label += f" {quote.name or ''} ({payment.operator})"
        state = say(f"open.state_{state_word(payment)}")
        since = age(self.front, payment.prepared_at)
        return MenuItem(str(payment.id), label, f"{state} {since:>7} {quote.total!s:>12}")
