"""The supervisor's decision on a document of Espay's: which outcome, who says so, and is it sure.

Three screens one above the other: this one asks for the outcome, a form for document and names,
and a question tells once more what the decision means for the money (T13 to T15).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.payment import State, road_by_document
from cashier.screens.form import Field, Form, FormScreen
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.payment_words import who
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.sure import Question, SureScreen
from cashier.till import Decision, Payment
from cashier.widgets.menu import Menu, MenuItem

OUTCOMES: Final = (State.PAID, State.UNPAID, State.REFUNDED)
_SCREENS_ABOVE_LIST: Final = 3
"""Outcome, form and question: all of them go when the decision is made."""


class DecisionScreen(SaleScreen):
    """Asks what the document shows."""

    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "choose", "follow.choose"),
        bound("escape", "back", "follow.back"),
    ]

    def __init__(self, front: Front, payment: Payment, done: Callable[[str], None]) -> None:
        """Decide this payment; ``done`` is told the sentence that says so."""
        super().__init__(front)
        self.payment = payment
        self._done = done
        self._menu = Menu([*self._items()], id="outcomes")

    @property
    def heading(self) -> str:
        """Which payment is decided."""
        return self.front.say("follow.decision_heading", payment=self.payment.receipt_no)

    def body(self) -> ComposeResult:
        """Which payment it is, the outcomes, and what each means."""
        yield Static(Content(who(self.front, self.payment)))
        yield Static(Content(self.front.say("follow.decision_words")), id="form-words")
        yield self._menu
        yield Static(id="means")

    def on_mount(self) -> None:
        """Say what the first outcome means."""
        self._tell()

    def begin(self) -> None:
        """Listen to keys."""
        self._menu.focus()

    def action_choose(self) -> None:
        """Stand in the line of keys; the menu itself takes Enter."""

    def action_back(self) -> None:
        """Go back; nothing was decided."""
        self.app.pop_screen()

    @on(Menu.Moved)
    def _tell(self) -> None:
        current = self._menu.current
        if current is not None:
            self.write("#means", self._means(State(current.id)))

    @on(Menu.Chosen)
    def _chosen(self, message: Menu.Chosen) -> None:
        self.app.push_screen(FormScreen(self.front, self._form(State(message.item.id))))

    def _items(self) -> Iterator[MenuItem]:
        possible = (each for each in OUTCOMES if road_by_document(self.payment.state, each))
        for place, outcome in enumerate(possible, 1):
            yield MenuItem(outcome, self.front.say(f"follow.outcome_{outcome}"), key=str(place))

    def _means(self, outcome: State) -> str:
        total = str(self.payment.quote.total)
        return self.front.say(f"follow.means_{outcome}", total=total)

    def _form(self, outcome: State) -> Form:
        say = self.front.say
        fields = [
            Field("document", say("follow.document"), scan=True),
            Field("by", say("follow.by")),
            Field("second", say("follow.second")),
        ]
        digits = self._token_digits if outcome is State.PAID else 0
        if digits:
            label = say("follow.token", digits=str(digits))
            fields.append(Field("token", label, "digits", digits, optional=True))

        async def finish(values: Mapping[str, str]) -> Callable[[], None]:
            token = values.get("token") or None
            decision = Decision(outcome, values["document"], values["by"], values["second"], token)
            return partial(self._ask_whether, decision)

        sentence = f"{self._means(outcome)} {say('follow.two_people')}"
        heading = say(
            "follow.form_heading", payment=self.payment.receipt_no, outcome=_name(say, outcome)
        )
        return Form(heading, sentence, tuple(fields), finish)

    def _ask_whether(self, decision: Decision) -> None:
        self.app.push_screen(SureScreen(self.front, self._question(decision)))

    @property
    def _token_digits(self) -> int:
        """Digits of the token that the product demands; 0 where it demands none."""
        try:
            demands = self.front.till.rules_of(self.payment.quote).demands
        except Refusal:
            return 0
        return max((one.digits for one in demands.numbers), default=0)

    def _question(self, decision: Decision) -> Question:
        say, payment = self.front.say, self.payment
        facts = [
            (say("sale.product"), payment.quote.product_name),
            (say("sale.number"), payment.quote.number),
            (say("sale.total"), str(payment.quote.total)),
            (say("follow.document"), decision.document),
            (say("follow.by"), decision.by),
            (say("follow.second"), decision.second),
            *([(say("follow.token_label"), decision.token)] if decision.token else []),
        ]
        wants_token = decision.outcome is State.PAID and self._token_digits and not payment.token
        name = _name(say, decision.outcome)

        async def act() -> str:
            done = await self.front.till.resolve(payment.id, decision)
            return say("follow.decided", payment=done.receipt_no, outcome=name)

        return Question(
            say("follow.sure_heading", payment=payment.receipt_no, outcome=name),
            f"{self._means(decision.outcome)} {say('follow.for_good')}",
            act,
            self._decided,
            facts,
            say("follow.without_token") if wants_token and not decision.token else "",
            self._refused,
        )

    def _decided(self, sentence: str) -> None:
        for _ in range(_SCREENS_ABOVE_LIST):
            self.app.pop_screen()
        self._done(sentence)

    def _refused(self, refusal: Refusal) -> None:
        """Go back to the form, in which what was typed still stands."""
        self.app.pop_screen()
        form = self.app.screen
        if isinstance(form, FormScreen):
            form.refuse(refusal)


def _name(say: Callable[..., str], outcome: State) -> str:
    return say(f"state.name_{outcome}")
