"""The tables whose rows are kept for good, as far as hashing them is concerned.

A row's hash leaves out columns that are NULL, so a column that a later migration adds (NULL
in the rows that were there) changes no hash of the past. Generated columns follow from the
others and are not hashed. Personal columns are hashed with the row's salt, so that they can
be erased, salt and all, while what remains still verifies.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kept:
    """One table of kept rows."""

    name: str
    key: str
    """The column that names a row."""
    columns: tuple[str, ...]
    """Stored columns without ``seq``, ``salt`` and the personal ones."""
    personal: tuple[str, ...] = ()

    @property
    def stored(self) -> tuple[str, ...]:
        """All columns that are read back after a write."""
        salt = ("salt",) if self.personal else ()
        return ("seq", *self.columns, *self.personal, *salt)

    def select(self, present: frozenset[str] | None = None) -> str:
        """SQL for all rows; ``present`` limits it to the columns an older file has."""
        names = [name for name in self.stored if present is None or name in present]
        return f"SELECT {', '.join(names)} FROM {self.name}"  # noqa: S608 - our own constants

    @property
    def select_one(self) -> str:
        """SQL for the row named ``:key``."""
        return f"{self.select()} WHERE {self.key} = :key"

    @property
    def select_seq(self) -> str:
        """SQL for the ``seq`` of the row named ``:key``."""
        return f"SELECT seq FROM {self.name} WHERE {self.key} = :key"  # noqa: S608 - as above


JOURNAL: Final = Kept("journal", "id", ("id", "environment", "bill_key_print", "born_at"))
SESSION: Final = Kept(
    "session", "token", ("token", "pid", "host", "version", "started_at", "ended_at")
)
OPERATOR: Final = Kept("operator", "id", ("id", "name", "role", "active"), ("pin",))
SHIFT: Final = Kept(
    "shift", "id", ("id", "operator_id", "opened_at", "float_sen", "closed_at", "counted_sen")
)
CASH_MOVE: Final = Kept(
    "cash_move", "id", ("id", "shift_id", "operator_id", "at", "direction", "sen", "reason")
)
QUOTE: Final = Kept(
    "quote",
    "id",
    (
        "id",
        "at",
        "category",
        "product",
        "product_name",
        "bill_key",
        "is_card",
        "amount_text",
        "bill_sen",
        "admin_fee_sen",
        "service_fee_sen",
        "operator_id",
        "shift_id",
        "erased_at",
    ),
    ("number", "name", "data_text", "facts"),
)
PAYMENT: Final = Kept(
    "payment",
    "id",
    (
        "id",
        "quote_id",
        "bill_key",
        "total_sen",
        "tendered_sen",
        "rq_uuid",
        "number",
        "sequence",
        "session_token",
        "operator_id",
        "shift_id",
        "state",
        "evidence",
        "reason",
        "detail",
        "ref_id",
        "ref_hint",
        "token",
        "prepared_at",
        "sent_at",
        "paid_at",
        "final_at",
        "document",
        "resolved_by",
        "approved_by",
        "returned_at",
        "returned_by",
        "returned_shift_id",
        "asked",
        "asked_at",
        "asked_reason",
        "asked_detail",
        "ask_at",
        "failed_at",
        "asking_since",
        "escalated_at",
        "escalated_for",
        "escalated_by",
    ),
)
MESSAGE: Final = Kept(
    "message",
    "id",
    (
        "id",
        "payment_id",
        "quote_id",
        "service",
        "rq_uuid",
        "started_at",
        "ended_at",
        "http_status",
        "whole",
        "erased_at",
    ),
    ("request", "reply"),
)
CUSTOMER: Final = Kept(
    "customer",
    "id",
    ("id", "category", "product", "times", "last_at", "erased_at"),
    ("number", "name"),
)
PRINT: Final = Kept(
    "print",
    "id",
    (
        "id",
        "payment_id",
        "operator_id",
        "at",
        "kind",
        "copy",
        "printer",
        "code",
        "result",
        "result_at",
    ),
)
RECAP_PAYMENT: Final = Kept("recap_payment", "id", ("id", "print_id", "payment_id"))
HINT: Final = Kept("hint", "id", ("id", "payment_id", "at", "kind", "detail"))
CORRECTION: Final = Kept(
    "correction",
    "id",
    (
        "id",
        "payment_id",
        "at",
        "found",
        "loss_sen",
        "document",
        "resolved_by",
        "approved_by",
    ),
)
CLEARANCE: Final = Kept(
    "clearance",
    "id",
    (
        "id",
        "at",
        "kind",
        "operator_id",
        "reason",
        "through_event",
        "through_message",
        "seen",
    ),
)

KEPT: Final = (
    JOURNAL,
    SESSION,
    OPERATOR,
    SHIFT,
    CASH_MOVE,
    QUOTE,
    PAYMENT,
    MESSAGE,
    CUSTOMER,
    PRINT,
    RECAP_PAYMENT,
    HINT,
    CORRECTION,
    CLEARANCE,
)
BY_NAME: Final = {kept.name: kept for kept in KEPT}
