"""What the answer to a status question proves (T11, T12, T14, T15). Pure and total."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from cashier.payment.answers import (
    Answer,
    Delivery,
    Demands,
    Finality,
    Judgement,
    Reason,
    Sent,
    Verdict,
)
from cashier.payment.judging import TROUBLE, fulfil
from cashier.payment.states import Evidence, State


@dataclass(frozen=True, slots=True)
class Asked:
    """A status question: what was paid, under which reference, and what was answered before."""

    sent: Sent
    state: State
    rq_uuid: str
    """The id of the question itself, not of the payment."""
    ref_id: str
    sent_at: int
    """UTC milliseconds at which the payment left."""
    now: int
    """UTC milliseconds of the answer."""
    failed_at: int | None = None
    """UTC milliseconds of an earlier answer "failed" that counted, if there was one."""
    ref_is_hint: bool = False
    """Whether the reference may be somebody else's."""
    bill_left_before: bool = False
    """Whether an earlier payment of the same bill left, which the reference may be of."""
    doubt: Reason | None = None
    """Why the payment is in its state."""
    truly_old: bool = True
    """Whether the monotonic clock, where it saw the sending, agrees that it was long ago."""
    truly_apart: bool = True
    """Whether it agrees, where it saw the earlier failure, that a minute has passed since."""


FAILURE_COUNTS_AFTER_MS: Final = 10 * 60 * 1000
"""Before this age of a payment a status "failed" proves nothing (``payment-states.md``)."""

FAILURES_APART_MS: Final = 60 * 1000
"""Two answers "failed" must lie this far apart to prove that nothing was paid."""

_FAILS_TO: Final[Mapping[State, tuple[State, Reason]]] = {
    State.PROCESSING: (State.UNPAID, Reason.FAILED),
    State.IN_DOUBT: (State.UNPAID, Reason.FAILED),
    State.ESCALATED: (State.UNPAID, Reason.FAILED),
    State.PAID: (State.REFUNDED, Reason.REVERSED),
}
"""Where a failure that is believed leads; money that is gone at Espay needs a document."""

_MONEY_GONE: Final = frozenset({Reason.FIELD_MISSING, Reason.AMOUNT_DIFFERS})
"""Doubts that began with Espay saying that it was paid."""


def judge_status(asked: Asked, answer: Answer, demands: Demands) -> Judgement:
    """Say what the answer to a status question proves; the state stays where nothing is proved.

    T11 needs a final, complete success for our reference. T12, and T15 for what was paid, need
    a listed failure, seen twice, 60 s apart, at least 10 minutes after sending. Absence proves
    nothing.
    """
    if answer.delivery is not Delivery.WHOLE:
        return _stays(asked, answer.trouble or TROUBLE[answer.delivery], answer.detail)
    sent = asked.sent
    if answer.rq_uuid is not None and answer.rq_uuid not in (asked.rq_uuid, sent.rq_uuid):
        return _stays(asked, Reason.OTHER_UUID)
    if answer.ref_id is not None and answer.ref_id != asked.ref_id:
        return _stays(asked, Reason.OTHER_REFERENCE)
    if answer.order_id is not None and answer.order_id != sent.order_id:
        return _stays(asked, Reason.OTHER_NUMBER)
    # The number tells one bill from another, but not two payments of one bill.
    is_ours = answer.rq_uuid == sent.rq_uuid
    told_apart = answer.order_id is not None and not asked.bill_left_before
    if asked.ref_is_hint and not (is_ours or told_apart):
        return _stays(asked, Reason.OTHER_REFERENCE, "hint")
    match answer.verdict:
        case Verdict.UNKNOWN:
            return _stays(asked, answer.trouble or Reason.UNKNOWN_CODE, answer.code or "")
        case Verdict.UNPAID:
            return _judge_failure(asked, answer)
        case Verdict.PAID:  # pragma: no branch -- nor a fourth
            return _judge_success(asked, answer, demands)


def _judge_failure(asked: Asked, answer: Answer) -> Judgement:
    leads = _FAILS_TO.get(asked.state)
    code = answer.code or ""
    gone = asked.state is State.ESCALATED and asked.doubt in _MONEY_GONE
    seen_before = (
        asked.failed_at is not None
        and asked.truly_apart
        and asked.now - asked.failed_at >= FAILURES_APART_MS
    )
    if leads is None or gone or not (_counts(asked) and seen_before):
        return _stays(asked, Reason.FAILED_ONCE, code)
    state, reason = leads
    return Judgement(state, reason, Evidence.STATUS, code, asked.ref_id)


def _counts(asked: Asked) -> bool:
    """Whether a failure may count at all, so long after sending."""
    return asked.truly_old and asked.now - asked.sent_at >= FAILURE_COUNTS_AFTER_MS


def first_failure(asked: Asked, answer: Answer, judgement: Judgement) -> int | None:
    """When the first answer "failed" that counts was seen, after this answer.

    A whole answer that says anything else wipes it out; one that did not arrive whole says
    nothing and leaves it. Gives UTC milliseconds.
    """
    if answer.delivery is not Delivery.WHOLE:
        return asked.failed_at
    if judgement.reason is not Reason.FAILED_ONCE or not _counts(asked):
        return None
    return asked.now if asked.failed_at is None else asked.failed_at


def _judge_success(asked: Asked, answer: Answer, demands: Demands) -> Judgement:
    if answer.finality is not Finality.FINAL:
        in_process = answer.finality is Finality.IN_PROCESS
        return _stays(asked, Reason.IN_PROCESS if in_process else Reason.UNKNOWN_TEXT)
    token, missing = fulfil(asked.sent, answer, demands)
    if missing is None and asked.doubt is Reason.AMOUNT_DIFFERS and not answer.amounts:
        # Silence does not make good what an earlier answer stated differently.
        missing = (Reason.AMOUNT_DIFFERS, "")
    if missing is not None:
        return replace(_stays(asked, *missing), token=token)
    if asked.state is State.PAID:
        return _stays(asked, Reason.PAID)
    return Judgement(State.PAID, Reason.PAID, Evidence.STATUS, "", asked.ref_id, token)


def _stays(asked: Asked, reason: Reason, detail: str = "") -> Judgement:
    return Judgement(asked.state, reason, None, detail, asked.ref_id)
