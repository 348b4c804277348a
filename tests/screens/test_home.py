"""Home: every category one key away, one box that searches everything, and what is under way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from cashier.app import CashierApp
from cashier.catalogue import Category, load_catalogue
from cashier.clock import SystemClock
from cashier.config import Config, Shop, Ui
from cashier.config import Till as TillTable
from cashier.money import Rupiah
from cashier.payment import State
from cashier.screens.category_key import DIGIT_PAUSE_S, LETTER_PAUSE_S
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.front import Facade, Front
from cashier.screens.greeting import GreetingScreen
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.leave import LeaveScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.sure import SureScreen
from cashier.screens.too_small import TooSmallScreen
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu
from cashier.widgets.status_line import StatusLine
from tests.screens.counter import Counter, at_counter, stand_at
from tests.screens.test_sale_progress import connecting_for_ever
from tests.support.clock import ManualClock
from tests.support.dying_till import sell_and_die
from tests.support.sandbox import magic_number, running_sandbox
from tests.support.shop import open_shop

METER = "14012345678"
CATEGORIES = load_catalogue().shown


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with at_counter(tmp_path) as standing:
        yield standing


def home_of(counter: Counter) -> HomeScreen:
    home = counter.app.screen
    assert isinstance(home, HomeScreen)
    return home


def typed(counter: Counter) -> str:
    return counter.app.screen.query_one(Entry).value


@pytest.mark.parametrize("category", CATEGORIES, ids=[one.id for one in CATEGORIES])
async def test_each_category_is_one_key_away(counter: Counter, category: Category) -> None:
    key, name = category.key, category.names.id
    assert name in counter.text
    await counter.press(key)
    screen = await counter.until(SaleScreen)
    assert isinstance(screen, NumberScreen | ProductsScreen)
    assert name in counter.words


async def test_the_cursor_and_enter_choose_too(counter: Counter) -> None:
    await counter.press("down", "down", "up", "pagedown", "pageup", "down", "enter")
    await counter.until(SaleScreen)
    assert CATEGORIES[1].names.id in counter.words


async def test_escape_comes_back_to_an_empty_search(counter: Counter) -> None:
    await counter.press("2")
    await counter.until(SaleScreen)
    await counter.press("escape")
    await counter.until(HomeScreen)
    assert typed(counter) == ""
    assert CATEGORIES[0].names.id in counter.text


async def test_part_of_a_name_finds_products_and_enter_opens_the_first(counter: Counter) -> None:
    await counter.write("ovo")
    await counter.until_shown("OVO")
    assert CATEGORIES[0].names.id not in counter.text
    await counter.press("enter")
    await counter.until(SaleScreen)
    assert "OVO" in counter.words


async def test_enter_right_behind_what_was_typed_waits_for_what_it_finds(
    counter: Counter,
) -> None:
    home = home_of(counter)
    home.query_one(Entry).value = "SINCBN"
    await counter.press("enter")
    await counter.until(SaleScreen)
    assert "CBN" in counter.words


async def test_a_word_whose_first_letter_is_a_key_is_found_behind_a_slash(
    counter: Counter,
) -> None:
    await counter.write("/t")
    await asyncio.sleep(2 * LETTER_PAUSE_S)
    await counter.pilot.pause()
    assert isinstance(counter.app.screen, HomeScreen)
    await counter.write("elkomsel")
    await counter.until_shown("Telkomsel")


async def test_digits_that_come_at_once_are_a_number_and_no_category(counter: Counter) -> None:
    for digit in "12345":
        counter.app.post_message(events.Key(digit, digit))
    await asyncio.sleep(2 * DIGIT_PAUSE_S)
    await counter.pilot.pause()
    assert isinstance(counter.app.screen, HomeScreen)
    assert typed(counter) == "12345"
    assert "Nomor belum dikenal" in counter.text
    await counter.press("escape")
    await counter.pilot.pause()
    assert typed(counter) == ""
    assert CATEGORIES[0].names.id in counter.text


async def test_a_phone_number_offers_the_credit_of_its_operator(counter: Counter) -> None:
    await counter.write("081234567890")
    await counter.until_shown("Telkomsel")


async def test_a_number_that_was_served_is_found_again_with_its_name(counter: Counter) -> None:
    await counter.sell("pln-prepaid", METER)
    counter.app.switch_to_home()
    await counter.until(HomeScreen)
    await counter.write("/" + METER[:5])
    await counter.until_shown(METER)


async def test_a_receipt_number_opens_its_sale(counter: Counter) -> None:
    sold = await counter.sell("pln-prepaid", METER)
    counter.app.switch_to_home()
    await counter.until(HomeScreen)
    await counter.write(f"/{sold.payment.receipt_no}")
    await counter.until_shown(f"LUNAS 10:41, struk {sold.payment.receipt_no}: lihat")
    await counter.press("enter")
    shown = await counter.until(OutcomeScreen)
    assert shown.payment.token == sold.payment.token


async def test_a_number_sold_today_shows_its_struk_before_it_is_sold_again(
    counter: Counter,
) -> None:
    sold = await counter.sell("pln-prepaid", METER)
    counter.app.switch_to_home()
    await counter.until(HomeScreen)
    counter.clock.advance(600)
    await counter.write("/" + METER)
    look = f"LUNAS 10:41, struk {sold.payment.receipt_no}: lihat"
    await counter.until_shown(look)
    first, second, *_ = home_of(counter).query_one(Menu).items
    assert first.detail == look
    assert second.detail == "PLN Prepaid 20.000"
    await counter.press("enter")
    assert (await counter.until(OutcomeScreen)).payment.id == sold.payment.id
    await counter.press("escape")
    await counter.until(HomeScreen)
    await counter.write("/" + METER)
    await counter.until_shown(look)
    await counter.press("down", "enter")
    assert (await counter.until(ConfirmScreen)).quote.number == METER


async def test_a_receipt_number_without_its_dash_opens_its_sale_too(counter: Counter) -> None:
    sold = await counter.sell("pln-prepaid", METER)
    counter.app.switch_to_home()
    await counter.until(HomeScreen)
    await counter.write("/" + sold.payment.receipt_no.replace("-", ""))
    await counter.until_shown(f"struk {sold.payment.receipt_no}: lihat")
    await counter.press("enter")
    assert (await counter.until(OutcomeScreen)).payment.id == sold.payment.id


async def test_what_nothing_fits_is_said_with_what_to_do(counter: Counter) -> None:
    await counter.write("zzz")
    await counter.until_shown("Tidak ada yang cocok dengan zzz. Esc menghapus")


async def test_the_top_line_says_whose_till_this_is(tmp_path: Path) -> None:
    config = Config(shop=Shop(name="LOKET MAJU"))
    async with at_counter(tmp_path, config=config) as counter:
        await counter.until_shown("Deposit Rp")
        top = counter.text.splitlines()[0]
        for words in ("LATIHAN", "LOKET MAJU", "KASIR", "tanpa shift", "10:41"):
            assert words in top


async def test_a_low_deposit_is_marked_by_a_word(tmp_path: Path) -> None:
    async with at_counter(tmp_path, opening_balance=Rupiah.of(499_999)) as counter:
        await counter.until_shown("Deposit RENDAH Rp499.999")


async def test_an_open_payment_is_counted_and_listed_by_f2(counter: Counter) -> None:
    await counter.sell("pln-prepaid", magic_number("in_process_forever", METER))
    counter.app.switch_to_home()
    await counter.until_shown("1 terbuka")
    await counter.press("f2")
    assert isinstance(await counter.until(FollowUpScreen), FollowUpScreen)


async def test_a_payment_under_way_is_shown_and_come_back_to(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.reach_confirmation("pln-prepaid", magic_number("slow", METER))
        await counter.press("p", "f9")
        await counter.until(ProgressScreen)
        await counter.press("escape")
        await counter.until_shown("Sedang dikirim")
        await counter.press("f3")
        await counter.until(ProgressScreen)


async def leave_under_way(counter: Counter, trouble: str) -> int:
    """Pay, and be home again before Espay has answered; give the payment's id."""
    await counter.reach_confirmation("pln-prepaid", magic_number(trouble, METER))
    await counter.press("p", "f9")
    progress = await counter.until(ProgressScreen)
    await counter.press("escape")
    await counter.until(HomeScreen)
    return progress.payment_id


