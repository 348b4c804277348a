"""What a till that was left still finishes, told as it goes on, and what that came to."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from cashier.clock import Clock
from cashier.commands.desk import Desk
from cashier.commands.output import complain, grouped, state_sentence
from cashier.espay.merchant import DEFAULT_TIMES
from cashier.language import say
from cashier.till import Payment

_TICK_S: Final = 1.0


async def finish(desk: Desk, clock: Clock, unread: Sequence[Payment], *, is_read: bool) -> None:
    """Wait until every payment that was sent is journalled; then tell what nobody has seen yet.

    Args:
        desk: The till, whose screen is closed.
        clock: The till's clock.
        unread: Payments that ended behind another screen and were not looked at.
        is_read: Whether somebody can still read the terminal.
    """
    last = {payment.id: payment for payment in (*unread, *desk.till.under_way)}
    draining = asyncio.create_task(desk.till.drain())
    if is_read and desk.till.under_way:
        await _tell_time(desk, clock, draining)
    await draining
    if is_read:
        for payment_id in last:
            _tell(desk, await desk.till.payment(payment_id))


async def _tell_time(desk: Desk, clock: Clock, draining: "asyncio.Task[None]") -> None:
    """Say how long it may take at most, and write the time that has passed until it is over."""
    payments = desk.till.under_way
    sent = max(payment.prepared_at for payment in payments)
    left = DEFAULT_TIMES.exchange_s - (clock.utc_ms() - sent) / 1000
    count, longest = str(len(payments)), _minutes(left)
    complain(say(desk.language, "cli.finishing", count=count, longest=longest))
    began = clock.monotonic()
    while not draining.done():
        _write(f"\r{_minutes(clock.monotonic() - began)} ")
        await asyncio.wait({draining}, timeout=_TICK_S)
    _write("\n")


def _tell(desk: Desk, payment: Payment) -> None:
    quote = payment.quote
    state = state_sentence(desk.language, payment, desk.command)
    sale = f"{payment.receipt_no}  {quote.product_name} {quote.name or quote.number}"
    complain(say(desk.language, "cli.last_payment", sale=sale, state=state))
    if payment.token is not None:
        complain(f"    {say(desk.language, 'cli.token_label')} {grouped(payment.token)}")


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes:02d}:{rest:02d}"


def _write(text: str) -> None:
    """Write where no line ends; nobody has to be able to read it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # the terminal has gone; the payment is finished all the same
