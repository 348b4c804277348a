"""``struk``: the receipt of a past payment as text; pays nothing and needs no Espay.

What is written to standard output is a view: nothing goes to a printer, so nothing is counted
as a print, and the view carries no CETAK ULANG.
"""

from argparse import Namespace
from pathlib import Path

from cashier.catalogue import Catalogue, Layout
from cashier.commands.choice import Choice, choose
from cashier.commands.output import complain
from cashier.commands.telling import refusals_told
from cashier.espay.kept import answer_of
from cashier.journal.connection import reading
from cashier.journal.looking import MESSAGES_OF_PAYMENT, messages
from cashier.journal.rows import Message, Payment, Quote
from cashier.journal.story import story
from cashier.language import Refusal, say
from cashier.money import Rupiah
from cashier.receipt import (
    NARROWEST,
    WIDEST,
    Document,
    Letterhead,
    compose,
    facts_of,
    plain_text,
)

USAGE = 2
"""Exit code of a width that no paper has."""


def struk(options: Namespace) -> int:
    """Show the receipt of a payment, or the slip of one that is not paid."""
    with refusals_told(options) as told:
        chosen = choose(options)
        told.tells_of(chosen)
        columns = chosen.config.receipt.columns if options.columns is None else options.columns
        if not NARROWEST <= columns <= WIDEST:
            bounds = {"narrowest": str(NARROWEST), "widest": str(WIDEST)}
            complain(say(told.language, "cli.bad_columns", columns=str(columns), **bounds))
            return USAGE
        print(plain_text(_document(chosen, options.payment), columns), end="")
        told.code = 0
    return told.code


def _document(chosen: Choice, asked: str) -> Document:
    payment, kept = _from_journal(chosen.config.journal_path, asked)
    environment = payment.quote.environment
    replies = ((message.rq_uuid, answer_of(message, environment)) for message in kept)
    layout, denomination = laid_out(chosen.catalogue(), payment.quote)
    facts = facts_of(payment, replies)
    letterhead = Letterhead.of(chosen.config)
    return compose(payment, layout, letterhead, facts, denomination=denomination)


def _from_journal(path: Path, asked: str) -> tuple[Payment, tuple[Message, ...]]:
    """Find a payment and its exchanges, oldest first; the journal is only read.

    Raises:
        Refusal: There is no such payment, or the journal cannot be read.
    """
    payment = story(path, asked).payment
    with reading(path) as connection:
        return payment, messages(connection, MESSAGES_OF_PAYMENT, {"payment_id": payment.id})


def laid_out(catalogue: Catalogue, quote: Quote) -> tuple[Layout | None, Rupiah | None]:
    """Give the layout of a quote's struk, and the product's face value where it is known.

    A product that came with Espay's list is laid out as its category is; without a layout, of a
    category that the shop no longer has, the struk is a plain one.
    """
    try:
        product = catalogue.product(quote.product)
    except Refusal:
        layouts = {one.id: one.rules.struk for one in catalogue.categories}
        return layouts.get(quote.category), None
    return product.rules.struk, product.denomination
