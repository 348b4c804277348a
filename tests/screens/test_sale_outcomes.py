"""What became of a payment: its token, its paper, and what may be done next.

The sentence of each outcome is proved in ``test_all_outcomes.py``.
"""

from pathlib import Path

import pytest

from cashier.config import Config, FilePrinter, NetworkPrinter, Receipt
from cashier.payment import Cash, State
from cashier.screens.home import HomeScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.struk import StrukScreen, StrukView
from cashier.widgets.big_digits import BigToken, token_rows
from cashier.widgets.entry import Entry
from tests.screens.counter import Counter, at_counter
from tests.support.sandbox import magic_number

METER = "14012345678"


async def sell_token(counter: Counter, trouble: str) -> OutcomeScreen:
    """Sell a token of 20.000 to a number that makes trouble."""
    return await counter.sell("pln-prepaid", magic_number(trouble, METER))


async def test_the_token_is_large_and_in_groups_of_four(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await sell_token(counter, "fine")
        token = screen.payment.token
        assert token is not None
        rows = [row.rstrip() for row in token_rows(token, 40) if row.strip()]
        shown = [row.strip() for row in counter.text.split("\n")]
        assert all(any(row.strip() in line for line in shown) for row in rows)
        groups = " ".join(token[at : at + 4] for at in range(0, 20, 4))
        assert groups in counter.words


async def test_cash_that_goes_back_is_confirmed_with_one_key(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await sell_token(counter, "balance_too_low")
        await counter.press("enter", "n")
        await counter.until_shown("belum dikembalikan")
        assert counter.app.screen is screen
        await counter.press("k")
        await counter.until_shown("sudah dikembalikan.")
        payment = await counter.till.payment(screen.payment.id)
        assert payment.cash is Cash.RETURNED
        await counter.press("k")
        await counter.press("enter")
        await counter.until(HomeScreen)


async def test_cash_back_may_wait_and_stays_owed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await sell_token(counter, "balance_too_low")
        await counter.press("escape")
        await counter.until(HomeScreen)
        assert [one.id for one in await counter.till.owed_back()] == [screen.payment.id]


async def test_the_change_is_in_the_sentence(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.reach_confirmation("pln-prepaid", METER)
        await counter.press("l", "b")
        await counter.until_shown("LUNAS. Berikan struk dan kembalian Rp27.500.")


async def test_what_espay_still_works_on_is_followed_and_shown_when_it_is_paid(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "in_process_paid")
        await counter.until_shown("LUNAS. Berikan struk")
        assert not await counter.till.open_payments()


async def test_c_asks_espay_now(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await sell_token(counter, "in_process_forever")
        before = (await counter.till.payment(screen.payment.id)).asked
        await counter.press("c")
        await counter.until_shown("belum memberi kepastian")
        assert (await counter.till.payment(screen.payment.id)).asked > before


async def test_what_cannot_be_asked_offers_no_asking(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "close")
        assert "c cek" not in counter.text
        await counter.press("c", "k", "f9", "b")
        await counter.until_shown("BELUM PASTI")


async def test_s_shows_the_struk_alone_and_esc_comes_back(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        outcome = await sell_token(counter, "fine")
        await counter.press("s")
        await counter.until(StrukScreen)
        assert outcome.payment.receipt_no in counter.text
        await counter.press("pagedown", "end")
        await counter.until_shown("LUNAS")
        await counter.press("escape")
        await counter.until(OutcomeScreen)
        await counter.press("s")
        await counter.until(StrukScreen)
        await counter.press("s")
        assert await counter.until(OutcomeScreen) is outcome


async def test_the_struk_alone_stands_in_the_middle_and_tells_that_it_scrolls(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "fine")
        await counter.press("s")
        screen = await counter.until(StrukScreen)
        await counter.until_shown("↑/↓ gulir")
        region = screen.query_one(StrukView).region
        assert abs(region.x - (80 - region.right)) <= 1


async def test_paper_as_wide_as_the_window_is_shown_whole(tmp_path: Path) -> None:
    config = Config(receipt=Receipt(columns=80))
    async with at_counter(tmp_path, config=config) as counter:
        await sell_token(counter, "fine")
        await counter.press("s")
        await counter.until(StrukScreen)
        await counter.until_shown("-" * 80)


async def test_a_paper_that_fits_offers_no_scrolling(tmp_path: Path) -> None:
    async with at_counter(tmp_path, size=(132, 60)) as counter:
        await sell_token(counter, "fine")
        await counter.press("s")
        await counter.until(StrukScreen)
        await counter.until_shown("JML KWH")
        assert "gulir" not in counter.text


@pytest.mark.parametrize(("columns", "beside"), [(32, True), (42, True), (48, False), (80, False)])
async def test_paper_stands_beside_the_words_only_where_both_have_room(
    columns: int, beside: bool, tmp_path: Path
) -> None:
    config = Config(receipt=Receipt(columns=columns))
    async with at_counter(tmp_path, config=config) as counter:
        screen = await sell_token(counter, "fine")
        assert screen.query_one(StrukView).display is beside
        await counter.press("s")
        await counter.until(StrukScreen)
        assert "SELAMAT" not in counter.text
        assert "NO METER" in counter.text


async def test_p_prints_into_the_folder_of_the_shop(tmp_path: Path) -> None:
    folder = tmp_path / "struk"
    folder.mkdir()
    config = Config(printer=FilePrinter(kind="file", folder=folder))
    async with at_counter(tmp_path, config=config) as counter:
        screen = await sell_token(counter, "fine")
        await counter.press("p")
        await counter.until_shown("Tercetak")
        (file,) = folder.iterdir()
        assert screen.payment.receipt_no in file.read_text()
        assert "LUNAS" in file.read_text()


async def test_without_a_printer_that_is_said(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "fine")
        await counter.press("p")
        await counter.until_shown("tanpa printer")


async def test_a_printer_that_fails_changes_nothing(tmp_path: Path) -> None:
    config = Config(printer=FilePrinter(kind="file", folder=tmp_path / "gone"))
    async with at_counter(tmp_path, config=config) as counter:
        screen = await sell_token(counter, "fine")
        await counter.press("p")
        await counter.until_shown("tidak tercetak")
        assert (await counter.till.payment(screen.payment.id)).state is State.PAID


async def test_a_printer_of_another_kind_is_named(tmp_path: Path) -> None:
    config = Config(printer=NetworkPrinter(kind="network", host="127.0.0.1"))
    async with at_counter(tmp_path, config=config) as counter:
        await sell_token(counter, "fine")
        await counter.press("p")
        await counter.until_shown("belum bisa dipakai")


@pytest.mark.parametrize("key", ["n", "enter", "escape"])
async def test_the_next_customer_is_one_key_away(key: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "fine")
        await counter.press(key)
        await counter.until(HomeScreen)
        assert len(counter.app.screen_stack) == 1


async def test_in_english_it_says_the_same(tmp_path: Path) -> None:
    config = Config.model_validate({"till": {"language": "en"}})
    async with at_counter(tmp_path, config=config) as counter:
        await sell_token(counter, "close")
        await counter.until_shown("NOT CERTAIN. Keep Rp22.500.")


async def test_the_struk_on_the_screen_tells_what_only_the_answer_holds(tmp_path: Path) -> None:
    async with at_counter(tmp_path, size=(132, 43)) as counter:
        screen = await sell_token(counter, "fine")
        replies = await counter.till.replies(screen.payment)
        kwh = replies[-1][1].facts["kwh"]
        await counter.until_shown("JML KWH")
        assert kwh in counter.text
        await counter.press("s")
        await counter.until(StrukScreen)
        await counter.until_shown("JML KWH")


async def test_a_bought_voucher_code_is_shown_large(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.till.refresh_products()
        voucher = counter.till.catalogue.products_of("game-voucher")[0]
        screen = await counter.sell("game-voucher", voucher.rules.number.example)
        replies = await counter.till.replies(screen.payment)
        code = replies[-1][1].facts["voucher_code"]
        shown = [one.token for one in screen.query(BigToken)]
        assert shown == [code]
        assert "KODE VOUCHER" in counter.text
        rows = [row.strip() for row in token_rows(code, 40) if row.strip()]
        assert all(row in counter.text for row in rows)


async def test_r_serves_the_next_customer_of_the_same_category(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await sell_token(counter, "fine")
        await counter.press("r")
        screen = await counter.until(NumberScreen)
        assert screen.wish.category.id == "pln-prepaid"
        assert screen.query_one(Entry).value == ""
        await counter.press("escape")
        await counter.until(HomeScreen)


async def test_r_waits_for_the_cash_to_be_handed_back(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await sell_token(counter, "balance_too_low")
        await counter.press("r")
        await counter.until_shown("belum dikembalikan")
        assert counter.app.screen is screen
        await counter.press("k")
        await counter.until_shown("sudah dikembalikan.")
        assert "belum dikembalikan" not in counter.words
        await counter.press("r")
        await counter.until(NumberScreen)


async def test_the_struk_screen_prints_and_goes_on_too(tmp_path: Path) -> None:
    folder = tmp_path / "struk"
    folder.mkdir()
    config = Config(printer=FilePrinter(kind="file", folder=folder))
    async with at_counter(tmp_path, config=config) as counter:
        await sell_token(counter, "fine")
        await counter.press("s")
        await counter.until(StrukScreen)
        await counter.press("p")
        await counter.until_shown("Tercetak")
        (file,) = folder.iterdir()
        assert "JML KWH" in file.read_text()
        await counter.press("n")
        await counter.until(HomeScreen)
