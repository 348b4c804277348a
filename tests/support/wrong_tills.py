"""Journals that stand still at a moment, and tills with a known defect, for proofs of proofs."""

import asyncio
from collections.abc import Mapping
from typing import Final

from cashier.journal import Journal
from cashier.journal.rows import NewMessage, NewPayment, Payment
from tests.support.dying_till import die

_LATE_S: Final = 0.3


class Halting(Journal):
    """The real journal, at which each sale stands still right after one of its commits.

    When all of them do, the process dies.
    """

    moments: Mapping[str, str] = {}
    """Customer numbers, and ``prepared``, ``sent`` or ``kept``."""
    standing = 0

    async def prepare(self, new: NewPayment, **more: int) -> Payment:
        payment = await super().prepare(new, **more)
        await self._halt(payment, "prepared")
        return payment

    async def mark_sent(self, payment_id: int) -> None:
        await super().mark_sent(payment_id)
        await self._halt(await self.payment(payment_id), "sent")

    async def keep_reply(self, payment_id: int, reply: NewMessage) -> None:
        await super().keep_reply(payment_id, reply)
        await self._halt(await self.payment(payment_id), "kept")

    async def _halt(self, payment: Payment, moment: str) -> None:
        if self.moments[payment.quote.number] == moment:
            Halting.standing += 1
            if Halting.standing == len(self.moments):
                die()
            await asyncio.Event().wait()


class CommitsAfterSending(Journal):
    """Defect: lets the bytes leave first, and marks the payment as sent a moment later."""

    async def mark_sent(self, payment_id: int) -> None:
        self._late = asyncio.create_task(self._mark_late(payment_id))

    async def keep_reply(self, payment_id: int, reply: NewMessage) -> None:
        await self._late
        await super().keep_reply(payment_id, reply)

    async def _mark_late(self, payment_id: int) -> None:
        await asyncio.sleep(_LATE_S)
        await super().mark_sent(payment_id)


class ForgetsFailures(Journal):
    """Defect: goes on paying after the disk has failed."""

    def check_trust(self) -> None:
        self._writer.failed = None


WRONG: Final[Mapping[str, type[Journal]]] = {
    "commits after sending": CommitsAfterSending,
    "forgets failures": ForgetsFailures,
}
