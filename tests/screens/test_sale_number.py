"""The customer number: its own label, checked as it is typed, scanned only where that helps."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from cashier.catalogue import load_catalogue
from cashier.money import Rupiah
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.number import NumberScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.wish import Wish, are_sizes, in_order, menu_keys, steps_of, with_number
from cashier.till import Find
from cashier.widgets.entry import Entry
from tests.screens.counter import Counter, at_counter

CATEGORIES = load_catalogue().shown
CARD = "5289133000000009"


@pytest.mark.parametrize("category", [one.id for one in CATEGORIES])
async def test_a_category_asks_for_its_own_number(category: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        found = counter.till.catalogue.category(category)
        product = counter.till.catalogue.products_of(category)[0]
        await counter.start(category, product.code)
        rule = product.rules.number
        assert rule.label.id in counter.text
        assert rule.example in counter.text
        assert rule.lengths in counter.words
        assert found.names.id in counter.text


async def test_it_is_counted_while_it_is_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-postpaid")
        await counter.write("5310")
        assert "4 dari 11-12 angka" in counter.text
        await counter.write("12345678")
        assert "12 angka (boleh 11-12)" in counter.text
        await counter.write("9")
        assert "terlalu panjang: 13" in counter.words


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "belum diisi"), ("5310", "kurang panjang: 4")]
)
async def test_what_is_wrong_is_said_on_enter_and_nothing_is_asked(
    typed: str, sentence: str, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-postpaid")
        await counter.write(typed)
        await counter.press("enter")
        await counter.until_shown(sentence)
        assert isinstance(counter.app.screen, NumberScreen)


async def test_a_phone_number_that_is_none_is_told_by_its_own_sentence(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("mobile-prepaid", "SVHTS50")
        await counter.write("1234567890")
        assert "tidak sesuai bentuknya" in counter.words


async def test_where_letters_are_allowed_the_words_say_so(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        codes = [
            product
            for product in counter.till.catalogue.products
            if product.rules.number.kind == "code"
        ]
        rule = codes[0].rules.number
        await counter.start(codes[0].category.id, codes[0].code)
        await counter.until_shown(f"{rule.lengths} huruf dan angka")
        await counter.write(rule.example[: rule.minimum - 1])
        await counter.until_shown(f"dari {rule.lengths} huruf dan angka")
        await counter.write(rule.example[rule.minimum - 1 :])
        await counter.until_shown("huruf dan angka")
        assert not re.search("(?<!dan )angka", counter.text)


async def test_a_letter_that_is_not_taken_is_answered_in_words(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid")
        await counter.write("1401")
        await counter.press("x")
        await counter.until_shown("Hanya angka.")
        await counter.write("2")
        await counter.until_shown("5 dari 11-12 angka")
        assert "Hanya angka" not in counter.words


async def test_the_operator_is_recognised_while_its_number_is_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("mobile-prepaid")
        await counter.write("081")
        assert "Telkomsel" not in counter.text.replace("Telkomsel 50.000", "")
        await counter.write("2")
        assert "Telkomsel" in counter.text.replace("Telkomsel 50.000", "")


async def test_of_a_phone_its_operators_products_come_first(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        assert await counter.till.refresh_products()
        await counter.start("mobile-prepaid")
        await counter.write("085612345678")
        await counter.press("enter")
        products = (await counter.until(ProductsScreen)).products
        own = counter.till.catalogue.operator_of("085612345678")
        is_own = [one.operator == own for one in products]
        assert own is not None
        assert is_own == sorted(is_own, reverse=True)
        assert set(is_own) == {True, False}
        assert "085612345678" in counter.text


async def test_what_the_shop_is_not_registered_for_is_marked_and_last(tmp_path: Path) -> None:
    async with at_counter(tmp_path, unregistered=frozenset({"SLYPLJ"})) as counter:
        assert await counter.till.refresh_products()
        await counter.start("pdam")
        products = (await counter.until(ProductsScreen)).products
        assert products[-1].code == "SLYPLJ"
        assert counter.text.count("belum terdaftar") == 1


async def test_denominations_are_shown_as_amounts(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid")
        await counter.write("14012345678")
        await counter.press("enter")
        await counter.until(ProductsScreen)
        assert ">1 Rp20.000" in counter.text
        assert "9 Rp50.000.000" in counter.text


async def scan(counter: Counter, burst: str) -> None:
    """Let a scanner type: all keys in one moment, Enter behind them."""
    for character in burst:
        counter.app.post_message(events.Key(character, character))
    counter.app.post_message(events.Key("enter", "\r"))
    await counter.pilot.pause()


async def test_a_scanned_meter_goes_on_by_itself(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid")
        await scan(counter, "14012345678")
        screen = await counter.until(ProductsScreen)
        assert screen.wish.number == "14012345678"


async def test_a_scan_that_is_no_number_of_this_kind_is_refused(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid")
        await scan(counter, "WIFI12345678")
        await counter.until_shown("tidak dapat dibaca dari pemindai")
        assert counter.app.screen.query_one(Entry).value == ""


async def test_s02_a_card_is_shown_only_while_it_is_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("credit-card")
        await counter.write(CARD)
        assert CARD in counter.text
        await counter.press("enter")
        await counter.until_shown("Nominal")
        assert CARD not in counter.text
        assert "528913******0009" in counter.text
        await counter.press("escape")
        await counter.until(NumberScreen)
        assert CARD not in counter.text


async def test_a_card_is_never_scanned(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("credit-card")
        await scan(counter, CARD)
        await counter.until_shown("tekan Enter")
        assert isinstance(counter.app.screen, NumberScreen)


async def test_a_number_whose_first_keys_came_too_early_is_typed_again(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pdam", "SLYPDB")
        screen = await counter.until(NumberScreen)
        screen.set_focus(None)
        await counter.press("1")
        screen.query_one(Entry).focus()
        await counter.write("2345678")
        await counter.press("enter")
        await counter.until_shown("Ketik lagi dari awal")
        assert screen.query_one(Entry).value == ""
        await counter.write("12345678")
        await counter.press("enter")
        await counter.left(screen)


async def test_esc_goes_back_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-prepaid")
        await counter.write("14012345678")
        await counter.press("enter")
        await counter.until(ProductsScreen)
        await counter.press("escape")
        screen = await counter.until(NumberScreen)
        assert screen.query_one(Entry).value == "14012345678"
        await counter.press("escape")
        await counter.until(HomeScreen)


async def test_enter_chooses_the_product_under_the_cursor(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pdam")
        await counter.until(ProductsScreen)
        await counter.press("down", "enter")
        screen = await counter.until(NumberScreen)
        assert screen.wish.product is not None
        assert screen.wish.product.code == "SLYATR"
        await counter.press("escape")
        await counter.until(ProductsScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)


def test_sizes_ask_the_number_first_and_billers_the_biller() -> None:
    catalogue = load_catalogue()
    steps = {one.id: steps_of(Wish(one), catalogue) for one in CATEGORIES}
    assert steps["pln-prepaid"] == ("number", "product")
    assert steps["pdam"] == ("product", "number")
    assert steps["ewallet-topup"] == ("product", "number", "amount")
    assert steps["bpjs-kesehatan"] == ("number",)


def test_a_product_found_at_home_is_no_step() -> None:
    catalogue = load_catalogue()
    product = catalogue.product("SLYLPR100")
    wish = Wish.of(Find(product.category, product, "14012345678"))
    assert steps_of(wish, catalogue) == ("number",)


def test_an_unknown_operator_changes_no_order() -> None:
    catalogue = load_catalogue()
    wish = Wish(catalogue.category("mobile-prepaid"), number="0000")
    assert in_order(wish, catalogue) == catalogue.products_of("mobile-prepaid")


def test_products_of_one_kind_without_a_size_are_billers() -> None:
    products = load_catalogue().products_of("pln-prepaid")
    assert are_sizes(products)
    assert not are_sizes([replace(products[0], denomination=None), *products[1:]])


def test_a_menu_longer_than_the_alphabet_has_lines_without_a_key() -> None:
    assert list(menu_keys(3)) == ["1", "2", "3"]
    assert len(menu_keys(50)) == 50
    assert menu_keys(50)[49] == ""


async def test_a_refused_paste_is_told(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.start("pln-postpaid")
        counter.app.post_message(events.Paste("531012345678\n531012345679"))
        await counter.until_shown("beberapa baris")
        assert not isinstance(counter.app.screen, InquiryScreen)


async def test_a_number_from_home_is_not_asked_for_again(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        category = counter.till.catalogue.category("pdam")
        await counter.open(Find(category, number="400400400400400"))
        await counter.until(ProductsScreen)
        await counter.press("1")
        screen = await counter.until(ConfirmScreen)
        assert screen.quote.number == "400400400400400"
        await counter.press("escape")
        number = await counter.until(NumberScreen)
        assert number.query_one(Entry).value == "400400400400400"
        await counter.press("escape")
        await counter.until(ProductsScreen)


async def test_everything_from_home_goes_straight_to_the_bill(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        product = counter.till.catalogue.product("SVHOVO000")
        road = Find(product.category, product, "081285784452", amount=Rupiah.of(50_000))
        await counter.open(road)
        screen = await counter.until(ConfirmScreen)
        assert screen.quote.bill == Rupiah.of(50_000)


def test_another_operators_number_forgets_the_credit_that_was_chosen() -> None:
    catalogue = load_catalogue()
    credit = catalogue.product("SVHTS50")
    wish = Wish(credit.category, credit, "081218816222")
    assert with_number(wish, "081218816223", catalogue).product is credit
    assert with_number(wish, "087812345678", catalogue).product is None
    given = replace(wish, product_given=True)
    assert with_number(given, "087812345678", catalogue).product is credit


async def test_products_of_a_phone_name_its_operator_and_mark_the_others(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.till.refresh_products()
        await counter.open(Find(counter.till.catalogue.category("mobile-prepaid")))
        await counter.until(NumberScreen)
        await counter.write("081218816222")
        await counter.press("enter")
        screen = await counter.until(ProductsScreen)
        await counter.until_shown("081218816222 (Telkomsel)")
        own = [one.denomination for one in screen.products if one.operator == screen.owner]
        assert own == sorted(own, key=lambda one: one.sen if one else 0)
        assert {one.operator for one in screen.products[: len(own)]} == {screen.owner}
        assert "operator lain" in counter.text
