"""When Espay is asked about an open payment (``payment-states.md``, Times). Pure."""

from dataclasses import dataclass
from typing import Final

_MINUTE_S: Final = 60
_QUARTER_S: Final = 15 * 60
_DAY_S: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """Moments, in seconds since the asking began, and the end after which a person decides."""

    offsets_s: tuple[float, ...]
    """Ascending."""
    end_s: float

    def next_at(self, since: int, now: int, spread: float = 0.0) -> int | None:
        """When the next question is due, or ``None`` where the asking has ended (T13).

        Moments that went by unused, while the shop was closed, are not made up for.

        Args:
            since: When the asking began, UTC milliseconds.
            now: UTC milliseconds; a clock set back counts as no time passed.
            spread: Share of the pause by which it is lengthened, 0 to 0.1.
        """
        elapsed_s = max(0.0, (now - since) / 1000)
        if elapsed_s >= self.end_s:
            return None
        later = (offset for offset in self.offsets_s if offset > elapsed_s)
        pause_s = next(later, self.end_s) - elapsed_s
        return now + round(pause_s * (1 + spread) * 1000)


ASKING: Final = Schedule(
    (
        *(5, 10, 20, 40, 60),
        *range(2 * _MINUTE_S, _QUARTER_S + 1, _MINUTE_S),
        *range(_QUARTER_S + 600, _DAY_S, 600),
    ),
    _DAY_S,
)
"""With a reference: status questions for 24 hours."""

GATHERING: Final = Schedule((5, 6 * _MINUTE_S), 6 * _MINUTE_S)
"""Without one: hints at once, and again when Espay's five minutes of 610 are over."""
