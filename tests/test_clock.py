"""Time is UTC for the journal, WIB for people, and monotonic for deadlines."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashier.clock import (
    Clock,
    Deadline,
    SystemClock,
    wib,
    wib_day,
    wib_stamp,
    wib_time,
)
from tests.support.clock import START_MS, ManualClock

BEFORE_MIDNIGHT = START_MS + (((13 * 60) + 18) * 60 + 56) * 1000 + 999
"""2026-11-22 23:59:59.999 in WIB."""


def test_the_start_of_the_manual_clock_is_a_sunday_morning_at_the_counter() -> None:
    assert wib_stamp(START_MS) == "2026-11-22 10:41:03"
    assert wib_time(START_MS) == "10:41"
    assert wib_day(START_MS) == 20261122


def test_the_shops_day_ends_at_midnight_in_wib_not_in_utc() -> None:
    assert wib_day(BEFORE_MIDNIGHT) == 20261122
    assert wib_time(BEFORE_MIDNIGHT) == "23:59"
    assert wib_day(BEFORE_MIDNIGHT + 1) == 20261123
    assert wib_stamp(BEFORE_MIDNIGHT + 1) == "2026-11-23 00:00:00"
    # UTC turned its page seven hours ago, at 07:00 in the shop (counter.md B22)
    assert wib_day(BEFORE_MIDNIGHT + 1 - 17 * 3_600_000) == 20261122
    assert wib_day(BEFORE_MIDNIGHT - 17 * 3_600_000) == 20261122


def test_the_shops_year_ends_seven_hours_before_utc() -> None:
    new_year = int(datetime(2026, 12, 31, 17, tzinfo=UTC).timestamp() * 1000)
    assert wib_day(new_year - 1) == 20261231
    assert wib_day(new_year) == 20270101


@given(utc_ms=st.integers(min_value=0, max_value=32_503_680_000_000))
def test_wib_is_seven_hours_ahead_all_year(utc_ms: int) -> None:
    moment = wib(utc_ms)
    assert moment.utcoffset() == timedelta(hours=7)
    assert int(moment.timestamp()) == utc_ms // 1000
    assert moment.strftime("%Y-%m-%d %H:%M:%S") == wib_stamp(utc_ms)


@given(earlier=st.integers(0, 10**13), later=st.integers(0, 10**13))
def test_days_sort_as_time_does(earlier: int, later: int) -> None:
    if earlier <= later:
        assert wib_day(earlier) <= wib_day(later)


def test_a_deadline_counts_down_and_never_below_zero() -> None:
    clock = ManualClock()
    deadline = Deadline.after(clock, 150)
    seen = [(deadline.left(), deadline.passed)]
    for step in (149.5, 0.5, 3600):
        clock.advance(step)
        seen.append((deadline.left(), deadline.passed))
    assert seen == [(150, False), (0.5, False), (0, True), (0, True)]


@given(steps=st.lists(st.floats(min_value=0, max_value=1000), max_size=30))
def test_a_deadline_is_never_negative_and_once_passed_stays_passed(steps: list[float]) -> None:
    clock = ManualClock()
    deadline = Deadline.after(clock, 100)
    was_passed = False
    for step in steps:
        clock.advance(step)
        assert deadline.left() >= 0
        assert deadline.passed or not was_passed
        was_passed = deadline.passed


@pytest.mark.parametrize("seconds", [-86_400, 86_400, 315_360_000])
def test_setting_the_wall_clock_moves_no_deadline(seconds: int) -> None:
    """faults.md F61."""
    clock = ManualClock()
    deadline = Deadline.after(clock, 10)
    clock.jump(seconds)
    assert clock.utc_ms() == START_MS + seconds * 1000
    assert deadline.left() == 10


def test_the_manual_clock_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="jump"):
        ManualClock().advance(-1)


def test_the_clock_of_the_machine_tells_utc_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC).timestamp()
    told = clock.utc_ms() / 1000
    after = datetime.now(UTC).timestamp()
    assert before - 0.001 <= told <= after + 0.001
    first = clock.monotonic()
    assert clock.monotonic() >= first
