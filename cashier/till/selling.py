"""One sale: from the operator's confirmation to what Espay's answer proves (T1 to T9).

The order of the steps is the law of ``payment-states.md``: the row ``prepared`` is durable
before a socket opens, ``sent`` is durable before the first byte leaves, the raw reply is durable
before it is judged. A sale is a task of the till; whoever waits for it may go away.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from cashier.espay.release import NotReleased
from cashier.espay.uuid import new_uuid
from cashier.espay.wire import Exchange, PaymentRequest
from cashier.journal.errors import StateMoved
from cashier.journal.rows import NewPayment, Payment, Quote
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import (
    Answer,
    Delivery,
    Demands,
    Judgement,
    Reason,
    Sent,
    State,
    judge,
)
from cashier.text import mask_card
from cashier.till.counter import Counter
from cashier.till.just_sent import refuse_just_sent
from cashier.till.messages import kept

Watcher = Callable[[Payment], None]
"""Is told of each state that a sale reaches."""


def tell(watchers: Iterable[Watcher], payment: Payment) -> None:
    """Tell watchers of a state, in their own time: one that fails does not touch the sale."""
    loop = asyncio.get_running_loop()
    for watcher in watchers:
        loop.call_soon(watcher, payment)


class CashShort(Refusal):
    """The cash on the counter is less than the total."""

    def __init__(self, cash: Rupiah, total: Rupiah) -> None:
        """Remember both amounts."""
        super().__init__("till.cash_short", cash=str(cash), total=str(total))


class Unrecorded(Exception):
    """A sale was under way when the journal failed; only a new start can tell what is true.

    ``payment`` is the last that is known of it, with the reference and the token of an answer
    that could not be journalled any more; its cash stays held.
    """

    def __init__(self, payment: Payment) -> None:
        """Remember the payment."""
        super().__init__(payment.receipt_no)
        self.payment = payment


@dataclass(slots=True)
class Sale:
    """One sale under way."""

    counter: Counter
    quote: Quote
    order_id: str
    """The customer number as it goes over the wire; of a card the whole number."""
    demands: Demands
    watchers: list[Watcher] = field(default_factory=list)
    latest: Payment | None = None
    """The payment as it was last seen, once there is one."""
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to give the sale up; without effect once the first byte may have left."""
    releasing: bool = False

    def give_up(self) -> bool:
        """Stop the sale if nothing can have left yet; tell whether that was in time."""
        if not self.releasing:
            self.given_up.set()
        return not self.releasing

    async def run(self, cash: Rupiah, sequence: int | None) -> Payment:
        """Sell: T1, the exchange, and T3 to T9.

        Raises:
            Refusal: A guard of T1 does not hold; nothing was kept.
            Unrecorded: The journal failed after T1.
        """
        payment = await self._prepare(cash, sequence)
        try:
            return await self._carry_out(payment)
        except Exception as trouble:
            raise Unrecorded(self.latest or payment) from trouble

    async def _carry_out(self, payment: Payment) -> Payment:
        self._reached(payment)
        exchange = await self._exchange(payment)
        self.counter.deposit.forget()
        concluded = await self._conclude(payment, exchange)
        self._reached(concluded)
        return concluded

    def _reached(self, payment: Payment) -> None:
        self.latest = payment
        tell(self.watchers, payment)

    async def _prepare(self, cash: Rupiah, sequence: int | None) -> Payment:
        quote, counter = self.quote, self.counter
        if cash < quote.total:
            raise CashShort(cash, quote.total)
        if counter.settings.mode == "deposit":
            await counter.deposit.require(quote.espay_amount)
        counter.refuse_wrong_clock()
        await refuse_just_sent(counter, quote.bill_key, quote.id)
        counter.open_line()
        if self.given_up.is_set():
            raise Refusal("till.closing")
        rq_uuid = new_uuid(counter.settings.sender_id)
        return await counter.journal.prepare(NewPayment(quote.id, rq_uuid, cash, sequence))

    async def _exchange(self, payment: Payment) -> Exchange | None:
        """Transmit the payment once; ``None`` where it was given up before anything left."""
        request = self._request(payment)
        exchange = asyncio.create_task(
            self.counter.espay.pay(request, lambda: self._release(payment))
        )
        given_up = asyncio.create_task(self.given_up.wait())
        try:
            await asyncio.wait({exchange, given_up}, return_when=asyncio.FIRST_COMPLETED)
            if not exchange.done() and not self.releasing:
                exchange.cancel()
            await asyncio.wait({exchange})
            return None if exchange.cancelled() and not self.releasing else exchange.result()
        finally:
            given_up.cancel()

    def _request(self, payment: Payment) -> PaymentRequest:
        quote, data = self.quote, self.quote.data_text
        if data is not None and quote.is_card:
            data = data.replace(mask_card(self.order_id), self.order_id)
        return PaymentRequest(
            payment.rq_uuid, self.order_id, quote.product, quote.amount_text, data
        )

    async def _release(self, payment: Payment) -> None:
        """Commit ``sent`` in the moment before byte 1 (T2), or refuse the release (T3).

        Whoever opens the gate awaits this to its end, also past the deadline; a commit that
        then turns out to be in vain is T3b.
        """
        self.releasing = True
        if self.given_up.is_set():
            raise NotReleased(Reason.CANCELLED)
        await self.counter.journal.mark_sent(payment.id)
        self.counter.note_sent(payment)
        self._reached(replace(payment, state=State.SENT, sent_at=self.counter.clock.utc_ms()))

    async def _conclude(self, payment: Payment, exchange: Exchange | None) -> Payment:
        journal = self.counter.journal
        answer = exchange.answer if exchange else Answer(Delivery.NOT_SENT, Reason.CANCELLED)
        judgement = judge(sent_of(payment, self.order_id), answer, self.demands)
        self._learn(judgement)
        if exchange is not None and answer.delivery is not Delivery.NOT_SENT:
            await journal.keep_reply(payment.id, kept(exchange))
        reached = await journal.payment(payment.id)
        while True:
            try:
                return await self._write(reached, judgement)
            except StateMoved as moved:
                reached = moved.payment

    async def _write(self, reached: Payment, judgement: Judgement) -> Payment:
        """Write what was judged, or, of a payment given up on meanwhile, what was learnt (T16)."""
        journal = self.counter.journal
        own = reached.state in (State.PREPARED, State.SENT)
        late = reached.state in (State.IN_DOUBT, State.ESCALATED)
        if own or (late and judgement.state is State.PAID):
            return await journal.conclude(reached.id, reached.state, judgement)
        return await journal.learn(reached.id, judgement)

    def _learn(self, judgement: Judgement) -> None:
        """Hold reference and token in memory, for the case that the journal fails now."""
        if self.latest is not None:
            self.latest = replace(self.latest, ref_id=judgement.ref_id, token=judgement.token)


def sent_of(payment: Payment, order_id: str) -> Sent:
    """What an answer about this payment has to agree with."""
    quote = payment.quote
    return Sent(
        rq_uuid=payment.rq_uuid,
        order_id=order_id,
        amount=Rupiah.from_minor(quote.amount_text),
        data_values=frozenset(quote.facts.values()),
    )
