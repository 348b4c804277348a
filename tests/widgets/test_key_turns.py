"""Keys typed ahead by hand while the app was busy: all of them, in order, or none.

They carry the times of a person and come to the app together.
"""

from time import monotonic

import pytest

from cashier.widgets.entry import Entry
from cashier.widgets.key_turns import _Turn
from tests.terminal.turns_program import Confirm, Number, TurnsProgram
from tests.widgets.fingers import AT_ONCE, Fingers


async def test_a_screen_that_listens_at_once_gets_all_that_was_typed_ahead() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        fingers = Fingers(pilot)
        await fingers.type(["down", "enter", *"123456", "backspace", *"789"])
        await fingers.rest()
        assert app.happened == ["chose:2"]
        assert isinstance(app.screen, Number)
        assert app.screen.query_one(Entry).value == "12345789"


async def test_a_screen_that_does_not_gets_nothing_of_it() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        fingers = Fingers(pilot)
        await fingers.type(["3", *"123456", "enter", *"50000", "b", "b"])
        await fingers.rest()
        assert isinstance(app.screen, Confirm)
        assert app.happened == ["chose:3", "number:123456"]
        await fingers.type([*"7000", "b"])
        await fingers.rest()
        assert app.happened[-1] == "paid:7000"


async def test_a_scan_in_the_menu_becomes_no_number_without_its_first_digit() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        fingers = Fingers(pilot)
        await fingers.scan("1234567890123", "enter")
        await fingers.rest()
        assert isinstance(app.screen, Number)
        assert app.screen.query_one(Entry).value == ""
        await fingers.scan("1234567890123", "enter")
        await fingers.rest()
        assert app.happened == ["chose:1", "number:1234567890123"]


async def test_a_paste_has_its_turn_too() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        fingers = Fingers(pilot)
        await fingers.type(["tab"])
        await fingers.paste("50.000", "tab", "x")
        await fingers.type([])
        assert [entry.value for entry in app.screen.query(Entry)] == ["50000", "x"]


async def test_without_any_focus_keys_go_to_the_screen() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await Fingers(pilot).type(["f9"], AT_ONCE)
        assert app.happened == ["pay:"]


@pytest.mark.parametrize(("since", "happened"), [(0.0, []), (1.5, ["pay:", "pay:"])])
async def test_a_key_whose_end_never_comes_holds_the_keyboard_for_a_second_at_most(
    since: float, happened: list[str]
) -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        await pilot.pause()
        app._turn = _Turn(monotonic() - since)  # nothing ends this one
        await Fingers(pilot).type(["f9", "f9"])
        assert app.happened == happened


async def test_the_end_of_a_turn_that_was_given_up_ends_no_other() -> None:
    app = TurnsProgram()
    async with app.run_test() as pilot:
        await pilot.pause()
        app._turn = under_way = _Turn(monotonic())
        await app._end_turn(_Turn(monotonic()))
        assert app._turn is under_way
