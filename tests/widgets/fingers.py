"""Types at moments that the test chooses: as a person, a scanner, or a line that stalled."""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from textual import events
from textual.pilot import Pilot

from cashier.widgets.burst import GAP_S

BY_HAND: Final = 0.2
"""Seconds between the keys of a person."""

AT_ONCE: Final = 0.0
"""Seconds between the keys that a stalled line delivers together."""

LONG_AGO: Final = 1000.0
"""Seconds that these fingers are ahead of the app, which is slow today: all that they press was
pressed before the app could show a thing."""

_NAMES: Final = {
    " ": "space",
    ".": "full_stop",
    ",": "comma",
    "?": "question_mark",
    "+": "plus",
    "-": "minus",
    ":": "colon",
    "/": "slash",
}
_CHARACTERS: Final = {"enter": "\r", "backspace": "\x7f", "tab": "\t", "ctrl+j": "\n"}


def key(name: str) -> events.Key:
    """The event for a key's name or a single character."""
    if len(name) == 1:
        return events.Key(_NAMES.get(name, name), name)
    if name.startswith("alt+"):
        return events.Key(name, name[-1])
    return events.Key(name, _CHARACTERS.get(name))


class Fingers:
    """Presses keys on the app of a pilot; each key carries its own time."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self._pilot = pilot
        self._now = monotonic() - LONG_AGO

    async def type(self, keys: Sequence[str], spacing: float = BY_HAND) -> None:
        """Press keys so many seconds apart, then wait until the app has done with them."""
        self._now += BY_HAND
        for name in keys:
            self._post(key(name))
            self._now += spacing
        self._now -= spacing if keys else 0.0
        await self._pilot.pause()

    async def scan(self, text: str, *suffix: str, spacing: float = 0.002) -> None:
        """Deliver a text as a scanner does, with what it is set to send behind it."""
        await self.type([*text, *suffix], spacing)

    async def paste(self, text: str, *keys: str) -> None:
        """Paste a text with brackets, and press keys on its heels."""
        self._now += BY_HAND
        self._post(events.Paste(text))
        for name in keys:
            self._post(key(name))
        await self._pilot.pause()

    async def rest(self) -> None:
        """Press nothing for longer than a letter waits for another key."""
        await self._pilot.pause(2 * GAP_S)

    def _post(self, event: events.Key | events.Paste) -> None:
        event.time = self._now
        self._pilot.app.post_message(event)
