"""The circuit: what stops new payments until a supervisor lets them go on (T1). Pure.

``payment-states.md``, Times: three open ``in_doubt``, or one 401. A supervisor's word reaches
as far as what there was to be seen: one more doubt, or one more 401, stops the till again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_DOUBTS: Final = 3
"""So many payments in doubt that nobody has looked at stop new ones."""


class Trip(StrEnum):
    """What stopped new payments; each has a sentence in the language catalogue."""

    UNAUTHORISED = "unauthorised"
    """Espay answered 401: user name or password are wrong, or not valid any more."""
    DOUBTS = "doubts"
    """Too many payments are in doubt at once: the line, or Espay, is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """What has happened since a supervisor last let payments go on."""

    unauthorised_at: int | None = None
    """UTC milliseconds of the first 401 since."""
    doubted_at: int | None = None
    """UTC milliseconds at which the doubts became too many; stays when they are settled."""
    in_doubt: tuple[int, ...] = ()
    """Payments in doubt now that nobody has looked at, by id."""

    @property
    def trip(self) -> Trip | None:
        """What stops new payments; ``None`` where nothing does."""
        if self.unauthorised_at is not None:
            return Trip.UNAUTHORISED
        too_many = self.doubted_at is not None or len(self.in_doubt) >= MOST_DOUBTS
        return Trip.DOUBTS if too_many else None