async def test_what_became_paid_behind_another_screen_is_told_until_it_is_looked_at(
    counter: Counter,
) -> None:
    number = await leave_under_way(counter, "slow")
    await counter.until_shown("F3 lihat.")
    await counter.until_shown("token siap. F3 lihat.")
    payment = await counter.till.payment(number)
    assert f"{payment.receipt_no} LUNAS: {payment.quote.name}, token siap." in counter.text
    await counter.press("2")
    await counter.until(SaleScreen)
    assert "1 baru LUNAS" in counter.text.splitlines()[0]
    await counter.press("escape")
    await counter.until(HomeScreen)
    assert "token siap" in counter.text
    await counter.press("f3")
    assert (await counter.until(OutcomeScreen)).payment.token == payment.token
    await counter.press("escape")
    await counter.until(HomeScreen)
    await counter.pilot.pause()
    assert "LUNAS" not in counter.text


async def test_another_screen_tells_in_its_top_line_what_became_paid(counter: Counter) -> None:
    await leave_under_way(counter, "slow")
    await counter.press("2")
    await counter.until(NumberScreen)
    assert "baru LUNAS" not in counter.text
    await counter.until_shown("1 baru LUNAS")
    assert isinstance(counter.app.screen, NumberScreen)


async def test_a_payment_that_is_in_doubt_behind_another_screen_is_told(tmp_path: Path) -> None:
    async with at_counter(tmp_path, exchange_s=1) as counter:
        await leave_under_way(counter, "hang_booked")
        await counter.until_shown("Jangan bayar ulang. F3 lihat.")
        assert "BELUM PASTI" in counter.text
        assert "1 kabar baru" in counter.text.splitlines()[0]
        await counter.press("f3")
        assert (await counter.until(OutcomeScreen)).payment.state is State.IN_DOUBT
        await counter.press("escape")
        await counter.until(HomeScreen)
        await counter.pilot.pause()
        assert "BELUM PASTI" not in counter.text
        assert "1 terbuka" in counter.text.splitlines()[0]


