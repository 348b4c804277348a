"""T1 and T2: a payment is prepared only where the law allows it, and sent only by its owner.

Everything that the database can decide is decided in the transaction that writes the row
(``payment-states.md``, T1), so two sessions cannot both be right.
"""

from datetime import timedelta
from typing import Final

from cashier.clock import wib, wib_day
from cashier.journal import clearing
from cashier.journal.errors import (
    CashTooLittle,
    CircuitOpen,
    ClockBehind,
    NothingToClear,
    NotOurs,
    OpenPayment,
    PaidJustNow,
    QuoteTooOld,
    QuoteUsed,
    SecondPurchase,
)
from cashier.journal.fields import Fields, Values, first
from cashier.journal.looking import (
    LAST_SENT_OF_BILL,
    OPEN_OF_BILL,
    PAYMENT_OF_QUOTE,
    payment_or_none,
    payments,
    quote_of,
)
from cashier.journal.rows import NewPayment, Payment, Quote
from cashier.journal.schema import PAYMENT
from cashier.journal.transaction import RowMoved, Transaction
from cashier.payment import rest_s

FREE_NEEDED: Final = 64 * 2**20
"""Bytes that must be free before cash is taken (T1)."""

_QUOTE_LIVES_MS: Final = 5 * 60 * 1000
_CLOCK_SLACK_MS: Final = 2000

LATEST_EVENT: Final = """
    SELECT at FROM event WHERE at > 0 AND +seq > :through ORDER BY at DESC LIMIT 1
"""
"""Not the last event's time: what is written after the clock was set back must not lower it."""

PAID_SINCE: Final = """
    SELECT * FROM sale
    WHERE bill_key = :bill_key AND state IN ('paid', 'refunded')
        AND (prepared_at >= :since OR paid_at >= :since)
    ORDER BY id DESC
"""
LAST_OF_DAY: Final = "SELECT max(number) AS number FROM payment WHERE day = :day"

_INSERT: Final = """
    INSERT INTO payment (
        seq, quote_id, bill_key, total_sen, tendered_sen, rq_uuid, number, sequence,
        session_token, operator_id, state, prepared_at
    ) VALUES (
        :seq, :quote_id, :bill_key, :total_sen, :tendered_sen, :rq_uuid, :number, :sequence,
        :session_token, :operator_id, 'prepared', :prepared_at
    )
"""
_SEND: Final = """
    UPDATE payment SET state = 'sent', sent_at = :at, seq = :seq
    WHERE id = :key AND state = 'prepared' AND session_token = :session
"""


def prepare(transaction: Transaction, new: NewPayment, environment: str) -> int:
    """Keep the transaction's operator's payment as ``prepared``, the cash held (T1); give its id.

    Raises:
        ClockBehind, CircuitOpen, UnknownQuote, CashTooLittle, OpenPayment, QuoteUsed, QuoteTooOld,
        PaidJustNow, SecondPurchase: The guard of this name does not hold.
    """
    _check_clock(transaction)
    trip = clearing.circuit_of(transaction.connection).trip
    if trip is not None:
        raise CircuitOpen(trip)
    quote = quote_of(transaction.connection, new.quote_id, environment)
    if new.tendered < quote.total:
        raise CashTooLittle(quote.total, new.tendered)
    _check_free_to_pay(transaction, quote)
    sequence = _sequence(transaction, quote, new.sequence)
    return transaction.insert(
        PAYMENT,
        _INSERT,
        {
            "quote_id": quote.id,
            "bill_key": quote.bill_key,
            "total_sen": quote.total.sen,
            "tendered_sen": new.tendered.sen,
            "rq_uuid": new.rq_uuid,
            "number": _next_number(transaction),
            "sequence": sequence,
            "session_token": transaction.session,
            "operator_id": transaction.operator,
            "prepared_at": transaction.at,
        },
        "prepared",
    )


def mark_sent(transaction: Transaction, payment_id: int) -> None:
    """Keep that the next byte may leave (T2).

    Raises:
        NotOurs: The row is not ``prepared`` any more, or another session's.
    """
    values = {"at": transaction.at, "session": transaction.session}
    try:
        transaction.update(PAYMENT, payment_id, _SEND, values, "sent", payment_id)
    except RowMoved as error:
        raise NotOurs(payment_id) from error


def _check_clock(transaction: Transaction) -> None:
    behind = clock_behind(transaction)
    if behind is not None:
        raise behind


def clock_behind(transaction: Transaction) -> ClockBehind | None:
    """Tell whether the clock shows a time before an event that counts, and how far (F61)."""
    through = {"through": clearing.clock_cleared_through(transaction.connection)}
    row = first(transaction.connection, LATEST_EVENT, through)
    last = None if row is None else Fields(row).number("at")
    if last is None or transaction.at >= last - _CLOCK_SLACK_MS:
        return None
    return ClockBehind(last, transaction.at)


def clear_clock(transaction: Transaction, by: str, reason: str) -> None:
    """Believe the clock again although earlier events are of a later time.

    Raises:
        NothingToClear: The clock is not behind.
        NameNeeded: Who it is, or why, is not told.
    """
    if clock_behind(transaction) is None:
        raise NothingToClear
    clearing.clear_clock(transaction, by, reason)


def _check_free_to_pay(transaction: Transaction, quote: Quote) -> None:
    """Refuse while the bill key is open or was just sent, and a quote that is used or old."""
    bill_key: Values = {"bill_key": quote.bill_key}
    still_open = _find(transaction, OPEN_OF_BILL, bill_key, quote)
    if still_open is not None:
        raise OpenPayment(still_open)
    used = _find(transaction, PAYMENT_OF_QUOTE, {"quote_id": quote.id}, quote)
    if used is not None:
        raise QuoteUsed(used)
    _check_age(transaction.at, quote)
    recent = _find(transaction, LAST_SENT_OF_BILL, bill_key, quote)
    if recent is not None and recent.sent_at is not None:
        left_s = rest_s(transaction.at - recent.sent_at)
        if left_s > 0:
            raise PaidJustNow(recent, left_s)


def _check_age(now: int, quote: Quote) -> None:
    fresh = -_CLOCK_SLACK_MS <= now - quote.at < _QUOTE_LIVES_MS
    if not fresh or wib_day(now) != wib_day(quote.at):
        raise QuoteTooOld(quote.at)


def _sequence(transaction: Transaction, quote: Quote, typed: int | None) -> int:
    """Give the number of this purchase among the shop day's, confirmed from the second on."""
    values: Values = {"bill_key": quote.bill_key, "since": _day_began(transaction.at)}
    earlier = payments(transaction.connection, PAID_SINCE, values, quote.environment)
    needed = 1 + len(earlier)
    if earlier and typed != needed:
        raise SecondPurchase(needed, earlier[0])
    return needed


def _next_number(transaction: Transaction) -> int:
    row = first(transaction.connection, LAST_OF_DAY, {"day": wib_day(transaction.at)})
    last = None if row is None else Fields(row).number_or_none("number")
    return (last or 0) + 1


def _find(transaction: Transaction, sql: str, values: Values, quote: Quote) -> Payment | None:
    return payment_or_none(transaction.connection, sql, values, quote.environment)


def _day_began(at: int) -> int:
    """Give the moment at which the shop's day of ``at`` began (UTC milliseconds)."""
    now = wib(at)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (at // 1000 - (now - midnight) // timedelta(seconds=1)) * 1000
