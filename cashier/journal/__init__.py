"""What happened: the only place that knows SQL.

Rows and refusals are plain values and load no database library; ``Journal`` itself, which
does, is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from cashier.journal.errors import JournalRefusal
from cashier.journal.rows import (
    Event,
    KnownCustomer,
    Message,
    NewMessage,
    NewPayment,
    NewQuote,
    Payment,
    Quote,
    Resolution,
    Size,
)

if TYPE_CHECKING:
    from cashier.journal.journal import Journal

__all__ = [
    "Event",
    "Journal",
    "JournalRefusal",
    "KnownCustomer",
    "Message",
    "NewMessage",
    "NewPayment",
    "NewQuote",
    "Payment",
    "Quote",
    "Resolution",
    "Size",
]


def __getattr__(name: str) -> object:
    """Load the database library only for who opens a journal (start-up speed, DESIGN 10)."""
    if name == "Journal":
        from cashier.journal.journal import Journal  # noqa: PLC0415 - see the docstring

        return Journal
    raise AttributeError(name)
