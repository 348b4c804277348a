"""Widgets to which keys happen strictly in the order in which they came.

Textual 8.2.8 lets a widget insert characters at once but sends bound keys (Enter, Backspace,
arrows) on a tour through the app first. When keys arrive together, from a scanner or over a
link that stalled, they overtake each other: ``12345<BS>678<CR>`` submits another customer's
number (``performance.md 3``). Here the focused widget does what its own bindings say before it
looks at the next key. What is bound elsewhere takes the usual way; ``key_turns`` keeps that in
order.
"""

from collections.abc import Callable, Sequence
from functools import partial

from textual import events
from textual.message_pump import MessagePump
from textual.widget import Widget

_ALTERING = frozenset({"alt", "ctrl", "super", "hyper", "meta"})


def typed_character(event: events.Key) -> str:
    """Give the character that a key types; nothing for Alt+letter and keys without one."""
    if event.character is None or not event.is_printable:
        return ""
    *modifiers, _ = event.key.split("+")
    return "" if _ALTERING.intersection(modifiers) else event.character


def after_all_above(widget: Widget, call: Callable[[], object]) -> None:
    """Call when everything has been done that a key handled in a widget can lead to.

    The call stands in the queue of the widget, of each node above it, and of the app, twice
    each: what a node says to itself while it takes a key stands behind that key.
    """
    _pass([stop for node in widget.ancestors_with_self for stop in (node, node)], call)


def _pass(stops: Sequence[MessagePump], call: Callable[[], object]) -> None:
    for at, stop in enumerate(stops):
        if stop.call_later(_pass, stops[at + 1 :], call):
            return
    call()


class KeysInOrder(Widget):
    """A widget that finishes one key before it begins the next."""

    _postponed: tuple[events.Event, ...] = ()

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pastes in turn, and everything else as any widget does."""
        if self._postponed and isinstance(event, events.Key | events.Paste):
            self._postponed += (event,)
        elif isinstance(event, events.Key):
            await self.key_came(event)
        else:
            await super().on_event(event)

    def postpone(self, event: events.Key) -> None:
        """Take a key, and those behind it, only when what bubbled up has been done."""
        self._postponed = (event,)
        after_all_above(self, partial(self.call_later, self._take_postponed))

    async def _take_postponed(self) -> None:
        waiting, self._postponed = self._postponed, ()
        for event in waiting:
            await self.on_event(event)

    async def key_came(self, event: events.Key) -> None:
        """Do what a key means; a widget that reads keys itself overrides this."""
        await self.obey(event)

    def is_typing(self, event: events.Event) -> bool:
        """Tell whether an event changes nothing but this widget, so that no other has to wait."""
        del event
        return False

    async def obey(self, event: events.Key) -> None:
        """Do at once what a key is bound to here; let other keys bubble up."""
        active = self.screen.active_bindings.get(event.key)
        is_done = (
            active is not None
            and active.node is self
            and active.enabled
            and await self.app.run_action(active.binding.action, self)
        )
        if not is_done:
            await super().on_event(event)
