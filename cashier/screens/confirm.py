"""The confirmation: who, what, how much; cash is typed, change is shown, one key pays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from cashier.catalogue import Rules
from cashier.language import Refusal
from cashier.money import ZERO, Rupiah
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.number import heading_of
from cashier.screens.paying import Order, pay
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.wish import Wish
from cashier.till import Payment, Quote
from cashier.widgets.entry import Entry
from cashier.widgets.facts import FactList
from cashier.widgets.total import Total

_LONGEST_CASH: Final = 12
_LONGEST_SEQUENCE: Final = 3
_LARGEST_NOTE: Final = Rupiah.of(100_000)
"""Cash that would still be enough without one of these is asked about once more."""

_SECOND_PURCHASE: Final = "journal.second_purchase"

QUICK_NOTES: Final = {"l": 50_000, "s": 100_000}
"""Quick keys for cash: the next multiple of so many rupiah."""


class ConfirmScreen(SaleScreen):
    """Shows the bill, takes the cash, and pays with F9 or ``b``; Enter never pays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("f9,b", "pay", "sale.pay"),
        bound("y", "sure", "sale.sure"),
        bound("p", "exact", "sale.exact", show=False),
        *(
            bound(key, f"next_note({note})", f"sale.cash_{key}", show=False)
            for key, note in QUICK_NOTES.items()
        ),
        bound("u", "again", "sale.again"),
        bound("escape", "back", "sale.back"),
    ]

    @dataclass
    class Began(Message):
        """The payment reached a state: its cash is held from now on."""

        payment: Payment

    @dataclass
    class Refused(Message):
        """Nothing was kept."""

        refusal: Refusal

    def __init__(self, front: Front, road: Road, wish: Wish, quote: Quote) -> None:
        """Confirm this quote, made for this wish."""
        super().__init__(front)
        self.road = road
        self.wish = wish
        self.quote = quote
        self._is_busy = False
        self._asked_about: Rupiah | None = None
        self._cash = Entry("amount", _LONGEST_CASH, id="cash")
        self._sequence = Entry("digits", _LONGEST_SEQUENCE, id="sequence")
        self._second = Horizontal(
            Static(Content(self.say("sequence")), classes="row-label"),
            self._sequence,
            classes="row",
            id="second",
        )
        self._is_emptied = False
        """Whether Esc has just taken the typed cash out, which is told."""

    @property
    def heading(self) -> str:
        """Category and product."""
        return heading_of(self.front, self.wish)

    @property
    def rules(self) -> Rules:
        """The rules under which the quote was made."""
        return self.front.till.rules_of(self.quote)

    @property
    def cash(self) -> Rupiah:
        """What lies on the counter, as far as it is typed."""
        typed = self._cash.value
        return Rupiah.typed(typed) if typed else ZERO

    @property
    def is_enough(self) -> bool:
        """Whether the cash covers the total."""
        return self.cash >= self.quote.total

    def body(self) -> ComposeResult:
        """Who and what on the left, money on the right, cautions below."""
        language, quote = self.front.language, self.quote
        with Horizontal(id="sides"):
            with Vertical(id="who-and-what"):
                yield Static(Content(self.rules.number.label.say(language)), classes="label")
                yield Static(Content(quote.number), id="number-shown")
                if quote.name:
                    yield Static(Content(quote.name), id="name-shown")
                yield FactList([*self._facts()])
            with Vertical(id="money"):
                yield FactList([*self._amounts()])
                yield Total(self.say("total"), quote.total)
                with Horizontal(classes="row"):
                    yield Static(Content(self.say("cash")), classes="row-label")
                    yield self._cash
                yield Static(id="change")
                yield Static(self._quick_words(), id="quick")
        yield Static(Content("\n".join(self._cautions())), id="cautions")
        yield self._second

    def on_mount(self) -> None:
        """Hide what is rarely needed."""
        self._second.display = False
        self._tell_change()

    def begin(self) -> None:
        """Take cash."""
        self._cash.focus()

    def is_offered(self, action: str) -> bool:
        """Offer paying once the cash is enough, and ``y`` where it was asked for."""
        if action == "sure":
            return self._asked_about is not None
        if action == "pay":
            return self.is_enough and self._asked_about is None and not self._is_busy
        return not self._is_busy

    @on(Entry.Changed, "#cash")
    def _cash_changed(self) -> None:
        self._asked_about = None
        self.notice(self.say("cash_emptied") if self._is_emptied else "")
        self._is_emptied = False
        self._tell_change()

    @on(Entry.Submitted)
    def _submitted(self) -> None:
        if self._asked_about is None:
            self.notice(self.say("enter_never_pays" if self.is_enough else "cash_first"))

    @on(Entry.Refused)
    def _entry_refused(self, message: Entry.Refused) -> None:
        self.refuse(message.refusal)

    def action_exact(self) -> None:
        """The customer pays exactly the total."""
        self._put_cash(self.quote.total.whole_up)

    def action_next_note(self, note: int) -> None:
        """The customer pays the next multiple of a note."""
        self._put_cash(_next_note(self.quote.total.whole_up, note))

    def action_pay(self) -> None:
        """Pay, if the cash is enough and not far too much."""
        if self._is_busy:
            return
        if not self.is_enough:
            self.notice(self.say("cash_first"), kind="bad")
        elif self.cash - _LARGEST_NOTE >= self.quote.total:
            self._asked_about = self.cash
            self.notice(self._doubt(), kind="bad")
            self.show_keys()
        else:
            self._pay()

    def action_sure(self) -> None:
        """The large amount was no slip."""
        if self._asked_about is not None and not self._is_busy:
            self._pay()

    def action_again(self) -> None:
        """Ask for the bill again, because this quote has become too old."""
        if not self._is_busy:
            self.go(self.road.inquiry(self.wish))

    def action_back(self) -> None:
        """Take the typed cash out, and say so; or go to the step before. Nothing was paid."""
        if self._is_busy:
            return
        if self._cash.value:
            self._is_emptied = True
            self._cash.clear()
            self._cash.focus()
        else:
            self.go_back(self.road.back(self.wish))

    @on(Began)
    def _began(self, message: Began) -> None:
        self.go(ProgressScreen(self.front, message.payment.id, self.road))

    @on(Refused)
    def _not_paid(self, message: Refused) -> None:
        self._set_busy(False)
        self.refuse(message.refusal)
        if message.refusal.key == _SECOND_PURCHASE:
            self._second.display = True
            self._sequence.focus()
        else:
            self._cash.focus()

    def _pay(self) -> None:
        typed = self._sequence.value
        order = Order(self.quote, self.cash, int(typed) if typed else None)
        self._set_busy(True)
        self.notice(self.say("stage_preparing"))
        self.app.run_worker(
            pay(
                self.app,
                self.front,
                order,
                lambda payment: self._tell(self.Began(payment)),
                lambda refusal: self._tell(self.Refused(refusal)),
            )
        )

    def _doubt(self) -> str:
        """What a slip of one zero looks like, with the change that it would cost."""
        total = self.quote.total
        change = str(self.cash - total)
        return self.say("cash_sure", cash=str(self.cash), total=str(total), change=change)

    def _tell(self, message: Message) -> None:
        if self.is_running:
            self.post_message(message)

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self._asked_about = None
        for entry in self.query(Entry):
            entry.disabled = busy
        self.show_keys()

    def _put_cash(self, rupiah: int) -> None:
        if not self._is_busy:
            self._cash.value = str(rupiah)

    def _tell_change(self) -> None:
        enough = self.is_enough
        amount = self.cash - self.quote.total if enough else self.quote.total - self.cash
        text = self.say("change" if enough else "short", amount=str(amount))
        if self.cash == ZERO:
            self.write("#change", self.say("cash_wanted"), grows=False)
        else:
            self.write("#change", text, kind="" if enough else "bad", grows=False)
        self.show_keys()

    def _facts(self) -> Iterator[tuple[str, str]]:
        rules, facts = self.rules, self.quote.facts
        for fact in rules.confirm:
            if facts.get(fact.field) and fact.field not in rules.name_fields:
                yield fact.label.say(self.front.language), fact.shown(facts[fact.field])

    def _amounts(self) -> Iterator[tuple[str, str]]:
        quote = self.quote
        yield self.say("bill"), str(quote.bill)
        yield self.say("admin_fee"), str(quote.admin_fee)
        if quote.service_fee != ZERO:
            yield self.say("service_fee"), str(quote.service_fee)

    def _cautions(self) -> Iterator[str]:
        for caution in self.rules.warn:
            if caution.applies(self.quote.facts):
                yield f"! {caution.words.say(self.front.language)}"

    def _quick_words(self) -> Content:
        """The quick keys and what they put in; a note that adds nothing is left out."""
        total = self.quote.total.whole_up
        words = [Content.assemble(("p", "bold"), f" {self.say('exact')}")]
        shown = {total}
        for key, note in QUICK_NOTES.items():
            cash = _next_note(total, note)
            if cash not in shown:
                words.append(Content.assemble((key, "bold"), f" {Rupiah.of(cash)}"))
            shown.add(cash)
        return Content("   ").join(words)


def _next_note(total: int, note: int) -> int:
    """Give the smallest multiple of a note that covers a total, both in whole rupiah."""
    return -(-total // note) * note
