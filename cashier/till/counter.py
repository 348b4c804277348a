"""The counter: what every act of the till works with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cashier.catalogue import Catalogue, ClosingHours, Product, Rules
from cashier.clock import Clock, wib_stamp
from cashier.espay.wire import BalanceReply
from cashier.journal.errors import CircuitOpen
from cashier.journal.rows import Payment, Quote
from cashier.language import Refusal
from cashier.payment import Answer
from cashier.till.deposit import Deposit
from cashier.till.messages import kept
from cashier.till.settings import TillSettings
from cashier.till.times import TillTimes

if TYPE_CHECKING:
    from cashier.espay.service import EspayService
    from cashier.journal import Journal


@dataclass(slots=True)
class Counter:
    """Journal, catalogue, line to Espay and clock of one till."""

    settings: TillSettings
    journal: "Journal"
    catalogue: Catalogue
    clock: Clock
    times: TillTimes
    connect: "Callable[[], EspayService]"
    """Makes the line to Espay; called when it is first needed, since it loads httpx."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits so many seconds."""
    sent: dict[int, float] = field(default_factory=dict)
    """When this till's payments left, by payment id, on the monotonic clock."""
    apart_s: float = 0.0
    """By how many seconds Espay's clock was ahead of ours when it last told."""
    told_time: bool = False
    """Whether Espay has told its time at all."""
    cards: dict[str, str] = field(default_factory=dict)
    """Card numbers of this till's own quotes, by quote id; they live in memory only."""
    deposit: Deposit = field(init=False)
    _line: "EspayService | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Tie the deposit to this counter's line and journal."""
        self.deposit = Deposit(self.read_balance, self.clock, self.times)

    @property
    def espay(self) -> "EspayService":
        """The line to Espay."""
        return self.open_line()

    def open_line(self) -> "EspayService":
        """Set the line to Espay up, without connecting yet.

        Raises:
            Refusal: The merchant's address or user name cannot be used.
        """
        if self._line is None:
            self._line = self.connect()
        return self._line

    async def hang_up(self) -> None:
        """Close the line to Espay, if it was ever opened."""
        if self._line is not None:
            await self._line.aclose()
            self._line = None

    async def wait_for_turn(self) -> None:
        """Wait until Espay may be asked again: once a second, all sessions together."""
        await self.journal.turns.pace(self.times.ask_apart_s, self.clock, self.sleep)

    def compare_clocks(self, answer: Answer) -> None:
        """Remember how far Espay's clock is from ours, where an answer tells its time.

        Only in production: the time of a test system proves nothing about the shop's.
        """
        if self.settings.environment == "production" and answer.stamped_at is not None:
            self.told_time = True
            self.apart_s = (answer.stamped_at - self.clock.utc_ms()) / 1000

    def refuse_wrong_clock(self) -> None:
        """Refuse a sale while Espay's clock says something else (``faults.md F61``).

        Raises:
            Refusal: The two are more than five minutes apart.
        """
        if abs(self.apart_s) > self.times.clock_apart_s:
            theirs = wib_stamp(self.clock.utc_ms() + round(self.apart_s * 1000))
            ours = wib_stamp(self.clock.utc_ms())
            raise Refusal("till.clock_differs", ours=ours, theirs=theirs)

    async def prove_clock(self) -> None:
        """Make sure, where Espay's clock can be read, that ours agrees with it now.

        Raises:
            Refusal: It does not, or Espay could not be asked.
        """
        if self.settings.environment != "production" or self.settings.mode == "invoicing":
            return
        self.told_time = False
        await self.read_balance()
        if not self.told_time or abs(self.apart_s) > self.times.clock_apart_s:
            raise Refusal("till.clock_unproved")

    def note_sent(self, payment: Payment) -> None:
        """Remember when a payment left, so that a clock set forward does not make it long ago."""
        self.sent[payment.id] = self.clock.monotonic()

    async def refuse_while_stopped(self) -> None:
        """Refuse a sale while the circuit is open, before any cash is asked for (T1).

        Raises:
            CircuitOpen: A supervisor has to let payments go on.
        """
        trip = (await self.journal.circuit()).trip
        if trip is not None:
            raise CircuitOpen(trip)

    async def read_balance(self) -> BalanceReply:
        """Ask Espay for the deposit and journal the exchange."""
        reply = await self.espay.balance()
        self.compare_clocks(reply.exchanges[-1].answer)
        await self.journal.keep_messages([kept(exchange) for exchange in reply.exchanges])
        return reply

    async def read_products(self) -> bool:
        """Join Espay's list of registered products to the catalogue; tell whether it was read."""
        reply = await self.espay.products()
        await self.journal.keep_messages([kept(exchange) for exchange in reply.exchanges])
        if reply.products is None:
            return False
        live = [(product.code, product.name) for product in reply.products]
        self.catalogue = self.catalogue.with_live(live)
        return True

    async def product(self, code: str) -> Product:
        """Find a product; one that is not built in may stand in Espay's list.

        Raises:
            Refusal: Neither the catalogue nor Espay's list knows the code.
        """
        try:
            return self.catalogue.product(code)
        except Refusal:
            if not await self.read_products():
                raise
            return self.catalogue.product(code)

    def rules_of(self, quote: Quote) -> Rules:
        """The rules under which a quote was made; asks nobody, so it works without a line.

        Raises:
            Refusal: The shop no longer has the product's category.
        """
        try:
            return self.catalogue.product(quote.product).rules
        except Refusal:
            for category in self.catalogue.categories:
                if category.id == quote.category:
                    return category.rules
        raise Refusal("till.category_gone", category=quote.category)

    def refuse_if_closed(self, quote: Quote, hours: ClosingHours | None) -> None:
        """Refuse a sale in the closing hours of its biller; the practice Espay never closes.

        Raises:
            Refusal: The biller is closed now.
        """
        if hours is None or self.settings.environment == "practice":
            return
        if hours.closed_at(self.clock.utc_ms()):
            raise Refusal("till.closed", product=quote.product_name, hours=str(hours))

    def card_of(self, quote: Quote, typed: str | None) -> str:
        """The whole number of a card's quote, remembered or typed again, and proved by its key.

        Raises:
            Refusal: The number is needed again, or another one was typed.
        """
        number = self.cards.get(quote.id)
        if typed is not None:
            number = self.rules_of(quote).number.canonical(typed)
        if number is None:
            raise Refusal("till.card_needed")
        if self.settings.bill_key_of(quote.product, number) != quote.bill_key:
            raise Refusal("till.card_differs", number=quote.number)
        return number
