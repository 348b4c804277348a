"""Every struk as people have looked at it, character by character.

``pytest tests/receipt --write-golden`` writes the files anew; the diff is then read like code.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest

from cashier.money import ZERO, Rupiah
from cashier.payment import State
from cashier.receipt import Document, Reprint, plain_text
from tests.receipt.conftest import GOLDEN
from tests.receipt.making import LETTERHEAD, catalogue, in_state, paid, sales, struk, with_quote
from tests.support.clock import START_MS
from tests.support.golden import Golden

COLUMNS = (32, 48)
HOUR_MS = 3_600_000

SLIPS: Final[Mapping[str, Callable[[], Document]]] = {
    "pending": lambda: struk(in_state(State.IN_DOUBT, "pln-postpaid")),
    "unpaid": lambda: struk(in_state(State.UNPAID)),
    "unpaid-returned": lambda: struk(in_state(State.UNPAID, returned_at=START_MS + HOUR_MS)),
    "refunded": lambda: struk(in_state(State.REFUNDED)),
    "practice": lambda: struk(with_quote(paid(), environment="practice")),
    "reprint": lambda: struk(paid(), reprint=Reprint(2, "BUDI", START_MS + 30 * HOUR_MS)),
    "paid-later": lambda: struk(replace(paid(), final_at=START_MS + 30 * HOUR_MS)),
    "english": lambda: struk(
        paid("pln-prepaid", Rupiah.of(2_000)), letterhead=replace(LETTERHEAD, language="en")
    ),
}


def fee_of(category: str) -> Rupiah:
    """A service fee where the category allows one."""
    allowed = catalogue().category(category).rules.fee.allowed
    return Rupiah.of(2_000) if allowed else ZERO


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("category", sales())
def test_the_struk_of_each_category_is_the_one_that_was_looked_at(
    category: str, columns: int, golden: Golden
) -> None:
    document = struk(paid(category, fee_of(category)))
    golden.check(f"{category}-{columns}.txt", plain_text(document, columns))


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("slip", SLIPS)
def test_each_other_slip_is_the_one_that_was_looked_at(
    slip: str, columns: int, golden: Golden
) -> None:
    golden.check(f"slip-{slip}-{columns}.txt", plain_text(SLIPS[slip](), columns))


def test_every_category_has_its_struk_and_no_file_is_left_over() -> None:
    assert sales().keys() == {category.id for category in catalogue().categories}
    names = {*sales(), *(f"slip-{slip}" for slip in SLIPS)}
    wanted = {f"{name}-{columns}.txt" for name in names for columns in COLUMNS}
    assert {file.name for file in GOLDEN.iterdir()} == wanted
