"""What is known of a payment for its paper: facts, layout, document; and printing it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from cashier.catalogue import Layout
from cashier.language import Refusal
from cashier.receipt import Document, Letterhead, TakeHome, compose, facts_of, take_home
from cashier.receipt.printers import printer_for
from cashier.screens.front import Front
from cashier.till import Payment


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of a payment as it stands, with all that Espay's answers told of it."""

    payment: Payment
    document: Document
    to_take: tuple[TakeHome, ...]
    """What the customer reads and types elsewhere."""


async def paper_of(front: Front, payment: Payment) -> Paper:
    """Make the paper of a payment, with what only the answer to it holds (kWh, SN, a code)."""
    facts = facts_of(payment, await front.till.replies(payment))
    layout = _layout(front, payment)
    return Paper(
        payment,
        _document(front, payment, layout, facts),
        tuple(take_home(payment, layout, facts)),
    )


async def print_out(front: Front, payment: Payment) -> tuple[str, str]:
    """Print a paper and tell what came of it: a sentence, and ``bad`` where nothing was printed.

    Whatever happens here changes no payment.
    """
    config = front.config
    try:
        printer = printer_for(config.printer, config.receipt.columns)
        document = (await paper_of(front, payment)).document
        where = await asyncio.to_thread(printer.print, document)
    except Refusal as refusal:
        return front.explain(refusal), "bad"
    if where is None:
        return front.say("sale.no_printer"), ""
    return front.say("sale.printed", where=where), "good"


def _layout(front: Front, payment: Payment) -> Layout | None:
    """The layout of the payment's category; ``None`` where the shop no longer has it."""
    try:
        return front.till.rules_of(payment.quote).struk
    except Refusal:
        return None


def _document(
    front: Front, payment: Payment, layout: Layout | None, facts: Mapping[str, str]
) -> Document:
    code = payment.quote.product
    sizes = (one.denomination for one in front.till.catalogue.products if one.code == code)
    letterhead = Letterhead.of(front.config)
    return compose(payment, layout, letterhead, facts, denomination=next(sizes, None))
