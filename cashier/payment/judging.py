"""What the answer to a payment proves (T3 to T9). Pure and total."""

from collections.abc import Mapping
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
from cashier.payment.numbers import find_number
from cashier.payment.states import Evidence, State

TROUBLE: Final[Mapping[Delivery, Reason]] = {
    Delivery.NOT_SENT: Reason.CONNECT_FAILED,
    Delivery.UNAUTHORISED: Reason.UNAUTHORISED,
    Delivery.UNUSABLE: Reason.TORN_REPLY,
}
"""What went wrong where an answer does not say it."""


def judge(sent: Sent, answer: Answer, demands: Demands) -> Judgement:
    """Say what the answer to a payment proves. Pure and total: every answer has a state.

    The order of the questions is the order of trust: did anything leave, is it a whole answer
    to this very request, what does its code say about the money, is it final, is it complete.
    """
    match answer.delivery:
        case Delivery.NOT_SENT:
            reason = answer.trouble or TROUBLE[answer.delivery]
            return Judgement(State.UNPAID, reason, Evidence.NOT_SENT, answer.detail)
        case Delivery.UNAUTHORISED:
            return Judgement(State.UNPAID, Reason.UNAUTHORISED, Evidence.REFUSED, answer.detail)
        case Delivery.UNUSABLE:
            return _doubt(answer, answer.trouble or TROUBLE[answer.delivery], answer.detail)
        case Delivery.WHOLE:  # pragma: no branch -- mypy proves there is no fifth
            return _judge_whole(sent, answer, demands)


def _judge_whole(sent: Sent, answer: Answer, demands: Demands) -> Judgement:
    if answer.rq_uuid is not None and answer.rq_uuid != sent.rq_uuid:
        return _doubt(answer, Reason.OTHER_UUID)
    if answer.order_id is not None and answer.order_id != sent.order_id:
        return _doubt(answer, Reason.OTHER_NUMBER)
    code = answer.code or ""
    match answer.verdict:
        case Verdict.UNPAID:
            return Judgement(State.UNPAID, Reason.REFUSED_BY_CODE, Evidence.REFUSED, code)
        case Verdict.UNKNOWN:
            return _doubt(answer, answer.trouble or Reason.UNKNOWN_CODE, code)
        case Verdict.PAID:  # pragma: no branch -- nor a fourth
            return _judge_accepted(sent, answer, demands)


def _judge_accepted(sent: Sent, answer: Answer, demands: Demands) -> Judgement:
    if not answer.ref_id:
        return _doubt(answer, Reason.NO_REFERENCE)
    if answer.finality is not Finality.FINAL:
        in_process = answer.finality is Finality.IN_PROCESS
        reason = Reason.IN_PROCESS if in_process else Reason.UNKNOWN_TEXT
        return Judgement(State.PROCESSING, reason, ref_id=answer.ref_id)
    token, missing = fulfil(sent, answer, demands)
    if missing is not None:
        reason, detail = missing
        return Judgement(State.INCOMPLETE, reason, None, detail, answer.ref_id, token)
    return Judgement(State.PAID, Reason.PAID, Evidence.REPLY, "", answer.ref_id, token)


def _doubt(answer: Answer, reason: Reason, detail: str = "") -> Judgement:
    """In doubt; a reference counts as ours only where the whole answer speaks of our payment."""
    foreign = reason in (Reason.OTHER_UUID, Reason.OTHER_NUMBER)
    hint = bool(answer.ref_id) and (foreign or answer.delivery is not Delivery.WHOLE)
    return Judgement(State.IN_DOUBT, reason, None, detail, answer.ref_id or None, ref_is_hint=hint)


def fulfil(
    sent: Sent, answer: Answer, demands: Demands
) -> tuple[str | None, tuple[Reason, str] | None]:
    """Find the demanded number; give it, and what is missing or differs, if anything."""
    token: str | None = None
    missing: tuple[Reason, str] | None = None
    for demand in demands.numbers:
        found = find_number(demand, answer.facts, sent.data_values)
        if found is None:
            missing = (Reason.FIELD_MISSING, demand.name)
        token = found or token
    differs = any(amount != sent.amount for amount in answer.amounts)
    if demands.reply_amount == "compare" and differs:
        missing = (Reason.AMOUNT_DIFFERS, "")
    return token, missing
