"""What an exchange with Espay says, and what it is held against. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from cashier.money import Rupiah
from cashier.payment.states import Evidence, State


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
    RESTORED = "restored"
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
    NOT_FOUND = "not_found"
    # decided
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"
    DOCUMENTED = "documented"


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
    """The fields of ``data``, ``mwData`` and ``receipt``, as text."""
    stamped_at: int | None = None
    """UTC milliseconds of Espay's own clock, where the answer tells them readably."""


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
