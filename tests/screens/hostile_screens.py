"""Every screen of the counter, shown with texts that were born outside.

The screens are the real ones over a real till at a real practice Espay; what they read of it is
laden with hostile texts, which have come through the till's one door (``text.clean``) as Espay's
replies do. Each screen is looked at until it has shown every text.
"""

import asyncio
import re
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, TypeVar
from unittest import mock

import pytest
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from cashier.payment import Hint, Reason, State
from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.decision import DecisionScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.form import Field as FormField
from cashier.screens.form import Form, FormScreen
from cashier.screens.greeting import GreetingScreen
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.leave import LeaveScreen
from cashier.screens.news import News
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sales_today import SalesTodayScreen
from cashier.screens.selling import SaleRoad
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen, StrukView
from cashier.screens.sure import Question, SureScreen
from cashier.screens.too_small import TooSmallScreen
from cashier.screens.under_way import UnderWay
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.screens.wish import Wish
from cashier.text import clean
from cashier.till import Entry, Find, FollowUp, Greeting, KeptHint, May, Payment, Story, Till
from cashier.widgets.menu import Menu
from tests.screens.counter import Counter
from tests.screens.hands import AnyScreen
from tests.screens.hostile import Hostile, HostileEspay, look, packed

MARK: Final = re.compile("Q[0-9a-f]+Z")
FIRST: Final = 10_001
"""Thousands of rupiah of the first token that bears a hostile name; the others go up by one."""

_HALF: Final = 110
"""Characters of which two have room in the left half of a screen."""

_LINE: Final = 36
"""Characters that are seen of a text in a line which is cut at the window's edge."""

_T = TypeVar("_T")
Some: TypeAlias = Sequence[Hostile]


@dataclass
class Stage:
    """A counter at which screens are shown one after the other."""

    counter: Counter
    patch: pytest.MonkeyPatch
    espay: HostileEspay
    paid: Payment
    """A real sale, which the laden ones are made from."""
    seen: set[str] = field(default_factory=set)
    """What was seen of the texts."""

    async def put(self, screen: Screen[None]) -> None:
        """Put a screen on top, wait until it listens, and look at it."""
        await self.counter.app.push_screen(screen)
        while not getattr(screen, "is_ready", True):
            await self.counter.pilot.pause(0.001)
        await self.look()

    async def show(self, screen: Screen[None]) -> None:
        """Put a screen on top, look at it, and take it away."""
        await self.put(screen)
        await self.counter.app.pop_screen()

    async def look(self) -> None:
        """Look at what is drawn, once it is laid out."""
        for _ in range(2):  # what a message changes, and the layout that follows from that
            painted = asyncio.Event()
            self.counter.app.screen.call_after_refresh(painted.set)
            await painted.wait()
        self.glance()

    def glance(self) -> None:
        """Look at what is drawn where nothing has to be laid out anew."""
        strips = look(self.counter)
        for strip in strips:
            self.seen.update(MARK.findall(strip.text))
        compositor = self.counter.app.screen._compositor
        for widget, (region, clip) in compositor.visible_widgets.items():
            place = region.intersection(clip)
            if place.height > 1 and not widget.children:
                self.seen.update(MARK.findall(_joined(strips, place)))

    async def read_on(self, view: Widget) -> None:
        """Look at the rest of what scrolls."""
        await self.counter.pilot.pause()
        while view.scroll_offset.y < view.max_scroll_y:
            # A text that is broken over the edge of one page is whole on the next.
            view.scroll_relative(y=view.size.height - 4, animate=False)
            await self.look()

    async def walk(self, menu: Menu) -> None:
        """Look at the rest of a list, by its own keys."""
        while menu.cursor < len(menu.items) - 1:
            menu.action_page(1)
            self.glance()

    def laden(self, *texts: Hostile, state: State = State.IN_DOUBT, place: int = 0) -> Payment:
        """Give the sale with the words wherever Espay's can stand in a payment.

        Args:
            texts: One or more; by turns the name, the product and the rest.
            state: Where the payment stands.
            place: Makes it another payment than those of other places.
        """
        name, product, *_ = words = [clean(text.raw) for text in texts] * 2
        old = self.paid.quote
        facts = dict.fromkeys(old.facts, product)
        quote = replace(old, name=name, product_name=product, facts=facts)
        return replace(
            self.paid,
            id=self.paid.id + place,
            quote=quote,
            state=state,
            reason=Reason.UNKNOWN_CODE,
            detail=words[-1],
            ref_id=words[-1],
            token=words[-1],
            asked=1,
            asked_at=self.paid.prepared_at,
            asked_reason=Reason.UNKNOWN_CODE,
            asked_detail=words[-1],
        )

    def many(self, texts: Some, state: State = State.IN_DOUBT) -> tuple[Payment, ...]:
        """Give a laden sale for each text, each with a number of its own."""
        return tuple(self.laden(text, state=state, place=at) for at, text in enumerate(texts))

    def reads(self, name: str, answer: object) -> None:
        """Have the till read this from its journal."""

        async def read(*_: object) -> object:
            return answer

        self.patch.setattr(self.counter.till, name, read)


