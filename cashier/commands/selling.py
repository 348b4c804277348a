"""``inquire`` and ``pay``: the same path and the same guards as the screen."""

import asyncio
from argparse import Namespace
from functools import partial
from typing import Final

from cashier.commands.desk import Desk, at_desk
from cashier.commands.output import (
    NO_PAYMENT,
    NO_QUOTE,
    complain,
    exit_code,
    payment_json,
    payment_lines,
    perhaps_unread,
    print_json,
    quote_json,
    quote_lines,
)
from cashier.commands.stopping import first
from cashier.commands.telling import tell
from cashier.language import Refusal, say
from cashier.payment import State
from cashier.till import Payment, Unrecorded, can_be_asked

_PATIENCE_S: Final = 75.0
"""How long a customer may be kept waiting for certainty; the schedule itself takes a minute."""

_SUGGESTIONS: Final = 6


def inquire(options: Namespace) -> int:
    """Ask what is owed and print the quote: 0, or 1 where there is no quote."""
    return at_desk(options, _inquire, NO_QUOTE)


async def _inquire(desk: Desk, options: Namespace) -> int:
    try:
        quote = await desk.till.inquire(options.product, options.number, options.amount)
    except Refusal as refusal:
        if refusal.key == "catalogue.unknown_product":
            await _suggest(desk, options.product)
        raise
    if options.json:
        print_json(quote_json(quote))
        return 0
    for line in quote_lines(desk.language, quote, desk.till.rules_of(quote)):
        print(line)
    command = f"{desk.command} pay {quote.id} --cash {quote.total.whole_up}"
    print(say(desk.language, "cli.pay_with", command=command))
    return 0


async def _suggest(desk: Desk, typed: str) -> None:
    """Name products that fit what was typed in place of a code."""
    finds = (await desk.till.find(typed, desk.language))[:_SUGGESTIONS]
    codes = [f"{find.product.code} ({find.product.name})" for find in finds if find.product]
    if codes:
        complain(say(desk.language, "cli.did_you_mean", products=", ".join(codes)))


def pay(options: Namespace) -> int:
    """Take the cash and pay the quote: 0 paid, 1 unpaid or refused, 3 still open."""
    return at_desk(options, _pay, {**NO_PAYMENT, "quote": options.quote}, stops_itself=True)


async def _pay(desk: Desk, options: Namespace) -> int:
    try:
        payment = await _certain(desk, options, await _sold(desk, options))
    except Unrecorded as trouble:
        complain(say(desk.language, "cli.unrecorded", command=desk.command))
        payment = trouble.payment
    with perhaps_unread():
        _show(desk, options, payment)
    return exit_code(payment.state)


def _show(desk: Desk, options: Namespace, payment: Payment) -> None:
    if options.json:
        print_json(payment_json(payment))
        return
    for line in payment_lines(desk.language, payment, desk.command):
        print(line)


async def _sold(desk: Desk, options: Namespace) -> Payment:
    """Sell; a signal that comes meanwhile lets what was sent be finished first.

    Raises:
        Refusal: Nothing was kept.
        Unrecorded: The journal failed when the sale was under way.
    """
    if desk.stop.is_set():
        raise Refusal("till.closing")
    sale = asyncio.create_task(
        desk.till.pay(
            options.quote,
            options.cash,
            number=options.number,
            sequence=options.again,
            watcher=partial(_tell_sending, desk),
        )
    )
    if not await first(sale, desk.stop):
        complain(say(desk.language, "cli.stopping"))
        await desk.till.drain()
    return await sale


def _tell_sending(desk: Desk, payment: Payment) -> None:
    if payment.state is State.SENT:
        complain(say(desk.language, "cli.sending"))


async def _certain(desk: Desk, options: Namespace, payment: Payment) -> Payment:
    """Wait for certainty as long as the schedule lasts and nobody interrupts.

    Whatever goes wrong with the asking, the payment is told as it is known to stand.
    """
    if options.no_wait or desk.stop.is_set() or not can_be_asked(payment):
        return payment
    complain(say(desk.language, "cli.following"))
    follow = asyncio.create_task(desk.till.follow(payment))
    if not await first(follow, desk.stop, _PATIENCE_S):
        follow.cancel()
        await asyncio.wait({follow})
    try:
        return await desk.till.payment(payment.id) if follow.cancelled() else await follow
    except Refusal as refusal:
        tell(refusal, desk.language, desk.command)
    try:
        return await desk.till.payment(payment.id)
    except Refusal as refusal:
        tell(refusal, desk.language, desk.command)
        return payment
