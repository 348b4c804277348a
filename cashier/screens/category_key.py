"""The key of a category, which may also be the beginning of a number or of a word."""

from collections.abc import Callable
from typing import Final

from textual.screen import Screen
from textual.timer import Timer

DIGIT_PAUSE_S: Final = 0.06
"""Longer than a scanner takes between two keys, shorter than a typist: ``1`` and then a number
typed at once goes to the number screen of category 1, a scanned number to the search."""

LETTER_PAUSE_S: Final = 0.3
"""Letters are keys and words both, so the typist of a word is waited for."""


class CategoryKey:
    """A key that counts after a moment without another one."""

    def __init__(self, screen: Screen[None], count: Callable[[str], None]) -> None:
        """Wait on the clock of a screen; ``count`` is called with the key once it counts."""
        self._screen = screen
        self._count = count
        self._key = ""
        self._timer: Timer | None = None

    def came(self, key: str) -> None:
        """Wait for a moment whether more comes."""
        self.stop()
        self._key = key
        self._timer = self._screen.set_timer(self._pause_s, self._over)

    def settle(self, after_s: float) -> None:
        """Let the key count now, if the next one came too long behind it to belong to it.

        Args:
            after_s: Seconds between the two keys, as they were pressed.
        """
        if self._timer is not None and after_s >= self._pause_s:
            self._over()

    def stop(self) -> None:
        """Forget the key: it was part of more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def _pause_s(self) -> float:
        return DIGIT_PAUSE_S if self._key.isdigit() else LETTER_PAUSE_S

    def _over(self) -> None:
        self.stop()
        self._count(self._key)
