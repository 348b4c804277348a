"""An app in which one key is done, with all that follows from it, before the next one begins.

Textual forwards every key to whoever has the focus when it arrives. When keys arrive together,
those behind a Tab still go to the field before it, those behind an Enter to the screen before
it, and the next field or screen gets the rest: a number without its first digits. Here a key
waits until the one before it has passed the focused widget, everything above it, and the app.
"""

from collections import deque
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic
from typing import Final

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from cashier.widgets.burst import GAP_S
from cashier.widgets.keys_in_order import KeysInOrder, after_all_above

_PATIENCE_S: Final = 1.0
"""Seconds after which a key no longer waits for one before it that does not come to its end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """The key that is being done; both times in seconds of the monotonic clock."""

    came: float
    began: float
    screen: Screen[object]


class KeyTurns(App[None], inherit_bindings=False):
    """Gives keys and pastes their turn.

    What came on the heels of a key that changed the screen is dropped, the whole run: a bill
    that is scanned in a menu must not become a number without its first digit. What was typed
    ahead by hand is dropped too, unless the new screen says ``LISTENS_AT_ONCE``, because a key
    can do no harm on it; then it gets all of it once it has been painted.
    """

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        """Begin with no key waiting."""
        super().__init__(driver_class=driver_class)
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._turn: _Turn | None = None
        self._dropped_at = -inf

    async def on_event(self, event: events.Event) -> None:
        """Line keys up; everything else is done at once."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        if self._turn is not None and monotonic() - self._turn.began > _PATIENCE_S:
            self._turn = None
        if not self._is_rest_of_dropped(event):
            self._waiting.append(event)
            await self._take_turns()

    async def _take_turns(self) -> None:
        while self._waiting and self._turn is None:
            event = self._waiting.popleft()
            place = self.focused or self.screen
            if isinstance(place, KeysInOrder) and place.is_typing(event):
                await super().on_event(event)
                continue
            self._turn = _Turn(event.time, monotonic(), self.screen)
            await super().on_event(event)
            after_all_above(place, partial(self.call_next, self._passed, self._turn))

    async def _passed(self, turn: _Turn) -> None:
        if self._turn is not turn:
            return
        if self.screen is turn.screen:
            await self._end_turn(turn)
            return
        self._drop_run(turn)
        # A screen that is covered at once is never painted.
        self.set_timer(_PATIENCE_S, partial(self._end_turn, turn))
        self.screen.call_after_refresh(self.call_later, self._end_turn, turn)

    async def _end_turn(self, turn: _Turn) -> None:
        if self._turn is not turn:
            return
        if self.screen is not turn.screen and not getattr(self.screen, "LISTENS_AT_ONCE", False):
            self._waiting.clear()
        self._turn = None
        await self._take_turns()

    def _drop_run(self, turn: _Turn) -> None:
        self._dropped_at = turn.came
        self._waiting = deque(key for key in self._waiting if not self._is_rest_of_dropped(key))

    def _is_rest_of_dropped(self, event: events.Event) -> bool:
        is_rest = event.time - self._dropped_at < GAP_S
        if is_rest:
            self._dropped_at = event.time
        return is_rest
