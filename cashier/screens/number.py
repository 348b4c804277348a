"""The customer number: its own label and example, checked while it is typed."""

from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from cashier.catalogue import NumberRefused, NumberRule
from cashier.language import Refusal
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import Road, SaleScreen
from cashier.screens.wish import Wish, with_number
from cashier.widgets.entry import Entry
from cashier.widgets.entry_kind import EntryKind
from cashier.widgets.keys_in_order import typed_character

_ROOM_BEYOND: Final = 2
"""What is typed beyond the longest number is shown and refused, never cut off silently."""

_STILL_TYPING: Final = frozenset({"catalogue.number_short", "catalogue.number_empty"})


class NumberScreen(SaleScreen):
    """Asks for the customer number of a product or category."""

    LISTENS_AT_ONCE = True
    AUTO_FOCUS = "Entry"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape", "back", "sale.back"),
        bound("enter", "submit", "sale.onward"),
    ]

    def __init__(self, front: Front, road: Road, wish: Wish) -> None:
        """Ask for the number of this wish; one that is known already can be corrected."""
        super().__init__(front)
        self.road = road
        self.wish = wish
        self._missed_keys = False
        rule = self.rule
        self._entry = Entry(
            _entry_kind(rule), rule.maximum + _ROOM_BEYOND, scan=rule.scan is not None, id="number"
        )

    @property
    def rule(self) -> NumberRule:
        """The rule that the number must meet."""
        return self.wish.rules.number

    @property
    def heading(self) -> str:
        """Category and product."""
        return heading_of(self.front, self.wish)

    def body(self) -> ComposeResult:
        """Label, entry, example, and what is known of the number so far."""
        yield Static(Content(self.rule.label.say(self.front.language)), classes="label")
        yield self._entry
        yield Static(Content(self._hint()), id="hint")
        yield Static(id="count")
        yield Static(id="operator")

    def on_mount(self) -> None:
        """Put in the number that is known already, but never a card's."""
        if self.wish.number and not self.wish.is_card:
            self._entry.value = self.wish.number
        self._tell(self._entry.value)

    def on_key(self, event: events.Key) -> None:
        """Notice a digit that did not reach the entry, and a letter that it has no use for."""
        if not typed_character(event) or event.key in self.active_bindings:
            return
        if self.focused is None:
            self._missed_keys = True
        else:
            self.write("#count", self._say_of_kind("digits_only"), kind="bad")

    @on(Entry.Changed)
    def _changed(self, message: Entry.Changed) -> None:
        if message.value:
            self.notice("")
        else:
            self._missed_keys = False
        self._tell(message.value)

    @on(Entry.Submitted)
    def _submitted(self, message: Entry.Submitted) -> None:
        try:
            number = self._number_of(message.value, scanned=message.scanned)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        wish = with_number(self.wish, number, self.front.till.catalogue)
        self.go(self.road.onward(wish, "number"))

    @on(Entry.Refused)
    def _refused(self, message: Entry.Refused) -> None:
        self.refuse(message.refusal)

    def action_back(self) -> None:
        """Go to the step before."""
        self.go_back(self.road.back(self.wish, "number"))

    def action_submit(self) -> None:
        """Take the number; the entry itself does so when it has the focus."""
        self._entry.action_submit()

    def _number_of(self, typed: str, *, scanned: bool) -> str:
        if self._missed_keys:
            self._entry.clear()
            raise Refusal("sale.keys_missed")
        return self.rule.from_scan(typed) if scanned else self.rule.canonical(typed)

    def _tell(self, typed: str) -> None:
        """Say whether the number is complete, what is wrong with it, and whose it is."""
        try:
            number = self.rule.canonical(typed)
        except NumberRefused as refusal:
            if refusal.key in _STILL_TYPING:
                self.write("#count", self._progress(typed))
            else:
                self.write("#count", self.front.explain(refusal), kind="bad")
        else:
            name = "number_ready" if self.rule.minimum == self.rule.maximum else "number_possible"
            ready = self._say_of_kind(name, length=str(len(number)), expected=self.rule.lengths)
            self.write("#count", ready, kind="good")
        self._tell_operator(typed)

    def _tell_operator(self, typed: str) -> None:
        if self.rule.kind != "phone":
            return
        operator = self.front.till.catalogue.operator_of(typed)
        self.write("#operator", operator.name if operator else "")

    def _progress(self, typed: str) -> str:
        return self._say_of_kind("number_count", length=str(len(typed)), expected=self.rule.lengths)

    def _say_of_kind(self, name: str, **values: str) -> str:
        """Say a sentence that counts digits, or letters too where the number may hold them."""
        return self.say(f"{name}_code" if self.rule.kind == "code" else name, **values)

    def _hint(self) -> str:
        code = "_code" if self.rule.kind == "code" else ""
        scan = "_scan" if self.rule.scan is not None else ""
        return self.say(
            f"number_hint{code}{scan}", example=self.rule.example, expected=self.rule.lengths
        )


def heading_of(front: Front, wish: Wish) -> str:
    """Give category, product, number and amount as far as they are known."""
    names = [wish.category.names.say(front.language)]
    if wish.product is not None and wish.product.name != names[0]:
        names.append(wish.product.name)
    return " > ".join(names)


def _entry_kind(rule: NumberRule) -> EntryKind:
    return "code" if rule.kind == "code" else "digits"
