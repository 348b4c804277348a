"""What of a sale the customer reads and types elsewhere: a token, a voucher's code.

The category says so by printing it large (``rules.struk.lines``); a screen shows it large too.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cashier.payment import State
from cashier.receipt.sale import Layout, Sale
from cashier.text import clean


class TakeHome(NamedTuple):
    """One thing to read aloud."""

    label: str
    value: str


def take_home(sale: Sale, layout: Layout | None, facts: Mapping[str, str]) -> Iterator[TakeHome]:
    """Give what the customer takes home of a payment, in the order of the paper.

    A token is given as soon as it is known (W3); a code only once the payment is paid.

    Args:
        sale: The payment.
        layout: How its category lays the struk out, where the shop still has it.
        facts: What the answers told, see ``facts.facts_of``.
    """
    lines = () if layout is None else layout.lines
    large = [line for line in lines if line.large]
    if sale.token is not None:
        labels = (line.label for line in large if line.own == "token")
        yield TakeHome(clean(next(labels, "")), clean(sale.token))
    if sale.state is State.PAID:
        for line in large:
            values = (clean(facts[name]) for name in line.fields if name in facts)
            value = next((one for one in values if one), None)
            if value is not None and line.own is None:
                yield TakeHome(clean(line.label), clean(line.shown(value)))
