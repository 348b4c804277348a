"""The till: the one async interface that commands and screens alike use."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from cashier.catalogue import Catalogue, MobileOperator, Product, Rules
from cashier.clock import Clock, wib_day
from cashier.journal.rows import KnownCustomer, Payment, Quote
from cashier.language import LanguageCode, Refusal
from cashier.money import Rupiah
from cashier.payment import State
from cashier.till.asking import Asking
from cashier.till.behind import Behind
from cashier.till.counter import Counter
from cashier.till.finding import Find, find
from cashier.till.follower import Follower
from cashier.till.messages import kept
from cashier.till.query import SHORTEST_KNOWN, known_by, number_alone, receipt_in
from cashier.till.quoting import inquire
from cashier.till.recovery import recover
from cashier.till.selling import Sale, Watcher, tell
from cashier.till.settings import TillSettings
from cashier.till.times import TillTimes

if TYPE_CHECKING:
    from cashier.espay.service import EspayService
    from cashier.journal import Journal


_LOG: Final = logging.getLogger(__name__)


class Till(Follower):
    """What a cashier does: sell, ask, hand back cash. Owns its sales, whoever waits for them."""

    def __init__(
        self,
        settings: TillSettings,
        journal: "Journal",
        catalogue: Catalogue,
        connect: "Callable[[], EspayService]",
        clock: Clock,
        times: TillTimes | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Put the till together; ``connect`` is called when Espay is first needed."""
        times = times or TillTimes()
        self._counter = Counter(settings, journal, catalogue, clock, times, connect, sleep)
        self._asking = Asking(self._counter)
        self._sales: dict[asyncio.Task[Payment], Sale] = {}
        self._followers: dict[int, asyncio.Task[None]] = {}
        self._watchers: list[Watcher] = []
        self._closing = False
        self._behind = Behind(self._counter, self._asking, lambda: self._followers, self._tell_all)
        self.recovered: tuple[Payment, ...] = ()
        """Payments that a dead session had left behind, as the start made them."""

    async def __aenter__(self) -> Self:
        """Recover what dead sessions left behind; new sales may follow."""
        self.recovered = await recover(self._counter)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish the sales under way, then close line and journal."""
        await self.drain()
        await self._counter.hang_up()
        await self._counter.journal.close()

    @property
    def catalogue(self) -> Catalogue:
        """What can be sold, joined with Espay's list once that was read."""
        return self._counter.catalogue

    async def product(self, code: str) -> Product:
        """Find a product by its code.

        Raises:
            Refusal: Neither the catalogue nor Espay's list knows it.
        """
        return await self._counter.product(code)

    async def refresh_products(self) -> bool:
        """Read Espay's list of registered products; tell whether it could be read."""
        return await self._counter.read_products()

    async def find(self, typed: str, language: LanguageCode) -> tuple[Find, ...]:
        """Give the fastest roads to a sale for what was typed, the likeliest first."""
        customers: tuple[KnownCustomer, ...] = ()
        begin = known_by(typed)
        if len(begin) >= SHORTEST_KNOWN:
            customers = await self._counter.journal.customers(begin)
        return find(self.catalogue, typed, language, customers)

    @property
    def deposit(self) -> Rupiah | None:
        """The deposit as Espay last told it; ``None`` where that is unknown or too old."""
        return self._counter.deposit.known

    async def operator_of(self, number: str) -> MobileOperator | None:
        """Ask Espay whose phone number it is; ``None`` where its answer names none that we know.

        The prefix table answers at once (``catalogue.operator_of``); this may confirm it.
        """
        reply = await self._counter.espay.operator_of(number)
        await self._counter.journal.keep_messages([kept(each) for each in reply.exchanges])
        return None if reply.operator is None else self.catalogue.operator_named(reply.operator)

    async def balance(self) -> Rupiah | None:
        """Read the deposit, ``None`` where it is unknown or the merchant is invoiced."""
        if self._counter.settings.mode == "invoicing":
            return None
        return await self._counter.deposit.refresh()

    async def inquire(self, product_code: str, number: str, amount: Rupiah | None = None) -> Quote:
        """Ask what is owed for a customer number, and keep the answer as a quote.

        Raises:
            Refusal: No sale is possible; the sentence says why and what to do.
        """
        return await inquire(self._counter, product_code, number, amount)

    async def quote(self, quote_id: str) -> Quote:
        """Find a kept quote.

        Raises:
            Refusal: There is no such quote.
        """
        return await self._counter.journal.quote(quote_id)

    def rules_of(self, quote: Quote) -> Rules:
        """The rules under which a quote was made.

        Raises:
            Refusal: The shop no longer has the product's category.
        """
        return self._counter.rules_of(quote)

    async def pay(
        self,
        quote_id: str,
        cash: Rupiah,
        *,
        number: str | None = None,
        sequence: int | None = None,
        watcher: Watcher | None = None,
    ) -> Payment:
        """Take the cash and pay the quote; give the payment in the state Espay's answer proves.

        Cancelling the caller does not cancel the sale: it belongs to the till.

        Args:
            quote_id: The quote to pay, under five minutes old and unused.
            cash: What lies on the counter.
            number: The card number again, where the quote is of a card and not of this till.
            sequence: Which purchase of this bill it is today, where it is not the first.
            watcher: Is told of each state as it is reached, as those of ``watch`` are.

        Raises:
            Refusal: A guard of T1 does not hold; nothing was kept and the cash goes back.
            Unrecorded: The journal failed when the sale was under way.
        """
        sale = await self._sale(quote_id, number)
        if self._closing:
            raise Refusal("till.closing")
        sale.watchers = [self._tell_all, *([watcher] if watcher else [])]
        task = asyncio.create_task(sale.run(cash, sequence))
        self._sales[task] = sale
        task.add_done_callback(self._sales.pop)
        return await asyncio.shield(task)

    def give_up(self, payment_id: int) -> bool:
        """Give a sale up that is still being prepared; tell whether that was in time (T3).

        A payment of which a byte may have left is never cancelled.
        """
        for sale in self._sales.values():
            if sale.latest is not None and sale.latest.id == payment_id:
                return sale.give_up()
        return False

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Tell ``watcher`` of each state that any payment of this till reaches from now on.

        It is told of cash that was handed back, too. Gives what ends the watching. A watcher
        that fails does not touch the payment.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    @property
    def under_way(self) -> tuple[Payment, ...]:
        """The payments of this till that wait for Espay's answer now, as they stand."""
        latest = (sale.latest for sale in self._sales.values())
        return tuple(payment for payment in latest if payment is not None)

    def ask_behind(self) -> None:
        """Ask, from now on and until the till's end, about whatever is open and due.

        Payments of other sessions too: what is due stands in the journal.
        """
        if not self._closing:
            self._behind.begin()

    def follow_behind(self, payment: Payment) -> None:
        """Follow a payment through its first minute while other work goes on."""
        if payment.id not in self._followers:
            task = asyncio.create_task(self._follow_on(payment))
            self._followers[payment.id] = task
            task.add_done_callback(lambda _: self._followers.pop(payment.id))

    async def _follow_on(self, payment: Payment) -> None:
        """Follow through the first minute; a question that fails is asked again at the next."""
        for _ in self._counter.times.ask_after_s:
            try:
                await self.follow(payment)
            except Refusal as refusal:
                _LOG.warning("payment %d cannot be asked about: %s", payment.id, refusal.key)
                payment = await self.payment(payment.id)
            else:
                return

    async def sold_today(self, part: str = "", limit: int = 200) -> tuple[Payment, ...]:
        """Give the payments of this WIB day, newest first, whatever became of them.

        Args:
            part: What stands in receipt number, customer number or name; empty for all.
            limit: How many at most.
        """
        day = wib_day(self._counter.clock.utc_ms())
        return await self._counter.journal.sold_on(day, part, limit)

    async def sold_to(self, typed: str) -> tuple[Payment, ...]:
        """Give what was sold already under what was typed, newest first.

        A receipt number (``261122-0007``, its dash may be missing) names one payment of any day;
        a customer number, or its beginning, those that were paid for it today.
        """
        receipt_no = receipt_in(typed)
        if receipt_no is not None:
            with suppress(Refusal):  # a customer's number may look like that, too
                return (await self.payment(receipt_no),)
        begin = number_alone(typed)
        if begin is None:
            return ()
        sold = await self.sold_today(begin)
        return tuple(
            each
            for each in sold
            if each.state is State.PAID and each.quote.number.startswith(begin)
        )

    async def drain(self) -> None:
        """Take no new sale, and wait until every sale under way is journalled.

        A sale that is still connecting is given up: nothing of it has left (T3).
        """
        self._closing = True
        await self._behind.end()
        followers = tuple(self._followers.values())
        for follower in followers:
            follower.cancel()
        for sale in self._sales.values():
            sale.give_up()
        if self._sales or followers:
            await asyncio.wait({*self._sales, *followers})

    def _tell_all(self, payment: Payment) -> None:
        tell(self._watchers, payment)

    def _seen(self, payment: Payment) -> Payment:
        self._tell_all(payment)
        return payment

    async def _sale(self, quote_id: str, number: str | None) -> Sale:
        quote = await self.quote(quote_id)
        rules = self._counter.rules_of(quote)
        self._counter.refuse_if_closed(quote, rules.hours)
        order_id = self._counter.card_of(quote, number) if quote.is_card else quote.number
        return Sale(self._counter, quote, order_id, rules.demands)
