"""What all screens of a sale have in common: frame, notice, keys, and keys that came too early."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar, Final, Protocol, cast

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from cashier.clock import wib_time
from cashier.language import Refusal
from cashier.screens.desk_status import DeskStatus
from cashier.screens.front import Front
from cashier.screens.key_line import key_line, key_rows, taken_over
from cashier.screens.wish import Step, Wish
from cashier.widgets.status_line import Status, StatusLine

_STATUS_S: Final = 20
"""How often the time of day is looked at; it is repainted only where it changed."""


Task = Callable[[], Coroutine[None, None, None]]
"""What goes on beside a screen."""


class HasHome(Protocol):
    """The app, as far as a screen of a sale knows it."""

    def switch_to_home(self) -> object:
        """Show the home screen and forget what lay above it."""
        ...

    def switch_to_open(self) -> object:
        """Show what is still to be done, right above home."""
        ...


class Road(Protocol):
    """Knows which screen comes before and after a step of a sale."""

    def first(self, wish: Wish) -> Screen[None]:
        """Give the screen of the first step without an answer."""
        ...

    def onward(self, wish: Wish, step: Step) -> Screen[None]:
        """Give the screen that comes after a step."""
        ...

    def back(self, wish: Wish, step: Step | None = None) -> Screen[None] | None:
        """Give the screen that comes before a step, or before the inquiry; home is ``None``."""
        ...

    def at(self, wish: Wish, step: Step) -> Screen[None]:
        """Give the screen of a step."""
        ...

    def inquiry(self, wish: Wish) -> Screen[None]:
        """Give the screen that asks Espay for the bill."""
        ...


class SaleScreen(Screen[None]):
    """A screen of a sale: title, body, a notice of one sentence, and the keys.

    Keys that were under way when the screen appeared are ignored: it listens once it has been
    painted and every key that was read before that has passed both queues (DESIGN 6). A screen
    that ``LISTENS_AT_ONCE`` is one on which a key can do no harm.
    """

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "sale.tcss"
    AUTO_FOCUS = ""
    LISTENS_AT_ONCE: ClassVar[bool] = False
    KEYS_TAKE_ROWS: ClassVar[bool] = False
    """Whether the keys are written in as many rows as they need; its tcss gives them the room."""

    def __init__(self, front: Front) -> None:
        """Keep what every screen works with."""
        super().__init__()
        self.front = front
        self.is_ready = self.LISTENS_AT_ONCE
        """Whether keys count."""
        self._next: Screen[None] | None = None
        self._counted: Status | None = None

    @property
    def heading(self) -> str:
        """What this screen is about, in one line."""
        return ""

    def body(self) -> ComposeResult:
        """Give what stands between heading and notice."""
        yield from ()

    def is_offered(self, action: str) -> bool:  # noqa: ARG002
        """Tell whether an action stands in the line of keys now."""
        return True

    def begin(self) -> None:
        """Called once, when keys begin to count."""

    def compose(self) -> ComposeResult:
        """Put the frame together."""
        yield StatusLine(self._status())
        yield Static(Content(self.heading), id="heading")
        yield from self.body()
        yield Static(id="notice")
        yield Static(id="keys")

    @on(events.Mount)
    def _wait_for_paint(self) -> None:
        """Show the keys, and wait for the first paint."""
        self.show_keys()
        self.set_interval(_STATUS_S, self._tick_status)
        self.call_after_refresh(self._painted)

    @on(events.Key)
    def _ignore_early_keys(self, event: events.Key) -> None:
        """Ignore what was pressed before the screen could be seen."""
        if not self.is_ready:
            event.stop()
            event.prevent_default()

    @on(events.ScreenResume)
    def _catch_up(self) -> None:
        """Go where the sale went, and see what moved, while another screen lay above."""
        if self._next is not None:
            screen, self._next = self._next, None
            self.go(screen)  # which may wait once more: this screen may have been left since
        elif self.is_ready and self.is_mounted:
            self.work(self.refresh_status, "status", exclusive=True)

    @property
    def is_on_top(self) -> bool:
        """Whether no other screen lies above; at the app's end there is none at all.

        Textual's ``is_current`` also holds for a screen that shines through another one.
        """
        return self.app.screen_stack[-1:] == [self]

    def go(self, screen: Screen[None]) -> None:
        """Show another screen instead of this one, as soon as this one is on top."""
        if self.is_on_top:
            self.app.switch_screen(screen)
        else:
            self._next = screen

    def go_home(self) -> None:
        """Show the home screen."""
        cast(HasHome, self.app).switch_to_home()

    def go_to_open(self) -> None:
        """Show what is still to be done."""
        cast(HasHome, self.app).switch_to_open()

    def go_back(self, screen: Screen[None] | None) -> None:
        """Show the screen before this one; ``None`` is the one that lies below."""
        if screen is None:
            self.app.pop_screen()
        else:
            self.go(screen)

    def notice(self, sentence: str, *, kind: str = "") -> None:
        """Show one sentence; ``kind`` is ``""``, ``good`` or ``bad``."""
        self.write("#notice", sentence, kind=kind)

    def write(
        self, selector: str, words: str | Content, *, kind: str = "", grows: bool = True
    ) -> None:
        """Write words into their place, unless they stand there already.

        Args:
            selector: Which ``Static``; one that is gone, because the screen is, is let be.
            words: Plain content, wherever it came from.
            kind: ``""``, ``good``, ``bad`` or ``open``.
            grows: Whether the place takes as many rows as the words need.
        """
        content = Content(words) if isinstance(words, str) else words
        for place in self.query(selector).results(Static):
            place.set_classes(kind)
            if place.content != content:
                place.update(content, layout=grows)

    def work(
        self,
        task: Callable[[], Coroutine[None, None, None]],
        group: str,
        *,
        exclusive: bool = False,
    ) -> Worker[None]:
        """Do something beside the screen, and give it up when the screen goes.

        The task is begun by the worker itself, so that one which is replaced before its turn
        leaves nothing behind.
        """
        return self.run_worker(task, group=group, exclusive=exclusive)

    def refuse(self, refusal: Refusal) -> None:
        """Show the sentence of a refusal."""
        self.notice(self.front.explain(refusal), kind="bad")

    def say(self, name: str, **values: str) -> str:
        """Give a sentence of the area ``sale``."""
        return self.front.say(f"sale.{name}", **values)

    def show_keys(self) -> None:
        """Write the line of keys from the bindings that hold now."""
        listed = (
            active
            for active in (*taken_over(self), *self.active_bindings.values())
            if active.node is self.app
            or (active.node is self and self.is_offered(active.binding.action))
        )
        language = self.front.language
        keys = (
            key_rows(listed, language, self.size.width - 2)
            if self.KEYS_TAKE_ROWS
            else key_line(listed, language)
        )
        self.write("#keys", keys, grows=False)

    async def refresh_status(self) -> None:
        """Count anew what is open; the deposit is the one that home saw last."""
        status = DeskStatus(self.front)
        await status.count_open()
        self._counted = status.status()
        self._tick_status()

    def _status(self) -> Status:
        """Give the status line of home as it was last seen, with what is known better here."""
        shown = [line.status for line in self.app.screen_stack[0].query(StatusLine)]
        practice = self.front.say("sale.practice") if self.front.is_practice else ""
        plain = Status(shop=self.front.config.shop.name, practice=practice)
        status = replace(shown[0] if shown else plain, clock=wib_time(self.front.clock.utc_ms()))
        if self._counted is None:
            return status
        return replace(status, open=self._counted.open, brief_open=self._counted.brief_open)

    def _tick_status(self) -> None:
        for line in self.query(StatusLine):
            line.show(self._status())

    def _painted(self) -> None:
        self.app.call_later(self._older_keys_passed)

    def _older_keys_passed(self) -> None:
        self.call_later(self._begin)

    def _begin(self) -> None:
        self.is_ready = True
        self.begin()
        self.app.call_later(self.show_keys)  # behind the focus, which ``begin`` may have moved
        self.work(self.refresh_status, "status", exclusive=True)