async def test_cash_that_goes_back_is_told_until_it_was_handed_over(tmp_path: Path) -> None:
    async with connecting_for_ever(tmp_path) as counter:
        await counter.press("l", "f9")
        progress = await counter.until(ProgressScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)
        assert counter.till.give_up(progress.payment_id)
        await counter.until_shown("Kembalikan uangnya. F3 lihat.")
        assert "TIDAK TERBAYAR" in counter.text
        await counter.press("f2")
        await counter.until(FollowUpScreen)
        await counter.until_shown("k uang dikembalikan")
        await counter.press("k")
        await counter.until(SureScreen)
        await counter.press("y")
        await counter.until_shown("sudah dikembalikan.")
        await counter.press("escape")
        await counter.until(HomeScreen)
        await counter.pilot.pause()
        assert "TIDAK TERBAYAR" not in counter.text


async def test_several_news_are_counted_and_looked_at_in_turn(counter: Counter) -> None:
    for number in (METER, "14087654321"):
        sold = await counter.sell("pln-prepaid", number)
        counter.app.switch_to_home()
        await counter.until(HomeScreen)
        counter.front.unseen.came(sold.payment)
    home_of(counter)._tell_moved()
    await counter.until_shown("token siap. (1 lagi) F3 lihat.")
    await counter.press("f3")
    first = await counter.until(OutcomeScreen)
    assert first.payment.quote.number == METER
    await counter.press("escape")
    await counter.until_shown(f"{sold.payment.receipt_no} LUNAS")
    assert "lagi)" not in counter.text


