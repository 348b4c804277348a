"""One seed, one story: a morning in a shop where everything goes wrong, and its quiet end."""

import asyncio
import gc
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier.language import Refusal
from cashier.payment import State
from cashier.till import Till
from tests.proof.simulation.faults import Deck
from tests.proof.simulation.loop import VirtualLoop
from tests.proof.simulation.machine import simulated
from tests.proof.simulation.seller import Bill, Seller, bills
from tests.proof.simulation.shop import Session, Shop

PAYMENTS: Final = 20
"""Payments that each story has at least."""

FAULTS: Final = 0.3
"""Share of exchanges that meet a fault in each story, at least."""

_LONGEST_S: Final = 20 * 3600.0


@dataclass(frozen=True)
class Told:
    """What a story came to."""

    seed: int
    trace: str
    """A fingerprint of every event; the same seed has the same one."""
    lines: int
    payments: int
    exchanges: int
    faults: int
    crashes: int
    simulated_s: float
    states: dict[str, int]
    done: dict[str, int]


class StoryFailed(AssertionError):
    """A story in which the law was broken, and how to hear it again."""


def fast_folder() -> Path:
    """Where files live that no power cut shall survive: in memory, where there is such a place."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else Path(tempfile.gettempdir())


def tell(seed: int, template: Path) -> Told:
    """Tell the story of a seed.

    Args:
        seed: Drives everything.
        template: An empty journal.

    Raises:
        StoryFailed: I1 to I12 did not hold, or nobody caught an exception.
    """
    folder = Path(tempfile.mkdtemp(prefix="shop-", dir=fast_folder()))
    chance = random.Random(seed)
    loop = VirtualLoop()
    gc.disable()
    gc.freeze()  # what stands by now is not looked through at the end of every story
    try:
        shop = Shop(folder, chance, loop, Deck(chance), chance.choice(("deposit", "invoicing")))
        story = _Story(shop, template)
        with simulated(loop, chance, shop.network):
            try:
                loop.run_until_complete(story.run())
                unheard = loop.unheard(Refusal)  # a refusal of a sale whose caller went away
                assert not unheard, f"nobody caught: {unheard}"
                return story.told(seed)
            except Exception as error:
                raise StoryFailed(
                    f"seed {seed}: {error}\n(again, alone: --seed {seed})\n{shop.trace.latest}"
                ) from error
            finally:
                shop.leave()
                loop.bury()
    finally:
        gc.unfreeze()
        gc.enable()
        shutil.rmtree(folder)


class _Story:
    def __init__(self, shop: Shop, template: Path) -> None:
        self._shop = shop
        self._chance = shop.chance
        self._template = template
        self._bills: list[Bill] = bills(self._chance)
        self._over = False
        self._payments = 0
        self._restarts: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None

    async def run(self) -> None:
        """Open, let everything happen, heal, clear up, close."""
        shop = self._shop
        if self._chance.random() < 0.95:
            shop.furnish(self._template)
        shop.on_death = self._died
        for name in "ABC"[: self._chance.randrange(2, 4)]:
            self._open(shop.session(name), first=True)
        await self._happens()
        await self._ends()
        self._assert_quiet()

    def told(self, seed: int) -> Told:
        """Sum up."""
        shop = self._shop
        assert shop.deck.faults >= FAULTS * shop.deck.exchanges, "too few faults"
        assert shop.crashes >= 1, "no crash"
        assert self._payments >= PAYMENTS, f"only {self._payments} payments"
        return Told(
            seed,
            shop.trace.print,
            shop.trace.lines,
            self._payments,
            shop.deck.exchanges,
            shop.deck.faults,
            shop.crashes,
            shop.loop.time(),
            self._states,
            dict(shop.done),
        )

    # --- what happens -----------------------------------------------------------------------------

    async def _happens(self) -> None:
        shop, chance = self._shop, self._chance
        while self._count() < PAYMENTS or not shop.crashes:
            await asyncio.sleep(chance.uniform(5, 120))
            self._assert_standing()
            assert shop.loop.time() < _LONGEST_S, f"too slow: {self._count()} {shop.done}"
            drawn = chance.random()
            if drawn < 0.03:
                shop.clock.ahead_ms += round(chance.uniform(-900, 900) * 1000)
                shop.trace.tell(f"clock {shop.clock.ahead_ms}")
            elif drawn < 0.04:
                for session in shop.sessions:
                    shop.kill(session)
            if not shop.crashes and self._count() > PAYMENTS // 2:
                self._doom(chance.choice(shop.sessions))

    def _open(self, session: Session, *, first: bool = False) -> None:
        shop = self._shop
        life = shop.live(session, lambda till: self._work(session, till))
        life.add_done_callback(self._note)
        if not self._over:
            self._threaten(session, first=first)

    def _threaten(self, session: Session, *, first: bool) -> None:
        """Draw when this life ends: at any await, or in any commit."""
        process, chance = session.process, self._chance
        assert process is not None
        drawn = chance.random()
        if drawn < 0.35 or self._shop.crashes > 8:
            return
        if drawn < 0.5 and not first:
            process.dies_at_step = round(10 ** chance.uniform(0.3, 2))
        elif drawn < 0.8:
            process.dies_at_step = round(10 ** chance.uniform(2, 4.2))
        else:
            process.dies_in_commit = chance.randrange(1, 120)

    def _doom(self, session: Session) -> None:
        if session.process is not None:
            session.process.die_soon(self._chance.randrange(300))

    def _died(self, session: Session) -> None:
        self._shop.loop.create_task(self._reopen(session))

    async def _reopen(self, session: Session) -> None:
        wait_s = 0.1 if self._over else 10 ** self._chance.uniform(-1, 2.8)
        await asyncio.sleep(wait_s)
        self._open(session)

    def _note(self, life: "asyncio.Task[None]") -> None:
        if not life.cancelled() and life.exception() is not None:
            self._failed = life.exception()

    async def _work(self, session: Session, till: Till) -> None:
        shop, chance = self._shop, self._chance
        if till.recovered or chance.random() < 0.3:
            shop.outside.run(lambda: shop.check(crashed=True))
        seller = Seller(shop, session, till, self._bills)
        if chance.random() < 0.8:
            till.ask_behind()
        while not self._over:
            await asyncio.sleep(chance.choice((1, 5, 30, 60, 120, 310)) * chance.random())
            if chance.random() < 0.04 and shop.crashes < 8:
                self._doom(session)
            await seller.act()
        await seller.finish()
        await seller.clear_up(1800)

    def _count(self) -> int:
        return self._shop.count()

    # --- the end --------------------------------------------------------------------------------

    async def _ends(self) -> None:
        """Heal the network, let nobody die any more, and wait until every till has closed."""
        shop = self._shop
        shop.deck.healed = True
        for session in shop.sessions:
            if session.process is not None:
                session.process.dies_at_step = session.process.dies_in_commit = None
        self._over = True
        while any(one.life is None or not one.life.done() for one in shop.sessions):
            self._assert_standing()
            await asyncio.sleep(5)
        self._assert_standing()

    def _assert_standing(self) -> None:
        assert not self._shop.broken, self._shop.broken
        if isinstance(self._failed, AssertionError):
            raise self._failed
        assert self._failed is None, f"a till fell over: {self._failed!r}"

    def _assert_quiet(self) -> None:
        shop = self._shop
        shop.check()
        self._payments = self._count()
        self._states = shop.states()
        left = {name: n for name, n in self._states.items() if State(name).is_open}
        assert not left, f"I11: still open at the end: {left}"
        assert not shop.owed(), "cash is still owed back at the end"
        shop.trace.tell(f"end {shop.seen[0].seq} {shop.seen[0].hash} {self._states}")
