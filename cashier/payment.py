"""The law of a payment: states, evidence, transitions, and what an answer proves. Pure.

The source of every rule here is ``payment-states.md``. Nothing in this module does I/O, reads
a clock, or knows how Espay spells things: ``cashier.espay`` turns bytes into an ``Answer``,
``judge`` says what that answer proves, and the journal refuses whatever ``TRANSITIONS`` lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from cashier.money import Rupiah


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


class Evidence(StrEnum):
    """Why a payment is in its final state (``payment-states.md``, Evidence)."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    REPLY = "reply"
    STATUS = "status"
    DOCUMENT = "document"


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


class Verdict(StrEnum):
    """What a code says about the customer's money at Espay."""

    PAID = "paid"
    UNPAID = "unpaid"
    UNKNOWN = "unknown"


class Finality(StrEnum):
    """What the words beside ``0000`` say: done, not yet, or nothing we know."""

    FINAL = "final"
    IN_PROCESS = "in_process"
    UNKNOWN = "unknown"


class Delivery(StrEnum):
    """What became of one exchange on the wire."""

    NOT_SENT = "not_sent"
    """An error before the first byte: Espay cannot have heard of it."""
    WHOLE = "whole"
    """Complete HTTP 200 with a JSON object, over verified TLS or loopback."""
    UNAUTHORISED = "unauthorised"
    """Complete HTTP 401: basic auth was wrong, nothing was executed (``protocol.md 2``)."""
    UNUSABLE = "unusable"
    """Everything else that happened after the first byte left."""


class Reason(StrEnum):
    """Why a payment is where it is; each has a sentence in the language catalogue."""

    # nothing left
    CONNECT_FAILED = "connect_failed"
    CONNECT_TIMEOUT = "connect_timeout"
    NAME_NOT_FOUND = "name_not_found"
    TLS_FAILED = "tls_failed"
    CANCELLED = "cancelled"
    JOURNAL_FAILED = "journal_failed"
    RELEASED_TOO_LATE = "released_too_late"
    SESSION_DIED = "session_died"
    # refused
    UNAUTHORISED = "unauthorised"
    REFUSED_BY_CODE = "refused_by_code"
    # no usable answer
    NO_REPLY = "no_reply"
    TORN_REPLY = "torn_reply"
    DEADLINE = "deadline"
    HTTP_STATUS = "http_status"
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    CRASH = "crash"
    # an answer that does not decide
    OTHER_UUID = "other_uuid"
    OTHER_NUMBER = "other_number"
    OTHER_REFERENCE = "other_reference"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_TEXT = "unknown_text"
    SUSPECT = "suspect"
    SAME_TRANSACTION = "same_transaction"
    UUID_EXISTS = "uuid_exists"
    IN_PROCESS = "in_process"
    NO_REFERENCE = "no_reference"
    AMOUNT_DIFFERS = "amount_differs"
    FIELD_MISSING = "field_missing"
    FAILED_ONCE = "failed_once"
    # decided
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange, as far as it can be understood; made by ``cashier.espay`` from bytes."""

    delivery: Delivery
    trouble: Reason | None = None
    """What went wrong, for ``NOT_SENT`` and ``UNUSABLE``; or the doubt a known code names."""
    detail: str = ""
    """A short machine word beside the reason: an HTTP status, a code, a field."""
    code: str | None = None
    text: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    finality: Finality = Finality.UNKNOWN
    rq_uuid: str | None = None
    order_id: str | None = None
    ref_id: str | None = None
    amounts: tuple[Rupiah | None, ...] = ()
    """Every total the answer states; ``None`` stands for one that cannot be read."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """The fields of ``data`` (and of ``mwData``), as text."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was transmitted, as far as an answer has to agree with it."""

    rq_uuid: str
    order_id: str
    amount: Rupiah
    data_values: frozenset[str] = frozenset()
    """Values that we sent ourselves; a token is never one of them."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A number that a sale must bring home to count as complete, for example a PLN token."""

    name: str
    digits: int
    fields: tuple[str, ...] = ()
    """Names under which Espay may send it."""
    anywhere: bool = False
    """Whether the only number of that length under any other name is taken too (``gaps.md 6``)."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What the category wants of an answer before the sale counts as complete."""

    reply_amount: Literal["compare", "note"] = "compare"
    numbers: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer proves; ``evidence`` is set exactly where ``state`` is final."""

    state: State
    reason: Reason
    evidence: Evidence | None = None
    detail: str = ""
    ref_id: str | None = None
    token: str | None = None
    ref_is_hint: bool = False
    """Whether the reference may be somebody else's: no answer of ours states it."""


