"""A payment's whole story on one screen, for people or for technicians, and as a file for Espay."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Final

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from cashier.language import Refusal, say
from cashier.receipt import grouped
from cashier.screens.evidence import write_evidence
from cashier.screens.front import Front
from cashier.screens.key_line import bound
from cashier.screens.payment_words import earlier, moment, who
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.story_words import happened, technical
from cashier.till import FollowUp, Payment, Story
from cashier.widgets.fit import wrap

_BESIDE: Final = "  "
"""Between the time and what happened then."""

_MARGINS: Final = 4
"""Columns beside the story: the margins, and the scrollbar with a blank before it."""


class StoryScreen(SaleScreen):
    """Tells what happened, oldest first, and scrolls."""

    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    KEYS_TAKE_ROWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up", "scroll(-1)", "follow.scroll_up", show=False),
        bound("down", "scroll(1)", "follow.scroll_down", show=False),
        bound("pageup", "page(-1)", "follow.page_up", show=False),
        bound("pagedown", "page(1)", "follow.page_down", show=False),
        bound("d", "technical", "follow.technical"),
        bound("b", "evidence(0)", "follow.evidence"),
        bound("m", "evidence(1)", "follow.evidence_masked"),
        bound("escape,r", "back", "follow.back"),
    ]

    def __init__(self, front: Front, payment: Payment) -> None:
        """Tell the story of this payment."""
        super().__init__(front)
        self.payment = payment
        self._story: Story | None = None
        self._follow: FollowUp | None = None
        self._is_technical = False
        self._page = VerticalScroll(Static(id="story"), id="story-scroll")

    @property
    def heading(self) -> str:
        """Whose story it is."""
        return self.front.say("follow.story_heading", payment=self.payment.receipt_no)

    def body(self) -> ComposeResult:
        """The story."""
        yield self._page

    async def on_mount(self) -> None:
        """Read the story, and read it again whenever the payment moves."""
        self._stop = self.front.till.watch(self._watch)
        await self._read()

    def on_unmount(self) -> None:
        """Stop watching."""
        self._stop()

    def on_resize(self, event: Resize) -> None:
        """Write the story, and the keys, for as much room as there is now."""
        del event
        self.call_after_refresh(self._show)

    def action_scroll(self, rows: int) -> None:
        """Move the story by rows."""
        self._page.scroll_relative(y=rows, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the story by windows."""
        self._page.scroll_relative(y=pages * max(1, self._page.size.height - 1), animate=False)

    def action_technical(self) -> None:
        """Show all that was asked and answered, or the sentences alone."""
        self._is_technical = not self._is_technical
        self._show()
        self._page.scroll_home(animate=False)

    def action_evidence(self, masked: int) -> None:
        """Write the evidence pack into a file."""
        self.work(partial(self._write_evidence, bool(masked)), "evidence", exclusive=True)

    def action_back(self) -> None:
        """Go back."""
        self.app.pop_screen()

    def _watch(self, payment: Payment) -> None:
        if payment.id == self.payment.id and self.is_running:
            self.call_later(self._read)

    async def _read(self) -> None:
        till = self.front.till
        try:
            self._follow = await till.follow_up(self.payment.id)
            self._story = await till.story(self.payment.id)
        except Refusal as refusal:
            self.refuse(refusal)
        self._show()

    def _show(self) -> None:
        if self._story is not None and self._follow is not None:
            width = self.size.width - _MARGINS
            head = (row for words in self._head(self._follow) for row in wrap(words, width))
            self.show_keys()
            self.write("#story", "\n".join([*head, "", *self._rows(self._story, width)]))

    def _head(self, follow: FollowUp) -> Iterator[str]:
        payment = follow.payment
        yield who(self.front, payment)
        state = say(self.front.language, f"state.name_{payment.state}")
        yield self.front.say("follow.story_state", state=state)
        if payment.token:
            yield self.front.say("follow.story_token", token=grouped(payment.token))
        if payment.ref_id:
            yield self.front.say("follow.story_reference", reference=payment.ref_id)
        yield from earlier(self.front, follow)

    def _rows(self, story: Story, width: int) -> Iterator[str]:
        if self._is_technical:
            for entry in story.entries:
                for line in technical(entry, self.front):
                    yield from chop_cells(line, width)
            return
        events = [(moment(self.front, one.at), one.words) for one in happened(self.front, story)]
        column = max((len(at) for at, _ in events), default=0)
        for at, words in events:
            first, *others = wrap(words, width - column - len(_BESIDE))
            yield f"{at:<{column}}{_BESIDE}{first}"
            yield from (f"{'':<{column}}{_BESIDE}{other}" for other in others)

    async def _write_evidence(self, masked: bool) -> None:
        try:
            path = await write_evidence(self.front, self.payment, masked=masked)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        name = "evidence_masked_written" if masked else "evidence_written"
        self.notice(self.front.say(f"follow.{name}", file=str(path)), kind="good")
