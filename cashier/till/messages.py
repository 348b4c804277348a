"""Turns an exchange with Espay into the message that the journal keeps."""

from cashier.espay.wire import Exchange
from cashier.journal.rows import NewMessage
from cashier.payment import Delivery


def kept(exchange: Exchange) -> NewMessage:
    """Prepare an exchange for the journal, which masks cards before it writes."""
    return NewMessage(
        service=exchange.service,
        rq_uuid=exchange.rq_uuid,
        started_at=exchange.started_at,
        ended_at=exchange.ended_at,
        request=exchange.request,
        reply=exchange.reply,
        http_status=exchange.http_status,
        whole=exchange.answer.delivery in (Delivery.WHOLE, Delivery.UNAUTHORISED),
    )
