"""Keys typed by hand while the till was busy: the clock of the keys decides, not the till's."""

from pathlib import Path

from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.number import NumberScreen
from cashier.widgets.entry import Entry
from tests.screens.counter import at_counter
from tests.widgets.fingers import AT_ONCE, Fingers

METER = "14012345678"


async def test_a_category_and_a_number_typed_at_once_arrive_in_the_number_screen(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.until(HomeScreen)
        await Fingers(counter.pilot).type(["1", *METER])
        screen = await counter.until(NumberScreen)
        await counter.until_shown(METER)
        assert screen.query_one(Entry).value == METER


async def test_a_scan_at_home_is_searched_whole_and_opens_no_category(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        home = await counter.until(HomeScreen)
        await Fingers(counter.pilot).scan(f"1{METER}")
        await counter.until_shown(f"1{METER}")
        assert counter.app.screen is home


async def test_function_keys_and_escape_are_no_scan_however_fast_they_come(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.until(HomeScreen)
        fingers = Fingers(counter.pilot)
        await fingers.type(["f2"])
        for _ in range(3):
            await counter.until(FollowUpScreen)
            await fingers.type(["escape", "f2"], AT_ONCE)
        await counter.until(FollowUpScreen)
        await fingers.type(["escape", "1"], AT_ONCE)
        await counter.until(NumberScreen)
