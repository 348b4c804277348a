"""T3 to T12, T15 and T16: what an answer proves is written once, by who may write it.

While a payment is ``prepared`` or ``sent`` it belongs to the session that began it. Another
session may only say, once that session's lock is free, what the dead one left known: that
nothing left (T3), what a whole kept reply proves (T4 to T8), or that it is in doubt (T10).
That nothing left after ``sent`` (T3b), and a late reply (T16), only the own session can say.
"""

from collections.abc import Callable, Iterable
from typing import Final

from cashier.journal.clearing import note_doubts
from cashier.journal.errors import NothingOwed, NotOurs, StateMoved
from cashier.journal.fields import Fields, Values, first
from cashier.journal.keeping import keep_message
from cashier.journal.masking import Mask, mask_for
from cashier.journal.rows import NewMessage, Payment, Resolution
from cashier.journal.schema import HINT, PAYMENT
from cashier.journal.transaction import Transaction
from cashier.payment import (
    ASKED_ABOUT,
    ASKING,
    GATHERING,
    Cash,
    Evidence,
    Hint,
    Judgement,
    State,
    hints_in,
)

OWNER: Final = "SELECT session_token FROM payment WHERE id = :id"
WHOLE_REPLY: Final = """
    SELECT message.id FROM message JOIN payment ON payment.id = message.payment_id
    WHERE message.payment_id = :id AND message.rq_uuid = payment.rq_uuid AND whole = 1
"""

_CONCLUDE: Final = """
    UPDATE payment SET
        seq = :seq,
        state = :state, evidence = :evidence, reason = :reason, detail = :detail,
        paid_at = CASE WHEN :state = 'paid' THEN :at ELSE paid_at END,
        final_at = CASE WHEN :evidence IS NULL THEN NULL ELSE :at END,
        document = :document, resolved_by = :resolved_by, approved_by = :approved_by,
        ref_id = CASE
            WHEN evidence IS NOT NULL OR :ref_id IS NULL THEN ref_id
            WHEN ref_id IS NOT NULL AND ref_hint < :hint THEN ref_id
            ELSE :ref_id
        END,
        ref_hint = CASE
            WHEN evidence IS NOT NULL OR :ref_id IS NULL THEN ref_hint
            WHEN ref_id IS NOT NULL AND ref_hint < :hint THEN ref_hint
            ELSE :hint
        END,
        token = CASE WHEN evidence IS NULL THEN ifnull(:token, token) ELSE token END,
        asked = asked + :asked,
        asked_at = CASE WHEN :asked THEN :at ELSE asked_at END,
        asked_reason = CASE WHEN :asked THEN :reason ELSE asked_reason END,
        asked_detail = CASE WHEN :asked THEN :detail ELSE asked_detail END,
        ask_at = CASE WHEN :asks THEN ifnull(:ask_at, ask_at) END,
        asking_since = ifnull(asking_since, CASE WHEN :asks THEN :at END)
    WHERE id = :key
"""
_LEARN: Final = """
    UPDATE payment SET
        seq = :seq,
        ref_id = CASE WHEN ref_id IS NULL OR ref_hint > :hint THEN :ref_id ELSE ref_id END,
        ref_hint = CASE WHEN ref_id IS NULL OR ref_hint > :hint THEN :hint ELSE ref_hint END,
        token = ifnull(token, :token),
        ask_at = CASE WHEN state = 'escalated' THEN NULL ELSE :ask_at END
    WHERE id = :key
"""
_ASKED: Final = """
    UPDATE payment SET
        seq = :seq, asked = asked + 1,
        asked_at = :at, asked_reason = :reason, asked_detail = :detail,
        token = ifnull(:token, token),
        ask_at = :ask_at, failed_at = :failed_at
    WHERE id = :key
"""
_NEW_HINT: Final = """
    INSERT INTO hint (seq, payment_id, at, kind, detail)
    VALUES (:seq, :payment_id, :at, :kind, :detail)
"""
SAME_HINT: Final = """
    SELECT id FROM hint WHERE payment_id = :payment_id AND kind = :kind AND detail = :detail
"""
_SCHEDULE: Final = "UPDATE payment SET seq = :seq, ask_at = :ask_at WHERE id = :key"
_RETURN: Final = """
    UPDATE payment SET seq = :seq, returned_at = :at, returned_by = :operator WHERE id = :key
"""
IsFree = Callable[[str], bool]
"""Tells whether the lock of a session, named by its token, is held by nobody."""


def keep_reply(transaction: Transaction, payment: Payment, reply: NewMessage) -> None:
    """Keep what came back for a payment before anything is made of it (T4)."""
    keep_message(transaction, reply, mask=mask_of(payment), payment_id=payment.id)


def mask_of(payment: Payment) -> Mask | None:
    """Give the mask of a card's payment, from what the journal still knows of the card."""
    return mask_for(payment.quote.number, is_card=True) if payment.quote.is_card else None


