"""Erasing what a person may be known by, when retention ends (S39).

Amounts, ids, references and the chain stay. A quote goes with its messages; one whose payment
is open, or whose cash is owed back, is left until that is settled.
"""

from typing import Final

from cashier.journal.fields import Fields, Values, every
from cashier.journal.schema import CUSTOMER, MESSAGE, QUOTE, Kept
from cashier.journal.transaction import Transaction

AT_ONCE: Final = 100
"""Rows of each table that one transaction erases: it must not keep a sale waiting."""

QUOTES: Final = """
    SELECT id FROM quote
    WHERE erased_at IS NULL AND at < :before AND NOT EXISTS (
        SELECT 1 FROM payment
        WHERE quote_id = quote.id AND (
            state NOT IN ('paid', 'unpaid', 'refunded')
            OR (state IN ('unpaid', 'refunded') AND returned_at IS NULL)
        )
    )
    ORDER BY at LIMIT :limit
"""
MESSAGES: Final = """
    SELECT id FROM message
    WHERE erased_at IS NULL AND ended_at < :before AND NOT EXISTS (
        SELECT 1 FROM payment
        WHERE (id = message.payment_id OR quote_id = message.quote_id) AND (
            state NOT IN ('paid', 'unpaid', 'refunded')
            OR (state IN ('unpaid', 'refunded') AND returned_at IS NULL)
        )
    )
    ORDER BY ended_at LIMIT :limit
"""
CUSTOMERS: Final = """
    SELECT id FROM customer
    WHERE erased_at IS NULL AND last_at < :before
    ORDER BY last_at LIMIT :limit
"""
_ERASE_QUOTE: Final = """
    UPDATE quote SET
        seq = :seq, erased_at = :at,
        number = NULL, name = NULL, data_text = NULL, facts = NULL, salt = NULL
    WHERE id = :key
"""
_ERASE_MESSAGE: Final = """
    UPDATE message SET
        seq = :seq, erased_at = :at, request = NULL, reply = NULL, salt = NULL
    WHERE id = :key
"""
_ERASE_CUSTOMER: Final = """
    UPDATE customer SET
        seq = :seq, erased_at = :at, number = NULL, name = NULL, salt = NULL
    WHERE id = :key
"""
_STEPS: Final[tuple[tuple[Kept, str, str], ...]] = (
    (QUOTE, QUOTES, _ERASE_QUOTE),
    (MESSAGE, MESSAGES, _ERASE_MESSAGE),
    (CUSTOMER, CUSTOMERS, _ERASE_CUSTOMER),
)


def erase_some(transaction: Transaction, before: int) -> int:
    """Erase some rows from before a moment (UTC milliseconds); give how many."""
    erased = 0
    for kept, find, erase in _STEPS:
        values: Values = {"before": before, "limit": AT_ONCE}
        rows = [*every(transaction.connection, find, values)]
        for row in rows:
            key = Fields(row).as_row()["id"]
            transaction.update(kept, key, erase, {"at": transaction.at}, "erased")
        erased += len(rows)
    return erased
