"""States, evidence, cash, and the changes of state there are (``payment-states.md``). Data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a payment stands (``payment-states.md``, States)."""

    PREPARED = "prepared"
    SENT = "sent"
    PROCESSING = "processing"
    IN_DOUBT = "in_doubt"
    INCOMPLETE = "incomplete"
    ESCALATED = "escalated"
    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDED = "refunded"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be found out."""
        return self not in FINAL_STATES


FINAL_STATES: Final = frozenset({State.PAID, State.UNPAID, State.REFUNDED})


ASKED_ABOUT: Final = frozenset({State.PROCESSING, State.IN_DOUBT, State.INCOMPLETE})
"""Open states in which the till itself goes on finding out."""


class Evidence(StrEnum):
    """Why a payment is in its final state (``payment-states.md``, Evidence)."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    REPLY = "reply"
    STATUS = "status"
    DOCUMENT = "document"


class Escalation(StrEnum):
    """Why a payment was handed to the supervisor (T13)."""

    ASKED_A_DAY = "asked_a_day"
    """Espay was asked for 24 hours."""
    NO_REFERENCE = "no_reference"
    """There is no reference to ask by, and the hints are gathered."""
    BY_HAND = "by_hand"
    """Somebody took it there."""


class Cash(StrEnum):
    """Where the customer's money is."""

    HELD = "held"
    EARNED = "earned"
    OWED_BACK = "owed_back"
    RETURNED = "returned"


def cash_of(state: State, returned: bool) -> Cash:
    """Where the cash of a payment is; it follows from the state and from the hand-over."""
    if state in (State.UNPAID, State.REFUNDED):
        return Cash.RETURNED if returned else Cash.OWED_BACK
    return Cash.EARNED if state is State.PAID else Cash.HELD


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed change of state, with its name in ``payment-states.md``."""

    name: str
    before: State
    after: State
    evidence: Evidence | None = None
    """What must be at hand; ``None`` where the state after is open."""


def _transitions() -> tuple[Transition, ...]:
    s, e = State, Evidence
    return (
        Transition("T2", s.PREPARED, s.SENT),
        Transition("T3", s.PREPARED, s.UNPAID, e.NOT_SENT),
        Transition("T3b", s.SENT, s.UNPAID, e.NOT_SENT),
        Transition("T5", s.SENT, s.PAID, e.REPLY),
        Transition("T6", s.SENT, s.PROCESSING),
        Transition("T7", s.SENT, s.INCOMPLETE),
        Transition("T8", s.SENT, s.UNPAID, e.REFUSED),
        Transition("T9", s.SENT, s.IN_DOUBT),
        Transition("T11", s.PROCESSING, s.PAID, e.STATUS),
        Transition("T11", s.IN_DOUBT, s.PAID, e.STATUS),
        Transition("T11", s.INCOMPLETE, s.PAID, e.STATUS),
        Transition("T12", s.PROCESSING, s.UNPAID, e.STATUS),
        Transition("T12", s.IN_DOUBT, s.UNPAID, e.STATUS),
        Transition("T13", s.PROCESSING, s.ESCALATED),
        Transition("T13", s.IN_DOUBT, s.ESCALATED),
        Transition("T13", s.INCOMPLETE, s.ESCALATED),
        Transition("T14", s.ESCALATED, s.PAID, e.STATUS),
        Transition("T14", s.ESCALATED, s.PAID, e.DOCUMENT),
        Transition("T14", s.ESCALATED, s.UNPAID, e.STATUS),
        Transition("T14", s.ESCALATED, s.UNPAID, e.DOCUMENT),
        Transition("T15", s.PAID, s.REFUNDED, e.DOCUMENT),
        Transition("T15", s.PAID, s.REFUNDED, e.STATUS),
        Transition("T15", s.PROCESSING, s.REFUNDED, e.DOCUMENT),
        Transition("T15", s.PROCESSING, s.REFUNDED, e.STATUS),
        Transition("T16", s.IN_DOUBT, s.PAID, e.REPLY),
        Transition("T16", s.ESCALATED, s.PAID, e.REPLY),
    )


TRANSITIONS: Final = _transitions()
"""All changes of state there are; T1 makes the row, T4 and T10 share the row of T9."""


def road_by_document(state: State, outcome: State) -> tuple[State, ...] | None:
    """Give the states that a document leads through to an outcome; ``None`` where none leads.

    The first step may be T13, because whoever resolves a payment takes it over; a refund of
    what was never seen paid goes by way of ``paid`` (T14, T15).
    """
    roads: list[tuple[State, ...]] = [(state,)]
    for road in roads:
        if road[-1] is outcome:
            return road[1:]
        roads += [(*road, each.after) for each in TRANSITIONS if _leads_on(road, each)]
    return None


def _leads_on(road: tuple[State, ...], step: Transition) -> bool:
    by_document = step.evidence is Evidence.DOCUMENT or step.after is State.ESCALATED
    return step.before is road[-1] and by_document and step.after not in road
