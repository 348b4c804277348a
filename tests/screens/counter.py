"""A counter for tests: the real app over a real till at a real practice Espay, keys by pilot."""

import asyncio
import contextlib
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from textual.events import Key
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from cashier.app import CashierApp
from cashier.catalogue import Category
from cashier.config import Config
from cashier.money import ZERO, Rupiah
from cashier.sandbox.settings import OPENING_BALANCE, Pace
from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.front import Front
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.selling import first_screen
from cashier.till import Find, Till, TillTimes
from cashier.widgets.burst import GAP_S
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.shop import AT_ONCE, QUICK, open_shop

_PATIENCE_S = 20
_STEP_S = GAP_S * 1.1
"""Seconds, enough that what is pressed next is no rest of a run that a scanner began."""

AnyScreen = TypeVar("AnyScreen", bound=Screen[object] | Screen[None])


@dataclass(frozen=True)
class Counter:
    """What a test does at the counter, and what it sees."""

    app: CashierApp
    pilot: Pilot[None]
    till: Till
    sandbox: RunningSandbox
    clock: ManualClock
    front: Front

    @property
    def text(self) -> str:
        """What the screen shows, row by row, without colour."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    @property
    def words(self) -> str:
        """What the screen shows, row by row and each text by itself, wherever that wraps."""
        texts = [str(each.content) for each in self.app.screen.query(Static) if each.display]
        return " | ".join(" ".join(text.split()) for text in (self.text, *texts))

    async def press(self, *keys: str) -> None:
        """Press keys as fingers do: each after the one before was taken, no machine's run.

        Only after the last is waited until the process is idle, which it seldom is while the
        practice Espay answers in it.
        """
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            event = Key(name, _character_of(name) if len(key) > 1 else key)
            event.set_sender(self.app)
            driver.send_message(event)
            await asyncio.sleep(_STEP_S)
            await self.pilot._wait_for_screen()
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Type characters."""
        await self.press(*text)

    async def until(self, screen: type[AnyScreen]) -> AnyScreen:
        """Wait until a screen is painted and listens."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                await self.pilot.pause(_STEP_S)
                shown = self.app.screen
                listens = getattr(shown, "is_ready", True)
                if isinstance(shown, screen) and listens and self.text:
                    return shown

    async def until_shown(self, words: str) -> None:
        """Wait until words are on the screen, each in its place."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while words not in self.words:
                    await self.pilot.pause(_STEP_S)
                # A text may be known before it has its rows: until those are laid out too.
                await self.pilot.pause(_STEP_S)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.text}") from None

    async def reach_confirmation(
        self, category: str, number: str, *, product: str | None = None, key: str = "1"
    ) -> ConfirmScreen:
        """Go from a category to the confirmation of a bill for a number."""
        await self.start(category, product)
        while True:
            screen = self.app.screen
            if isinstance(screen, NumberScreen):
                await self.write(number)
                await self.press("enter")
            elif isinstance(screen, ProductsScreen):
                await self.press(key)
            elif isinstance(screen, AmountScreen):
                await self.press("d")
            else:
                return await self.until(ConfirmScreen)
            await self.left(screen)

    async def left(self, screen: SaleScreen) -> None:
        """Wait until another screen is shown, and listens."""
        async with asyncio.timeout(_PATIENCE_S):
            while self.app.screen is screen or not getattr(self.app.screen, "is_ready", True):
                await self.pilot.pause(_STEP_S)

    async def sell(self, category: str, number: str, **more: str) -> OutcomeScreen:
        """Sell for exact cash, from a category to the outcome."""
        await self.reach_confirmation(category, number, **more)
        await self.press("p", "f9")
        return await self.until(OutcomeScreen)

    async def start(self, category: Category | str, product: str | None = None) -> None:
        """Begin a sale from home, as choosing a category or a road there does."""
        catalogue = self.till.catalogue
        found = catalogue.category(category) if isinstance(category, str) else category
        chosen = catalogue.product(product) if product is not None else None
        await self.open(Find(found, chosen))

    async def open(self, find: Find) -> None:
        """Go the road that was found at home."""
        self.app.push_screen(first_screen(self.front, find))
        await self.until(SaleScreen)


def _character_of(key: str) -> str | None:
    """What a key types by its name, such as ``slash``; most named keys type nothing."""
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        return None


@contextlib.asynccontextmanager
async def at_counter(
    folder: Path,
    *,
    config: Config | None = None,
    size: tuple[int, int] = (80, 24),
    opening_balance: Rupiah = OPENING_BALANCE,
    unregistered: frozenset[str] = frozenset(),
    fee: Rupiah = ZERO,
    exchange_s: float = 30,
    slow_s: float = 3,
    times: TillTimes = AT_ONCE,
) -> AsyncIterator[Counter]:
    """Open the shop and stand at its counter, at home.

    Args:
        folder: Where the journal and Espay's ledger lie.
        config: The shop's own configuration.
        size: Columns and rows of the window.
        opening_balance: The deposit at Espay.
        unregistered: Codes of products that Espay does not let this shop sell.
        fee: The shop's own fee.
        exchange_s: How long an answer to a payment is waited for.
        slow_s: How long Espay takes for an answer that is late but whole.
        times: When Espay is asked about what is open, by nobody's key.
    """
    clock = ManualClock()
    with running_sandbox(
        folder,
        clock=clock,
        opening_balance=opening_balance,
        unregistered=unregistered,
        pace=Pace(slow_s=slow_s),
    ) as sandbox:
        async with (
            open_shop(
                folder,
                sandbox,
                clock=clock,
                fee=lambda _: fee,
                wire=replace(QUICK, exchange_s=exchange_s),
                times=times,
            ) as till,
            stand_at(till, sandbox, clock, folder, config=config, size=size) as counter,
        ):
            yield counter


@contextlib.asynccontextmanager
async def stand_at(
    till: Till,
    sandbox: RunningSandbox,
    clock: ManualClock,
    folder: Path,
    *,
    config: Config | None = None,
    size: tuple[int, int] = (80, 24),
    theme: str = "default",
) -> AsyncIterator[Counter]:
    """Stand at the counter of a till that is open already."""
    front = Front(till, config or Config(), clock)
    app = CashierApp(front, theme=theme, themes=folder / "themes", warm_up=_nothing_to_load)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Counter(app, pilot, till, sandbox, clock, front)


async def _nothing_to_load() -> None:
    return None
