"""One more question before something that cannot be taken back: what it means, and yes or no."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import SaleScreen
from cashier.widgets.facts import FactList, Facts


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what a yes does."""

    heading: str
    sentence: str
    """What it means for the money."""
    act: Callable[[], Coroutine[None, None, str]]
    """Does it, and gives the sentence that says it is done; a refusal says why not."""
    done: Callable[[str], None]
    """Goes on from there with that sentence; this screen is the one on top then."""
    facts: Facts = ()
    caution: str = ""
    refused: Callable[[Refusal], None] | None = None
    """Goes back to where it can be put right; otherwise the question itself says why."""


class SureScreen(SaleScreen):
    """Asks once; Enter does not answer it."""

    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("y", "yes", "follow.yes"),
        bound("escape,t,n", "no", "follow.no"),
    ]

    def __init__(self, front: Front, question: Question) -> None:
        """Ask this question."""
        super().__init__(front)
        self.question = question
        self._is_busy = False

    @property
    def heading(self) -> str:
        """What is asked."""
        return self.question.heading

    def body(self) -> ComposeResult:
        """What it means, and what it is about."""
        yield Static(Content(self.question.sentence), id="verdict")
        if self.question.caution:
            yield Static(Content(self.question.caution), id="caution", classes="bad")
        yield FactList(self.question.facts)

    def is_offered(self, action: str) -> bool:
        """Offer the answer until it was given; leaving is always possible."""
        return action != "yes" or not self._is_busy

    def action_yes(self) -> None:
        """Do it, once; it is done even where somebody leaves meanwhile."""
        if not self._is_busy:
            self._set_busy(True)
            self.notice(self.front.say("follow.working"))
            self.app.run_worker(self._act())

    def action_no(self) -> None:
        """Go back; nothing was done."""
        self.app.pop_screen()

    async def _act(self) -> None:
        try:
            sentence = await self.question.act()
        except Refusal as refusal:
            self._refused(refusal)
            return
        if self.is_on_top:
            self.question.done(sentence)

    def _refused(self, refusal: Refusal) -> None:
        if not self.is_on_top:
            return
        self._set_busy(False)
        if self.question.refused is None:
            self.refuse(refusal)
        else:
            self.question.refused(refusal)

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self.show_keys()
