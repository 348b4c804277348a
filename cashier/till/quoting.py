"""From a customer number to a quote: the inquiry, its checks, and what the journal keeps."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from cashier.catalogue import Product, Rules
from cashier.espay.wire import Bill, InquiryReply
from cashier.journal.errors import PaidJustNow
from cashier.journal.rows import NewMessage, NewQuote, Quote
from cashier.language import Refusal
from cashier.money import ZERO, Rupiah
from cashier.payment import Delivery, Reason, Verdict
from cashier.text import looks_like_card, mask_card
from cashier.till.counter import Counter
from cashier.till.figures import check_figures, split
from cashier.till.just_sent import last_sent, refuse_just_sent
from cashier.till.messages import kept
from cashier.till.settings import TillSettings

_SOONEST_S: Final = 10
"""What is waited at least where Espay's clock says that five minutes are not over yet."""

_CLOCKS_APART_S: Final = 60
"""For how long after five minutes a 610 may still be about our own attempt."""


class InquiryFailed(Refusal):
    """Espay gave no bill; ``reason`` says why, in the words of the law."""

    def __init__(self, reason: Reason, **values: str) -> None:
        """Remember why; the sentence is the one of the reason in the area ``inquiry``."""
        super().__init__(f"inquiry.{reason}", **values)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants: a product for a number, and an amount where they choose it."""

    product: Product
    number: str
    """Canonical customer number."""
    amount: Rupiah | None
    bill_key: str

    @property
    def is_card(self) -> bool:
        """Whether the number is a card's and must never be written down."""
        return self.product.rules.number.kind == "card" or looks_like_card(self.number)

    @property
    def shown(self) -> str:
        """The number as a screen may show it."""
        return mask_card(self.number) if self.is_card else self.number


async def inquire(
    counter: Counter, product_code: str, typed_number: str, amount: Rupiah | None
) -> Quote:
    """Ask what is owed, check the answer, and keep it as a quote.

    Raises:
        Refusal: The wish, the shop, or Espay's answer does not allow a sale; the sentence
            says why and what to do.
    """
    wish = await _wish(counter, product_code, typed_number, amount)
    await refuse_if_under_way(counter, wish.bill_key)
    await counter.refuse_while_stopped()
    await refuse_just_sent(counter, wish.bill_key)
    if wish.amount is not None and not wish.product.rules.inquiry:
        return await _quote_typed(counter, wish, wish.amount)
    reply = await _asked(counter, wish)
    messages = [kept(exchange) for exchange in reply.exchanges]
    counter.compare_clocks(reply.answer)
    try:
        counter.refuse_wrong_clock()
        bill = await _bill_of(counter, reply, wish)
        quote = _new_quote(counter.settings, wish, bill)
        await _require_deposit(counter, quote)
    except Refusal:
        await counter.journal.keep_messages(messages, is_card=wish.is_card)
        raise
    return await _keep(counter, wish, quote, messages=messages)


async def refuse_if_under_way(counter: Counter, bill_key: str) -> None:
    """Refuse an inquiry for a bill that is open, so that no cash screen is ever shown for it.

    Raises:
        Refusal: A payment of this bill is open; ``till.bill_open`` names it.
    """
    payment = await counter.journal.open_of(bill_key)
    if payment is not None:
        raise Refusal("till.bill_open", payment=payment.receipt_no, operator=payment.operator)


def service_fee(settings: TillSettings, product: Product) -> Rupiah:
    """The shop's own fee for a product, inside what the category allows (``counter.md 3.1``)."""
    policy = product.rules.fee
    if not policy.allowed:
        return ZERO
    fee = settings.service_fee_of(product.category.id)
    return fee if policy.maximum is None else min(fee, policy.maximum)


async def _wish(
    counter: Counter, product_code: str, typed_number: str, amount: Rupiah | None
) -> Wish:
    product = await counter.product(product_code)
    number = product.rules.number.canonical(typed_number)
    product.rules.check_amount(amount)
    return Wish(product, number, amount, counter.settings.bill_key_of(product.code, number))


