"""The stage of a fault: one shop, one practice Espay, and the invariants at the end."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import trustme

from cashier.clock import Clock
from cashier.espay.merchant import Times
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.money import Rupiah
from cashier.till import Payment, Quote, Till, TillSettings, TillTimes
from tests.support.clock import ManualClock
from tests.support.invariants import Seen, assert_invariants
from tests.support.sandbox import RunningSandbox, magic_number
from tests.support.shop import AT_ONCE, BILL_KEY, catalogue_without, merchant_at

METER = "14012345678"
TOKEN = "SLYLPR20"
DIRECT = "SINCBN"
DIRECT_NUMBER = "4333333333"
DIRECT_AMOUNT = Rupiah.of(50_000)
WIRE = Times(connect_s=2, exchange_s=2.5, read_s=1, read_tries=3, backoff_s=(0.01,))
"""Long enough for an answer on a loaded machine."""

SHORT = replace(WIRE, exchange_s=0.7)
"""For answers that never come."""


@dataclass
class Stage:
    """What a test of a fault works with; files below ``folder`` outlive every till."""

    folder: Path
    sandbox: RunningSandbox
    clock: ManualClock
    doubled: list[str] = field(default_factory=list)
    """Requests that the network delivered twice."""
    crashed: bool = False
    """Whether the last till was killed, and none was opened since."""
    whole: bool = True
    """Whether the journal must verify at the end."""
    agrees: bool = True
    """Whether Espay's ledger must agree; not where an old copy of the journal was put back."""
    shown: str = ""
    seen: tuple[Seen, ...] = ()

    @property
    def journal(self) -> Path:
        """The shop's journal."""
        return self.folder / "journal" / "journal.db"

    @property
    def anchors(self) -> Path:
        """What the shop keeps about the journal outside its folder."""
        return self.folder / "anchor"

    @property
    def backups(self) -> Path:
        """The shop's backups."""
        return self.folder / "backup"

    def check(self) -> None:
        """Assert I1 to I12 now; the fixture does it at the end of every test."""
        self.seen = assert_invariants(
            self.journal,
            self.sandbox if self.agrees else None,
            before=self.seen,
            doubled=self.doubled,
            crashed=self.crashed,
            shown=self.shown,
            folders=[self.anchors, self.backups],
            whole=self.whole,
        )

    async def open_journal(
        self, kind: type[Journal] = Journal, clock: Clock | None = None
    ) -> Journal:
        """Open the shop's journal, of this class, without a till."""
        return await kind.open(
            self.journal,
            environment="practice",
            clock=clock or self.clock,
            backup_dir=self.backups,
            anchor_dir=self.anchors,
            bill_key_print=self._settings("invoicing").bill_key_print,
        )

    def _settings(self, mode: Literal["deposit", "invoicing"]) -> TillSettings:
        return TillSettings("practice", self.sandbox.sender_id, BILL_KEY, mode)

    @contextlib.asynccontextmanager
    async def open(
        self,
        base_url: str | None = None,
        *,
        wire: Times = WIRE,
        times: TillTimes = AT_ONCE,
        kind: type[Journal] = Journal,
        ca: trustme.CA | None = None,
        mode: Literal["deposit", "invoicing"] = "invoicing",
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> AsyncIterator[Till]:
        """Open the shop's till, at this address in Espay's place."""
        own = clock or self.clock
        merchant = merchant_at(self.sandbox, base_url)
        if ca is not None:
            file = self.folder / "ca.pem"
            ca.cert_pem.write_to_path(str(file))
            merchant = replace(merchant, ca_file=file)
        journal = await self.open_journal(kind, own)
        till = Till(
            self._settings(mode),
            journal,
            catalogue_without(""),
            lambda: EspayService(merchant, own, wire),
            own,
            times,
            sleep,
        )
        async with till:
            self.crashed = False
            yield till

    async def quote(self, number: str = DIRECT_NUMBER, product: str = DIRECT) -> Quote:
        """Make a quote at the practice Espay itself, with a till of its own."""
        async with self.open() as till:
            return await quoted(till, number, product)

    async def pay_over(
        self, base_url: str, *, wire: Times = WIRE, ca: trustme.CA | None = None
    ) -> Payment:
        """Pay a fresh quote over this address in Espay's place."""
        quote = await self.quote()
        async with self.open(base_url, wire=wire, ca=ca) as till:
            return await pay(till, quote)

    async def trouble(self, key: str, product: str = DIRECT, *, wire: Times = WIRE) -> Payment:
        """Pay a bill whose number asks the practice Espay for a trouble."""
        like = METER if product == TOKEN else DIRECT_NUMBER
        async with self.open(wire=wire) as till:
            return await sell(till, magic_number(key, like), product)

    async def payments(self) -> tuple[Payment, ...]:
        """Give all open payments and all cash owed back."""
        journal = await self.open_journal()
        try:
            return (*await journal.open_payments(), *await journal.owed_back())
        finally:
            await journal.close()


async def quoted(till: Till, number: str = DIRECT_NUMBER, product: str = DIRECT) -> Quote:
    """Inquire; a direct product is wished for with an amount."""
    wish = DIRECT_AMOUNT if product == DIRECT else None
    return await till.inquire(product, number, wish)


async def pay(till: Till, quote: Quote) -> Payment:
    """Pay a quote with exactly its total."""
    return await till.pay(quote.id, Rupiah.of(quote.total.whole_up))


async def sell(till: Till, number: str = DIRECT_NUMBER, product: str = DIRECT) -> Payment:
    """Inquire and pay."""
    return await pay(till, await quoted(till, number, product))


def server_tls(ca: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    return context


def states(payments: Iterable[Payment]) -> list[str]:
    """The states of some payments, in order."""
    return [payment.state.value for payment in payments]