def _joined(strips: Sequence[Strip], place: Region) -> str:
    """Give what stands in a place, without the blanks, wherever its lines are broken."""
    rows = (strips[y].crop(place.x, place.right).text for y in range(place.y, place.bottom))
    return "".join("".join(row.split()) for row in rows)


def _in_parts(things: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (things[at : at + size] for at in range(0, len(things), size))


def _named(stage: Stage, text: Hostile) -> Wish:
    """A wish for a product of Espay's list that bears the words as its name."""
    product = replace(stage.counter.till.catalogue.product("SVHOVO000"), name=clean(text.raw))
    return Wish(product.category, product, "081234567890")


# Screens of a sale


async def _number(stage: Stage, texts: Some) -> None:
    await _heading(stage, NumberScreen, texts)


async def _amount(stage: Stage, texts: Some) -> None:
    await _heading(stage, AmountScreen, texts)


async def _heading(stage: Stage, kind: type[NumberScreen | AmountScreen], texts: Some) -> None:
    """The heading of one and the same screen, for one product after the other."""
    road, packs = SaleRoad(stage.counter.front), packed(texts, _LINE)
    screen = kind(stage.counter.front, road, _named(stage, packs[0]))
    await stage.put(screen)
    for text in packs[1:]:
        screen.wish = _named(stage, text)
        screen.write("#heading", screen.heading, grows=False)
        stage.glance()


async def _products(stage: Stage, texts: Some) -> None:
    for place, text in enumerate(texts):
        # The whole list is one answer, of which the till takes no more than a mebibyte.
        stage.espay.sells(FIRST + place, text.raw[:1_000])
    assert await stage.counter.till.refresh_products()
    category = stage.counter.till.catalogue.category("pln-prepaid")
    road = SaleRoad(stage.counter.front)
    screen = ProductsScreen(stage.counter.front, road, Wish(category, number="14012345678"))
    await stage.put(screen)
    await stage.walk(screen.query_one(Menu))


async def _inquiry(stage: Stage, texts: Some) -> None:
    """Espay's own words in each refusal, over its socket."""
    counter, packs = stage.counter, packed(texts)
    stage.espay.refuses(packs[0].raw)
    product = counter.till.catalogue.product("SLYLPR20")
    wish = Wish(product.category, product, f"140123{stage.espay.suffix}")
    screen = InquiryScreen(counter.front, SaleRoad(counter.front), wish)
    await stage.put(screen)
    for text in packs:
        stage.espay.refuses(text.raw)
        screen.action_again()
        await counter.until_shown("(kode 33)")
        await stage.look()


async def _confirm(stage: Stage, texts: Some) -> None:
    counter = stage.counter
    product = counter.till.catalogue.product("SLYLPR20")
    async for some in _two_at_a_time(stage, texts):
        quote = stage.laden(*some).quote
        shown = counter.till.rules_of(quote).confirm[-1].field
        quote = replace(quote, facts={shown: clean(some[-1].raw)})
        wish = Wish(product.category, product, quote.number)
        await stage.show(ConfirmScreen(counter.front, SaleRoad(counter.front), wish, quote))


async def _two_at_a_time(stage: Stage, texts: Some) -> AsyncIterator[Some]:
    """Give what two places take, and alone what an enormous neighbour has crowded out."""
    for some in _in_parts(packed(texts, _HALF), 2):
        yield some
    for text in texts:
        if _mark(text) not in stage.seen:
            yield [text]


async def _progress(stage: Stage, texts: Some) -> None:
    packs = [stage.laden(*some, state=State.SENT) for some in _in_parts(packed(texts), 2)]
    stage.reads("payment", packs[0])
    screen = ProgressScreen(stage.counter.front, packs[0].id)
    await stage.put(screen)
    for payment in packs[1:]:
        screen.post_message(ProgressScreen.Reached(payment))
        await stage.look()


async def _outcome(stage: Stage, texts: Some) -> None:
    screen = OutcomeScreen(stage.counter.front, replace(stage.laden(texts[0]), token=None))
    await stage.put(screen)
    async for some in _two_at_a_time(stage, texts):
        payment = replace(stage.laden(*some), token=None, ref_id=None)
        screen.post_message(OutcomeScreen.Reached(payment))
        await stage.look()


async def _struk(stage: Stage, texts: Some) -> None:
    """The paper prints every fact that no other line tells."""
    front = stage.counter.front
    for some in _in_parts(packed(texts), 12):
        payment = stage.laden(some[0], state=State.PAID)
        facts = {f"fact_{place}": clean(text.raw) for place, text in enumerate(some)}
        payment = replace(payment, quote=replace(payment.quote, facts=facts))
        screen = StrukScreen(front, payment)
        await stage.put(screen)
        await stage.read_on(screen.query_one(StrukView))
        await stage.counter.app.pop_screen()


async def _unrecorded(stage: Stage, texts: Some) -> None:
    for some in _in_parts(packed(texts), 2):
        payment = stage.laden(*some)
        quote = replace(payment.quote, number=payment.quote.name or "")
        await stage.show(UnrecordedScreen(stage.counter.front, replace(payment, quote=quote)))


# Lists


async def _home(stage: Stage, texts: Some) -> None:
    """What the search finds, and the lines that tell of payments."""
    counter = stage.counter
    home = await counter.until(HomeScreen)
    news, under_way = home.query_one(News), home.query_one(UnderWay)
    for pack in packed(texts, _LINE):
        payment = stage.laden(pack, state=State.UNPAID)
        news.show(counter.front, [payment], "F3")
        under_way.show(counter.front, [payment], "F3")
        if news.size.height == 0:
            await stage.look()
        stage.glance()
    news.display = under_way.display = False
    told, stage.seen = stage.seen, set()
    product = counter.till.catalogue.product("SVHOVO000")
    roads = [Find(product.category, product, "0812", clean(text.raw)) for text in texts]
    stage.reads("sold_to", stage.many(texts[:3], State.PAID))
    stage.reads("find", tuple(roads))
    await counter.write("/q")
    menu = home.query_one(Menu)
    while len(menu.items) < len(roads):
        await counter.pilot.pause()
    await stage.look()
    await stage.walk(menu)
    stage.seen &= told


async def _sales_today(stage: Stage, texts: Some) -> None:
    """The columns are narrow; each text is marked where it begins."""
    marked = [Hostile(f"{_mark(text)} {text.raw}", text.shown) for text in texts]
    for some in _in_parts(stage.many(marked, State.PAID), 200):
        stage.reads("sold_today", tuple(some))
        screen = SalesTodayScreen(stage.counter.front)
        await stage.put(screen)
        await stage.walk(screen.query_one(Menu))
        await stage.counter.app.pop_screen()


def _mark(text: Hostile) -> str:
    found = MARK.search(text.raw)
    assert found is not None
    return found[0]


async def _follow_up(stage: Stage, texts: Some) -> None:
    """Each row once under the cursor, so that all that is known of it is told."""
    payments = stage.many(packed(texts))
    stage.reads("follow_ups", tuple(map(_followed, payments)))
    screen = FollowUpScreen(stage.counter.front)
    await stage.put(screen)
    menu = screen.query_one(Menu)
    for place in range(len(menu.items)):
        menu.cursor = place
        await stage.look()


def _followed(payment: Payment) -> FollowUp:
    hint = KeptHint(payment.id, payment.prepared_at, Hint.BILL_GONE, payment.detail)
    may = frozenset({May.ASK, May.ESCALATE, May.RESOLVE, May.SLIP})
    return FollowUp(payment, (hint,), may, payment.prepared_at)


async def _greeting(stage: Stage, texts: Some) -> None:
    for some in _in_parts(packed(texts), 40):
        stage.reads("greeting", Greeting(stage.many(some), len(some), 0, None))
        screen = GreetingScreen(stage.counter.front)
        await stage.put(screen)
        await stage.read_on(screen.query_one(VerticalScroll))
        await stage.counter.app.pop_screen()


async def _leave(stage: Stage, texts: Some) -> None:
    for some in _in_parts(packed(texts), 3):
        waiting = mock.PropertyMock(return_value=stage.many(some, State.SENT))
        with mock.patch.object(Till, "under_way", waiting):
            await stage.show(LeaveScreen(stage.counter.front))


# What is done about one payment


async def _story(stage: Stage, texts: Some) -> None:
    """As sentences and as the technician reads it."""
    counter = stage.counter
    for some in _in_parts(packed(texts), 27):
        payment = stage.laden(some[0])
        entries = tuple(_entry(payment, clean(text.raw)) for text in some)
        stage.reads("follow_up", _followed(payment))
        stage.reads("story", Story(payment, entries))
        screen = StoryScreen(counter.front, payment)
        await stage.put(screen)
        await stage.read_on(screen.query_one(VerticalScroll))
        screen.action_technical()
        await stage.look()
        await stage.read_on(screen.query_one(VerticalScroll))
        await counter.app.pop_screen()


def _entry(payment: Payment, words: str) -> Entry:
    facts = (("reason", "unknown_code"), ("detail", words))
    return Entry(payment.prepared_at, "event", "in_doubt", facts, (words,))


async def _decision(stage: Stage, texts: Some) -> None:
    for some in _in_parts(packed(texts), 2):
        screen = DecisionScreen(stage.counter.front, stage.laden(*some), lambda _: None)
        await stage.show(screen)


async def _form(stage: Stage, texts: Some) -> None:
    """A form tells why the shop stands still; the words may be Espay's."""

    async def finish(_: Mapping[str, str]) -> Callable[[], None]:
        raise AssertionError("nobody finishes it")

    for some in _in_parts([clean(text.raw) for text in packed(texts)], 4):
        form = Form(some[0], " ".join(some), (FormField("by", some[0]),), finish)
        await stage.show(FormScreen(stage.counter.front, form))


async def _sure(stage: Stage, texts: Some) -> None:
    async def act() -> str:
        raise AssertionError("nobody says yes")

    for some in _in_parts([clean(text.raw) for text in packed(texts)], 4):
        facts = [(words[:12], words) for words in some[1:]]
        question = Question(some[0], some[0], act, lambda _: None, facts)
        await stage.show(SureScreen(stage.counter.front, question))


Walk: TypeAlias = Callable[[Stage, Some], Awaitable[None]]

WALKS: Final[Mapping[AnyScreen, Walk]] = {
    HomeScreen: _home,
    NumberScreen: _number,
    ProductsScreen: _products,
    AmountScreen: _amount,
    InquiryScreen: _inquiry,
    ConfirmScreen: _confirm,
    ProgressScreen: _progress,
    OutcomeScreen: _outcome,
    StrukScreen: _struk,
    UnrecordedScreen: _unrecorded,
    FollowUpScreen: _follow_up,
    SalesTodayScreen: _sales_today,
    GreetingScreen: _greeting,
    LeaveScreen: _leave,
    StoryScreen: _story,
    DecisionScreen: _decision,
    FormScreen: _form,
    SureScreen: _sure,
}
"""How every text is shown on each screen."""

WITHOUT_DATA: Final[frozenset[AnyScreen]] = frozenset({HelpScreen, TooSmallScreen})
"""Screens on which nothing stands that was born outside."""


def missing(texts: Iterable[Hostile], seen: set[str]) -> list[str]:
    """Give the texts of which nothing was seen."""
    return [ascii(text.raw[:80]) for text in texts if _mark(text) not in seen]
