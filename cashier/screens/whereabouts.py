"""Which screen shows a payment as it stands."""

from typing import Final

from textual.screen import Screen

from cashier.payment import State
from cashier.screens.front import Front
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.progress import ProgressScreen
from cashier.till import Payment

_UNDER_WAY: Final = frozenset({State.PREPARED, State.SENT})


def screen_of(front: Front, payment: Payment) -> Screen[None]:
    """Give the progress of a payment that this till is sending, the outcome of any other."""
    ours = any(each.id == payment.id for each in front.till.under_way)
    if ours and payment.state in _UNDER_WAY:
        return ProgressScreen(front, payment.id)
    return OutcomeScreen(front, payment)
