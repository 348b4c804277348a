"""A scan is told from typing by the clock alone, and the clock is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashier.widgets.burst import FEWEST, GAP_S, STALL_S, Burst


def after(text: str, spacing: float) -> Burst:
    """A burst to which these characters came, so many seconds apart."""
    burst = Burst()
    for place, character in enumerate(text):
        burst.press(100 + place * spacing)
        burst.add(character)
    return burst


def test_eight_characters_at_a_scanners_pace_are_a_scan() -> None:
    burst = after("12345678", 0.010)
    assert (burst.text, burst.is_scan, burst.is_fast) == ("12345678", True, True)


def test_seven_are_none() -> None:
    burst = after("1234567", 0.001)
    assert not burst.is_scan
    assert not burst.is_fast


def test_a_person_never_makes_a_scan_however_long_the_number() -> None:
    burst = after("1234567890123456", 0.060)
    assert burst.text == "6"
    assert not burst.is_scan


@given(st.floats(min_value=0, max_value=0.2), st.integers(min_value=1, max_value=40))
def test_only_spacing_and_count_decide(spacing: float, count: int) -> None:
    burst = after("1" * count, spacing)
    apart = 100 + spacing - 100  # what the clock can tell apart at that height
    assert burst.is_scan == (count >= FEWEST and apart < GAP_S)


def test_the_gap_itself_begins_a_new_run() -> None:
    burst = Burst()
    assert burst.press(0.0)
    assert not burst.press(0.029)
    assert burst.press(0.060)


def test_who_corrects_is_a_person_even_when_all_of_it_arrives_at_once() -> None:
    burst = after("12345678", 0.0)
    burst.edit()
    assert not burst.is_scan
    assert not burst.is_fast


def test_a_character_that_does_not_belong_makes_a_short_run_suspect() -> None:
    burst = after("1", 0.0)
    burst.press(100.0)
    burst.add("b", is_odd=True)
    assert burst.is_odd
    assert burst.is_scan
    assert not burst.is_fast


def test_an_enter_on_the_heels_of_a_paste_was_pasted() -> None:
    burst = Burst()
    burst.press(1.0)
    burst.paste()
    burst.press(1.0)
    assert burst.is_scan


def test_an_enter_ends_the_run_and_the_next_scan_begins_at_once() -> None:
    burst = after("12345678", 0.0)
    burst.end()
    assert burst.press(100.0)
    assert burst.is_on_heels
    assert burst.is_after_enter
    assert burst.text == ""


def test_an_enter_long_ago_is_forgotten() -> None:
    burst = after("12345678", 0.0)
    burst.end()
    burst.press(101.0)
    assert not burst.is_after_enter


def test_what_is_refused_stays_refused_until_the_burst_is_over() -> None:
    burst = after("12345678", 0.0)
    burst.refuse()
    burst.end()
    for _ in range(3):
        assert not burst.press(100.0)
        assert burst.is_refused
    assert burst.press(100.5)
    assert not burst.is_refused


def test_a_flood_is_not_hoarded() -> None:
    burst = after("1" * 5_000, 0.0)
    assert len(burst.text) == 200
    assert burst.is_odd


@pytest.mark.parametrize("spacing", [0.0, 0.001, 0.002, 0.005, 0.010])
def test_every_spacing_of_a_scanner_is_fast(spacing: float) -> None:
    assert after("8690000000017", spacing).is_scan


@pytest.mark.parametrize("cut", range(3, 13))
def test_a_scan_that_stalls_in_the_middle_is_one_scan(cut: int) -> None:
    burst = Burst()
    for place, character in enumerate("8690000000017"):
        burst.press(100 + (place >= cut) * 0.9 * STALL_S)
        burst.add(character)
    assert burst.text == "8690000000017"
    assert burst.is_fast


def test_what_is_refused_stays_refused_through_a_stall() -> None:
    burst = after("12345678", 0.0)
    burst.refuse()
    assert not burst.press(100 + 0.9 * STALL_S)
    assert burst.is_refused
    assert burst.press(100 + 2 * STALL_S)