_TROUBLE: Final[Mapping[Delivery, Reason]] = {
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
            reason = answer.trouble or _TROUBLE[answer.delivery]
            return Judgement(State.UNPAID, reason, Evidence.NOT_SENT, answer.detail)
        case Delivery.UNAUTHORISED:
            return Judgement(State.UNPAID, Reason.UNAUTHORISED, Evidence.REFUSED, answer.detail)
        case Delivery.UNUSABLE:
            return _doubt(answer, answer.trouble or _TROUBLE[answer.delivery], answer.detail)
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
    token, missing = _fulfil(sent, answer, demands)
    if missing is not None:
        reason, detail = missing
        return Judgement(State.INCOMPLETE, reason, None, detail, answer.ref_id, token)
    return Judgement(State.PAID, Reason.PAID, Evidence.REPLY, "", answer.ref_id, token)


def _doubt(answer: Answer, reason: Reason, detail: str = "") -> Judgement:
    """In doubt; a reference counts as ours only where the whole answer speaks of our payment."""
    foreign = reason in (Reason.OTHER_UUID, Reason.OTHER_NUMBER)
    hint = bool(answer.ref_id) and (foreign or answer.delivery is not Delivery.WHOLE)
    return Judgement(State.IN_DOUBT, reason, None, detail, answer.ref_id or None, ref_is_hint=hint)


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
    doubt: Reason | None = None
    """Why the payment is in its state."""


FAILURE_COUNTS_AFTER_MS: Final = 10 * 60 * 1000
"""Before this age of a payment a status "failed" proves nothing (``payment-states.md``)."""

FAILURES_APART_MS: Final = 60 * 1000
"""Two answers "failed" must lie this far apart to prove that nothing was paid."""


def judge_status(asked: Asked, answer: Answer, demands: Demands) -> Judgement:
    """Say what the answer to a status question proves; the state stays where nothing is proved.

    T11 needs a final, complete success for our reference. T12 needs a listed failure, seen
    twice, 60 s apart, at least 10 minutes after sending. Absence proves nothing.
    """
    if answer.delivery is not Delivery.WHOLE:
        return _stays(asked, answer.trouble or _TROUBLE[answer.delivery], answer.detail)
    sent = asked.sent
    if answer.rq_uuid is not None and answer.rq_uuid not in (asked.rq_uuid, sent.rq_uuid):
        return _stays(asked, Reason.OTHER_UUID)
    if answer.ref_id is not None and answer.ref_id != asked.ref_id:
        return _stays(asked, Reason.OTHER_REFERENCE)
    if answer.order_id is not None and answer.order_id != sent.order_id:
        return _stays(asked, Reason.OTHER_NUMBER)
    if asked.ref_is_hint and answer.order_id is None and answer.rq_uuid != sent.rq_uuid:
        return _stays(asked, Reason.OTHER_REFERENCE, "hint")
    match answer.verdict:
        case Verdict.UNKNOWN:
            return _stays(asked, answer.trouble or Reason.UNKNOWN_CODE, answer.code or "")
        case Verdict.UNPAID:
            return _judge_failure(asked, answer)
        case Verdict.PAID:  # pragma: no branch -- nor a fourth
            return _judge_success(asked, answer, demands)


def _judge_failure(asked: Asked, answer: Answer) -> Judgement:
    if asked.state not in (State.PROCESSING, State.IN_DOUBT):
        return _stays(asked, Reason.FAILED_ONCE, answer.code or "")
    seen_before = asked.failed_at is not None and (asked.now - asked.failed_at >= FAILURES_APART_MS)
    if asked.now - asked.sent_at >= FAILURE_COUNTS_AFTER_MS and seen_before:
        return Judgement(
            State.UNPAID, Reason.FAILED, Evidence.STATUS, answer.code or "", asked.ref_id
        )
    return _stays(asked, Reason.FAILED_ONCE, answer.code or "")


def _judge_success(asked: Asked, answer: Answer, demands: Demands) -> Judgement:
    if answer.finality is not Finality.FINAL:
        in_process = answer.finality is Finality.IN_PROCESS
        return _stays(asked, Reason.IN_PROCESS if in_process else Reason.UNKNOWN_TEXT)
    token, missing = _fulfil(asked.sent, answer, demands)
    if missing is None and asked.doubt is Reason.AMOUNT_DIFFERS and not answer.amounts:
        # Silence does not make good what an earlier answer stated differently.
        missing = (Reason.AMOUNT_DIFFERS, "")
    if missing is not None:
        return replace(_stays(asked, *missing), token=token)
    return Judgement(State.PAID, Reason.PAID, Evidence.STATUS, "", asked.ref_id, token)


def _stays(asked: Asked, reason: Reason, detail: str = "") -> Judgement:
    return Judgement(asked.state, reason, None, detail, asked.ref_id)


def _fulfil(
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


def find_number(
    demand: Demand, facts: Mapping[str, str], known: frozenset[str] = frozenset()
) -> str | None:
    """Find the one number that meets the demand, or ``None`` where there is none or a choice.

    A named field that is present but malformed fails the demand, whatever other fields hold.
    Groups written apart by blanks or dashes are read together.
    """
    named = [facts[name] for name in demand.fields if facts.get(name, "").strip()]
    if named:
        numbers = {_number(value, demand.digits) for value in named}
    elif demand.anywhere:
        values = (value for value in facts.values() if value not in known)
        numbers = {_number(value, demand.digits) for value in values} - {None}
    else:
        return None
    return numbers.pop() if len(numbers) == 1 else None


def _number(value: str, digits: int) -> str | None:
    bare = value.replace(" ", "").replace("-", "")
    fits = len(bare) == digits and bare.isascii() and bare.isdigit() and bare.strip("0")
    return bare if fits else None
