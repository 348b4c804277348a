"""Whatever is pressed on whatever screen: nothing breaks, and only F9 or ``b`` with cash pays."""

import random
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from textual.keys import _character_to_key

from cashier.screens.confirm import ConfirmScreen
from cashier.screens.leave import LeaveScreen
from tests.screens.counter import Counter, at_counter
from tests.screens.hands import REACHED, AnyScreen, Hands
from tests.support.shop import agree

PRINTABLE: Final = [_character_to_key(each) for each in string.printable if each.isprintable()]
OTHERS: Final = [
    *(f"f{number}" for number in range(1, 25)),
    *("enter", "tab", "shift+tab", "backspace", "delete", "escape"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("alt+o", "alt+l", "alt+b", "ctrl+a", "ctrl+u", "ctrl+p", "ctrl+z"),
]
PAYING: Final = frozenset({"f9", "b"})
"""The two keys that pay, on the confirmation alone (``DESIGN 6``)."""

KEYS_A_SCREEN: Final = 150
A_STAY: Final = 30
"""After so many keys the screen is reached anew, wherever they led."""


def keys_for(screen: AnyScreen, count: int, *, without: frozenset[str]) -> list[str]:
    """Give random keys, for each screen always the same; half of them digits and letters."""
    chance = random.Random(screen.__name__)
    every = [key for key in (*PRINTABLE, *OTHERS) if key not in without]
    return [chance.choice(every) for _ in range(count)]


def stays(keys: Sequence[str]) -> list[Sequence[str]]:
    """Divide keys into as many as are pressed in one stay on a screen."""
    return [keys[at : at + A_STAY] for at in range(0, len(keys), A_STAY)]


async def press(counter: Counter, key: str) -> None:
    """Press a key, but never the one that ends the till."""
    if not (key == "y" and isinstance(counter.app.screen, LeaveScreen)):
        await counter.press(key)


@pytest.mark.parametrize("screen", REACHED, ids=lambda screen: screen.__name__)
async def test_no_other_key_pays_and_none_breaks_a_screen(
    screen: AnyScreen, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        hands, book = Hands(counter), counter.sandbox.ledger.book
        for keys in stays(keys_for(screen, KEYS_A_SCREEN, without=PAYING)):
            await hands.home()
            await REACHED[screen](hands)
            before = book.count("payment")
            for key in keys:
                await press(counter, key)
            assert book.count("payment") == before, keys
            assert counter.app.defect is None


@pytest.mark.parametrize("seed", range(3))
async def test_random_keys_pay_no_more_often_than_somebody_pressed_a_key_that_pays(
    seed: int, tmp_path: Path
) -> None:
    async with at_counter(tmp_path) as counter:
        hands, book = Hands(counter), counter.sandbox.ledger.book
        chance, presses = random.Random(seed), 0
        every = [*PRINTABLE, *OTHERS, *["p", "l", "s", "f9", "b", "enter"] * 4]
        for _ in range(KEYS_A_SCREEN // A_STAY):
            await hands.home()
            await hands.confirmation()
            for key in (chance.choice(every) for _ in range(A_STAY)):
                presses += key in PAYING and isinstance(counter.app.screen, ConfirmScreen)
                await press(counter, key)
        await counter.till.drain()
        ids = range(1, book.count("payment") + 1)
        agree(counter.sandbox, tuple([await counter.till.payment(each) for each in ids]))
        assert 0 < book.count("payment") <= presses
        assert counter.app.defect is None
