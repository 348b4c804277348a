"""``open``, ``settle`` and ``returned``: what is still open, and the cash that goes back."""

from argparse import Namespace
from collections.abc import Sequence

from cashier.commands.desk import Desk, at_desk
from cashier.commands.output import (
    OPEN,
    follow_up_json,
    follow_up_lines,
    payment_json,
    print_json,
)
from cashier.language import say
from cashier.till import FollowUp


def show_open(options: Namespace) -> int:
    """Show open payments and cash owed back, oldest first: 0 where there is none, else 3."""
    return at_desk(options, _show_open, {})


async def _show_open(desk: Desk, options: Namespace) -> int:
    follows = await desk.till.follow_ups()
    _show(desk, options, follows, "cli.nothing_open")
    return OPEN if follows else 0


def settle(options: Namespace) -> int:
    """Ask Espay once about open payments that can be asked: 3 while any of them is open."""
    return at_desk(options, _settle, {})


async def _settle(desk: Desk, options: Namespace) -> int:
    if options.payment is None:
        payments = await desk.till.settle()
    else:
        payment = await desk.till.payment(options.payment)
        payments = (await desk.till.ask(payment.id),)
    follows = [await desk.till.follow_up(payment.id) for payment in payments]
    _show(desk, options, follows, "cli.nothing_settled")
    return OPEN if any(payment.state.is_open for payment in payments) else 0


def returned(options: Namespace) -> int:
    """Note that the cash owed back was handed over."""
    return at_desk(options, _returned, {})


async def _returned(desk: Desk, options: Namespace) -> int:
    payment = await desk.till.returned(options.payment)
    if options.json:
        print_json(payment_json(payment))
        return 0
    total = str(payment.quote.total)
    print(say(desk.language, "cli.returned_done", total=total, payment=payment.receipt_no))
    return 0


def _show(desk: Desk, options: Namespace, follows: Sequence[FollowUp], none: str) -> None:
    if options.json:
        print_json([follow_up_json(each) for each in follows])
        return
    if not follows:
        print(say(desk.language, none))
    for each in follows:
        payment = each.payment
        print(f"[{payment.id}] {payment.quote.product_name} {payment.quote.number}")
        for line in follow_up_lines(desk.language, each, desk.command):
            print(f"    {line}")
