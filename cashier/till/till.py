"""The till: the one async interface that commands and screens alike use."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from cashier.catalogue import Catalogue, Product, Rules
from cashier.clock import Clock
from cashier.journal.rows import Payment, Quote
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.till.asking import Asking, can_be_asked
from cashier.till.counter import Counter
from cashier.till.quoting import inquire
from cashier.till.recovery import recover
from cashier.till.selling import Sale, Watcher
from cashier.till.settings import TillSettings
from cashier.till.times import TillTimes

if TYPE_CHECKING:
    from cashier.espay.service import EspayService
    from cashier.journal import Journal


def _unwatched(_: Payment) -> None:
    """Nobody looks on."""


class Till:
    """What a cashier does: sell, ask, hand back cash. Owns its sales, whoever waits for them."""

    def __init__(
        self,
        settings: TillSettings,
        journal: "Journal",
        catalogue: Catalogue,
        connect: "Callable[[], EspayService]",
        clock: Clock,
        times: TillTimes | None = None,
    ) -> None:
        """Put the till together; ``connect`` is called when Espay is first needed."""
        self._counter = Counter(settings, journal, catalogue, clock, times or TillTimes(), connect)
        self._asking = Asking(self._counter)
        self._sales: dict[asyncio.Task[Payment], Sale] = {}
        self._closing = False
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
        watcher: Watcher = _unwatched,
    ) -> Payment:
        """Take the cash and pay the quote; give the payment in the state Espay's answer proves.

        Cancelling the caller does not cancel the sale: it belongs to the till.

        Args:
            quote_id: The quote to pay, under five minutes old and unused.
            cash: What lies on the counter.
            number: The card number again, where the quote is of a card and not of this till.
            sequence: Which purchase of this bill it is today, where it is not the first.
            watcher: Is told of each state as it is reached.

        Raises:
            Refusal: A guard of T1 does not hold; nothing was kept and the cash goes back.
        """
        if self._closing:
            raise Refusal("till.closing")
        sale = await self._sale(quote_id, number, watcher)
        task = asyncio.create_task(sale.run(cash, sequence))
        self._sales[task] = sale
        task.add_done_callback(self._sales.pop)
        return await asyncio.shield(task)

    def give_up(self, payment_id: int) -> bool:
        """Give a sale up that is still being prepared; tell whether that was in time (T3).

        A payment of which a byte may have left is never cancelled.
        """
        for sale in self._sales.values():
            if sale.payment_id == payment_id:
                return sale.give_up()
        return False

    async def ask(self, payment_id: int) -> Payment:
        """Ask Espay once what became of an open payment.

        Raises:
            Refusal: Espay cannot be asked about it.
        """
        return await self._asking.ask(payment_id)

    async def follow(self, payment: Payment) -> Payment:
        """Ask on the schedule, +5 to 60 s, until the payment is final or that has ended."""
        return await self._asking.follow(payment)

    async def settle(self) -> tuple[Payment, ...]:
        """Ask once about each open payment that can be asked; give them as they stand then."""
        payments = await self.open_payments()
        return tuple([await self.ask(each.id) for each in payments if can_be_asked(each)])

    async def payment(self, reference: str | int) -> Payment:
        """Find a payment by its number or its receipt number.

        Raises:
            Refusal: There is no such payment.
        """
        return await self._counter.journal.payment(reference)

    async def open_payments(self) -> tuple[Payment, ...]:
        """Payments of which something is still to be found out, oldest first."""
        return await self._counter.journal.open_payments()

    async def owed_back(self) -> tuple[Payment, ...]:
        """Payments whose cash belongs to the customer and is still in the drawer, oldest first."""
        return await self._counter.journal.owed_back()

    async def returned(self, reference: str | int) -> Payment:
        """Note that the cash owed back was handed over.

        Raises:
            Refusal: There is no such payment, or no cash is owed back for it.
        """
        payment = await self.payment(reference)
        return await self._counter.journal.hand_back(payment.id)

    async def drain(self) -> None:
        """Take no new sale, and wait until every sale under way is journalled.

        A sale that is still connecting is given up: nothing of it has left (T3).
        """
        self._closing = True
        for sale in self._sales.values():
            sale.give_up()
        if self._sales:
            await asyncio.wait(set(self._sales))

    async def _sale(self, quote_id: str, number: str | None, watcher: Watcher) -> Sale:
        quote = await self.quote(quote_id)
        rules = self._counter.rules_of(quote)
        self._counter.refuse_if_closed(quote, rules.hours)
        order_id = self._counter.card_of(quote, number) if quote.is_card else quote.number
        return Sale(self._counter, quote, order_id, rules.demands, watcher)
