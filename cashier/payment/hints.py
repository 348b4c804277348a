"""What speaks for or against a payment and proves nothing (``payment-states.md``, Evidence)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cashier.money import Rupiah
from cashier.payment.answers import Judgement, Reason
from cashier.payment.states import State


class Hint(StrEnum):
    """One kind of hint; each has a sentence in the language catalogue."""

    SAME_TRANSACTION = "same_transaction"
    """The payment was answered 610: a same transaction arrived within five minutes."""
    UUID_EXISTS = "uuid_exists"
    """The payment was answered 210: a delivery with its id had arrived before."""
    TORN_REFERENCE = "torn_reference"
    """A reference stood in a reply that was torn."""
    FOREIGN_REFERENCE = "foreign_reference"
    """A reference stood in a reply that names another request or number."""
    NOT_FOUND = "not_found"
    """Espay's status service does not know the reference."""
    LATE_REPLY = "late_reply"
    """The original reply came after the payment had been taken for doubtful."""
    BILL_GONE = "bill_gone"
    """A new inquiry says already paid, or no bill."""
    BILL_OPEN = "bill_open"
    """A new inquiry gives the same bill again."""
    INQUIRY_SAME_TRANSACTION = "inquiry_same_transaction"
    """A new inquiry was answered 610."""
    BALANCE_MOVED = "balance_moved"
    """The deposit fell by exactly the amount."""
    BALANCE_STILL = "balance_still"
    """The deposit did not move."""
    BALANCE_OTHER = "balance_other"
    """What the deposit did cannot be told to be, or not to be, this payment's doing."""


_OF_REASON: Final[Mapping[Reason, Hint]] = {
    Reason.SAME_TRANSACTION: Hint.SAME_TRANSACTION,
    Reason.UUID_EXISTS: Hint.UUID_EXISTS,
    Reason.NOT_FOUND: Hint.NOT_FOUND,
}


def hints_in(judgement: Judgement) -> tuple[tuple[Hint, str], ...]:
    """Give the hints that a reply holds beside what it proves, each with its detail."""
    found = []
    named = _OF_REASON.get(judgement.reason)
    if named is not None:
        found.append((named, judgement.detail))
    if judgement.ref_is_hint and judgement.ref_id and judgement.state is State.IN_DOUBT:
        foreign = judgement.reason in (Reason.OTHER_UUID, Reason.OTHER_NUMBER)
        found.append((Hint.FOREIGN_REFERENCE if foreign else Hint.TORN_REFERENCE, judgement.ref_id))
    return tuple(found)


def hint_of_deposit(before: Rupiah, after: Rupiah, amount: Rupiah, others: Rupiah | None) -> Hint:
    """Say what two readings of the deposit hint at.

    Args:
        before: What was there, read wholly before the payment left.
        after: What is there now.
        amount: What the payment takes.
        others: What other payments have taken between the readings; ``None`` where that
            cannot be told.
    """
    if others is None:
        return Hint.BALANCE_OTHER
    match before.sen - after.sen - others.sen:
        case 0:
            return Hint.BALANCE_STILL
        case fell if fell == amount.sen:
            return Hint.BALANCE_MOVED
        case _:
            return Hint.BALANCE_OTHER
