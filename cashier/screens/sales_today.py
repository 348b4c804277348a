"""Today's sales, newest first: every outcome, struk and token of the day is one Enter away.

The box has the keys all the time, as at home: what is typed narrows the list to one receipt
number, customer number or name, and the keys that the box has no use for move the list.
"""

from functools import partial
from typing import ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from cashier.clock import wib_day, wib_stamp, wib_time
from cashier.screens.front import Front, Opens
from cashier.screens.key_line import bound
from cashier.screens.payment_words import state_word
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.whereabouts import screen_of
from cashier.till import Payment
from cashier.widgets.entry import Entry
from cashier.widgets.fit import fit
from cashier.widgets.menu import Menu, MenuItem

_LONGEST: Final = 40
MOST: Final = 200
"""How many sales are shown at once; what is older is found by typing."""

_WIDE: Final = 110
"""Columns from which a row holds the whole receipt number and both number and name."""

_PRODUCT, _WHO, _NUMBER = 22, 16, 18
"""Cells of the columns."""


class SalesTodayScreen(SaleScreen):
    """The list of the day, and the box that narrows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up", "move(-1)", "today.up", show=False),
        bound("down", "move(1)", "today.down", show=False),
        bound("pageup", "page(-1)", "today.page_up", show=False),
        bound("pagedown", "page(1)", "today.page_down", show=False),
        bound("enter", "look", "today.look"),
        bound("escape", "back", "today.back"),
    ]

    def __init__(self, front: Front) -> None:
        """Show what was sold on this day of the shop."""
        super().__init__(front)
        self.payments: tuple[Payment, ...] = ()
        """What the list shows, newest first."""
        self._shown_for: str | None = None
        """What the list was read for; ``None`` before that."""
        self._is_submitted = False
        """Whether Enter came before the list for what was typed."""
        self._entry = Entry("text", _LONGEST, scan=True)
        self._menu = Menu()
        self._menu.can_focus = False

    @property
    def heading(self) -> str:
        """What this list is, and of which day."""
        day = wib_stamp(self.front.clock.utc_ms()).partition(" ")[0]
        year, month, date = day.split("-")
        return self._say("heading", day=f"{date}-{month}-{year}")

    def body(self) -> ComposeResult:
        """The box and the list."""
        with Horizontal(classes="row"):
            yield Static(Content(self._say("search")), classes="row-label")
            yield self._entry
        yield Static(id="none")
        yield self._menu

    async def on_mount(self) -> None:
        """Read the list, and read it again whenever a payment moves."""
        self._stop = self.front.till.watch(self._watch)
        await self._read("")

    def on_unmount(self) -> None:
        """Stop watching."""
        self._stop()

    def on_screen_resume(self) -> None:
        """Read again what may have changed while another screen lay above."""
        if self._shown_for is not None:
            self._read_again()

    def begin(self) -> None:
        """Listen to keys."""
        self._entry.focus()

    def is_offered(self, action: str) -> bool:
        """Offer a look only where there is something to look at."""
        return action != "look" or bool(self.payments)

    @on(Entry.Changed)
    def _typed(self) -> None:
        self._is_submitted = False
        if self._entry.value == "?":
            self._entry.clear()
            cast(Opens, self.app).action_help()
        else:
            self._read_again()

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        """Open what the cursor is on; of a scan only the one sale that it names."""
        if event.value.strip() != self._shown_for:
            self._is_submitted = True
        elif not event.scanned or len(self.payments) == 1:
            self.action_look()

    @on(Entry.Refused)
    def _refused(self, event: Entry.Refused) -> None:
        self.refuse(event.refusal)

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self._menu.action_move(step)

    def action_page(self, step: int) -> None:
        """Move the cursor by windows."""
        self._menu.action_page(step)

    def action_look(self) -> None:
        """Show the sale under the cursor; the box itself takes Enter."""
        item = self._menu.current
        for payment in self.payments:
            if item is not None and str(payment.id) == item.id:
                self.app.push_screen(screen_of(self.front, payment))

    def action_back(self) -> None:
        """Empty the box, or go back."""
        if self._entry.value:
            self._entry.clear()
        else:
            self.app.pop_screen()

    def _watch(self, _: Payment) -> None:
        self.call_later(self._read_again)

    def _read_again(self) -> None:
        typed = self._entry.value.strip()
        self.work(partial(self._read, typed), "list", exclusive=True)

    async def _read(self, typed: str) -> None:
        till = self.front.till
        found = await till.sold_today(typed, MOST) or await till.sold_to(typed)
        is_other = typed != self._shown_for
        self.payments, self._shown_for = found, typed
        self._menu.set_items([self._item(payment) for payment in found])
        if is_other:
            self._menu.cursor = 0
        self._tell()
        if self._is_submitted:
            self._is_submitted = False
            self.action_look()

    def _tell(self) -> None:
        """Say that there is nothing, or that there is more than is shown."""
        typed = self._shown_for
        none = self._say("nothing_found", typed=typed) if typed else self._say("none")
        self.write("#none", "" if self.payments else none)
        for place in self.query("#none"):
            place.display = not self.payments
        is_cut = len(self.payments) == MOST
        self.notice(self._say("newest", count=str(MOST)) if is_cut else "")
        self.show_keys()

    def _item(self, payment: Payment) -> MenuItem:
        quote = payment.quote
        state = self.front.say(f"open.state_{state_word(payment)}")
        is_wide = self.app.size.width >= _WIDE
        who = (quote.name or "", quote.number) if is_wide else (quote.name or quote.number,)
        cells = (_WHO, _NUMBER)
        columns = [
            wib_time(payment.prepared_at),
            payment.receipt_no if is_wide else self._short(payment),
            fit(quote.product_name, _PRODUCT),
            *(fit(text, width) for text, width in zip(who, cells, strict=False)),
        ]
        return MenuItem(str(payment.id), " ".join(columns), f"{state} {quote.total!s:>12}")

    def _short(self, payment: Payment) -> str:
        """Today's receipt number without the day that all of them begin with."""
        day, _, number = payment.receipt_no.partition("-")
        is_today = str(wib_day(self.front.clock.utc_ms())).endswith(day)
        return number if is_today else payment.receipt_no

    def _say(self, name: str, **values: str) -> str:
        return self.front.say(f"today.{name}", **values)
