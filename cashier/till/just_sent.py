"""Five minutes lie between two transmissions of one bill, on both clocks (T1).

The rule is ``payment.rest_s``. The till asks it before a bill is asked for and before cash is
kept, since it knows both clocks; the journal asks it last, in the transaction that would write
the payment, since only there no other session can come between.
"""

from typing import NamedTuple

from cashier.journal.errors import PaidJustNow
from cashier.journal.rows import Payment
from cashier.payment import rest_s
from cashier.till.counter import Counter


class LastSent(NamedTuple):
    """The last transmission of a bill."""

    payment: Payment
    left_s: int
    """Seconds until Espay takes the same transaction again; 0 or less where it does by now."""


async def last_sent(counter: Counter, bill_key: str) -> LastSent | None:
    """Find when a bill was last transmitted, from any session; ``None`` where it never was.

    The wall clock may have been set forward since: of its own payments this till knows better,
    by the monotonic clock. Set back, it lets nobody wait for more than the five minutes.
    """
    payment = await counter.journal.last_sent_of(bill_key)
    if payment is None or payment.sent_at is None:
        return None
    passed_ms = counter.clock.utc_ms() - payment.sent_at
    seen = counter.sent.get(payment.id)
    if seen is not None:
        passed_ms = min(passed_ms, int((counter.clock.monotonic() - seen) * 1000))
    return LastSent(payment, rest_s(passed_ms))


async def refuse_just_sent(counter: Counter, bill_key: str, quote_id: str | None = None) -> None:
    """Refuse a bill that was transmitted less than five minutes ago, whatever came of it.

    One that is open, or that paid this very quote, is left to guards that say more of it.

    Raises:
        PaidJustNow: So it is; it carries the seconds that are left.
    """
    last = await last_sent(counter, bill_key)
    if last is None or last.left_s <= 0:
        return
    if not last.payment.state.is_open and last.payment.quote.id != quote_id:
        raise PaidJustNow(last.payment, last.left_s)
