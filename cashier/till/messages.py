"""Turns an exchange with Espay into the message that the journal keeps."""

from cashier.espay.wire import Exchange
from cashier.journal.rows import NewMessage
from cashier.payment import Delivery
from cashier.text import mask_card


def kept(exchange: Exchange, card: str | None = None) -> NewMessage:
    """Prepare an exchange for the journal; ``card`` is masked wherever it stands.

    The journal masks what looks like a card by itself; a card number without a valid check
    digit can only be known from here.
    """
    request, reply = dict(exchange.request), exchange.reply
    if card is not None:
        mask = mask_card(card)
        request = {name: value.replace(card, mask) for name, value in request.items()}
        reply = reply.replace(card.encode(), mask.encode())
    return NewMessage(
        service=exchange.service,
        rq_uuid=exchange.rq_uuid,
        started_at=exchange.started_at,
        ended_at=exchange.ended_at,
        request=request,
        reply=reply,
        http_status=exchange.http_status,
        whole=exchange.answer.delivery in (Delivery.WHOLE, Delivery.UNAUTHORISED),
    )
