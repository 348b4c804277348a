"""Emptying black boxes: what a session could not journal is journalled by the next (F67)."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cashier.journal.blackbox import Boxed, boxes, contents
from cashier.journal.fields import Fields, first
from cashier.journal.keeping import keep_message
from cashier.journal.masking import mask_for
from cashier.journal.transaction import Transaction

PAYMENT: Final = """
    SELECT quote.number, quote.is_card FROM payment JOIN quote ON quote.id = payment.quote_id
    WHERE payment.id = :payment_id
"""
KEPT: Final = """
    SELECT id FROM message
    WHERE payment_id = :payment_id AND rq_uuid = :rq_uuid AND service = :service
        AND ended_at = :ended_at
"""

Committing = Callable[[Callable[[Transaction], None]], None]
"""Runs a piece of work in a transaction of its own."""


def replay(
    folder: Path, journal: Path, journal_id: str, is_free: Callable[[str], bool], commit: Committing
) -> bool:
    """Empty the boxes of dead sessions into the journal; tell whether nothing is left over.

    A box that holds a reply of another journal, or of a payment that this one does not know,
    stays as it is: the journal is not the one that the reply was for. Killed anywhere and run
    again, it ends the same.

    Raises:
        OSError: A box cannot be read, or not be taken away.
        ValueError: What is in a box is no record of ours.
    """
    all_placed = True
    for token, file in boxes(folder, journal):
        if not is_free(token):
            continue
        placed = [_place(boxed, journal_id, commit) for boxed in contents(file)]
        if all(placed):
            file.unlink(missing_ok=True)
        else:
            all_placed = False
    return all_placed


def _place(boxed: Boxed, journal_id: str, commit: Committing) -> bool:
    """Put one reply where it belongs, once; tell whether it belongs here."""
    found: list[bool] = []

    def work(transaction: Transaction) -> None:
        values = {"payment_id": boxed.payment_id}
        row = first(transaction.connection, PAYMENT, values)
        found.append(row is not None)
        if row is None or _is_kept(transaction, boxed):
            return
        fields = Fields(row)
        is_card = bool(fields.number("is_card"))
        mask = mask_for(fields.text("number"), is_card=True) if is_card else None
        keep_message(transaction, boxed.message, mask=mask, payment_id=boxed.payment_id)

    if boxed.journal != journal_id:
        return False
    commit(work)
    return all(found)


def _is_kept(transaction: Transaction, boxed: Boxed) -> bool:
    message = boxed.message
    values = {
        "payment_id": boxed.payment_id,
        "rq_uuid": message.rq_uuid,
        "service": message.service,
        "ended_at": message.ended_at,
    }
    return first(transaction.connection, KEPT, values) is not None
