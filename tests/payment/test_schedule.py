"""When Espay is asked: +5 to 60 s, each minute to 15 min, each 10 min to 24 h, then a person."""

from itertools import pairwise

import pytest

from cashier.payment import ASKING, GATHERING

_DAY_MS = 24 * 60 * 60 * 1000


def asked_at(spread: float = 0.0) -> list[float]:
    """Ask as the schedule says until it ends; give the seconds since the beginning."""
    now, moments = 0, []
    while (due := ASKING.next_at(0, now, spread)) is not None:
        moments.append(due / 1000)
        now = due
    return moments


def test_the_schedule_is_that_of_the_law() -> None:
    moments = asked_at()
    assert moments[:5] == [5, 10, 20, 40, 60]
    assert moments[5:19] == [60.0 * minute for minute in range(2, 16)]
    assert moments[19:22] == [1500, 2100, 2700]
    assert moments[-1] == _DAY_MS / 1000
    pauses = [after - before for before, after in pairwise(moments[19:])]
    assert max(pauses) == 600


@pytest.mark.parametrize("spread", [0.0, 0.03, 0.1])
def test_i11_asking_comes_to_an_end_however_it_is_spread(spread: float) -> None:
    moments = asked_at(spread)
    assert _DAY_MS / 1000 <= moments[-1] <= 1.1 * _DAY_MS / 1000
    assert len(moments) <= len(asked_at())


def test_what_went_by_while_the_shop_was_closed_is_not_made_up_for() -> None:
    two_hours = 2 * 60 * 60 * 1000
    due = ASKING.next_at(0, two_hours)
    assert due is not None
    assert 0 < due - two_hours <= 600_000


def test_a_clock_set_back_asks_again_soon_and_not_in_years() -> None:
    assert ASKING.next_at(1_000_000, 0) == 5_000


def test_hints_are_gathered_twice_and_then_a_person_is_called() -> None:
    assert GATHERING.next_at(0, 0) == 5_000
    assert GATHERING.next_at(0, 5_000) == 360_000
    assert GATHERING.next_at(0, 360_000) is None
