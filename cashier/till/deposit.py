"""Is there enough deposit for a sale? A question of courtesy: Espay decides (answer 800)."""

import asyncio
from collections.abc import Awaitable, Callable

from cashier.clock import Clock
from cashier.espay.wire import BalanceReply
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.till.times import TillTimes


class DepositShort(Refusal):
    """The deposit at Espay does not cover the bill."""

    def __init__(self, have: Rupiah, need: Rupiah) -> None:
        """Remember what is there and what the sale needs."""
        super().__init__("till.deposit_short", have=str(have), need=str(need))


class Deposit:
    """The deposit as Espay last told it; unknown is a value, and never stops a sale."""

    def __init__(
        self, read: Callable[[], Awaitable[BalanceReply]], clock: Clock, times: TillTimes
    ) -> None:
        """Keep ``read``, which asks Espay and journals the exchange."""
        self._read = read
        self._clock = clock
        self._times = times
        self._known: Rupiah | None = None
        self._known_at = 0.0

    @property
    def known(self) -> Rupiah | None:
        """What Espay last said, or ``None`` where it is unknown or too old to be believed."""
        age = self._clock.monotonic() - self._known_at
        return self._known if age <= self._times.deposit_fresh_s else None

    async def refresh(self) -> Rupiah | None:
        """Ask Espay; a slow or unreadable answer makes the deposit unknown (``gaps.md 5``)."""
        try:
            async with asyncio.timeout(self._times.deposit_wait_s):
                reply = await self._read()
        except TimeoutError:
            self.forget()
            return None
        self._known = reply.balance
        self._known_at = self._clock.monotonic()
        return self._known

    def forget(self) -> None:
        """Stop believing the figure, for example because a payment has drawn on it."""
        self._known = None

    async def require(self, need: Rupiah) -> None:
        """Make sure that a known deposit covers the bill (T1).

        Raises:
            DepositShort: The deposit is known and too small.
        """
        have = self.known
        if have is None or have < need:
            have = await self.refresh()
        if have is not None and have < need:
            raise DepositShort(have, need)

    async def freshen(self) -> None:
        """Ask Espay unless the figure is still believed."""
        if self.known is None:
            await self.refresh()
