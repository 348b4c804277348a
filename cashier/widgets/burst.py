"""Keys that come faster than a person types: a scanner, a paste, a line that stalled.

A run is a row of keys less than ``GAP_S`` apart, or ``STALL_S`` once it is plainly a machine's.
A scanner sends ``FEWEST`` characters or more in one run and ends it with Enter (``counter.md``,
"Scanner-proof entry"). A stalled SSH line that delivers everything at once looks the same, so
whoever asks must not lose a digit of it. Pure: the moment of each key is passed in, in seconds
of any clock that never goes back.
"""

from math import inf
from typing import Final

GAP_S: Final = 0.030
"""Seconds; a fast typist leaves 60 ms and more between keys, a scanner 0 to 10."""

STALL_S: Final = 0.1
"""Seconds that a run may pause once it has ``MACHINE`` keys: a line or a busy computer that
stalls in the middle of a scan must not let the rest of it pass for typing."""

MACHINE: Final = 3
"""Keys closer than ``GAP_S`` that no fingers type."""

FEWEST: Final = 8
"""Characters of the shortest scan, an EAN-8."""

_LONGEST: Final = 200
"""Characters that are kept of a run; no scanned number has more."""


def longest_gap(keys: int) -> float:
    """Give the seconds within which another key belongs to a run of so many."""
    return STALL_S if keys >= MACHINE else GAP_S


class Burst:
    """The run of keys that is under way."""

    def __init__(self) -> None:
        """Begin with no key at all."""
        self._last = -inf
        self._on_heels = False
        self._after_enter = False
        self._begin()

    def _begin(self) -> None:
        self.text = ""
        """The characters of the run as they came, also those that the field did not take."""
        self.is_refused = False
        """Whether the rest of the run is thrown away."""
        self._keys = 0
        self._is_odd = False
        self._is_edited = False
        self._is_pasted = False
        self._is_over = False

    def press(self, at: float) -> bool:
        """Count a key; tell whether it begins a new run."""
        self._on_heels = at - self._last < longest_gap(self._keys)
        self._last = at
        self._after_enter = self._on_heels and self._is_over
        begins = not self._on_heels or (self._is_over and not self.is_refused)
        if begins:
            self._begin()
        self._keys += 1
        return begins

    def add(self, character: str, *, is_odd: bool = False) -> None:
        """The key was a character; an odd one is not what the field takes, or had no room."""
        has_room = len(self.text) < _LONGEST
        self.text += character if has_room else ""
        self._is_odd = self._is_odd or is_odd or not has_room

    def edit(self) -> None:
        """The key corrected something: a person is typing, however late the keys arrive."""
        self._is_edited = True

    def paste(self) -> None:
        """What came was a bracketed paste."""
        self._is_pasted = True

    def end(self) -> None:
        """The key was an Enter: the next one begins a new run."""
        self._is_over = True

    def refuse(self) -> None:
        """Throw the rest of the run away."""
        self.is_refused = True

    @property
    def is_on_heels(self) -> bool:
        """Whether the last key followed another faster than a person types."""
        return self._on_heels

    @property
    def is_after_enter(self) -> bool:
        """Whether the last key came on the heels of an Enter, as the LF of CR LF does."""
        return self._after_enter

    @property
    def is_odd(self) -> bool:
        """Whether the run holds a character that the field did not take."""
        return self._is_odd

    @property
    def is_fast(self) -> bool:
        """Whether so much came at once that no fingers typed it."""
        return len(self.text) >= FEWEST and not self._is_edited

    @property
    def is_scan(self) -> bool:
        """Whether an Enter that came now was sent by a machine, not by a finger."""
        by_machine = len(self.text) >= FEWEST or self._is_odd or self._is_pasted
        return by_machine and not self._is_edited
