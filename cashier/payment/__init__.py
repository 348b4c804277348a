"""The law of a payment: states, evidence, transitions, and what an answer proves. Pure.

The source of every rule here is ``payment-states.md``. Nothing in this package does I/O, reads
a clock, or knows how Espay spells things: ``cashier.espay`` turns bytes into an ``Answer``,
``judge`` says what that answer proves, and the journal refuses whatever ``TRANSITIONS`` lacks.

The first screen needs hardly more than the states: everything is loaded when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cashier.payment.answers import (
        Answer,
        Delivery,
        Demand,
        Demands,
        Finality,
        Judgement,
        Reason,
        Sent,
        Verdict,
    )
    from cashier.payment.asked import (
        FAILURE_COUNTS_AFTER_MS,
        FAILURES_APART_MS,
        Asked,
        first_failure,
        judge_status,
    )
    from cashier.payment.circuit import MOST_DOUBTS, Circuit, Trip
    from cashier.payment.hints import Hint, hint_of_deposit, hints_in
    from cashier.payment.judging import judge
    from cashier.payment.numbers import find_number
    from cashier.payment.pause import rest_s
    from cashier.payment.schedule import ASKING, GATHERING, Schedule
    from cashier.payment.states import (
        ASKED_ABOUT,
        FINAL_STATES,
        TRANSITIONS,
        Cash,
        Escalation,
        Evidence,
        State,
        Transition,
        cash_of,
        road_by_document,
    )

__all__ = [
    "ASKED_ABOUT",
    "ASKING",
    "FAILURES_APART_MS",
    "FAILURE_COUNTS_AFTER_MS",
    "FINAL_STATES",
    "GATHERING",
    "MOST_DOUBTS",
    "TRANSITIONS",
    "Answer",
    "Asked",
    "Cash",
    "Circuit",
    "Delivery",
    "Demand",
    "Demands",
    "Escalation",
    "Evidence",
    "Finality",
    "Hint",
    "Judgement",
    "Reason",
    "Schedule",
    "Sent",
    "State",
    "Transition",
    "Trip",
    "Verdict",
    "cash_of",
    "find_number",
    "first_failure",
    "hint_of_deposit",
    "hints_in",
    "judge",
    "judge_status",
    "rest_s",
    "road_by_document",
]

_LATER: Final = {
    "Answer": "answers",
    "Delivery": "answers",
    "Demand": "answers",
    "Demands": "answers",
    "Finality": "answers",
    "Judgement": "answers",
    "Reason": "answers",
    "Sent": "answers",
    "Verdict": "answers",
    "FAILURE_COUNTS_AFTER_MS": "asked",
    "FAILURES_APART_MS": "asked",
    "Asked": "asked",
    "first_failure": "asked",
    "judge_status": "asked",
    "MOST_DOUBTS": "circuit",
    "Circuit": "circuit",
    "Trip": "circuit",
    "Hint": "hints",
    "hint_of_deposit": "hints",
    "hints_in": "hints",
    "judge": "judging",
    "find_number": "numbers",
    "rest_s": "pause",
    "ASKING": "schedule",
    "GATHERING": "schedule",
    "Schedule": "schedule",
    "ASKED_ABOUT": "states",
    "FINAL_STATES": "states",
    "TRANSITIONS": "states",
    "Cash": "states",
    "Escalation": "states",
    "Evidence": "states",
    "State": "states",
    "Transition": "states",
    "cash_of": "states",
    "road_by_document": "states",
}
"""What stands in which module."""


def __getattr__(name: str) -> object:
    """Load what somebody asks for (start-up speed, DESIGN 10)."""
    if name not in _LATER:
        raise AttributeError(name)
    found: object = getattr(import_module(f"cashier.payment.{_LATER[name]}"), name)
    globals()[name] = found
    return found
