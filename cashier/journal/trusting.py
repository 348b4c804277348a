"""The journal as something to be trusted, or not: its alarm, and the person who accepts it.

``Journal`` inherits this. An alarm is raised at the opening, or by a backup that does not
verify. Damage stays until the journal is restored; a journal that is only not the one last seen
may be accepted, and every session that stands on it goes on then without a restart.
"""

from typing import Final

import apsw

from cashier.journal.anchor import check_anchor
from cashier.journal.chain import Head
from cashier.journal.errors import Untrusted
from cashier.journal.fields import first
from cashier.journal.file_errors import (
    JournalFailed,
    NotAcceptable,
    NothingToAccept,
    Unsigned,
)
from cashier.journal.findings import REPLACED, Finding
from cashier.journal.look_ups import LookUps
from cashier.journal.outside import Outside
from cashier.journal.sessions import Session
from cashier.journal.transaction import Transaction
from cashier.journal.writer import Writer

ACCEPTED_SINCE: Final = """
    SELECT seq FROM event
    WHERE kind = 'accepted' AND seq > (SELECT seq FROM session WHERE token = :session)
    LIMIT 1
"""
"""Walks the events of this session's time, and only while an alarm stands."""

_ACCEPTED: Final = "accepted"


class Trusting(LookUps):
    """Whether new payments may be journalled here."""

    alarm: Finding | None
    """What speaks against trusting the journal; while it stands nothing is prepared."""
    _writer: Writer
    _session: Session
    _outside: Outside

    def check_trust(self) -> None:
        """Make sure that new payments may be journalled here.

        Raises:
            Untrusted: It is not the journal that was last seen, or it is damaged.
            JournalFailed: It failed before; only a new start may go on.
            NoBlackBox: A reply that it cannot keep would have no other place.
        """
        if self.alarm is not None:
            raise Untrusted(self.alarm.flaw.value)
        if self._writer.failed is not None:
            raise JournalFailed(self._writer.failed)
        self._outside.check()

    async def look_again(self) -> None:
        """Let an alarm go that a person has ended elsewhere, with ``cashier journal accept``.

        Both have to be so: the acceptance stands in the journal, written since this session
        began, and the journal follows from the anchor now.
        """
        alarm = self.alarm
        if alarm is None or alarm.flaw not in REPLACED:
            return
        ended = await self._look(self._is_accepted)
        if ended and self.alarm is alarm:  # a backup may have raised another meanwhile
            self.alarm = None

    def _is_accepted(self, connection: apsw.Connection) -> bool:
        if first(connection, ACCEPTED_SINCE, {"session": self._session.token}) is None:
            return False
        anchor = self._outside.anchor
        return anchor is None or check_anchor(connection, anchor) is None

    async def accept(self, by: str, reason: str) -> Finding:
        """Take the journal as it is for the one to go on with, because a person says so.

        Who it was and why becomes an event, and the chain's end the new anchor; from then on
        payments may be prepared again, here and in every session that stands.

        Raises:
            Unsigned: Nobody, or no reason, was named.
            NothingToAccept, NotAcceptable: No alarm stands, or it tells of damage.
            JournalBusy, JournalFailed, OutputFailed: It cannot be written.
        """
        alarm = self.alarm
        if not by or not reason:
            raise Unsigned
        if alarm is None:
            raise NothingToAccept
        if alarm.flaw not in REPLACED:
            raise NotAcceptable(alarm.flaw.value)

        def work(transaction: Transaction) -> Head:
            body = {"flaw": alarm.flaw.value, "at_event": alarm.seq, "by": by, "reason": reason}
            transaction.note(_ACCEPTED, body)
            return transaction.head

        head = await self._writer.run(work)
        await self._outside.accept(head)
        self.alarm = None
        return alarm
