"""A clock that only moves when a test says so."""

from typing import Final

START_MS: Final = 1_795_318_863_000
"""2026-11-22 10:41:03 in WIB, a Sunday morning at the counter."""


class ManualClock:
    """A ``cashier.clock.Clock`` moved by hand; it never moves by itself."""

    def __init__(self, utc_ms: int = START_MS) -> None:
        """Start at a moment, by default on a Sunday morning."""
        self._wall_ms = utc_ms
        self._elapsed_ms = 0

    def utc_ms(self) -> int:
        """Milliseconds since the epoch, as the wall clock shows them."""
        return self._wall_ms

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return self._elapsed_ms / 1000

    def advance(self, seconds: float) -> None:
        """Let time pass, on the wall and on the monotonic clock alike."""
        if seconds < 0:
            raise ValueError("time only passes; to set the wall clock back use jump()")
        passed_ms = round(seconds * 1000)
        self._wall_ms += passed_ms
        self._elapsed_ms += passed_ms

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back, without any time passing."""
        self._wall_ms += round(seconds * 1000)