async def test_no_part_of_the_top_line_goes_when_another_comes(counter: Counter) -> None:
    for trouble, meter in (("balance_too_low", METER), ("close", "14087654321")):
        await counter.sell("pln-prepaid", magic_number(trouble, meter))
        counter.app.switch_to_home()
        await counter.until(HomeScreen)
    await leave_under_way(counter, "slow")
    await counter.until_shown("token siap")
    await counter.until_shown("3 lihat F2")
    top = counter.text.splitlines()[0]
    for words in ("LATIHAN", "LOKET P", "KASIR", "shift -", "Rp99.", "3 lihat F2", "10:41"):
        assert words in top
    await counter.pilot.resize_terminal(132, 43)
    await counter.until_shown("1 terbuka, 1 kembalikan, 1 baru LUNAS")
    top = counter.text.splitlines()[0]
    for words in ("LOKET PEMBAYARAN", "KASIR", "tanpa shift", "Deposit Rp99."):
        assert words in top


async def test_the_clock_turns_by_itself_alone(counter: Counter) -> None:
    line = counter.app.screen.query_one(StatusLine)
    home = home_of(counter)
    counter.clock.advance(60)
    home._minute_over()
    await counter.pilot.pause()
    assert line.status.clock == "10:42"
    assert "10:42" in counter.text.splitlines()[0]


async def test_help_names_every_key_in_words_and_the_way_out_before_the_rest(
    counter: Counter,
) -> None:
    await counter.press("question_mark")
    await counter.until(HelpScreen)
    words = str(counter.app.screen.query_one("#list", Static).content)
    for part in ("F2", "Backspace", "keluar", "bantuan"):
        assert part in words
    assert words.index("Di mana saja") < words.index("Saat mengetik")
    assert "home.open" not in words
    await counter.press("escape")
    assert typed(counter) == ""


async def test_help_in_a_wide_window_tells_the_names_for_a_keymap(tmp_path: Path) -> None:
    async with at_counter(tmp_path, size=(132, 43)) as counter:
        await counter.press("f1")
        await counter.until(HelpScreen)
        await counter.until_shown("app.leave")
        for part in ("home.open", "entry.backspace", "config.toml"):
            assert part in counter.words


async def test_the_line_of_keys_tells_the_way_in_out_and_to_help(counter: Counter) -> None:
    last = counter.text.splitlines()[-1]
    for part in ("Enter pilih", "F2 terbuka", "F4 struk hari ini", "Ctrl+Q keluar", "? bantuan"):
        assert part in last


async def test_a_half_typed_amount_keeps_what_was_found(counter: Counter) -> None:
    await counter.write("tok 50")
    await counter.until_shown("PLN Prepaid 50.000")
    for character in ".000":
        await counter.write(character)
        await counter.pilot.pause()
        assert "PLN Prepaid 50.000" in counter.text


async def test_leaving_is_asked_about_and_enter_is_no_answer(counter: Counter) -> None:
    await counter.press("ctrl+q")
    await counter.until(LeaveScreen)
    assert "Tidak ada pembayaran" in counter.text
    await counter.press("enter", "ctrl+q", "ctrl+c", "escape")
    await counter.until(HomeScreen)
    assert counter.app.is_running
    await counter.press("ctrl+c")
    await counter.until(LeaveScreen)
    await counter.press("y")
    async with asyncio.timeout(8):
        while not counter.app._exit:
            await counter.pilot.pause()


