"""Each category is sold by keys alone, from what was found at home to the struk."""

from pathlib import Path

import pytest

from cashier.catalogue import load_catalogue
from cashier.payment import State
from cashier.screens.home import HomeScreen
from cashier.screens.outcome import OutcomeScreen
from tests.screens.counter import at_counter
from tests.support.shop import agree

CATEGORIES = [category.id for category in load_catalogue().shown]
VOUCHERS = ["game-voucher", "digital-voucher"]


@pytest.mark.parametrize("category", [*CATEGORIES, *VOUCHERS])
async def test_a_category_is_sold_from_the_first_key_to_the_struk(
    category: str, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        assert await counter.till.refresh_products()
        number = counter.till.catalogue.products_of(category)[0].rules.number.example
        outcome = await counter.sell(category, number)
        payment = await counter.till.payment(outcome.payment.id)
        assert payment.state is State.PAID
        assert "LUNAS" in counter.text
        assert "NO STRUK" in counter.text
        agree(counter.sandbox, (payment,))
        await counter.press("enter")
        await counter.until(HomeScreen)


@pytest.mark.parametrize("code", ["SLYLPR100", "STCGRI", "SLYTSD", "SINCBN", "SVHDN000", "SCCANZ"])
async def test_a_product_that_was_found_at_home_is_not_asked_for_again(
    code: str, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        product = counter.till.catalogue.product(code)
        number = product.rules.number.example
        confirm = await counter.reach_confirmation(product.category.id, number, product=code)
        assert confirm.quote.product == code


async def test_a_known_customer_is_at_the_confirmation_at_once(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.sell("pln-prepaid", "14012345678")
        await counter.press("enter")
        await counter.until(HomeScreen)
        counter.clock.advance(6 * 60)
        (found, *_) = await counter.till.find("14012345678", "id")
        assert found.number == "14012345678"
        await counter.open(found)
        await counter.until_shown("TOTAL")


async def test_two_customers_one_after_the_other(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        first = await counter.sell("pln-prepaid", "14012345678")
        await counter.press("n")
        await counter.until(HomeScreen)
        second = await counter.sell("bpjs-kesehatan", "8801835307911")
        assert isinstance(second, OutcomeScreen)
        agree(counter.sandbox, (first.payment, second.payment))
