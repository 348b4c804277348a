"""Today's sales at the counter: every struk and token of the day is found and shown again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cashier.config import Config
from cashier.config import Till as TillTable
from cashier.payment import State
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sales_today import MOST, SalesTodayScreen
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu
from tests.screens.counter import Counter, at_counter
from tests.support.sandbox import magic_number

FIRST, SECOND = "14012345678", "14087654321"
A_DAY_S = 24 * 60 * 60


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with at_counter(tmp_path) as standing:
        yield standing


async def look(counter: Counter) -> SalesTodayScreen:
    """Open the list from home."""
    counter.app.switch_to_home()
    await counter.until(HomeScreen)
    await counter.press("f4")
    return await counter.until(SalesTodayScreen)


def rows(counter: Counter) -> list[str]:
    """What the list shows, from top to bottom."""
    return [item.label for item in counter.app.screen.query_one(Menu).items]


async def test_a_day_without_sales_says_so(counter: Counter) -> None:
    await look(counter)
    await counter.until_shown("Belum ada penjualan hari ini.")
    assert "lihat struk" not in counter.text.splitlines()[-1]
    await counter.press("enter", "escape")
    await counter.until(HomeScreen)


async def test_every_sale_of_the_day_stands_there_the_newest_first(counter: Counter) -> None:
    first = (await counter.sell("pln-prepaid", FIRST)).payment
    counter.clock.advance(120)
    await counter.sell("pln-prepaid", magic_number("balance_too_low", SECOND))
    await look(counter)
    await counter.until_shown("UANG KEMBALI Rp22.500")
    newest, oldest = rows(counter)
    assert newest.startswith("10:43 0002 PLN Prepaid 20.000")
    assert oldest.startswith("10:41 0001 PLN Prepaid 20.000")
    assert first.quote.name is not None
    assert first.quote.name[:16] in oldest
    assert "LUNAS     Rp22.500" in counter.text
    assert "22-11-2026" in counter.text


async def test_enter_shows_the_token_again_and_prints_the_struk(counter: Counter) -> None:
    sold = await counter.sell("pln-prepaid", FIRST)
    listed = await look(counter)
    await counter.until_shown("LUNAS")
    await counter.press("enter")
    shown = await counter.until(OutcomeScreen)
    assert shown.payment.token == sold.payment.token is not None
    await counter.press("p")
    await counter.until_shown("tanpa printer")
    await counter.press("escape")
    assert await counter.until(SalesTodayScreen) is listed


@pytest.mark.parametrize("typed", [SECOND, SECOND[3:], "0002", "261122-0002"])
async def test_what_is_typed_leaves_the_sale_it_belongs_to(counter: Counter, typed: str) -> None:
    await counter.sell("pln-prepaid", FIRST)
    second = (await counter.sell("pln-prepaid", SECOND)).payment
    await look(counter)
    await counter.write(typed)
    await counter.press("enter")
    shown = await counter.until(OutcomeScreen)
    assert shown.payment.id == second.id
    await counter.press("escape")
    await counter.until(SalesTodayScreen)
    await counter.press("escape")
    assert counter.app.screen.query_one(Entry).value == ""
    await counter.until_shown("0001")


async def test_a_whole_receipt_number_is_found_on_any_other_day(counter: Counter) -> None:
    sold = (await counter.sell("pln-prepaid", FIRST)).payment
    counter.clock.advance(A_DAY_S)
    await look(counter)
    await counter.until_shown("Belum ada penjualan hari ini.")
    await counter.write("0001")
    await counter.until_shown("Hari ini tidak ada yang cocok dengan 0001")
    await counter.press("escape")
    await counter.write(sold.receipt_no)
    await counter.until_shown("LUNAS")
    assert sold.receipt_no in rows(counter)[0]
    await counter.press("enter")
    assert (await counter.until(OutcomeScreen)).payment.token == sold.token


async def test_the_question_mark_is_help_and_no_part_of_a_number(counter: Counter) -> None:
    await look(counter)
    await counter.press("question_mark")
    await counter.until(HelpScreen)
    await counter.press("escape")
    await counter.until(SalesTodayScreen)
    assert counter.app.screen.query_one(Entry).value == ""


async def test_a_payment_that_is_being_sent_is_followed_and_ends_in_the_list(
    counter: Counter,
) -> None:
    await counter.reach_confirmation("pln-prepaid", magic_number("slow", FIRST))
    await counter.press("p", "f9")
    await counter.until(ProgressScreen)
    await look(counter)
    await counter.until_shown("dikirim")
    await counter.press("enter")
    await counter.until(ProgressScreen)
    await counter.press("escape")
    await look(counter)
    await counter.until_shown("LUNAS")
    (payment,) = await counter.till.sold_today()
    assert payment.state is State.PAID


async def test_another_language_and_a_wide_window(tmp_path: Path) -> None:
    config = Config(till=TillTable(language="en"))
    async with at_counter(tmp_path, config=config, size=(132, 43)) as counter:
        sold = (await counter.sell("pln-prepaid", FIRST)).payment
        await look(counter)
        await counter.until_shown("Sales of today")
        await counter.until_shown(sold.receipt_no)
        assert FIRST in rows(counter)[0]
        assert sold.quote.name is not None
        assert sold.quote.name[:16] in rows(counter)[0]


async def test_a_list_that_is_cut_says_so(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST > 1
    monkeypatch.setattr("cashier.screens.sales_today.MOST", 1)
    for number in (FIRST, SECOND):
        await counter.sell("pln-prepaid", number)
    await look(counter)
    await counter.until_shown("Ini 1 yang terbaru. Ketik nomornya untuk yang lebih lama.")
    assert len(rows(counter)) == 1
