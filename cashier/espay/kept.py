"""Reads again, from the bytes that the journal kept, what Espay had answered.

A session may die after it kept a reply and before it judged it (T4). Whoever recovers its
payment comes to the same answer here, by the same way as the session would have.
"""

from typing import Protocol

from cashier.espay.codes import SUCCESS
from cashier.espay.lists import read_balance
from cashier.espay.reception import Reception
from cashier.espay.replies import Understood, understand
from cashier.espay.wire import Service
from cashier.money import Rupiah
from cashier.payment import Answer, Delivery, Reason


class Kept(Protocol):
    """A kept exchange, as far as it is needed here."""

    @property
    def service(self) -> str:
        """Name of the service."""
        ...

    @property
    def reply(self) -> bytes:
        """Every byte that was read."""
        ...

    @property
    def whole(self) -> bool:
        """Whether the reply was complete and could be read when it came."""
        ...


def answer_of(message: Kept, environment: str) -> Answer:
    """Give the answer that a kept exchange holds; never raises.

    Bytes that were masked for the journal may no longer make a whole message; then the answer
    is ``UNUSABLE``, and holds at most a reference to ask by.

    Args:
        message: What the journal kept.
        environment: In which environment it was kept; ``practice`` honours invented codes.
    """
    if not message.reply:
        return Answer(Delivery.UNUSABLE, Reason.NO_REPLY)
    return _understood(message, environment).answer


def balance_of(message: Kept, environment: str) -> Rupiah | None:
    """Give the deposit that a kept answer tells; ``None`` where it tells none."""
    understood = _understood(message, environment)
    if understood.reply is None or understood.answer.code != SUCCESS:
        return None
    return read_balance(understood.reply)


def _understood(message: Kept, environment: str) -> Understood:
    # Here and not above, because httpcore takes its time to load and few starts need it.
    from cashier.espay.replay import replay  # noqa: PLC0415

    reception = replay(message.reply)
    if not message.whole and reception.delivery is not Delivery.UNUSABLE:
        reception = Reception(Delivery.UNUSABLE, Reason.TORN_REPLY, body=reception.body)
    service = Service(message.service)
    return understand(service, reception, practice=environment == "practice")
