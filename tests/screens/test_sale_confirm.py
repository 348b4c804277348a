"""The confirmation: cash, change, and that nothing but F9 or ``b`` pays, and pays once."""

import string
from pathlib import Path

import pytest
from textual import events

from cashier.money import Rupiah
from cashier.payment import State
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.widgets.entry import Entry
from tests.screens.counter import Counter, at_counter
from tests.support.sandbox import magic_number
from tests.support.shop import agree

METER = "14012345678"
TOTAL = Rupiah.of(22_500)


async def confirm(counter: Counter, number: str = METER) -> ConfirmScreen:
    """Stand at the confirmation of a token of 20.000, total 22.500."""
    return await counter.reach_confirmation("pln-prepaid", number)


def cash(counter: Counter) -> str:
    """What stands in the cash field."""
    return counter.app.screen.query_one("#cash", Entry).value


async def test_it_shows_who_what_and_how_much(tmp_path: Path) -> None:
    async with at_counter(tmp_path, fee=Rupiah.of(2_000)) as counter:
        screen = await confirm(counter)
        quote = screen.quote
        assert quote.name is not None
        for words in (METER, quote.name, "PLN Prepaid 20.000", "Rp20.000", "Rp2.500", "Rp2.000"):
            assert words in counter.text
        assert "TOTAL Rp" in counter.text
        assert "█" in counter.text


