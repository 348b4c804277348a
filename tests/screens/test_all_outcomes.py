"""Each magic number of the practice Espay, sold at the counter from the number to its end.

What must come out stands in ``outcomes.toml``, written from the law. Screen, journal and Espay's
ledger are compared with it, and the last two with each other.
"""

import contextlib
import tomllib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from pydantic import BaseModel, ConfigDict

from cashier.language import say
from cashier.money import ZERO
from cashier.payment import Cash, Reason, State
from cashier.sandbox.settings import Pace
from cashier.sandbox.troubles import troubles
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.till import Payment, TillTimes
from tests.screens.counter import Counter, stand_at
from tests.support.clock import ManualClock
from tests.support.sandbox import running_sandbox
from tests.support.shop import QUICK, agree, go_on, open_shop

METER: Final = "140123"
TOKEN: Final = "SLYLPR20"
TOTAL: Final = "Rp22.500"

WORDS: Final = {
    State.PAID: "LUNAS",
    State.UNPAID: "TIDAK TERBAYAR",
    State.IN_DOUBT: "BELUM PASTI",
    State.PROCESSING: "DIPROSES Espay",
    State.INCOMPLETE: "SUDAH DIBAYAR, data belum lengkap",
}
"""What the operator sees first (``payment-states.md``, States)."""

KEEP: Final = f"Simpan {TOTAL}"
MONEY: Final = {
    State.PAID: "Berikan struk",
    State.UNPAID: f"Kembalikan {TOTAL}",
    State.IN_DOUBT: KEEP,
    State.PROCESSING: KEEP,
    State.INCOMPLETE: KEEP,
}
"""What happens with the cash (the same table)."""

CASH: Final = {State.PAID: Cash.EARNED, State.UNPAID: Cash.OWED_BACK}
PATIENCE: Final = 12
"""How often somebody asks, a little over a minute apart: a failure counts from ten minutes on."""


