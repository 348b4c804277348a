"""Home: what can be sold, one search box for the fastest road to it, and what is under way.

The search box has the keys all the time, so that they are taken strictly in the order in which
they came; the list is moved by the keys that the box has no use for. A single character that is
the key of a category opens it after a moment without another one (``category_key``): a scanner,
a paste, or a line that stalled sends the next one sooner and so writes a number into the box.
"""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from cashier.catalogue import Category
from cashier.language import Refusal
from cashier.payment import State
from cashier.screens.category_key import CategoryKey
from cashier.screens.desk_status import DeskStatus
from cashier.screens.front import Facade, Front, Opens
from cashier.screens.key_line import bound, key_of, keys_at_home
from cashier.screens.news import News
from cashier.screens.roads import categories_as_items, found_as_items, products_as_lines
from cashier.screens.search import LONGEST, Found, Search, wanted_of
from cashier.screens.under_way import UnderWay
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu
from cashier.widgets.status_line import StatusLine

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Payment


@runtime_checkable
class HasStatus(Protocol):
    """A screen above home, as far as home knows it."""

    async def refresh_status(self) -> None:
        """Show anew what is open."""
        ...


class HomeScreen(Screen[None]):
    """The first screen, below every other one."""

    AUTO_FOCUS = "Entry"
    LISTENS_AT_ONCE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up", "move(-1)", "home.up", show=False),
        bound("down", "move(1)", "home.down", show=False),
        bound("pageup", "page(-1)", "home.page_up", show=False),
        bound("pagedown", "page(1)", "home.page_down", show=False),
        bound("escape", "clear", "home.clear", show=False),
        bound("enter", "choose", "home.choose"),
        bound("slash", "search", "home.search"),
        bound("f2,alt+o", "open", "home.open"),
        bound("f3,alt+l", "under_way", "home.under_way"),
        bound("f4,alt+s", "today", "home.today"),
    ]

    def __init__(self, shop: Front | Facade) -> None:
        """Keep the shop; where its till is still being opened, ``begin`` brings it."""
        super().__init__()
        self.shop = shop
        self.front: Front | None = None
        self._entry = Entry("text", LONGEST, scan=True)
        self._menu = Menu(categories_as_items(shop))
        self._menu.can_focus = False
        self._status = DeskStatus(shop)
        self._search = Search()
        self._category_key = CategoryKey(self, self._open_by_key)
        self._opens_later = False
        """Whether a row was chosen before the till was open."""
        self._said = ""

    # What is shown

    def compose(self) -> ComposeResult:
        """Put the screen together."""
        yield StatusLine(self._status.status())
        with Horizontal(id="search"):
            yield Static(Content(self.shop.say("home.search")), id="label")
            yield self._entry
        yield Static(id="notice")
        with Horizontal(id="middle"):
            yield self._menu
            yield Static(id="beside")
        yield News()
        yield UnderWay()
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Show the keys; the rest waits until the categories can be seen."""
        self._show_keys()
        self.call_after_refresh(self._first_seen)

    def _first_seen(self) -> None:
        self._wait_for_minute()
        cast(Opens, self.app).first_seen.set()
        if isinstance(self.shop, Front):
            self.begin(self.shop)

    def begin(self, front: Front) -> None:
        """Go on with the open till: show what it recovered, count, ask Espay."""
        self.front = self.shop = front
        self._status = DeskStatus(front)
        for payment in front.till.recovered:
            # The screen below tells of all of them; only a token or struk is still to be seen.
            keep = front.unseen.came if payment.state is State.PAID else front.unseen.looked_at
            keep(payment)
        if front.till.recovered:
            self._push_greeting(front)
        else:
            self._beside(partial(self._greet, front), "greeting")
        front.till.watch(self._payment_moved)
        self._beside(partial(self._ask_in_background, front), "asking")
        if wanted_of(self._entry.value):
            self._typed()
        if self._opens_later:
            self._open_current()

    def _push_greeting(self, front: Front) -> None:
        # Loaded here and not above: most starts have nothing to tell.
        from cashier.screens.greeting import GreetingScreen  # noqa: PLC0415

        self.app.push_screen(GreetingScreen(front))

    async def _greet(self, front: Front) -> None:
        """Say what the last session left, before anything is sold."""
        greeting, stops = await front.till.greeting(), await front.till.stops()
        if stops or not greeting.is_silent:
            self._push_greeting(front)

    async def _ask_in_background(self, front: Front) -> None:
        """Read what was left open, then load the wire and ask Espay what it sells us."""
        await self._refresh_status()
        await cast(Opens, self.app).warm_up()
        try:
            await self._status.ask_deposit()
            self._show_status()
            if await front.till.refresh_products() and not self._search.found_for:
                self._show_categories()
        except Refusal as refusal:
            self._notice(front.explain(refusal))

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was above."""
        if self._status.has_asked:
            self._show_under_way()
            self._beside(self._refresh_status, "status")
            self._beside(self._freshen_deposit, "deposit")

    async def _freshen_deposit(self) -> None:
        try:
            await self._status.ask_deposit()
        except Refusal as refusal:
            self._notice(self.shop.explain(refusal))
        self._show_status()

    async def _refresh_status(self) -> None:
        await self._status.count_open()
        self._show_status()
        self._show_under_way()

    def _beside(self, task: Callable[[], Coroutine[None, None, None]], group: str) -> Worker[None]:
        """Do something beside the screen, instead of what the group was doing."""
        return self.run_worker(task, group=group, exclusive=True)

    def _payment_moved(self, payment: "Payment") -> None:
        # At once, so that a screen that shows the payment takes it out of the news afterwards;
        # all that touches the screen waits for its turn, since this is called by the till.
        if self.front is not None:
            self.front.unseen.came(payment)
        self.call_later(self._tell_moved)

    def _tell_moved(self) -> None:
        self._beside(self._refresh_everywhere, "status")

    async def _refresh_everywhere(self) -> None:
        """Count anew for this screen, and for the one that lies above it."""
        await self._refresh_status()
        top = self.app.screen
        if isinstance(top, HasStatus):
            await top.refresh_status()

    def _wait_for_minute(self) -> None:
        self.set_timer(self._status.seconds_to_minute(), self._minute_over)

    def _minute_over(self) -> None:
        """Repaint the clock; nothing else moves by itself."""
        self._show_status()
        self._wait_for_minute()

    def _show_status(self) -> None:
        # What asks behind the screen may outlast its parts at the end, here and below.
        for line in self.query(StatusLine):
            line.show(self._status.status())
        self._notice(self._said)

    def _show_categories(self) -> None:
        self._search.clear()
        items = categories_as_items(self.shop)
        if items != list(self._menu.items):
            self._menu.set_items(items)
        self._notice("")
        self._show_beside()

    def _show_keys(self) -> None:
        self._write("#keys", keys_at_home(self, self.shop.language))

    def _notice(self, sentence: str) -> None:
        """Show one sentence, or what keeps the shop from selling while there is none."""
        self._said = sentence
        self._write("#notice", sentence or self._status.alarm, grows=True)

    def _write(self, place: str, words: str | Content, *, grows: bool = False) -> None:
        """Write words where they do not stand already, since each layout repaints everything."""
        content = Content(words) if isinstance(words, str) else words
        for static in self.query(place).results(Static):
            if static.content != content:
                static.update(content, layout=grows)

    def _show_under_way(self) -> None:
        key = key_of(self, "under_way")
        for under_way in self.query(UnderWay):
            under_way.show(self.shop, self._under_way, key)
        for news in self.query(News):
            news.show(self.shop, self._news, key)

    @property
    def _news(self) -> tuple["Payment", ...]:
        return () if self.front is None else self.front.unseen.news

    @property
    def _under_way(self) -> tuple["Payment", ...]:
        return () if self.front is None else self.front.till.under_way

    def _show_beside(self) -> None:
        """In a wide window, what the category under the cursor sells."""
        category = self._category_under_cursor()
        lines = products_as_lines(self.shop, category) if category else []
        self._write("#beside", "\n".join(lines[: max(1, self.size.height - 6)]))

    def on_resize(self, event: events.Resize) -> None:
        """Fill the place beside the list anew."""
        del event
        self._show_beside()

    def _category_under_cursor(self) -> Category | None:
        current = self._menu.current
        if self._search.found_for or current is None:
            return None
        return self.shop.catalogue.category(current.id)

    # What is typed

    def settle(self, after_s: float) -> None:
        """Open the category of the last key, if the next one is no part of it.

        Args:
            after_s: Seconds between the two keys, as they were pressed.
        """
        self._category_key.settle(after_s)

    @on(Entry.Changed)
    def _typed(self) -> None:
        self._category_key.stop()
        self._search.is_wanted_for = None
        typed = self._entry.value
        if typed == "?":
            self._entry.clear()
            cast(Opens, self.app).action_help()
        elif typed in self._keys():
            self._menu.cursor = self._keys().index(typed)
            self._show_beside()
            self._category_key.came(typed)
        elif wanted_of(typed):
            self._beside(partial(self._find, typed), "find")
        else:
            self._show_categories()

    def _keys(self) -> list[str]:
        """The keys of the categories that are shown, row by row; none while roads are."""
        return [] if self._search.found_for else [item.key for item in self._menu.items]

    def _open_by_key(self, key: str) -> None:
        """Open the category, unless more was typed that is still on its way here."""
        if self._entry.value == key and self.is_current:
            self._open_current()

    async def _find(self, typed: str) -> None:
        if self.front is None:
            return
        found = await self._search.look_up(self.front, typed)
        if self._entry.value != typed:
            return
        is_submitted = self._search.take(typed, found)
        items = found_as_items(self.shop, found)
        self._menu.set_items(items)
        self._menu.cursor = 0
        self._notice("" if items else self._nothing_found(wanted_of(typed)))
        self._show_beside()
        if is_submitted:
            self._open_current()

    def _nothing_found(self, wanted: str) -> str:
        name = "number_unknown" if wanted.isdecimal() else "nothing_found"
        return self.shop.say(f"home.{name}", typed=wanted)

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        """Open what the cursor is on; of a scan only what is the one road."""
        self._category_key.stop()
        typed = event.value
        if typed and self._search.found_for != typed and typed not in self._keys():
            self._search.is_wanted_for = typed
        elif not event.scanned or len(self._search.found) == 1:
            self._open_current()

    @on(Entry.Refused)
    def _refused(self, event: Entry.Refused) -> None:
        self._notice(self.shop.explain(event.refusal))

    # What is chosen

    def _open_current(self) -> None:
        current, front = self._menu.current, self.front
        self._opens_later = front is None
        if current is None or front is None:
            return
        # Loaded here and not above: the first paint needs no screen of a sale.
        from cashier.screens.selling import first_screen  # noqa: PLC0415
        from cashier.screens.whereabouts import screen_of  # noqa: PLC0415
        from cashier.till import Find  # noqa: PLC0415

        if not self._search.found_for:
            chosen: Found = Find(front.catalogue.category(current.id))
        else:
            chosen = self._search.found[int(current.id)]
        if isinstance(chosen, Find):
            self.app.push_screen(first_screen(front, chosen))
        else:
            self.app.push_screen(screen_of(front, chosen))
        self._entry.clear()

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self._menu.action_move(step)
        self._show_beside()

    def action_page(self, step: int) -> None:
        """Move the cursor by windows."""
        self._menu.action_page(step)
        self._show_beside()

    def action_clear(self) -> None:
        """Empty the search box, and show the categories again."""
        self._entry.clear()
        self._show_categories()

    def action_choose(self) -> None:
        """Open what the cursor is on; the box itself takes Enter."""
        self._open_current()

    def action_search(self) -> None:
        """Begin a search; the box types the slash itself, this names the key in the help."""

    def action_open(self) -> None:
        """Show the open payments."""
        if self.front is None:
            return
        # Loaded here and not above: the first paint does not need it.
        from cashier.screens.follow_up import FollowUpScreen  # noqa: PLC0415

        self.app.push_screen(FollowUpScreen(self.front))

    def action_under_way(self) -> None:
        """Look at what came in, or at the payment that is being sent; always at the oldest."""
        payments = (*self._news, *self._under_way)
        if payments and self.front is not None:
            # Loaded here and not above: the first paint does not need it.
            from cashier.screens.whereabouts import screen_of  # noqa: PLC0415

            self.app.push_screen(screen_of(self.front, payments[0]))

    def action_today(self) -> None:
        """Show today's sales."""
        if self.front is not None:
            # Loaded here and not above: the first paint does not need it.
            from cashier.screens.sales_today import SalesTodayScreen  # noqa: PLC0415

            self.app.push_screen(SalesTodayScreen(self.front))