async def test_leaving_in_mid_sale_says_that_it_is_dropped_and_the_cash_goes_back(
    counter: Counter,
) -> None:
    for keys in (("1",), (*METER, "enter"), ("1",), ("l",)):
        await counter.press(*keys)
        screen = await counter.until(SaleScreen)
        await counter.press("ctrl+q")
        await counter.until(LeaveScreen)
        assert "Kembalikan uang pelanggan bila sudah diterima" in counter.words
        await counter.press("escape")
        assert await counter.until(SaleScreen) is screen
    assert isinstance(screen, ConfirmScreen)
    assert screen.cash == Rupiah.of(50_000)
    await counter.press("f9")
    await counter.until(OutcomeScreen)
    await counter.press("ctrl+q")
    await counter.until(LeaveScreen)
    assert "dibuang" not in counter.words


async def test_s29_s30_no_key_leads_out_of_the_till(counter: Counter) -> None:
    await counter.press("ctrl+z", "ctrl+p", "ctrl+backslash", "f12")
    counter.app.open_url("https://example.invalid")
    counter.app.action_suspend_process()
    await counter.pilot.pause()
    assert isinstance(counter.app.screen, HomeScreen)
    assert counter.app.is_running


async def test_a_window_too_small_says_so_and_comes_back_to_where_it_was(
    counter: Counter,
) -> None:
    await counter.press("2")
    before = await counter.until(SaleScreen)
    await counter.pilot.resize_terminal(59, 24)
    await counter.until(TooSmallScreen)
    assert "Perbesar sampai 60x16" in counter.text.replace("\n", " ")
    await counter.pilot.resize_terminal(1, 1)
    await counter.pilot.resize_terminal(60, 16)
    assert await counter.until(SaleScreen) is before


async def test_a_wide_window_shows_what_the_category_sells(tmp_path: Path) -> None:
    async with at_counter(tmp_path, size=(132, 43)) as counter:
        assert "SLYLPR20" in counter.text
        await counter.press("down")
        await counter.pilot.pause()
        assert "SLYLPR20" not in counter.text


async def test_another_language_is_spoken_everywhere(tmp_path: Path) -> None:
    async with at_counter(tmp_path, config=Config(till=TillTable(language="en"))) as counter:
        await counter.until_shown("PRACTICE")
        assert "Find" in counter.text
        await counter.press("f1")
        await counter.until_shown("On this screen")


async def test_keys_of_the_shop_replace_ours(tmp_path: Path) -> None:
    keys = {"home.open": "f8", "app.help": "f7"}
    async with at_counter(tmp_path, config=Config(ui=Ui(keys=keys))) as counter:
        assert "F8" in counter.text
        await counter.press("f7")
        await counter.until(HelpScreen)


async def test_what_was_recovered_is_read_before_anything_is_sold(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        sell_and_die(tmp_path, sandbox, METER, "sent")
        clock = ManualClock(SystemClock().utc_ms())
        async with (
            open_shop(tmp_path, sandbox, clock=clock) as till,
            stand_at(till, sandbox, clock, tmp_path) as counter,
        ):
            await counter.until(GreetingScreen)
            assert METER in counter.words
            assert "jangan bayar ulang" in counter.words
            await counter.press("1", "f9", "b")
            assert isinstance(counter.app.screen, GreetingScreen)
            await counter.press("enter")
            await counter.until(HomeScreen)
            await counter.until_shown("1 terbuka")
            assert "F3" not in counter.text


async def test_a_row_chosen_before_the_till_is_open_is_opened_then(tmp_path: Path) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path) as sandbox:
        shop = Facade(Config(), clock, load_catalogue())
        app = CashierApp(shop, theme="default", themes=tmp_path, warm_up=_nothing)
        async with open_shop(tmp_path, sandbox, clock=clock) as till, app.run_test() as pilot:
            await pilot.press("enter")
            await pilot.pause()
            assert len(app.screen_stack) == 1
            app.begin(Front(till, Config(), clock))
            await pilot.pause()
            assert isinstance(app.screen, SaleScreen)


async def _nothing() -> None:
    return None
