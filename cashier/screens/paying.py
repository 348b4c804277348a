"""Waiting for a payment that belongs to the till, whichever screen is shown meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import App

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.screens.front import Front
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.till import Payment, Quote, Unrecorded, can_be_asked


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator confirmed."""

    quote: Quote
    cash: Rupiah
    sequence: int | None = None


async def pay(
    app: App[None],
    front: Front,
    order: Order,
    began: Callable[[Payment], None],
    refused: Callable[[Refusal], None],
) -> None:
    """Pay, and see to what follows where no screen may be left to do it.

    Args:
        app: Shows the alarm where the journal fails.
        front: The till.
        order: What to pay.
        began: Called with each state that the payment reaches.
        refused: Called where nothing was kept; the cash goes back.
    """
    till = front.till
    try:
        payment = await till.pay(order.quote.id, order.cash, sequence=order.sequence, watcher=began)
    except Refusal as refusal:
        refused(refusal)
    except Unrecorded as trouble:
        app.push_screen(UnrecordedScreen(front, trouble.payment))
    else:
        if can_be_asked(payment):
            till.follow_behind(payment)
