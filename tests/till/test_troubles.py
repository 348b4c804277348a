"""Each trouble of the practice Espay ends where the law says, and costs nobody a rupiah."""

from pathlib import Path

import pytest

from cashier.catalogue import Product, load_catalogue
from cashier.language import Refusal
from cashier.payment import Cash, State
from cashier.sandbox.settings import Pace
from cashier.sandbox.troubles import Trouble, troubles
from cashier.till import Payment, Till
from tests.support.clock import ManualClock
from tests.support.sandbox import magic_number, running_sandbox
from tests.support.shop import agree, open_shop, sell
from tests.till.test_every_category import wished_amount

CATALOGUE = load_catalogue()
TOKEN = CATALOGUE.product("SLYLPR20")
POSTPAID = CATALOGUE.product("SLYLPO")
DIRECT = CATALOGUE.product("SINCBN")

QUICK_PACE = Pace(drip_s=0.01, slow_s=0.2)
"""A drip that is still too slow for the quick wire of a test, and an answer that is not."""


def cases() -> list[tuple[Trouble, Product]]:
    """Every trouble with a token, and what can also strike a direct product with that too."""
    found = [(trouble, TOKEN) for trouble in troubles().values()]
    direct = [
        (trouble, DIRECT)
        for trouble in troubles().values()
        if trouble.only == "all" and trouble.place != "inquiry" and trouble.amount is None
    ]
    return found + direct


@pytest.mark.parametrize(
    ("trouble", "product"), cases(), ids=lambda case: getattr(case, "key", None) or case.code
)
async def test_a_trouble_ends_where_the_law_says(
    trouble: Trouble, product: Product, tmp_path: Path
) -> None:
    clock = ManualClock()
    number = magic_number(trouble.key, product.rules.number.example)
    with running_sandbox(tmp_path, clock=clock, pace=QUICK_PACE) as sandbox:
        async with open_shop(tmp_path, sandbox, clock=clock) as till:
            if trouble.till == "no_quote":
                with pytest.raises(Refusal):
                    await till.inquire(product.code, number, wished_amount(product))
                assert not sandbox.ledger.bookings
                return
            quote = await till.inquire(product.code, number, wished_amount(product))
            payment = await sell(till, quote)
            assert payment.state == trouble.till
            assert_cash_follows(payment)
            agree(sandbox, (payment,))
            if trouble.then is not None:
                patience = 2 if trouble.then == trouble.till else 30
                payment = await asked_until_final(till, payment, clock, patience)
                assert payment.state == trouble.then
                assert_cash_follows(payment)
                agree(sandbox, (payment,))


def assert_cash_follows(payment: Payment) -> None:
    expected = {State.PAID: Cash.EARNED, State.UNPAID: Cash.OWED_BACK}
    assert payment.cash is expected.get(payment.state, Cash.HELD)


async def asked_until_final(
    till: Till, payment: Payment, clock: ManualClock, minutes: int
) -> Payment:
    """Ask once a minute, as patience would."""
    for _ in range(minutes):
        if not payment.state.is_open:
            break
        clock.advance(61)
        payment = await till.ask(payment.id)
    return payment
