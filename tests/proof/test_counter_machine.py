"""Whatever people, network, clock and deaths do at a counter, step by step: the law holds.

Hypothesis draws the steps; the journal is a real file, Espay's ledger is the model, and the loop
and the network are those of the simulated shop. The full campaign is 20,000 examples of 50
steps; an example costs 0.6 s of a busy core, so that CI runs 60, not the 1,000 wished for.
"""

import asyncio
import atexit
import contextlib
import gc
import random
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import State
from cashier.sandbox.settings import Mode
from cashier.till import CircuitOpen, ClockBehind, Payment, Quote, Till, Unrecorded
from tests.proof.planted import BUGS, Plant
from tests.proof.simulation.faults import NAMES, Deck
from tests.proof.simulation.loop import VirtualLoop
from tests.proof.simulation.machine import simulated
from tests.proof.simulation.seller import Bill, Seller, bills
from tests.proof.simulation.shop import Session, Shop, make_template
from tests.proof.simulation.story import fast_folder

_CAMPAIGN: Final = 20_000
_SHARE: Final = 60
_IN_A_TEST: Final = 20
_IN_A_CAMPAIGN_TEST: Final = 100
_STEPS: Final = 50
_BUG_FOUND_WITHIN: Final = 300

_FATES: Final = st.one_of(st.just("fine"), st.sampled_from(NAMES))
_WHO: Final = st.integers(0, 1)
_WHICH: Final = st.integers(0, 1000)
_DEATHS: Final = st.one_of(*(st.none(),) * 4, st.integers(0, 150), st.sampled_from((-1, -2)))
"""In place of which step a till dies; -1 and -2: in its next commit, or the one after."""


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="template-", dir=fast_folder()))
    atexit.register(shutil.rmtree, folder)
    return make_template(folder)


