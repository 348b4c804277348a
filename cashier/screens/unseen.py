"""What payments came to while nobody looked: kept until somebody has it on the screen."""

from typing import TYPE_CHECKING, Final

from cashier.payment import Cash, State

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Payment

_TOLD: Final = frozenset(
    {
        State.PAID,
        State.UNPAID,
        State.REFUNDED,
        State.IN_DOUBT,
        State.INCOMPLETE,
        State.ESCALATED,
    }
)
"""States with which waiting ends; a payment that Espay still processes is among the open ones."""


class Unseen:
    """What became of payments behind another screen, or was found paid by a start of this till."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._news: dict[int, Payment] = {}
        self._looked_at: dict[int, State] = {}
        """Open payments, and the state they were seen in: asked about again, they are told anew."""

    @property
    def news(self) -> "tuple[Payment, ...]":
        """The payments, each as it ended, in the order in which they did."""
        return tuple(self._news.values())

    @property
    def payments(self) -> "tuple[Payment, ...]":
        """Those that were paid, whose token and struk wait for somebody."""
        return tuple(each for each in self._news.values() if each.state is State.PAID)

    def came(self, payment: "Payment") -> None:
        """Keep a payment whose waiting has ended, until it is looked at.

        One that was seen in this very state is no news, nor one whose cash is back.
        """
        if payment.cash is Cash.RETURNED:
            self.looked_at(payment)
        elif payment.state in _TOLD and self._looked_at.get(payment.id) is not payment.state:
            self._news.pop(payment.id, None)
            self._news[payment.id] = payment

    def looked_at(self, payment: "Payment") -> None:
        """Forget a payment whose outcome somebody has on the screen."""
        self._news.pop(payment.id, None)
        if payment.state.is_open:
            self._looked_at[payment.id] = payment.state
        else:
            self._looked_at.pop(payment.id, None)
