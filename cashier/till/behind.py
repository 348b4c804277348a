"""Asking goes on behind whatever the operator does, as long as the till stands.

What is due is read from the journal, so that it does not matter which session, alive or dead,
began a payment; each question is asked by one of them.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Final

from cashier.journal.rows import Payment
from cashier.language import Refusal
from cashier.till.asking import Asking
from cashier.till.counter import Counter
from cashier.till.gathering import gather, needs_hints

_LOG: Final = logging.getLogger(__name__)


class Behind:
    """The task that asks what is due."""

    def __init__(
        self,
        counter: Counter,
        asking: Asking,
        watched: Callable[[], Collection[int]],
        tell: Callable[[Payment], None],
    ) -> None:
        """Set up; ``watched`` names payments that somebody else asks about, ``tell`` hears."""
        self._counter = counter
        self._asking = asking
        self._watched = watched
        self._tell = tell
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to ask; asked to begin twice, it goes on."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Stop; a question under way is broken off, and asked again by who comes next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._counter.sleep(await self._next())
            except Refusal as refusal:
                _LOG.warning("asking rests: %s", refusal.key)
                await self._counter.sleep(self._counter.times.look_again_s)

    async def _next(self) -> float:
        """Ask about the payment that is due, if one is; give the seconds until the next look."""
        counter, look_again_s = self._counter, self._counter.times.look_again_s
        await self._plan()
        watched = self._watched()
        due = (one for one in await counter.journal.next_to_ask() if one.id not in watched)
        payment = next(due, None)
        if payment is None or payment.ask_at is None:
            return look_again_s
        wait_s = (payment.ask_at - counter.clock.utc_ms()) / 1000
        if wait_s > 0:
            return min(wait_s, look_again_s)
        await self._look_into(payment)
        return 0

    async def _plan(self) -> None:
        """Plan a question for what an older program, or a killed one, left without."""
        for payment in await self._counter.journal.unscheduled():
            await self._counter.journal.schedule(payment.id, self._counter.clock.utc_ms())

    async def _look_into(self, payment: Payment) -> None:
        try:
            if needs_hints(payment):
                seen = await gather(self._counter, payment.id, payment)
            else:
                seen = await self._asking.ask(payment.id, payment)
        except Refusal as refusal:
            _LOG.warning("payment %d cannot be asked about: %s", payment.id, refusal.key)
            later = round(self._counter.times.look_again_s * 1000)
            later += self._counter.clock.utc_ms()
            seen = await self._counter.journal.schedule(payment.id, later)
        self._tell(seen)
