"""An app in which one key is done, with all that follows from it, before the next one begins.

Textual forwards every key to whoever has the focus when it arrives. When keys arrive together,
those behind a Tab still go to the field before it, those behind an Enter to the screen before
it, and the next field or screen gets the rest: a number without its first digits. Here a key
waits until the one before it has passed the focused widget, everything above it, and the app;
and until the screen that it is meant for has been painted.
"""

from collections import deque
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic
from typing import Final, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from cashier.widgets.burst import longest_gap
from cashier.widgets.keys_in_order import KeysInOrder, after_all_above, typed_character

_PATIENCE_S: Final = 1.0
"""Seconds after which a key no longer waits for one before it that does not come to its end, or
for a screen that is not painted."""

_ENDS_OF_SCANS: Final = frozenset({"enter", "ctrl+j", "tab"})
"""What scanners can be set to send behind their characters."""


@runtime_checkable
class Settles(Protocol):
    """A screen that waits a moment for another key before it acts, as home does."""

    def settle(self, after_s: float) -> None:
        """Act now, if the next key came too late to belong to the last one.

        Args:
            after_s: Seconds between the two keys, as they were pressed.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """The key that is being done."""

    began: float
    """Seconds of the monotonic clock."""


@dataclass(frozen=True, slots=True, eq=False)
class _Hold:
    """What the keys wait for after a change of screens."""

    screen: Screen[object]
    """The one that is to be painted."""
    began: float
    """Seconds of the monotonic clock."""


def may_be_scanned(event: events.Key | events.Paste) -> bool:
    """Tell whether a scanner may have sent it; Esc, arrows and function keys are fingers."""
    if isinstance(event, events.Paste) or event.key in _ENDS_OF_SCANS:
        return True
    return bool(typed_character(event))


class KeyTurns(App[None], inherit_bindings=False):
    """Gives keys and pastes their turn.

    A run that was under way when the screen changed is dropped, all of it: a bill that is
    scanned in a menu must not become a number without its first digit. What was typed by hand
    before the new screen could be seen is dropped too, unless that screen says
    ``LISTENS_AT_ONCE``, because a key can do no harm on it; then it gets all of it.

    A key that no scanner sends begins no run, and is the rest of one only on the heels of keys
    that were dropped: an F9 behind them was pressed for what they would have typed.
    """

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        """Begin with no key waiting."""
        super().__init__(driver_class=driver_class)
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._turn: _Turn | None = None
        self._hold: _Hold | None = None
        self._given_at = -inf
        self._run_at = -inf
        self._dropped_at = -inf
        self._dropped_keys = 0
        self._has_lost_keys = False

    def painted_since(self, changed: float) -> float:
        """Tell when a screen was first painted; called once that has been done.

        Args:
            changed: When it came on top; as the result in seconds of the monotonic clock.
        """
        del changed
        return monotonic()

    def on_mount(self) -> None:
        """Watch for changes of the screen, whatever causes them."""
        self.screen_change_signal.subscribe(self, self._screen_changed, immediate=True)

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
        while self._waiting and self._turn is None and self._hold is None:
            if not self._settles(self._waiting[0]):
                await self._give(self._waiting.popleft())

    def _settles(self, event: events.Key | events.Paste) -> bool:
        """Let the screen act before the key, if it must; tell whether the key has to wait."""
        if isinstance(self.screen, Settles):
            self.screen.settle(event.time - self._given_at)
        return self._hold is not None

    async def _give(self, event: events.Key | events.Paste) -> None:
        """Give a key to who has the focus; only one that is just typed needs no turn."""
        self._given_at = event.time
        if may_be_scanned(event):
            self._run_at = event.time
        place = self.focused or self.screen
        is_typing = isinstance(place, KeysInOrder) and place.is_typing(event)
        if is_typing and not isinstance(self.screen, Settles):
            await super().on_event(event)
            return
        self._turn = turn = _Turn(monotonic())
        await super().on_event(event)
        after_all_above(place, partial(self.call_next, self._end_turn, turn))

    async def _end_turn(self, turn: _Turn) -> None:
        if self._turn is turn:
            self._turn = None
            await self._take_turns()

    # A change of screens

    def _screen_changed(self, screen: Screen[object]) -> None:
        """Drop the run that was under way, and hold back the rest until the screen is painted."""
        self._hold = hold = _Hold(screen, monotonic())
        if self._run_at > self._dropped_at:
            self._dropped_at, self._dropped_keys = self._run_at, 1
            self._has_lost_keys = False
        self._waiting = deque(key for key in self._waiting if not self._is_rest_of_dropped(key))
        screen.call_after_refresh(self._painted, hold)
        self.set_timer(_PATIENCE_S, partial(self._listen, hold, inf))

    def _painted(self, hold: _Hold) -> None:
        """Listen once the screen has done what it itself does after its first paint."""
        seen_at = self.painted_since(hold.began)
        listen = partial(self.call_next, self._listen, hold, seen_at)
        self.call_later(after_all_above, hold.screen, listen)

    async def _listen(self, hold: _Hold, seen_at: float) -> None:
        """Let keys count again, and drop those that were pressed before the screen was seen."""
        if self._hold is not hold:
            return
        self._hold = None
        if not getattr(hold.screen, "LISTENS_AT_ONCE", False):
            self._waiting = deque(key for key in self._waiting if self._is_kept(key, seen_at))
        await self._take_turns()

    def _is_kept(self, event: events.Key | events.Paste, seen_at: float) -> bool:
        if event.time <= seen_at:
            self._drop(event)
            return False
        return not self._is_rest_of_dropped(event)

    def _is_rest_of_dropped(self, event: events.Key | events.Paste) -> bool:
        is_near = event.time - self._dropped_at < longest_gap(self._dropped_keys)
        is_rest = is_near and (self._has_lost_keys or may_be_scanned(event))
        if is_rest:
            self._drop(event)
            self._dropped_keys += 1
        return is_rest

    def _drop(self, event: events.Key | events.Paste) -> None:
        self._dropped_at = max(self._dropped_at, event.time)
        self._has_lost_keys = True
