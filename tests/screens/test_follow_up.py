"""What is still to be done: listed, told, asked about, handed back, and looked into."""

import re
from pathlib import Path

from cashier.payment import Cash, State
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sure import SureScreen
from tests.screens.counter import Counter, at_counter
from tests.support.sandbox import magic_number

METER = "14012345678"


async def leave_open(counter: Counter, trouble: str) -> int:
    """Sell a token that stays open or unpaid, and go home."""
    screen = await counter.sell("pln-prepaid", magic_number(trouble, METER))
    counter.clock.advance(1)
    await counter.press("escape")
    await counter.until(HomeScreen)
    return screen.payment.id


async def look(counter: Counter) -> FollowUpScreen:
    """Open the list."""
    counter.app.push_screen(FollowUpScreen(counter.front))
    return await counter.until(FollowUpScreen)


async def test_nothing_open_is_said(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await look(counter)
        await counter.until_shown("Tidak ada pembayaran terbuka")
        await counter.press("c", "k", "enter")
        assert isinstance(counter.app.screen, FollowUpScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)


async def test_the_oldest_is_first_with_state_age_amount_and_number(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        first = await leave_open(counter, "balance_too_low")
        counter.clock.advance(12 * 60)
        second = await leave_open(counter, "close")
        screen = await look(counter)
        assert [payment.id for payment in screen.payments] == [first, second]
        rows = [row for row in counter.text.split("\n") if "261122-" in row]
        assert "UANG KEMBALI" in rows[0]
        assert "12 mnt" in rows[0]
        assert magic_number("balance_too_low", METER) in rows[0]
        assert "BELUM PASTI" in rows[1]
        assert "Rp22.500" in rows[1]
        assert all(len(row) <= 80 for row in rows)


async def test_c_asks_about_the_one_under_the_cursor(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await leave_open(counter, "balance_too_low")
        number = await leave_open(counter, "in_process_forever")
        await look(counter)
        asked = (await counter.till.payment(number)).asked
        await counter.press("down", "c")
        await counter.until_shown("261122-0002: DIPROSES")
        assert (await counter.till.payment(number)).asked > asked


async def test_what_there_is_nothing_to_ask_by_is_looked_into_for_hints(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        number = await leave_open(counter, "http_500")
        await look(counter)
        await counter.until_shown("Belum ada petunjuk")
        await counter.press("c")
        await counter.until_shown("petunjuk baru. Petunjuk bukan bukti")
        await counter.until_shown("Petunjuk untuk supervisor (bukan bukti")
        await counter.until_shown("Deposit turun tepat sebesar pembayaran ini")
        payment = await counter.till.payment(number)
        assert (payment.state, payment.cash) == (State.IN_DOUBT, Cash.HELD)


async def test_an_escalated_one_without_a_reference_cannot_be_asked_and_says_why(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.till.escalate(await leave_open(counter, "close"))
        await look(counter)
        await counter.press("c")
        await counter.until_shown("belum ada nomor referensi")


async def test_k_asks_once_and_then_hands_the_cash_back_and_the_line_goes(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        number = await leave_open(counter, "balance_too_low")
        screen = await look(counter)
        await counter.press("k")
        await counter.until(SureScreen)
        assert "Rp22.500 sudah diserahkan?" in counter.words
        assert (await counter.till.payment(number)).cash is Cash.OWED_BACK
        await counter.press("enter", "k", "n")
        assert await counter.until(FollowUpScreen) is screen
        assert (await counter.till.payment(number)).cash is Cash.OWED_BACK
        await counter.press("k")
        await counter.until(SureScreen)
        await counter.press("y", "y")
        await counter.until_shown("sudah dikembalikan")
        assert (await counter.till.payment(number)).cash is Cash.RETURNED
        await counter.until_shown("Tidak ada pembayaran terbuka")
        assert screen.payments == ()


async def test_cash_that_is_held_is_not_handed_back(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        number = await leave_open(counter, "close")
        await look(counter)
        await counter.press("k")
        await counter.until_shown("Tidak ada uang yang harus dikembalikan")
        assert isinstance(counter.app.screen, FollowUpScreen)
        assert (await counter.till.payment(number)).cash is Cash.HELD


async def test_enter_shows_the_details_and_esc_comes_back_to_a_fresh_list(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        number = await leave_open(counter, "balance_too_low")
        screen = await look(counter)
        await counter.press("enter")
        details = await counter.until(OutcomeScreen)
        assert details.payment.id == number
        await counter.press("k")
        await counter.until_shown("sudah dikembalikan.")
        await counter.press("escape")
        assert await counter.until(FollowUpScreen) is screen
        await counter.until_shown("Tidak ada pembayaran terbuka")


async def test_a_payment_that_is_being_sent_is_come_back_to(tmp_path: Path) -> None:
    async with at_counter(tmp_path, slow_s=4) as counter:
        await counter.reach_confirmation("pln-prepaid", magic_number("slow", METER))
        await counter.press("p", "f9")
        await counter.until(ProgressScreen)
        await counter.until_shown("Mengirim")
        await counter.press("escape")
        await counter.until(HomeScreen)
        await look(counter)
        assert "dikirim" in counter.text
        await counter.press("enter")
        await counter.until(ProgressScreen)
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.state is State.PAID
        await counter.press("escape")
        await counter.until(FollowUpScreen)
        await counter.until_shown("Tidak ada pembayaran terbuka")


async def test_what_becomes_paid_meanwhile_stays_in_the_list_until_it_was_looked_at(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.reach_confirmation("pln-prepaid", magic_number("slow", METER))
        await counter.press("p", "f9")
        progress = await counter.until(ProgressScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)
        await counter.until_shown("token siap. F3 lihat.")
        payment = await counter.till.payment(progress.payment_id)
        assert payment.state is State.PAID
        assert "1 baru LUNAS" in counter.text.splitlines()[0]
        screen = await look(counter)
        await counter.until_shown("LUNAS. Berikan struk")
        await counter.press("enter")
        details = await counter.until(OutcomeScreen)
        assert details.payment.token == payment.token
        await counter.press("escape")
        assert await counter.until(FollowUpScreen) is screen
        await counter.until_shown("Tidak ada pembayaran terbuka")
        assert "LUNAS" not in counter.text


async def test_the_row_under_the_cursor_says_what_to_do_and_offers_its_keys(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        for trouble in ("balance_too_low", "close", "in_process_forever"):
            await leave_open(counter, trouble)
            counter.clock.advance(60)
        await look(counter)
        await counter.until_shown("Kembalikan Rp22.500 kepada pelanggan")
        assert "k uang dikembalikan" in counter.text
        assert "c cek" not in counter.text
        await counter.press("down")
        await counter.until_shown("lalu menyerahkannya kepada supervisor")
        await counter.until_shown("s ke supervisor")
        assert "g petunjuk" in counter.text
        assert "k uang dikembalikan" not in counter.text
        assert "c cek" not in counter.text
        await counter.press("down")
        await counter.until_shown("c cek")
        await counter.until_shown("DIPROSES Espay. Simpan Rp22.500.")


async def test_a_payment_that_the_start_found_paid_shows_its_struk(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        sold = await counter.sell("pln-prepaid", METER)
        counter.front.unseen.came(sold.payment)
        await counter.press("escape")
        await counter.until(HomeScreen)
        await look(counter)
        await counter.until_shown("LUNAS")
        assert "c cek" not in counter.text
        await counter.press("enter")
        details = await counter.until(OutcomeScreen)
        assert details.payment.token == sold.payment.token


async def test_only_what_can_be_done_is_offered(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await look(counter)
        await counter.until_shown("Tidak ada pembayaran terbuka")
        assert "Enter rincian" not in counter.text
        await counter.press("escape")
        await leave_open(counter, "balance_too_low")
        await look(counter)
        await counter.until_shown("k uang dikembalikan")
        assert "c cek" not in counter.text


async def test_a_wide_window_names_customer_and_operator(tmp_path: Path) -> None:
    async with at_counter(tmp_path, size=(132, 43)) as counter:
        number = await leave_open(counter, "close")
        payment = await counter.till.payment(number)
        await look(counter)
        await counter.until_shown(f"{payment.quote.name} ({payment.operator})")


async def test_the_help_of_the_list_explains_its_words(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.press("f2")
        screen = await counter.until(FollowUpScreen)
        await counter.press("f1")
        await counter.until(HelpScreen)
        await counter.until_shown("Arti kata di daftar")
        for word, meaning in screen.glossary:
            assert re.search(rf"{word} +{re.escape(meaning)}", counter.text)
