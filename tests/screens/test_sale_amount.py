"""The amount that the customer chooses: typed with its dots, or one quick key."""

from pathlib import Path

import pytest
from textual import events

from cashier.money import Rupiah
from cashier.screens.amount import QUICK, AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.number import NumberScreen
from cashier.screens.wish import Wish
from cashier.widgets.entry import Entry
from tests.screens.counter import Counter, at_counter

ACCOUNT = "081285784452"


async def amount(counter: Counter) -> AmountScreen:
    """Stand where the amount of an OVO top-up is asked."""
    await counter.start("ewallet-topup", "SVHOVO000")
    await counter.write(ACCOUNT)
    await counter.press("enter")
    return await counter.until(AmountScreen)


@pytest.mark.parametrize(("key", "rupiah"), QUICK.items())
async def test_a_quick_key_asks_for_its_amount_at_once(
    key: str, rupiah: int, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        await amount(counter)
        assert f"{key} {Rupiah.of(rupiah)}" in counter.text
        await counter.press(key)
        screen = await counter.until(ConfirmScreen)
        assert screen.quote.bill == Rupiah.of(rupiah)


async def test_it_is_typed_with_its_dots(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await amount(counter)
        await counter.write("75000")
        assert "75.000" in counter.text
        await counter.press("enter")
        assert (await counter.until(ConfirmScreen)).quote.bill == Rupiah.of(75_000)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Nominal belum diisi"), ("0", "lebih dari nol"), ("50", "Rp50 terlalu kecil")],
)
async def test_no_amount_asks_nothing(typed: str, sentence: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await amount(counter)
        await counter.write(typed)
        await counter.press("enter")
        await counter.until_shown(sentence)
        assert counter.app.screen is screen
        await counter.write("5")
        await counter.pilot.pause()
        assert sentence not in counter.text


async def test_a_scan_is_no_amount(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await amount(counter)
        for character in "8690000000017":
            counter.app.post_message(events.Key(character, character))
        counter.app.post_message(events.Key("enter", "\r"))
        await counter.until_shown("uang tidak dipindai")
        assert counter.app.screen is screen
        assert screen.query_one(Entry).value == ""


async def test_esc_goes_to_the_number_and_back_here_keeps_the_amount(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await amount(counter)
        await counter.press("s")
        await counter.until(ConfirmScreen)
        await counter.press("escape")
        screen = await counter.until(AmountScreen)
        assert screen.query_one(Entry).value == "100000"
        await counter.press("escape")
        await counter.until(NumberScreen)


async def test_the_limits_of_a_category_are_told(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await amount(counter)
        rules = screen.wish.rules.model_copy(
            update={"minimum": Rupiah.of(10_000), "maximum": Rupiah.of(20_000)}
        )
        category = screen.wish.category.model_copy(update={"rules": rules})
        counter.app.push_screen(
            AmountScreen(counter.front, screen.road, Wish(category, number=ACCOUNT))
        )
        await counter.until_shown("Paling sedikit Rp10.000, paling banyak Rp20.000.")
        await counter.press("a")
        await counter.until_shown("terlalu besar")
