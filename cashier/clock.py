"""Time: UTC milliseconds for the journal, WIB for people, monotonic seconds for deadlines.

A clock is always passed in, so that a test or a simulation can own time.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Protocol

WIB: Final = timezone(timedelta(hours=7), "WIB")
"""Western Indonesian Time, what Espay's servers and the shop's wall show (``gaps.md 21``)."""


class Clock(Protocol):
    """What tells the time."""

    def utc_ms(self) -> int:
        """Milliseconds since 1970-01-01 00:00 UTC; may jump when the wall clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""
        ...


class SystemClock:
    """The clock of this machine."""

    def utc_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock that a whole piece of work must meet."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> "Deadline":
        """Make the deadline that lies ``seconds`` from now."""
        return cls(clock, clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until the deadline, never below zero."""
        return max(0.0, self.at - self.clock.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the moment has come."""
        return self.left() == 0.0


def wib(utc_ms: int) -> datetime:
    """Turn journal time into Western Indonesian Time."""
    return datetime.fromtimestamp(utc_ms // 1000, UTC).astimezone(WIB)


def wib_stamp(utc_ms: int) -> str:
    """Write a moment as people and Espay read it: ``2026-11-22 10:41:03`` in WIB."""
    return wib(utc_ms).strftime("%Y-%m-%d %H:%M:%S")


def wib_ms(stamp: str) -> int:
    """Read what ``wib_stamp`` writes as UTC milliseconds.

    Raises:
        ValueError: It is no such moment.
    """
    read = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=WIB)
    return int(read.timestamp()) * 1000


def wib_day(utc_ms: int) -> int:
    """The shop's day of a moment as a number that sorts: ``20261122``."""
    return int(wib(utc_ms).strftime("%Y%m%d"))


def wib_time(utc_ms: int) -> str:
    """The shop's time of day: ``10:41``."""
    return wib(utc_ms).strftime("%H:%M")
