"""S12, S13, S14: hostile texts from Espay, over its socket and through the journal.

They come over a real socket as names, facts, products, error texts, codes, tokens and
references. Wherever they are shown they are only text, the columns stay, and nothing is obeyed.
"""

from pathlib import Path
from typing import Final

import pytest
from textual.widgets import Static

from cashier.catalogue import Product
from cashier.payment import State
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.leave import LeaveScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sales_today import SalesTodayScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.till import Find
from tests.screens.counter import Counter, at_counter
from tests.screens.hostile import (
    SUFFIX,
    Hostile,
    HostileEspay,
    assert_seen,
    hostile_texts,
    look,
    packed,
)
from tests.support.shop import agree, go_on

SEED: Final = 12_13_14
TEXTS: Final = hostile_texts(2_000, SEED)
PACKS: Final = packed(TEXTS)
SHARES: Final = 4
SOLD: Final = 8
"""Every eighth name is sold to; ``test_hostile_screens.py`` shows all of them everywhere."""

FIRST: Final = 101
"""Thousands of rupiah of the first token that bears a hostile name; the others go up by one."""


class Guest:
    """One customer after another with a hostile name."""

    def __init__(self, counter: Counter, espay: HostileEspay) -> None:
        self.counter = counter
        self.espay = espay
        self.served = 100_000
        self.ids: list[int] = []

    async def ask(self, product: Product) -> None:
        """Ask for the bill of the next customer."""
        await go_on(self.counter.till)
        self.served += 1
        number = f"{self.served}{SUFFIX}"
        await self.counter.open(Find(product.category, product, number))

    async def is_refused(self, product: Product, text: Hostile) -> None:
        """Be shown the words with which Espay refuses."""
        self.espay.refuses(text.raw)
        await self.ask(product)
        screen = await self.counter.until(InquiryScreen)
        await self.counter.until_shown("(kode 33). Jangan terima uang.")
        (told,) = (each for each in screen.query(Static) if "(kode 33)" in str(each.content))
        assert_seen(text, told)
        look(self.counter)

    async def pays(self, product: Product, text: Hostile) -> OutcomeScreen:
        """Pay a bill in a hostile name, and be told what became of it."""
        await self.ask(product)
        screen = await self.counter.until(ConfirmScreen)
        assert_seen(text, screen.query_one("#name-shown"))
        look(self.counter)
        await self.counter.press("p", "f9")
        outcome = await self.counter.until(OutcomeScreen)
        look(self.counter)
        self.ids.append(outcome.payment.id)
        await self.counter.press("s")
        await self.counter.until(StrukScreen)
        look(self.counter)
        return outcome

    async def home(self) -> None:
        """Go home for the next customer."""
        self.counter.app.switch_to_home()
        await self.counter.until(HomeScreen)


@pytest.mark.parametrize("share", range(SHARES))
async def test_s12_s13_s14_hostile_texts_from_espay_are_only_text_on_every_screen_of_a_sale(
    share: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs, espay = PACKS[share :: SHARES * SOLD], HostileEspay(monkeypatch)
    ends = (
        (espay.pays, State.PAID),
        (espay.doubts, State.IN_DOUBT),
        (espay.refers, State.IN_DOUBT),
        (espay.loses_the_token, State.INCOMPLETE),
    )
    codes = [espay.sells(FIRST + place, text.raw) for place, text in enumerate(packs)]
    async with at_counter(tmp_path) as counter:
        assert await counter.till.refresh_products()
        guest = Guest(counter, espay)
        for place, text in enumerate(packs):
            product = counter.till.catalogue.product(codes[place])
            await guest.is_refused(product, text)
            await guest.home()
            answer, state = ends[place % len(ends)]
            answer(text.raw)
            assert (await guest.pays(product, text)).payment.state is state
            await guest.home()
        await look_at_lists(counter, guest, espay)
        payments = [await counter.till.payment(each) for each in guest.ids]
        agree(counter.sandbox, tuple(payments))
        assert counter.app.defect is None


async def look_at_lists(counter: Counter, guest: Guest, espay: HostileEspay) -> None:
    """Look at every screen that shows what is on record, with the texts of this share."""
    payments = tuple([await counter.till.payment(each) for each in guest.ids])
    await look_at_open(counter)
    await guest.home()
    await look_at_today(counter)
    await guest.home()
    await look_at_search(counter, payments[0].quote.number[:4])
    await look_under_way(counter, guest, espay)


async def look_at_open(counter: Counter) -> None:
    """Look at the open payments, from the first to the last, and at the story of one."""
    await counter.press("f2")
    await counter.until(FollowUpScreen)
    await counter.until_shown("261122-")
    await scroll(counter, len(await counter.till.open_payments()))
    await counter.press("r")
    await counter.until(StoryScreen)
    for _ in range(2):
        await counter.pilot.pause()
        await scroll(counter, 40)
        await counter.press("d")
    await counter.press("escape")
    await counter.until(FollowUpScreen)


async def look_at_today(counter: Counter) -> None:
    """Look at the sales of the day, from the newest to the oldest."""
    await counter.press("f4")
    await counter.until(SalesTodayScreen)
    await counter.until_shown("LUNAS")
    await scroll(counter, len(await counter.till.sold_today()))
    await counter.press("escape")


async def look_at_search(counter: Counter, number: str) -> None:
    """Look at known customers, and at products found by their names."""
    for typed in (number, "/Q", "/[b", "/pln"):
        await counter.press("escape")
        await counter.write(typed)
        await counter.pilot.pause(0.1)
        look(counter)
        await counter.press("pagedown")
        look(counter)
    await counter.press("escape")


async def look_under_way(counter: Counter, guest: Guest, espay: HostileEspay) -> None:
    """Look at a payment that waits, at home while it does, and at the question before leaving."""
    text = PACKS[0]
    espay.waits(text.raw)
    await guest.ask(counter.till.catalogue.product(f"SLYLPR{FIRST}"))
    await counter.until(ConfirmScreen)
    await counter.press("p", "f9")
    await counter.until(ProgressScreen)
    guest.ids += [payment.id for payment in counter.till.under_way]
    look(counter)
    await counter.press("escape")
    await counter.until(HomeScreen)
    look(counter)
    await counter.press("ctrl+q")
    await counter.until(LeaveScreen)
    look(counter)
    await counter.press("escape")
    await counter.till.drain()


async def scroll(counter: Counter, rows: int) -> None:
    """Look at every page of a list or text."""
    for _ in range(rows // 10 + 1):
        look(counter)
        await counter.press("pagedown")
    look(counter)
