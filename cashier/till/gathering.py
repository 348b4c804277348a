"""Gathering hints about a payment without a reference: what speaks for it, and what against it.

A hint proves nothing; it is kept and shown to the supervisor (``payment-states.md``, Evidence).
Nothing here moves money: the deposit is read, and the bill is asked for again.
"""

from collections.abc import Sequence
from typing import Final

from cashier.catalogue import Rules
from cashier.espay.kept import balance_of
from cashier.espay.wire import InquiryReply
from cashier.journal.errors import StateMoved
from cashier.journal.rows import NewMessage, Others, Payment
from cashier.language import Refusal
from cashier.money import ZERO, Rupiah
from cashier.payment import (
    Delivery,
    Evidence,
    Hint,
    Reason,
    State,
    Verdict,
    hint_of_deposit,
)
from cashier.till.asking import next_question
from cashier.till.counter import Counter
from cashier.till.messages import kept
from cashier.till.quoting import additional_data

Found = list[tuple[Hint, str]]

_BELIEVED_MS: Final = 15 * 60 * 1000
"""How old a deposit may have been when the payment left, to be compared with today's."""


def needs_hints(payment: Payment) -> bool:
    """Whether a payment is in doubt and there is no reference to ask by."""
    return payment.state is State.IN_DOUBT and payment.ref_id is None


async def gather(counter: Counter, payment_id: int, seen: Payment | None = None) -> Payment:
    """Look once for hints and keep them; when that has been done, the supervisor is called (T13).

    Args:
        counter: The counter.
        payment_id: The payment.
        seen: How the caller last saw it; where another session has looked since, nothing is
            done.

    Raises:
        Refusal: The payment is not one that hints are gathered about, or the journal cannot
            keep them.
    """
    async with counter.journal.turns.asking_about(payment_id, counter.sleep):
        payment = await counter.journal.payment(payment_id)
        if seen is not None and payment.ask_at != seen.ask_at:
            return payment
        if not needs_hints(payment):
            raise Refusal("till.not_gatherable", payment=payment.receipt_no)
        try:
            return await _gather(counter, payment)
        except StateMoved as moved:
            return moved.payment


async def _gather(counter: Counter, payment: Payment) -> Payment:
    found = await _of_deposit(counter, payment)
    of_inquiry, messages = await _of_inquiry(counter, payment)
    ask_at = next_question(counter, payment, counter.times.gathering)
    hints = [*found, *of_inquiry]
    return await counter.journal.keep_hints(payment.id, hints, ask_at, messages)


async def _of_deposit(counter: Counter, payment: Payment) -> Found:
    """Compare the deposit before the payment left with what it is now."""
    sent_at = payment.sent_at
    if counter.settings.mode == "invoicing" or sent_at is None:
        return []
    message = await counter.journal.balance_before(payment.id, sent_at - _BELIEVED_MS)
    before = None if message is None else balance_of(message, counter.settings.environment)
    if message is None or before is None:
        return []
    await counter.wait_for_turn()
    others = await counter.journal.others_since(message.id, payment.id)
    after = (await counter.read_balance()).balance
    if after is None:
        return []
    quiet = others == await counter.journal.others_since(message.id, payment.id)
    taken = _taken_by(others) if quiet else None
    kind = hint_of_deposit(before, after, payment.quote.espay_amount, taken)
    return [(kind, f"{before.sen} {after.sen}")]


def _taken_by(others: Others) -> Rupiah | None:
    """What other payments took from the deposit; ``None`` where that cannot be told.

    Of one that failed later, or was refunded, nobody knows when the deposit had it back.
    """
    known = all(
        each.state is State.PAID or each.evidence is Evidence.REFUSED for each in others.sent_after
    )
    if others.under_way or not known:
        return None
    paid = (each.quote.espay_amount for each in others.sent_after if each.state is State.PAID)
    return sum(paid, ZERO)


async def _of_inquiry(counter: Counter, payment: Payment) -> tuple[Found, Sequence[NewMessage]]:
    """Ask for the bill again, as a customer would."""
    quote = payment.quote
    try:
        rules = counter.rules_of(quote)
    except Refusal:
        return [], ()
    if not rules.inquiry or quote.is_card or not quote.number:
        return [], ()
    await counter.wait_for_turn()
    extra = additional_data(rules, quote.bill)
    reply = await counter.espay.inquire(quote.number, quote.product, extra)
    messages = [kept(exchange) for exchange in reply.exchanges]
    return _read(reply, payment, rules), messages


def _read(reply: InquiryReply, payment: Payment, rules: Rules) -> Found:
    answer = reply.answer
    if answer.delivery is not Delivery.WHOLE:
        return []
    if answer.trouble is Reason.SAME_TRANSACTION:
        return [(Hint.INQUIRY_SAME_TRANSACTION, answer.code or "")]
    figures = rules.figures
    if figures.bill_is_denomination or figures.bill_is_typed_amount:
        return []  # what can be bought again at any time says nothing about the last time
    if reply.bill is not None and reply.bill.amount == payment.quote.espay_amount:
        return [(Hint.BILL_OPEN, str(reply.bill.amount.sen))]
    if answer.verdict is Verdict.UNPAID and answer.trouble is Reason.REFUSED_BY_CODE:
        return [(Hint.BILL_GONE, answer.code or "")]
    return []
