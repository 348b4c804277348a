"""What is still to be done about a payment, and what may be done now: the follow-up list. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cashier.journal.rows import KeptHint, Payment
from cashier.payment import ASKED_ABOUT, Cash, Circuit, Reason, State, Trip
from cashier.till.asking import can_be_asked
from cashier.till.gathering import needs_hints

UNANSWERED: Final = frozenset(
    {
        Reason.CONNECT_FAILED,
        Reason.CONNECT_TIMEOUT,
        Reason.NAME_NOT_FOUND,
        Reason.TLS_FAILED,
        Reason.RELEASED_TOO_LATE,
        Reason.NO_REPLY,
        Reason.TORN_REPLY,
        Reason.DEADLINE,
        Reason.HTTP_STATUS,
        Reason.NOT_JSON,
        Reason.TOO_LARGE,
    }
)
"""Why a status question brought no answer; said of a question, not of the payment."""


class May(StrEnum):
    """What an operator may do about a payment now."""

    ASK = "ask"
    """Ask Espay for the status: ``Till.ask``."""
    GATHER = "gather"
    """Look for hints, where there is no reference to ask by: ``Till.gather``."""
    ESCALATE = "escalate"
    """Hand it to the supervisor: ``Till.escalate``."""
    RESOLVE = "resolve"
    """Decide it on a document, two people: ``Till.resolve``."""
    RETURN = "return"
    """Hand the cash back: ``Till.returned``."""
    SLIP = "slip"
    """Print what the customer takes home until it is certain."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One open payment, or one whose cash is owed back; times are UTC milliseconds."""

    payment: Payment
    hints: tuple[KeptHint, ...]
    """What speaks for or against it, oldest first; none of it proves anything."""
    may: frozenset[May]
    next_at: int | None
    """When the till asks, or looks for hints, by itself; ``None`` where it will not."""
    earlier: tuple[Payment, ...] = ()
    """Earlier payments of the same bill; told where one payment is looked at (``F37``)."""

    @property
    def last_asked_at(self) -> int | None:
        """When Espay last answered a question about it."""
        return self.payment.asked_at


@dataclass(frozen=True, slots=True)
class Greeting:
    """What an operator has to know before the first sale after a start."""

    recovered: tuple[Payment, ...]
    """What dead sessions had left behind, as this start has settled it."""
    open_payments: int
    owed_back: int
    stopped_by: Trip | None
    """What keeps new payments from being made, where something does."""

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to tell."""
        return self.stopped_by is None and not (
            self.recovered or self.open_payments or self.owed_back
        )


def follow_up(
    payment: Payment, hints: Sequence[KeptHint], earlier: tuple[Payment, ...] = ()
) -> FollowUp:
    """Say what is known of a payment and what may be done about it now."""
    own = tuple(hint for hint in hints if hint.payment_id == payment.id)
    return FollowUp(payment, own, frozenset(_may(payment)), payment.ask_at, earlier)


def _may(payment: Payment) -> Iterable[May]:
    if payment.cash is Cash.OWED_BACK:
        yield May.RETURN
        return
    if can_be_asked(payment):
        yield May.ASK
    if needs_hints(payment):
        yield May.GATHER
    if payment.state in ASKED_ABOUT:
        yield May.ESCALATE
    if payment.state.is_open and payment.state not in (State.PREPARED, State.SENT):
        yield from (May.RESOLVE, May.SLIP)


def greeting(
    recovered: tuple[Payment, ...],
    open_payments: Sequence[Payment],
    owed_back: Sequence[Payment],
    circuit: Circuit,
) -> Greeting:
    """Put together what is told after a start."""
    return Greeting(recovered, len(open_payments), len(owed_back), circuit.trip)
