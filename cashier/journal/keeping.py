"""Quotes and messages: what was asked of Espay and what came back, kept as it came."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cashier.journal.chain import canonical
from cashier.journal.masking import LONGEST_REPLY, NO_CARD, Mask, mask_for, masked_number
from cashier.journal.rows import NewMessage, NewQuote
from cashier.journal.schema import MESSAGE, QUOTE
from cashier.journal.transaction import Transaction

BUILT_IN_OPERATOR: Final = 1
"""KASIR, who is there from the first migration; people come with a later one."""

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH: Final = 8

_INSERT_QUOTE: Final = """
    INSERT INTO quote (
        id, seq, at, category, product, product_name, bill_key, is_card, amount_text,
        bill_sen, admin_fee_sen, service_fee_sen, operator_id,
        number, name, data_text, facts, salt
    ) VALUES (
        :id, :seq, :at, :category, :product, :product_name, :bill_key, :is_card, :amount_text,
        :bill_sen, :admin_fee_sen, :service_fee_sen, :operator_id,
        :number, :name, :data_text, :facts, :salt
    )
"""
_INSERT_MESSAGE: Final = """
    INSERT INTO message (
        seq, payment_id, quote_id, service, rq_uuid, started_at, ended_at, http_status, whole,
        request, reply, salt
    ) VALUES (
        :seq, :payment_id, :quote_id, :service, :rq_uuid, :started_at, :ended_at,
        :http_status, :whole, :request, :reply, :salt
    )
"""


def keep_quote(transaction: Transaction, quote: NewQuote, messages: Sequence[NewMessage]) -> str:
    """Keep the transaction's operator's quote with the exchanges it came from; give its id."""
    quote_id = "".join(secrets.choice(_CROCKFORD) for _ in range(_ID_LENGTH))
    mask = mask_for(_order_id(messages) or quote.number, is_card=True) if quote.is_card else None
    transaction.insert(
        QUOTE,
        _INSERT_QUOTE,
        {
            "id": quote_id,
            "at": transaction.at,
            "category": quote.category,
            "product": quote.product,
            "product_name": quote.product_name,
            "bill_key": quote.bill_key,
            "is_card": int(quote.is_card),
            "amount_text": quote.amount_text,
            "bill_sen": quote.bill.sen,
            "admin_fee_sen": quote.admin_fee.sen,
            "service_fee_sen": quote.service_fee.sen,
            "operator_id": transaction.operator,
            **_personal(quote, mask),
        },
        "quote",
    )
    for message in messages:
        keep_message(transaction, message, mask=mask, quote_id=quote_id)
    return quote_id


def _order_id(messages: Sequence[NewMessage]) -> str | None:
    return next((found for m in messages if (found := m.request.get("order_id"))), None)


def _personal(quote: NewQuote, mask: Mask | None) -> dict[str, str | None]:
    """Give the personal columns; of a card nothing but its mask is left in any of them."""
    if mask is None:
        return {
            "number": quote.number,
            "name": quote.name,
            "data_text": quote.data_text,
            "facts": _facts(quote, NO_CARD),
        }
    return {
        "number": masked_number(quote.number),
        "name": None if quote.name is None else mask.text(quote.name),
        "data_text": None if quote.data_text is None else mask.exact(quote.data_text),
        "facts": _facts(quote, mask),
    }


def _facts(quote: NewQuote, mask: Mask) -> str:
    return canonical([(name, mask.field(name, value)) for name, value in quote.facts.items()])


def masked(message: NewMessage, mask: Mask | None = None) -> NewMessage:
    """Give an exchange as it may be written: allowed request fields, cards masked.

    A reply beyond the cap is cut and no longer counts as whole; it is never refused.
    """
    hidden = mask or mask_for(message.request.get("order_id"), is_card=False)
    reply = hidden.raw(message.reply[: 2 * LONGEST_REPLY])
    return replace(
        message,
        request=hidden.request(message.request),
        reply=reply[:LONGEST_REPLY],
        whole=message.whole and len(reply) <= LONGEST_REPLY,
    )


def keep_message(
    transaction: Transaction,
    message: NewMessage,
    *,
    mask: Mask | None = None,
    payment_id: int | None = None,
    quote_id: str | None = None,
) -> int:
    """Keep one exchange: allowed request fields and the raw reply, cards masked."""
    shown = masked(message, mask)
    return transaction.insert(
        MESSAGE,
        _INSERT_MESSAGE,
        {
            "payment_id": payment_id,
            "quote_id": quote_id,
            "service": shown.service,
            "rq_uuid": shown.rq_uuid,
            "started_at": shown.started_at,
            "ended_at": shown.ended_at,
            "http_status": shown.http_status,
            "whole": int(shown.whole),
            "request": canonical(shown.request),
            "reply": shown.reply,
        },
        "message",
        payment_id,
    )