@pytest.mark.parametrize(
    ("key", "typed", "change"), [("p", "22500", "Rp0"), ("l", "50000", "Rp27.500")]
)
async def test_a_quick_key_puts_the_cash_in(
    key: str, typed: str, change: str, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press(key)
        assert cash(counter) == typed
        await counter.until_shown(f"Kembalian {change}")


async def test_the_next_hundred_thousand_has_its_key_too(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("s")
        assert cash(counter) == "100000"
        await counter.until_shown("100.000")
        await counter.until_shown("Kembalian Rp77.500")


async def test_the_change_is_shown_while_the_cash_is_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        assert "F9/b BAYAR" not in counter.text
        await counter.write("2000")
        await counter.until_shown("Kurang Rp20.500")
        assert "F9/b BAYAR" not in counter.text
        await counter.write("0")
        await counter.until_shown("Kurang Rp2.500")
        await counter.write("0")
        await counter.until_shown("Kembalian Rp177.500")
        assert "200.000" in counter.text
        assert "F9/b BAYAR" in counter.text


@pytest.mark.parametrize("key", ["f9", "b"])
async def test_paying_is_refused_until_the_cash_is_enough(key: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.write("22499")
        await counter.press(key)
        await counter.until_shown("Uang belum cukup")
        assert not counter.sandbox.ledger.bookings
        await counter.press("backspace", "backspace", "5", "0", "0")
        await counter.press("backspace")
        await counter.write("0")
        assert cash(counter) == "224500"


@pytest.mark.parametrize("key", ["f9", "b"])
async def test_each_of_both_keys_pays(key: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("p", key)
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.state is State.PAID
        agree(counter.sandbox, (outcome.payment,))


async def test_twenty_quick_f9_pay_once(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("p")
        for _ in range(20):
            counter.app.post_message(events.Key("f9", None))
        outcome = await counter.until(OutcomeScreen)
        assert len(counter.sandbox.ledger.bookings) == 1
        assert len(await counter.till.open_payments()) == 0
        agree(counter.sandbox, (outcome.payment,))


async def test_enter_never_pays_however_often_it_comes(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("p")
        for _ in range(20):
            await counter.press("enter", "ctrl+j")
        await counter.until_shown("Enter tidak membayar")
        assert not counter.sandbox.ledger.bookings
        assert not counter.till.under_way


async def test_s23_a_scan_neither_pays_nor_enters_the_cash(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("p")
        for burst in ("8690000000017", "b9999999999b"):
            for character in burst:
                counter.app.post_message(events.Key(character, character))
            counter.app.post_message(events.Key("enter", "\r"))
            await counter.until_shown("uang tidak dipindai")
        await counter.pilot.pause(0.1)
        assert cash(counter) == "22500"
        assert not counter.sandbox.ledger.bookings


async def test_no_other_key_pays(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("p")
        others = set(string.printable) - set("bu?") - set(string.whitespace)
        keys = ["space", "tab", "enter", "f1", "escape", *(f"f{n}" for n in range(2, 9)), "f10"]
        for character in sorted(others):
            counter.app.post_message(events.Key(character, character))
            await counter.pilot.pause(0.04)
        assert isinstance(counter.app.screen, ConfirmScreen)
        await counter.press("p")
        for key in keys:
            await counter.press(key)
        await counter.pilot.pause(0.1)
        assert not counter.sandbox.ledger.bookings
        assert not counter.till.under_way


async def test_keys_from_before_the_first_paint_are_ignored(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        first = await confirm(counter)
        screen = ConfirmScreen(counter.front, first.road, first.wish, first.quote)
        counter.app.push_screen(screen)
        for key in ("p", "f9", "b", "f9", "escape"):
            counter.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await counter.left(first)
        await counter.pilot.pause(0.1)
        assert counter.app.screen is screen
        assert cash(counter) == ""
        assert not counter.sandbox.ledger.bookings


@pytest.mark.parametrize(("typed", "is_asked"), [("122499", False), ("122500", True)])
async def test_one_largest_note_too_many_is_asked_about(
    typed: str, is_asked: bool, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await confirm(counter)
        await counter.write(typed)
        await counter.press("f9")
        if is_asked:
            await counter.until_shown("Bila benar tekan y")
            assert counter.app.screen is screen
        else:
            await counter.until(OutcomeScreen)


async def test_cash_far_above_the_total_is_asked_about_once_more(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.write("2250000")
        for _ in range(5):
            await counter.press("f9", "b", "enter")
        await counter.until_shown("untuk total Rp22.500? Kembaliannya")
        assert not counter.sandbox.ledger.bookings
        assert "y ya, benar" in counter.text
        await counter.press("y")
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.tendered == Rupiah.of(2_250_000)


async def test_cash_that_was_corrected_is_not_asked_about(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.write("500000")
        await counter.press("f9", "backspace", "y")
        await counter.pilot.pause(0.1)
        assert not counter.sandbox.ledger.bookings
        await counter.press("f9")
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.tendered == Rupiah.of(50_000)


async def test_a_second_purchase_of_the_day_wants_its_number_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        first = await counter.sell("pln-prepaid", METER)
        await counter.press("n")
        await counter.until(HomeScreen)
        counter.clock.advance(6 * 60)
        await confirm(counter)
        assert "Pembelian ke berapa" not in counter.text
        await counter.press("p", "f9")
        await counter.until_shown("Pembelian ke berapa")
        await counter.press("f9")
        await counter.until_shown("ketik 2")
        await counter.write("3")
        await counter.press("f9")
        await counter.until_shown("ketik 2")
        await counter.press("backspace", "2", "enter")
        await counter.until_shown("Enter tidak membayar")
        assert len(counter.sandbox.ledger.bookings) == 1
        await counter.press("f9")
        second = await counter.until(OutcomeScreen)
        assert second.payment.sequence == 2
        agree(counter.sandbox, (first.payment, second.payment))


async def test_an_old_quote_is_refused_and_asked_for_again(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        old = await confirm(counter)
        counter.clock.advance(5 * 60)
        await counter.press("p", "f9")
        await counter.until_shown("sudah terlalu lama")
        await counter.press("u")
        await counter.left(old)
        new = await counter.until(ConfirmScreen)
        assert new.quote.id != old.quote.id
        await counter.press("p", "f9")
        assert (await counter.until(OutcomeScreen)).payment.state is State.PAID


async def test_a_deposit_that_fell_meanwhile_takes_no_cash(tmp_path: Path) -> None:
    async with at_counter(tmp_path, opening_balance=Rupiah.of(30_000)) as counter:
        await confirm(counter)
        other = await counter.till.inquire("SLYLPR20", "14012345686")
        await counter.till.pay(other.id, other.total)
        await counter.press("p", "b")
        await counter.until_shown("Isi deposit dulu")
        assert len(counter.sandbox.ledger.bookings) == 1


async def test_an_unsold_token_is_pointed_out(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter, magic_number("unsold_token", METER))
        assert "! Ada token lama" in counter.words


async def test_esc_takes_typed_cash_out_and_says_so_before_it_goes_back(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await confirm(counter)
        await counter.write("50000")
        await counter.press("escape")
        await counter.until_shown("Uang yang diketik dikosongkan. Tekan Esc sekali lagi")
        assert counter.app.screen is screen
        assert cash(counter) == ""
        assert "F9/b BAYAR" not in counter.text
        await counter.press("5")
        await counter.until_shown("Kurang")
        assert "dikosongkan" not in counter.text
        await counter.press("escape")
        await counter.until_shown("dikosongkan")
        await counter.press("escape")
        await counter.until(ProductsScreen)
        assert not counter.sandbox.ledger.bookings


async def test_esc_answers_the_question_about_much_cash_with_no(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.write("2250000")
        await counter.press("f9")
        await counter.until_shown("Bila benar tekan y")
        await counter.press("escape")
        await counter.until_shown("dikosongkan")
        await counter.press("y")
        await counter.pilot.pause(0.1)
        assert not counter.sandbox.ledger.bookings


async def test_esc_takes_the_sale_back_one_step(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await confirm(counter)
        await counter.press("escape")
        await counter.until(ProductsScreen)
        assert not counter.sandbox.ledger.bookings


async def test_s02_a_cards_number_is_remembered_by_the_till_alone(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.reach_confirmation("credit-card", "5289133000000009")
        assert "5289133000000009" not in counter.text
        assert "528913******0009" in counter.text
        await counter.press("p", "b")
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.state is State.PAID
        assert "5289133000000009" not in counter.text
        assert len(counter.sandbox.ledger.bookings) == 1


async def test_leaving_the_question_shows_no_confirmation_later(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid", "SLYLPR20")
        await counter.write(magic_number("inquiry_hang", METER))
        await counter.press("enter")
        await counter.until(InquiryScreen)
        await counter.until_shown("Menanyakan ke Espay")
        await counter.press("escape")
        await counter.pilot.pause(0.1)
        assert not isinstance(counter.app.screen, InquiryScreen | ConfirmScreen)


async def test_what_comes_after_the_confirmation_has_left_breaks_nothing(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await counter.reach_confirmation("pln-prepaid", METER)
        await counter.press("escape")
        await counter.left(screen)
        while screen.query("#cash"):
            await counter.pilot.pause()
        screen.show_keys()
