"""Replies of the practice Espay, each with what it answers: the material of the proofs 5 and 6.

They are asked for by the real line over a real socket, and kept as they came, heads too.
"""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cashier.catalogue import load_catalogue
from cashier.espay.merchant import Times
from cashier.espay.replay import replay
from cashier.espay.replies import understand
from cashier.espay.service import EspayService
from cashier.espay.wire import PaymentRequest, Service
from cashier.money import Rupiah
from cashier.payment import Answer, Asked, Demands, Judgement, Sent, State, judge, judge_status
from tests.support.clock import START_MS, ManualClock
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import merchant_at

_TIMES: Final = Times(connect_s=15, exchange_s=30, read_s=30, read_tries=1)
_DIRECT: Final = Rupiah.of(50_000)
_OLD_MS: Final = 60 * 60 * 1000

_METER: Final = "14012345678"
_IDPEL: Final = "530520795551"
_PHONE: Final = "081803644281"
_INTERNET: Final = "4333333333"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply, and the request that it answers."""

    name: str
    service: Service
    raw: bytes
    """Every byte of it, from the first line of the head."""
    rq_uuid: str
    """Of the request: of a status question, the question's own."""
    order_id: str = ""
    product: str = ""
    request: PaymentRequest | None = None
    sent: Sent | None = None
    """What was paid; of a status answer, the payment that it is about."""
    demands: Demands = field(default_factory=Demands)
    ref_id: str = ""
    """What a status question asks by."""

    @property
    def body(self) -> bytes:
        """The body, without its head."""
        return self.raw.partition(b"\r\n\r\n")[2]

    def asked(self, *, failed_before: bool = True, state: State = State.IN_DOUBT) -> Asked:
        """The status question, so long after sending that one more failure decides."""
        assert self.sent is not None
        now = START_MS + _OLD_MS
        failed_at = now - _OLD_MS // 2 if failed_before else None
        return Asked(self.sent, state, self.rq_uuid, self.ref_id, START_MS, now, failed_at)

    def judged(self, answer: Answer) -> Judgement:
        """What the law makes of an answer to this request; only of payments and their status."""
        assert self.sent is not None
        if self.service is Service.STATUS:
            return judge_status(self.asked(), answer, self.demands)
        return judge(self.sent, answer, self.demands)


def record(folder: Path) -> dict[str, Reply]:
    """Ask a practice Espay for all of them, in folders of its own below ``folder``."""
    replies: list[Reply] = []
    for mode in ("deposit", "invoicing"):
        place = folder / mode
        place.mkdir()
        with running_sandbox(
            place,
            mode="deposit" if mode == "deposit" else "invoicing",
            clock=ManualClock(),
            unregistered=frozenset({"STBIDV"}),
        ) as sandbox:
            replies += asyncio.run(_asked_at(sandbox, mode))
    return {reply.name: reply for reply in replies}


async def _asked_at(sandbox: RunningSandbox, mode: str) -> list[Reply]:
    line = EspayService(merchant_at(sandbox), ManualClock(), _TIMES)
    try:
        ask = _at_deposit if mode == "deposit" else _at_invoicing
        return await ask(_Counter(line, sandbox.sender_id))
    finally:
        await line.aclose()


async def _at_deposit(counter: "_Counter") -> list[Reply]:
    paid_later = magic_number("in_process_paid", _INTERNET)
    failed_later = magic_number("in_process_failed", _INTERNET)
    return [
        await counter.billed("token paid", "SLYLPR20", _METER),
        await counter.billed("postpaid paid", "SLYLPO", _IDPEL),
        await counter.direct("inproses", "SINCBN", paid_later),
        await counter.direct("refused with words", "STBIDV", "401101338801"),
        await counter.direct("foreign echo", "SINCBN", magic_number("other_uuid", _INTERNET)),
        await counter.billed("e-wallet paid", "SVHOVO000", _PHONE, '{"amount": "10000000"}'),
        await counter.billed("voucher paid", "SVDGP50", _PHONE),
        await counter.direct("refused by code", "STASMF", magic_number("number_code", _INTERNET)),
        await counter.direct("unauthorised", "STASMF", magic_number("http_401", _INTERNET)),
        await counter.asked_for_a_bill("inquiry", "SLYLPO", "530520795552"),
        await counter.followed("status paid", "STASMF", paid_later),
        await counter.followed("status failed", "STASMF", failed_later),
        await counter.balance("balance"),
    ]


async def _at_invoicing(counter: "_Counter") -> list[Reply]:
    return [await counter.direct("invoicing paid", "SINCBN", _INTERNET)]


class _Counter:
    """Asks, and keeps what came with what it was the answer to."""

    def __init__(self, line: EspayService, sender_id: str) -> None:
        self._line = line
        self._sender_id = sender_id
        self._catalogue = load_catalogue().with_live([("SVDGP50", "Google Play 50.000")])
        self._serial = 0

    async def billed(
        self, name: str, product: str, number: str, additional: str | None = None
    ) -> Reply:
        """Pay a bill that was inquired about."""
        bill = (await self._line.inquire(number, product, additional)).bill
        assert bill is not None, name
        request = PaymentRequest(
            self._uuid(), number, product, bill.amount_text, bill.data_text, additional
        )
        return await self._paid(name, request, bill.amount, frozenset(bill.facts.values()))

    async def direct(self, name: str, product: str, number: str) -> Reply:
        """Pay without an inquiry."""
        request = PaymentRequest(self._uuid(), number, product, _DIRECT.minor)
        return await self._paid(name, request, _DIRECT)

    async def followed(self, name: str, product: str, number: str) -> Reply:
        """Ask a second time what became of a payment that was in process."""
        paid = await self.direct(name, product, number)
        ref_id = _answer(paid).ref_id
        assert ref_id is not None
        await self._line.status(ref_id)
        asked = (await self._line.status(ref_id)).last
        return replace(
            paid, service=Service.STATUS, raw=asked.reply, rq_uuid=asked.rq_uuid, ref_id=ref_id
        )

    async def asked_for_a_bill(self, name: str, product: str, number: str) -> Reply:
        """Inquire, and pay nothing."""
        asked = (await self._line.inquire(number, product)).exchanges[-1]
        return Reply(name, Service.INQUIRY, asked.reply, asked.rq_uuid, number, product)

    async def balance(self, name: str) -> Reply:
        """Ask for the deposit."""
        asked = (await self._line.balance()).exchanges[-1]
        return Reply(name, Service.BALANCE, asked.reply, asked.rq_uuid)

    async def _paid(
        self,
        name: str,
        request: PaymentRequest,
        amount: Rupiah,
        data_values: frozenset[str] = frozenset(),
    ) -> Reply:
        exchange = await self._line.pay(request, released)
        return Reply(
            name,
            Service.PAYMENT,
            exchange.reply,
            request.rq_uuid,
            request.order_id,
            request.product_code,
            request,
            Sent(request.rq_uuid, request.order_id, amount, data_values),
            self._catalogue.product(request.product_code).rules.demands,
        )

    def _uuid(self) -> str:
        self._serial += 1
        return f"{self._sender_id}PROOF{self._serial:04d}"


def _answer(reply: Reply) -> Answer:
    return understand(reply.service, replay(reply.raw), practice=True).answer


async def released() -> None:
    """Release a payment; its row is no part of these proofs."""
