"""T13 to T15 by people: a payment is handed to the supervisor, and decided on a document.

Whatever was decided before stays as it is: a document that shows a final payment to have been
otherwise becomes a correction beside it, with the loss that the shop has by it (F78).
"""

from typing import Final

from cashier.journal.clearing import person, worded
from cashier.journal.errors import NotEscalatable, NotResolvable, SamePerson
from cashier.journal.fields import Values
from cashier.journal.looking import payment_of
from cashier.journal.rows import Decision, Payment, Resolution
from cashier.journal.schema import CORRECTION, PAYMENT
from cashier.journal.settling import conclude
from cashier.journal.transaction import Transaction
from cashier.payment import (
    ASKED_ABOUT,
    Escalation,
    Evidence,
    Judgement,
    Reason,
    State,
    road_by_document,
)

_ESCALATE: Final = """
    UPDATE payment SET
        seq = :seq, state = 'escalated', ask_at = NULL,
        escalated_at = :at, escalated_for = :why, escalated_by = :by
    WHERE id = :key
"""
_CORRECT: Final = """
    INSERT INTO correction (
        seq, payment_id, at, found, loss_sen, document, resolved_by, approved_by
    ) VALUES (
        :seq, :payment_id, :at, :found, :loss_sen, :document, :resolved_by, :approved_by
    )
"""


def escalate(
    transaction: Transaction, payment: Payment, why: Escalation, by: str | None = None
) -> None:
    """Hand a payment to the supervisor (T13); why it is open stays what it was.

    Handed over by hand where nobody is named, it was the transaction's operator.

    Raises:
        NotEscalatable: The payment is not in a state that leads there.
        NameNeeded: The name is none.
    """
    if payment.state not in ASKED_ABOUT:
        raise NotEscalatable(payment)
    operator = transaction.operator if why is Escalation.BY_HAND else None
    values: Values = {
        "at": transaction.at,
        "why": why.value,
        "by": operator if by is None else person(transaction, by),
    }
    transaction.update(PAYMENT, payment.id, _ESCALATE, values, "escalated", payment.id)


def decide(
    transaction: Transaction, payment: Payment, decision: Decision, environment: str
) -> None:
    """Bring a payment to what a document shows, step by step as the law has it (T13 to T15).

    Raises:
        NotResolvable: No document leads there from where the payment stands.
        SamePerson: The two are one, or one of them sold.
        NameNeeded: A name, or the document's number, is none.
    """
    if (payment.state, decision.outcome) == (State.UNPAID, State.PAID):
        _correct(transaction, payment, decision)
        return
    road = road_by_document(payment.state, decision.outcome)
    if not road:
        raise NotResolvable(payment, decision.outcome)
    resolution = _agreed(transaction, payment, decision)
    for state in road:
        if state is State.ESCALATED:
            escalate(transaction, payment, Escalation.BY_HAND, decision.by)
        else:
            _take(
                transaction,
                payment,
                Judgement(state, Reason.DOCUMENTED, Evidence.DOCUMENT, token=decision.token),
                resolution,
            )
        payment = payment_of(transaction.connection, payment.id, environment)


def _take(
    transaction: Transaction, payment: Payment, judgement: Judgement, resolution: Resolution
) -> None:
    conclude(transaction, payment, payment.state, judgement, None, _nobody, resolution)


def _nobody(_: str) -> bool:
    """Tell that no session is free: a document says nothing of what a session was doing."""
    return False


def _agreed(transaction: Transaction, payment: Payment, decision: Decision) -> Resolution:
    names = [payment.operator.upper()]
    for name in (decision.by, decision.second):
        if worded(name).upper() in names:
            raise SamePerson(worded(name).upper())
        names.append(worded(name).upper())
    by, second = person(transaction, decision.by), person(transaction, decision.second)
    transaction.operator = by
    return Resolution(worded(decision.document), by, second)


def _correct(transaction: Transaction, payment: Payment, decision: Decision) -> None:
    resolution = _agreed(transaction, payment, decision)
    values = {
        "payment_id": payment.id,
        "at": transaction.at,
        "found": decision.outcome.value,
        # Espay has taken this; the cash goes back, or went back, to the customer.
        "loss_sen": payment.quote.espay_amount.sen,
        "document": resolution.document,
        "resolved_by": resolution.resolved_by,
        "approved_by": resolution.approved_by,
    }
    transaction.insert(CORRECTION, _CORRECT, values, "corrected", payment.id)