class Expected(BaseModel):
    """One line of ``outcomes.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    took: bool = False
    state: State | None = None
    why: Reason | None = None
    ends: tuple[State, Reason] | None = None
    refused: str = ""


def families() -> Mapping[str, Mapping[str, Expected]]:
    """Read what is expected, by family and number."""
    text = (Path(__file__).parent / "outcomes.toml").read_text(encoding="utf-8")
    return {
        family: {number: Expected.model_validate(line) for number, line in lines.items()}
        for family, lines in tomllib.loads(text).items()
    }


FAMILIES: Final = families()


def test_every_magic_number_has_its_expected_end() -> None:
    assert sorted(number for lines in FAMILIES.values() for number in lines) == sorted(troubles())


@pytest.mark.parametrize("family", FAMILIES)
async def test_each_magic_number_ends_at_the_counter_as_the_law_says(
    family: str, tmp_path: Path
) -> None:
    async with patient_counter(tmp_path) as counter:
        seen: list[int] = []
        wrong: list[str] = []
        for number, expected in FAMILIES[family].items():
            try:
                await Case(counter, number, expected).sell(seen)
            except (AssertionError, TimeoutError) as error:
                wrong.append(f"{number}: {error!r}\n{counter.text}")
                counter.app.switch_to_home()
        assert not wrong, "\n".join(wrong)


@contextlib.asynccontextmanager
async def patient_counter(folder: Path) -> AsyncIterator[Counter]:
    """Stand at a counter whose till asks Espay only when the operator does."""
    clock = ManualClock()
    pace = Pace(drip_s=0.02, slow_s=0.2)
    wire = replace(QUICK, exchange_s=3, read_s=0.5)
    times = TillTimes(ask_after_s=(), ask_apart_s=0, jitter=0)
    with running_sandbox(folder, clock=clock, pace=pace) as sandbox:
        async with (
            open_shop(folder, sandbox, clock=clock, wire=wire, times=times) as till,
            stand_at(till, sandbox, clock, folder) as counter,
        ):
            yield counter


@dataclass(frozen=True)
class Case:
    """One magic number at the counter."""

    counter: Counter
    digits: str
    expected: Expected

    @property
    def number(self) -> str:
        """The meter."""
        return f"{METER}{self.digits}"

    async def sell(self, seen: list[int]) -> None:
        """Go from the number to the outcome, or to the refusal; ``seen`` are earlier payments."""
        counter = self.counter
        await go_on(counter.till)
        await counter.start("pln-prepaid", TOKEN)
        screen = await counter.until(NumberScreen)
        await counter.write(self.number)
        await counter.press("enter")
        await counter.left(screen)
        if self.expected.refused:
            await self._refused(seen)
        else:
            await self._paid(seen)
        agree(counter.sandbox, await all_of(counter, seen))

    async def _refused(self, seen: list[int]) -> None:
        """No bill, no cash: whatever is pressed pays nothing, and the reason is told."""
        counter = self.counter
        screen = await counter.until(InquiryScreen)
        await counter.until_shown(say("id", "sale.inquiry_refused"))
        assert screen.refusal is not None
        assert screen.refusal.key == self.expected.refused
        assert counter.front.explain(screen.refusal) in counter.words
        await counter.press("f9", "b", "p")
        assert counter.app.screen is screen
        assert counter.sandbox.ledger.book.count("payment") == len(seen)
        await counter.press("h")
        await counter.until(HomeScreen)

    async def _paid(self, seen: list[int]) -> None:
        """Pay exact cash; ask as long as that may help; hand back what is owed."""
        counter, expected = self.counter, self.expected
        await counter.until(ConfirmScreen)
        await counter.press("p", "f9")
        screen = await counter.until(OutcomeScreen)
        seen.append(screen.payment.id)
        assert expected.state is not None
        assert expected.why is not None
        await self._stands(screen, expected.state, expected.why)
        if expected.ends is not None:
            await self._ask(screen, *expected.ends)
        assert self._espay_kept() == expected.took
        if screen.payment.cash is Cash.OWED_BACK:
            await counter.press("k")
            await counter.until_shown(f"Uang {TOTAL} sudah dikembalikan")
        await counter.press("enter")
        await counter.until(HomeScreen)

    async def _ask(self, screen: OutcomeScreen, state: State, why: Reason) -> None:
        counter = self.counter
        never = state is self.expected.state
        for _ in range(2 if never else PATIENCE):
            if screen.payment.state is state and not never:
                break
            before = (await counter.till.payment(screen.payment.id)).asked
            counter.clock.advance(61)
            await counter.press("c")
            await self._answered(screen, before)
        await self._stands(screen, state, why)

    async def _answered(self, screen: OutcomeScreen, before: int) -> None:
        """Wait until one more question is on record and its answer is on the screen."""
        counter = self.counter
        while True:
            await counter.pilot.pause(0.01)
            payment = await counter.till.payment(screen.payment.id)
            is_told = say("id", "sale.asking") not in counter.words
            if is_told and (payment.asked > before or not payment.state.is_open):
                return

    async def _stands(self, screen: OutcomeScreen, state: State, why: Reason) -> None:
        """Screen and journal say what is expected."""
        counter = self.counter
        await counter.until_shown(WORDS[state])
        payment = await counter.till.payment(screen.payment.id)
        assert (payment.state, payment.reason) == (state, why)
        assert payment.cash is CASH.get(state, Cash.HELD)
        assert (payment.quote.number, str(payment.quote.total)) == (self.number, TOTAL)
        assert payment.change == ZERO
        verdict = say("id", f"sale.outcome_{state}_exact", total=TOTAL, change="Rp0")
        assert verdict.startswith(WORDS[state])
        assert MONEY[state] in verdict
        assert verdict in counter.words
        assert ("LUNAS" in counter.text.replace("BELUM LUNAS", "")) == (state is State.PAID)
        if state is not State.PAID:
            assert say("id", f"reason.{why}", detail=payment.detail) in counter.words
        assert (payment.token is not None) == (state is State.PAID) or self.digits[:3] == "994"

    def _espay_kept(self) -> bool:
        book = self.counter.sandbox.ledger.book
        return bool(book.of_bill(self.number, TOKEN))


async def all_of(counter: Counter, ids: list[int]) -> tuple[Payment, ...]:
    """Give payments as the journal has them now."""
    return tuple([await counter.till.payment(each) for each in ids])
