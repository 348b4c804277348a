"""Payments that became paid while nobody looked: their token and struk still wait for somebody."""

from typing import TYPE_CHECKING

from cashier.payment import State

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Payment


class Unseen:
    """What was paid behind another screen, or found paid by the start of this till."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._payments: dict[int, Payment] = {}

    @property
    def payments(self) -> "tuple[Payment, ...]":
        """The payments, in the order in which they became paid."""
        return tuple(self._payments.values())

    def came(self, payment: "Payment") -> None:
        """Keep a payment that is paid, until it is looked at."""
        if payment.state is State.PAID:
            self._payments[payment.id] = payment

    def looked_at(self, payment: "Payment") -> None:
        """Forget a payment whose outcome somebody has on the screen."""
        self._payments.pop(payment.id, None)
