"""What an old copy of the journal may still say about its open payments (F79).

In the journal as it was, ``prepared`` proves that nothing left. In a copy of an earlier moment
it proves nothing: the payment may have gone on behind the copy's back.
"""

from collections.abc import Callable
from typing import Final

from cashier.journal.fields import every
from cashier.journal.looking import payment_from, payment_of
from cashier.journal.rows import Payment
from cashier.journal.schema import PAYMENT
from cashier.journal.sessions import BEGUN
from cashier.journal.settling import conclude
from cashier.journal.transaction import Transaction
from cashier.payment import Judgement, Reason, State

_SENT: Final = """
    UPDATE payment SET seq = :seq, state = 'sent', sent_at = :at WHERE id = :key
"""
_DOUBT: Final = Judgement(State.IN_DOUBT, Reason.RESTORED)


def doubt_prepared(
    transaction: Transaction, is_free: Callable[[str], bool], environment: str
) -> None:
    """Bring every payment that a dead session left ``prepared`` to ``in_doubt``.

    By way of ``sent`` (T2, T10), which means no more than that Espay has to be asked.
    """
    rows = every(transaction.connection, BEGUN, {"session": transaction.session})
    for row in [*rows]:
        payment = payment_from(row, environment)
        if payment.state is State.PREPARED and is_free(str(row["session_token"])):
            _doubt(transaction, payment, is_free, environment)


def _doubt(
    transaction: Transaction, payment: Payment, is_free: Callable[[str], bool], environment: str
) -> None:
    transaction.update(PAYMENT, payment.id, _SENT, {"at": transaction.at}, "sent", payment.id)
    sent = payment_of(transaction.connection, payment.id, environment)
    conclude(transaction, sent, State.SENT, _DOUBT, None, is_free)
