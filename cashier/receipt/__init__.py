"""What the customer takes home: one document model, several renderers.

``compose`` makes the document of a payment, ``typeset`` lays it out for a width, and
``plain_text`` writes it down; screen, file and paper show the same rows. Light on purpose: the
printers, which know the configuration, are in ``cashier.receipt.printers``.
"""

from cashier.receipt.compose import Letterhead, Reprint, compose
from cashier.receipt.document import (
    Amount,
    Block,
    Centred,
    Cut,
    Document,
    Line,
    Pair,
    Paragraph,
    Part,
    Rule,
    Token,
)
from cashier.receipt.facts import Reply, facts_of
from cashier.receipt.plain_text import plain_text
from cashier.receipt.sale import Layout, LayoutLine, OwnValue, QuoteLike, Sale
from cashier.receipt.take_home import TakeHome, take_home
from cashier.receipt.token import grouped, is_token
from cashier.receipt.typeset import NARROWEST, WIDEST, Row, Sheet, typeset

__all__ = [
    "NARROWEST",
    "WIDEST",
    "Amount",
    "Block",
    "Centred",
    "Cut",
    "Document",
    "Layout",
    "LayoutLine",
    "Letterhead",
    "Line",
    "OwnValue",
    "Pair",
    "Paragraph",
    "Part",
    "QuoteLike",
    "Reply",
    "Reprint",
    "Row",
    "Rule",
    "Sale",
    "Sheet",
    "TakeHome",
    "Token",
    "compose",
    "facts_of",
    "grouped",
    "is_token",
    "plain_text",
    "take_home",
    "typeset",
]
