"""Every category can be sold, and afterwards Espay's ledger and the journal agree to the sen."""

from pathlib import Path
from typing import Literal

import pytest

from cashier.catalogue import Product, load_catalogue
from cashier.money import Rupiah
from cashier.payment import Cash, Evidence, State
from tests.support.clock import ManualClock
from tests.support.sandbox import running_sandbox
from tests.support.shop import agree, open_shop, sell

TYPED = Rupiah.of(150_000)
PRODUCTS = load_catalogue().products


def wished_amount(product: Product) -> Rupiah | None:
    """What a customer asks for, where the product lets them choose."""
    return TYPED if product.rules.amount == "typed" else None


def test_all_forty_six_documented_products_are_here() -> None:
    assert len({product.code for product in PRODUCTS}) == 46


@pytest.mark.parametrize("mode", ["deposit", "invoicing"])
@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
async def test_a_product_is_quoted_and_paid(
    product: Product, mode: Literal["deposit", "invoicing"], tmp_path: Path
) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path, mode=mode, clock=clock) as sandbox:
        before = sandbox.ledger.balance
        async with open_shop(tmp_path, sandbox, clock=clock, mode=mode) as till:
            quote = await till.inquire(
                product.code, product.rules.number.example, wished_amount(product)
            )
            payment = await sell(till, quote, number=product.rules.number.example)
            assert payment.state is State.PAID
            assert payment.evidence is Evidence.REPLY
            assert payment.cash is Cash.EARNED
            assert payment.ref_id
            assert (payment.token is not None) == bool(product.rules.demands.numbers)
            assert quote.espay_amount == quote.bill + quote.admin_fee
            agree(sandbox, (payment,))
            assert not await till.open_payments()
            if mode == "deposit":
                assert before - sandbox.ledger.balance == quote.espay_amount


async def test_products_of_the_live_list_can_be_sold_too(tmp_path: Path) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            quote = await till.inquire("SVHIM25", "085612345678")
            payment = await sell(till, quote)
            assert payment.state is State.PAID
            assert till.catalogue.product("SVHIM25").registered
            agree(sandbox, (payment,))


async def test_what_the_shop_is_not_registered_for_is_marked(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, unregistered=frozenset({"SLYLPO"})) as sandbox:
        async with open_shop(tmp_path, sandbox) as till:
            assert till.catalogue.product("SLYLPO").registered is None
            assert await till.refresh_products()
            assert till.catalogue.product("SLYLPO").registered is False
            assert till.catalogue.product("SLYLPR20").registered is True


async def test_espay_may_confirm_whose_number_it_is(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        async with open_shop(tmp_path, sandbox) as till:
            by_prefix = till.catalogue.operator_of("081218816222")
            assert by_prefix is not None
            assert await till.operator_of("081218816222") == by_prefix
            assert await till.operator_of("0999999999") is None
