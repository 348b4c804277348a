"""Asking for the bill: visible, left at will, and each refusal with its sentence and ways on."""

from pathlib import Path

import pytest

from cashier.screens.confirm import ConfirmScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.widgets.entry import Entry
from tests.screens.counter import Counter, at_counter
from tests.support.sandbox import magic_number

METER = "14012345678"


async def ask(counter: Counter, trouble: str) -> InquiryScreen:
    """Ask for the bill of a number that makes trouble, and wait for the refusal."""
    await counter.start("pln-prepaid", "SLYLPR20")
    await counter.write(magic_number(trouble, METER))
    await counter.press("enter")
    screen = await counter.until(InquiryScreen)
    await counter.until_shown("Belum bisa dijual. Jangan terima uang.")
    return screen


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("wrong_number", "Espay menolak"),
        ("no_bill", "Espay menolak"),
        ("already_paid", "Espay menolak"),
        ("inquiry_same_transaction", "transaksi yang sama baru saja ada"),
        ("figures_lower", "Angka tagihan tidak cocok"),
        ("inquiry_other_number", "Espay menjawab untuk nomor lain"),
        ("inquiry_401", "Espay menolak nama pengguna"),
        ("inquiry_html", "tidak terbaca"),
        ("inquiry_suspect", "Penyedia sedang lambat"),
    ],
)
async def test_each_refusal_has_its_sentence_and_takes_no_cash(
    trouble: str, sentence: str, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        await ask(counter, trouble)
        await counter.until_shown(sentence)
        for way in ("u/Enter cek lagi", "o nomor lain", "h ke depan", "Esc kembali"):
            assert way in counter.text
        await counter.press("f9", "b", "p")
        assert isinstance(counter.app.screen, InquiryScreen)


async def test_another_number_begins_with_an_empty_field(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await ask(counter, "wrong_number")
        await counter.press("o")
        screen = await counter.until(NumberScreen)
        assert screen.query_one(Entry).value == ""
        await counter.write(METER)
        await counter.press("enter")
        await counter.until(ConfirmScreen)


async def test_h_goes_home(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await ask(counter, "wrong_number")
        await counter.press("h")
        await counter.until(HomeScreen)


async def test_esc_goes_back_to_the_number_to_correct_it(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await ask(counter, "wrong_number")
        await counter.press("escape")
        screen = await counter.until(NumberScreen)
        assert screen.query_one(Entry).value == magic_number("wrong_number", METER)


@pytest.mark.parametrize("key", ["u", "enter"])
async def test_asking_again_may_find_the_bill(key: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid", "SLYLPR20")
        sandbox = counter.sandbox
        await counter.write(magic_number("inquiry_500_twice", METER))
        await counter.press("enter")
        await counter.until(ConfirmScreen)
        await counter.press("u")
        await counter.until(ConfirmScreen)
        assert not sandbox.ledger.bookings
        await counter.press("escape")
        await counter.until(NumberScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)
        screen = await ask(counter, "no_bill")
        began = screen.refusal
        await counter.press(key)
        await counter.until_shown("Belum bisa dijual. Jangan terima uang.")
        assert screen.refusal is not began


async def test_the_ways_on_are_offered_only_once_there_is_no_bill(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid", "SLYLPR20")
        await counter.write(magic_number("inquiry_hang", METER))
        await counter.press("enter")
        await counter.until(InquiryScreen)
        await counter.until_shown("Menanyakan ke Espay")
        assert "nomor lain" not in counter.text
        await counter.press("o", "h", "u", "enter")
        assert isinstance(counter.app.screen, InquiryScreen)
        counter.clock.advance(3)
        await counter.until_shown("00:03")


async def test_a_bill_just_paid_here_counts_down_until_it_can_be_asked(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.sell("pln-prepaid", METER)
        await counter.press("n")
        await counter.until(HomeScreen)
        counter.clock.advance(60)
        await counter.start("pln-prepaid", "SLYLPR20")
        await counter.write(METER)
        await counter.press("enter")
        await counter.until_shown("Baru saja dibayar di sini")
        screen = await counter.until(InquiryScreen)
        await counter.until_shown("Bisa dicek lagi dalam 04:00")
        refusal = screen.refusal
        await counter.press("u", "enter")
        assert screen.refusal is refusal
        counter.clock.advance(3 * 60 + 30)
        await counter.until_shown("Bisa dicek lagi dalam 00:30")
        counter.clock.advance(31)
        await counter.until_shown("Sekarang sudah bisa dicek lagi")
        await counter.press("u")
        await counter.until(ConfirmScreen)


async def test_what_was_just_paid_can_be_looked_at_from_there(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        sold = await counter.sell("pln-prepaid", METER)
        await counter.press("n")
        await counter.until(HomeScreen)
        await counter.start("pln-prepaid", "SLYLPR20")
        await counter.write(METER)
        await counter.press("enter")
        await counter.until_shown("l lihat struknya")
        await counter.press("l")
        shown = await counter.until(OutcomeScreen)
        assert shown.payment.token == sold.payment.token
        await counter.press("escape")
        await counter.until(InquiryScreen)


async def test_credit_for_a_number_of_another_operator_is_asked_about_first(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.till.refresh_products()
        await counter.start("mobile-prepaid", "SVHTS25")
        await counter.write("085712345678")
        await counter.press("enter")
        await counter.until_shown("Nomor ini Indosat")
        asked = counter.sandbox.ledger.book.count("inquiry")
        await counter.press("enter", "u", "f9", "b")
        assert isinstance(counter.app.screen, InquiryScreen)
        assert counter.sandbox.ledger.book.count("inquiry") == asked
        await counter.press("o")
        await counter.until(NumberScreen)
        await counter.write("085712345678")
        await counter.press("enter")
        await counter.until_shown("y ya, benar")
        await counter.press("y")
        await counter.until(ConfirmScreen)


async def test_a_bill_that_is_open_is_not_asked_for(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        number = magic_number("in_process_forever", METER)
        await counter.sell("pln-prepaid", number)
        await counter.press("n")
        await counter.until(HomeScreen)
        await counter.start("pln-prepaid", "SLYLPR20")
        await counter.write(number)
        await counter.press("enter")
        await counter.until_shown("masih dalam pembayaran")
