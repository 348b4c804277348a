"""What is kept of an open journal outside its folder: the anchor, and this session's black box."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cashier.clock import Clock
from cashier.journal.anchor import Anchor, write_anchor
from cashier.journal.blackbox import BlackBox, Boxed, set_aside
from cashier.journal.chain import Head
from cashier.journal.file_errors import NoBlackBox, OutputFailed
from cashier.journal.keeping import masked
from cashier.journal.masking import mask_for
from cashier.journal.rows import NewMessage
from cashier.journal.sessions import Locks

_LOG: Final = logging.getLogger("cashier.journal")


@dataclass(slots=True)
class Outside:
    """Anchor and black box of one session."""

    journal: str
    """The journal's id."""
    path: Path
    anchor: Path | None
    boxes: Path
    box: BlackBox | None
    locks: Locks
    clock: Clock
    _anchored: Head | None = field(default=None, init=False)

    def check(self) -> None:
        """Make sure that there is a black box.

        Raises:
            NoBlackBox: There is none.
        """
        if self.box is None:
            raise NoBlackBox(self.boxes)

    async def note(self, head: Head) -> None:
        """Keep the chain's end, unless it was kept before.

        Raises:
            OutputFailed: It cannot be written.
            JournalBusy: Another session holds the anchor and does not come to an end.
        """
        if head != self._anchored:
            await self._write(head, anew=False)

    async def accept(self, head: Head) -> None:
        """Make this the end that counts, whatever was seen before; boxes left over step aside.

        Raises:
            OutputFailed, JournalBusy: As for ``note``.
        """
        await self._write(head, anew=True)
        try:
            await asyncio.to_thread(set_aside, self.boxes, self.path, self.locks.is_free)
        except OSError as error:
            raise OutputFailed(self.boxes, error.strerror or type(error).__name__) from error

    async def box_up(self, payment_id: int, reply: NewMessage, *, is_card: bool) -> None:
        """Put a reply into the black box; what goes wrong is logged, since nothing is left."""
        if self.box is None:
            return
        mask = mask_for(reply.request.get("order_id"), is_card=is_card)
        boxed = Boxed(self.journal, payment_id, masked(reply, mask))
        try:
            await asyncio.to_thread(self.box.keep, boxed)
        except OutputFailed as refusal:
            _LOG.error("the black box: %s", refusal.values)

    def leave(self) -> None:
        """Let go of the black box."""
        if self.box is not None:
            self.box.leave()

    async def _write(self, head: Head, *, anew: bool) -> None:
        if self.anchor is None:
            return
        anchor = Anchor(self.journal, head.seq, head.hash, self.clock.utc_ms())
        await asyncio.to_thread(write_anchor, self.anchor, self.locks, anchor, anew=anew)
        self._anchored = head