class CounterMachine(RuleBasedStateMachine):
    """A counter with two tills, at which anything may happen next."""

    @initialize(seed=st.integers(0, 2**32), mode=st.sampled_from(("deposit", "invoicing")))
    def open_the_shop(self, seed: int, mode: Mode) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="counter-", dir=fast_folder()))
        self.loop = VirtualLoop()
        chance = random.Random(seed)
        self.shop = Shop(self.folder, chance, self.loop, Deck(chance, healed=True), mode)
        self.shop.furnish(_template())
        self.shop.on_death = self._died
        self.dead: dict[str, asyncio.Future[None]] = {}
        self.bills: list[Bill] = bills(chance)
        self.quotes: list[tuple[Bill, Quote]] = []
        self.checked: object = None
        self.quiet = False
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(simulated(self.loop, chance, self.shop.network))
        for name in "AB":
            self.shop.session(name)
        self._open(self.shop.sessions[0], None)

    # --- people -----------------------------------------------------------------------------------

    @rule(who=_WHO, which=_WHICH, fate=_FATES)
    def inquire(self, who: int, which: int, fate: str) -> None:
        async def work(till: Till) -> None:
            bill = self.bills[which % len(self.bills)]
            self.quotes.append((bill, await till.inquire(bill.product, bill.number, bill.amount)))

        self._do(who, work, fate)

    @rule(who=_WHO, which=_WHICH, fate=_FATES, death=_DEATHS)
    def sell(self, who: int, which: int, fate: str, death: int | None) -> None:
        self.inquire(who, which, "fine")
        if self.quotes:
            self.pay(who, 0, fate, death, 0)

    @rule(who=_WHO, which=_WHICH, fate=_FATES, fates=st.lists(_FATES, max_size=4))
    def sell_and_wait(self, who: int, which: int, fate: str, fates: list[str]) -> None:
        self.sell(who, which, fate, None)
        self.time_passes(400, fates)

    @rule(who=_WHO, which=_WHICH)
    def sell_with_a_full_disk(self, who: int, which: int) -> None:
        self.shop.free_bytes = 2**20
        self.sell(who, which, "fine", None)
        self.shop.free_bytes = 2**40

    @precondition(lambda self: self.quotes)
    @rule(who=_WHO, which=_WHICH, fate=_FATES, death=_DEATHS, more=st.sampled_from((0, 500)))
    def pay(self, who: int, which: int, fate: str, death: int | None, more: int) -> None:
        async def work(till: Till) -> None:
            bill, quote = self.quotes[-1 - which % min(4, len(self.quotes))]
            await self._pay(till, bill, quote, more)

        deposit = ["fine"] if self.shop.mode == "deposit" else []
        self._do(who, work, *deposit, fate, death=death)

    @precondition(lambda self: self.quotes)
    @rule(which=_WHICH)
    def pay_at_both_tills(self, which: int) -> None:
        for who in (0, 1):
            self.pay(who, which, "fine", None, 0)

    async def _pay(self, till: Till, bill: Bill, quote: Quote, more: int) -> None:
        number = bill.number if bill.is_card else None
        cash = Rupiah.of(quote.total.whole_up + more)
        try:
            await till.pay(quote.id, cash, number=number)
        except Refusal as refusal:
            needed = getattr(refusal, "needed", None)  # confirm the second purchase of the day
            if not isinstance(needed, int):
                raise
            await till.pay(quote.id, cash, number=number, sequence=needed)

    @rule(who=_WHO, which=_WHICH, fate=_FATES, death=_DEATHS)
    def ask(self, who: int, which: int, fate: str, death: int | None) -> None:
        self._of_one(who, which, lambda till, one: till.ask(one.id), fate, death=death)

    @rule(who=_WHO, which=_WHICH, fate=_FATES)
    def gather(self, who: int, which: int, fate: str) -> None:
        self._of_one(who, which, lambda till, one: till.gather(one.id), fate)

    @rule(who=_WHO, which=_WHICH)
    def escalate(self, who: int, which: int) -> None:
        self._of_one(who, which, lambda till, one: till.escalate(one.id, "BU RATNA"))

    @rule(who=_WHO, which=_WHICH, death=_DEATHS)
    def resolve(self, who: int, which: int, death: int | None) -> None:
        def decide(till: Till, one: Payment) -> Awaitable[None]:
            return Seller(self.shop, self.shop.sessions[who], till, self.bills).decide(one)

        self._of_one(who, which, decide, death=death)

    @rule(who=_WHO, death=_DEATHS)
    def hand_back(self, who: int, death: int | None) -> None:
        async def work(till: Till) -> None:
            for payment in await till.owed_back():
                await till.returned(payment.id)

        self._do(who, work, death=death)

    @rule(who=_WHO)
    def recheck(self, who: int) -> None:
        async def work(till: Till) -> None:
            for payment in await till.sold_today():
                if payment.state is State.PAID:
                    await till.recheck(payment.id)
                    return

        self._do(who, work)

    # --- machines ---------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 6, 61, 301, 601, 7200)), fates=st.lists(_FATES, max_size=3))
    def time_passes(self, seconds: int, fates: list[str]) -> None:
        self.shop.deck.chosen[:] = fates
        self.loop.run_until_complete(asyncio.sleep(seconds))
        self.shop.deck.chosen.clear()

    @rule(minutes=st.sampled_from((-120, -10, -1, 1, 6, 120)))
    def the_clock_is_set(self, minutes: int) -> None:
        self.shop.clock.ahead_ms += minutes * 60_000

    @rule(who=_WHO, death=_DEATHS)
    def open_a_till(self, who: int, death: int | None) -> None:
        if self.shop.sessions[who].till is None:
            self._open(self.shop.sessions[who], death)

    @rule(who=_WHO)
    def kill(self, who: int) -> None:
        self.shop.kill(self.shop.sessions[who])

    @rule(who=_WHO, death=_DEATHS)
    def close_a_till(self, who: int, death: int | None) -> None:
        session = self.shop.sessions[who]
        till = session.till
        if till is None:
            return

        async def work() -> None:
            await till.__aexit__()
            session.process = session.till = None

        self._run(session, work, death)

    # --- the law ----------------------------------------------------------------------------------

    @invariant()
    def the_law_holds(self) -> None:
        if not hasattr(self, "stack"):
            return
        assert not self.shop.broken, self.shop.broken
        now = self.shop.progress()
        if now != self.checked:
            self.shop.check(crashed=not self.quiet)
            self.checked = now

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            with self.stack:
                try:
                    self._ends()
                finally:
                    self.shop.leave()
                    self.loop.bury()
        finally:
            shutil.rmtree(self.folder)

    def _ends(self) -> None:
        """Everything heals, and comes to its end at a till that is opened anew.

        What a dead till left belongs to the next that starts, and to none that stands.
        """
        self.shop.deck.chosen.clear()
        self.close_a_till(0, None)
        self.close_a_till(1, None)
        session = self.shop.sessions[0]

        async def work(till: Till) -> None:
            await Seller(self.shop, session, till, self.bills).clear_up(1800)

        self._do(0, work)
        self.close_a_till(0, None)
        self.close_a_till(1, None)
        self.quiet = True
        self.checked = None
        self.the_law_holds()
        left = [name for name in self.shop.states() if State(name).is_open]
        assert not left, f"I11: still open at the end: {left}"
        unheard = self.loop.unheard(Refusal)
        assert not unheard, f"nobody caught: {unheard}"

    # --- inside -----------------------------------------------------------------------------------

    def _open(self, session: Session, death: int | None) -> Till | None:
        async def work() -> None:
            till = await self.shop.open_till(session)
            till.ask_behind()

        self.shop.begin(session)
        self._run(session, work, death)
        return session.till

    def _of_one(
        self,
        who: int,
        which: int,
        work: Callable[[Till, Payment], Awaitable[object]],
        *fates: str,
        death: int | None = None,
    ) -> None:
        async def of_one(till: Till) -> None:
            payments = await till.open_payments()
            if payments:
                await work(till, payments[which % len(payments)])

        self._do(who, of_one, *fates, death=death)

    def _do(
        self,
        who: int,
        work: Callable[[Till], Awaitable[None]],
        *fates: str,
        death: int | None = None,
    ) -> None:
        """Let one till do something; what it refuses is what it shall refuse."""
        session = self.shop.sessions[who]
        till = session.till or self._open(session, None)
        assert till is not None, "it did not open"

        async def refusable() -> None:
            try:
                await work(till)
            except CircuitOpen:
                await till.resume("BU RATNA", "dicocokkan dengan Espay")
            except ClockBehind:
                await till.trust_clock("BU RATNA", "jam sudah benar")
                with contextlib.suppress(Refusal):
                    await work(till)
            except Refusal as refusal:
                self.shop.trace.tell(refusal.key)

        self.shop.deck.chosen[:] = fates
        self._run(session, refusable, death)
        self.shop.deck.chosen.clear()

    def _run(
        self, session: Session, work: Callable[[], Coroutine[None, None, None]], death: int | None
    ) -> None:
        process = session.process
        assert process is not None
        if death is not None and death >= 0:
            process.die_soon(death)
        elif death is not None:
            process.dies_in_commit = process.commits - death
        self.dead[session.name] = died = self.loop.create_future()

        async def until_done_or_dead() -> None:
            task = self.loop.create_task(work(), context=process.context)
            await asyncio.wait({task, died}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()

        self.loop.run_until_complete(until_done_or_dead())
        process.dies_at_step = process.dies_in_commit = None

    def _died(self, session: Session) -> None:
        died = self.dead.get(session.name)
        if died is not None and not died.done():
            died.set_result(None)


def _run_examples(count: int, seed: int, *, shrinks: bool = False) -> None:
    """Run examples; to shrink one that failed takes minutes, and is done in a campaign alone."""
    machine = type("Counter", (CounterMachine,), {"_hypothesis_internal_use_seed": seed})
    gc.collect()
    gc.freeze()
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=count,
                stateful_step_count=_STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                print_blob=False,
                phases=[Phase.generate, *([Phase.shrink] if shrinks else [])],
            ),
        )
    finally:
        gc.unfreeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the examples into tests that take some seconds each."""
    if "batch" in metafunc.fixturenames:
        campaign = metafunc.config.getoption("--campaign")
        every = _CAMPAIGN // _IN_A_CAMPAIGN_TEST if campaign else _SHARE // _IN_A_TEST
        metafunc.parametrize("batch", range(every))


def test_the_law_holds_whatever_happens_next(batch: int, campaign: bool) -> None:
    count = _IN_A_CAMPAIGN_TEST if campaign else _IN_A_TEST
    _run_examples(count, batch, shrinks=campaign)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    # The journal refuses some of it by itself, and the sale says that it is unrecorded.
    with pytest.raises((AssertionError, Unrecorded)) as found:
        _run_examples(_BUG_FOUND_WITHIN, 0)
    assert isinstance(found.value, Unrecorded) or re.search(r"(I[0-9]+|T2): ", str(found.value))