def conclude(
    transaction: Transaction,
    payment: Payment,
    expected: State,
    judgement: Judgement,
    ask_at: int | None,
    is_free: IsFree,
    resolution: Resolution | None = None,
) -> None:
    """Write what was judged: state, evidence, reason, reference and token at once.

    A reference that is only a hint never takes the place of a sure one.

    Raises:
        StateMoved: The row is not in the expected state any more.
        NotOurs: Only the session that began the payment may say this.
    """
    if payment.state is not expected:
        raise StateMoved(payment)
    _check_may_say(transaction, payment, judgement, is_free)
    transaction.update(
        PAYMENT,
        payment.id,
        _CONCLUDE,
        {
            **_resolved(resolution),
            "at": transaction.at,
            "state": judgement.state.value,
            "evidence": None if judgement.evidence is None else judgement.evidence.value,
            "reason": judgement.reason.value,
            "detail": judgement.detail,
            "ref_id": judgement.ref_id,
            "hint": int(judgement.ref_is_hint),
            "token": judgement.token,
            "asked": int(judgement.evidence is Evidence.STATUS),
            "asks": int(judgement.state in ASKED_ABOUT),
            "ask_at": ask_at or _first_question(payment, judgement, transaction.at),
        },
        judgement.state.value,
        payment.id,
    )
    keep_hints(transaction, payment.id, hints_in(judgement))
    if judgement.state is State.IN_DOUBT:
        note_doubts(transaction)


def _first_question(payment: Payment, judgement: Judgement, now: int) -> int | None:
    """When the law asks first about a state just reached; no open payment is left without."""
    if judgement.state not in ASKED_ABOUT or payment.state in ASKED_ABOUT:
        return None
    schedule = GATHERING if judgement.ref_id is None else ASKING
    return schedule.next_at(now, now)


def keep_hints(
    transaction: Transaction, payment_id: int, found: Iterable[tuple[Hint, str]]
) -> None:
    """Keep what speaks for or against a payment; what is known already is not kept again."""
    for kind, detail in found:
        values: Values = {
            "payment_id": payment_id,
            "at": transaction.at,
            "kind": kind.value,
            "detail": detail,
        }
        if first(transaction.connection, SAME_HINT, values) is None:
            transaction.insert(HINT, _NEW_HINT, values, "hint", payment_id)


def learn(transaction: Transaction, payment: Payment, judgement: Judgement) -> None:
    """Keep what an original reply told that came when the payment had been given up on.

    It moves nothing: reference and token are kept where there were none, and the payment is
    asked about at once.
    """
    keep_hints(transaction, payment.id, [(Hint.LATE_REPLY, judgement.reason.value)])
    if not payment.state.is_open or judgement.ref_id is None:
        return
    values: Values = {
        "ref_id": judgement.ref_id,
        "hint": int(judgement.ref_is_hint),
        "token": judgement.token,
        "ask_at": transaction.at,
    }
    transaction.update(PAYMENT, payment.id, _LEARN, values, "late_reply", payment.id)


def _resolved(resolution: Resolution | None) -> Values:
    return {
        "document": None if resolution is None else resolution.document,
        "resolved_by": None if resolution is None else resolution.resolved_by,
        "approved_by": None if resolution is None else resolution.approved_by,
    }


def _check_may_say(
    transaction: Transaction, payment: Payment, judgement: Judgement, is_free: IsFree
) -> None:
    owner = _owner(transaction, payment.id)
    if owner == transaction.session:
        return
    match payment.state:
        case State.PREPARED:
            may = judgement.evidence is Evidence.NOT_SENT and is_free(owner)
        case State.SENT:
            may = _is_left_known(transaction, payment, judgement) and is_free(owner)
        case _:
            may = judgement.evidence is not Evidence.REPLY
    if not may:
        raise NotOurs(payment.id)


def _is_left_known(transaction: Transaction, payment: Payment, judgement: Judgement) -> bool:
    """Tell whether a dead session left enough for this judgement of a ``sent`` payment."""
    if judgement.state is State.IN_DOUBT:
        return True
    reply = first(transaction.connection, WHOLE_REPLY, {"id": payment.id})
    return judgement.evidence is not Evidence.NOT_SENT and reply is not None


def _owner(transaction: Transaction, payment_id: int) -> str:
    row = first(transaction.connection, OWNER, {"id": payment_id})
    return "" if row is None else Fields(row).text("session_token")


def note_asked(
    transaction: Transaction,
    payment: Payment,
    answer: NewMessage,
    judgement: Judgement,
    ask_at: int | None,
    failed_at: int | None,
) -> None:
    """Keep a status question that decided nothing, and when to ask next.

    Why the payment is in its state stays what it was. A token that came along is kept.

    Raises:
        StateMoved: The row is not in the judged state any more.
    """
    if payment.state is not judgement.state:
        raise StateMoved(payment)
    keep_message(transaction, answer, mask=mask_of(payment), payment_id=payment.id)
    values: Values = {
        "at": transaction.at,
        "reason": judgement.reason.value,
        "detail": judgement.detail,
        "token": judgement.token,
        "ask_at": ask_at,
        "failed_at": failed_at,
    }
    transaction.update(PAYMENT, payment.id, _ASKED, values, "asked", payment.id)
    keep_hints(transaction, payment.id, hints_in(judgement))


def schedule(transaction: Transaction, payment: Payment, ask_at: int | None) -> None:
    """Keep when the next status question is due (UTC milliseconds), or that none is.

    Raises:
        StateMoved: The payment is final; there is nothing to ask.
    """
    if not payment.state.is_open:
        raise StateMoved(payment)
    transaction.update(PAYMENT, payment.id, _SCHEDULE, {"ask_at": ask_at}, "scheduled", payment.id)


def hand_back(transaction: Transaction, payment: Payment) -> None:
    """Keep that the customer has the cash back, and that the transaction's operator gave it.

    Raises:
        NothingOwed: The cash is held, earned, or was returned before.
    """
    if payment.cash is not Cash.OWED_BACK:
        raise NothingOwed(payment)
    values: Values = {"at": transaction.at, "operator": transaction.operator}
    transaction.update(PAYMENT, payment.id, _RETURN, values, "returned", payment.id)