def additional_data(rules: Rules, amount: Rupiah | None) -> str | None:
    """What an inquiry sends beside the number: the chosen amount, where the category wants it."""
    if amount is None or not rules.amount_at_inquiry:
        return None
    return json.dumps({"amount": amount.minor})


async def _asked(counter: Counter, wish: Wish) -> InquiryReply:
    """Ask for the bill and, in the same wait, for the deposit that will pay it."""
    extra = additional_data(wish.product.rules, wish.amount)
    inquiry = counter.espay.inquire(wish.number, wish.product.code, extra)
    if counter.settings.mode == "invoicing":
        return await inquiry
    reply, deposit = await asyncio.gather(
        inquiry, counter.deposit.freshen(), return_exceptions=True
    )
    if isinstance(reply, BaseException):
        raise reply
    if isinstance(deposit, BaseException):
        raise deposit
    return reply


async def _quote_typed(counter: Counter, wish: Wish, amount: Rupiah) -> Quote:
    bill = Bill(amount.minor, amount, amount, ZERO, data_text=None)
    quote = _new_quote(counter.settings, wish, bill)
    await _require_deposit(counter, quote)
    return await _keep(counter, wish, quote, messages=[])


async def _require_deposit(counter: Counter, quote: NewQuote) -> None:
    if counter.settings.mode == "deposit":
        await counter.deposit.require(quote.bill + quote.admin_fee)


async def _keep(
    counter: Counter, wish: Wish, quote: NewQuote, *, messages: list[NewMessage]
) -> Quote:
    kept_quote = await counter.journal.keep_quote(quote, messages)
    if wish.is_card:
        counter.cards[kept_quote.id] = wish.number
    return kept_quote


async def _bill_of(counter: Counter, reply: InquiryReply, wish: Wish) -> Bill:
    answer = reply.answer
    if answer.delivery is not Delivery.WHOLE:
        raise InquiryFailed(answer.trouble or Reason.UNAUTHORISED, detail=answer.detail)
    if answer.trouble is Reason.OTHER_NUMBER:
        raise InquiryFailed(Reason.OTHER_NUMBER, number=wish.shown)
    if answer.trouble is Reason.SAME_TRANSACTION:
        raise await _same_transaction(counter, wish)
    if answer.trouble is not None:
        raise InquiryFailed(answer.trouble, code=answer.code or "", text=answer.text)
    if reply.bill is None and answer.verdict is Verdict.PAID:
        raise Refusal("till.bill_unreadable")
    if reply.bill is None:
        raise InquiryFailed(Reason.REFUSED_BY_CODE, code=answer.code or "", text=answer.text)
    figures = wish.product.rules.figures
    check_figures(figures, reply.bill, wish.product.denomination, wish.amount)
    return reply.bill


async def _same_transaction(counter: Counter, wish: Wish) -> Refusal:
    """Say whose the transaction is that Espay has seen a moment ago: ours, or another loket's."""
    last = await last_sent(counter, wish.bill_key)
    if last is None or last.left_s < -_CLOCKS_APART_S:
        return Refusal("till.paid_elsewhere")
    return PaidJustNow(last.payment, max(_SOONEST_S, last.left_s))


def _new_quote(settings: TillSettings, wish: Wish, bill: Bill) -> NewQuote:
    product = wish.product
    bill_part, admin_fee = split(product.rules.figures, bill)
    names = (bill.facts[name] for name in product.rules.name_fields if bill.facts.get(name))
    quote = NewQuote(
        category=product.category.id,
        product=product.code,
        product_name=product.name,
        bill_key=wish.bill_key,
        number=wish.number,
        is_card=wish.is_card,
        name=next(names, None),
        amount_text=bill.amount_text,
        bill=bill_part,
        admin_fee=admin_fee,
        service_fee=service_fee(settings, product),
        data_text=bill.data_text,
        facts=bill.facts,
    )
    if bill.amount <= ZERO:
        raise Refusal("till.nothing_to_pay")
    largest = settings.largest_payment
    if largest is not None and bill.amount > largest:
        raise Refusal("till.too_much", amount=str(bill.amount), largest=str(largest))
    return quote
