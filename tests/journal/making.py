"""A shop's counter in miniature: a clock, a bill, a payment, made the same way in every test."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import apsw

from cashier.journal import Journal, NewMessage, NewPayment, NewQuote, Payment, Quote
from cashier.journal.schema import OPERATOR
from cashier.journal.transaction import Transaction
from cashier.money import Rupiah
from cashier.payment import Evidence, Judgement, Reason, State
from tests.support.clock import START_MS, ManualClock

MORNING = START_MS
"""2026-11-22 10:41:03 WIB."""

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
CARD = "4111111111111111"
OTHER_CARD = "5289133888888888"
"""Sixteen digits of a card in Espay's samples that has no valid check digit."""

TOKEN = "70605040302010908070"


class HandClock(ManualClock):
    """The wall clock, set forward or back in milliseconds."""

    def forward(self, milliseconds: int) -> None:
        self.jump(milliseconds / 1000)


BILL = NewQuote(
    category="pln-prepaid",
    product="SLYLPR50",
    product_name="PLN Prabayar 50.000",
    bill_key="a" * 64,
    number="123456789012",
    is_card=False,
    name="SITI AMINAH",
    amount_text="5250000",
    bill=Rupiah.of(50_000),
    admin_fee=Rupiah.of(2_500),
    service_fee=Rupiah.of(1_000),
    data_text='{"price": 1.50, "customer_name": "SITI AMINAH"}',
    facts={"customer_name": "SITI AMINAH", "class": "R1/900VA"},
)
CASH = Rupiah.of(60_000)


def inquiry(order_id: str = BILL.number, at: int = MORNING, reply: bytes = b"{}") -> NewMessage:
    return NewMessage(
        service="inquiry",
        rq_uuid="TOKO-INQUIRY-1",
        started_at=at,
        ended_at=at + 200,
        request={"rq_uuid": "TOKO-INQUIRY-1", "order_id": order_id, "product_code": "SLYLPR50"},
        reply=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + reply,
        http_status=200,
        whole=True,
    )


def answer(
    rq_uuid: str, reply: bytes = b'{"error_code":"0000"}', order_id: str = BILL.number
) -> NewMessage:
    return replace(
        inquiry(order_id, reply=reply),
        service="payment",
        rq_uuid=rq_uuid,
        request={"rq_uuid": rq_uuid, "order_id": order_id, "amount": BILL.amount_text},
    )


def question(reply: bytes = b'{"error_code":"0000"}') -> NewMessage:
    return replace(
        inquiry(reply=reply), service="status", rq_uuid="TOKO-ASK-1", request={"ref_id": "REF-1"}
    )


PAID = Judgement(State.PAID, Reason.PAID, Evidence.REPLY, "", "REF-1", TOKEN)
REFUSED = Judgement(State.UNPAID, Reason.REFUSED_BY_CODE, Evidence.REFUSED, "800")
NOT_SENT = Judgement(State.UNPAID, Reason.CONNECT_FAILED, Evidence.NOT_SENT)
IN_DOUBT = Judgement(State.IN_DOUBT, Reason.NO_REPLY)
PROCESSING = Judgement(State.PROCESSING, Reason.IN_PROCESS, ref_id="REF-1")
INCOMPLETE = Judgement(State.INCOMPLETE, Reason.FIELD_MISSING, None, "token", "REF-1")
ESCALATED = Judgement(State.ESCALATED, Reason.NO_REFERENCE)
FOUND_PAID = Judgement(State.PAID, Reason.PAID, Evidence.STATUS, "", "REF-1", TOKEN)
FOUND_FAILED = Judgement(State.UNPAID, Reason.FAILED, Evidence.STATUS, "05", "REF-1")
DOCUMENTED = Judgement(State.PAID, Reason.PAID, Evidence.DOCUMENT)
REFUNDED = Judgement(State.REFUNDED, Reason.FAILED, Evidence.DOCUMENT)
CRASHED = Judgement(State.IN_DOUBT, Reason.CRASH)
DIED = Judgement(State.UNPAID, Reason.SESSION_DIED, Evidence.NOT_SENT)


_NUMBERS = count(1)


class Counter:
    """A journal at which every bill and every request id is another, in all processes."""

    def __init__(self, journal: Journal, clock: HandClock) -> None:
        self.journal = journal
        self.clock = clock

    async def quote(self, bill: NewQuote | None = None) -> Quote:
        turn = next(_NUMBERS)
        key, number = f"{os.getpid():032d}{turn:032d}", f"{turn:012d}"
        new = bill or replace(BILL, bill_key=key, number=number)
        return await self.journal.keep_quote(new, [inquiry(new.number, self.clock.utc_ms())])

    async def prepare(self, quote: Quote, sequence: int | None = None) -> Payment:
        uuid = f"TOKO-{os.getpid()}-{next(_NUMBERS)}"
        return await self.journal.prepare(NewPayment(quote.id, uuid, CASH, sequence))

    async def prepared(self, bill: NewQuote | None = None) -> Payment:
        return await self.prepare(await self.quote(bill))

    async def sent(self, bill: NewQuote | None = None) -> Payment:
        payment = await self.prepared(bill)
        await self.journal.mark_sent(payment.id)
        return await self.journal.payment(payment.id)

    async def concluded(self, judgement: Judgement, bill: NewQuote | None = None) -> Payment:
        payment = await self.sent(bill)
        await self.journal.keep_reply(payment.id, answer(payment.rq_uuid))
        concluded = await self.journal.conclude(payment.id, State.SENT, judgement)
        await self.after_all()
        return concluded

    async def after_all(self) -> None:
        """Wait for what the journal still writes behind: the memory of who was served."""
        await self.journal.keep_messages([])

    async def second_operator(self) -> int:
        """Let a supervisor work here; gives the operator's id."""

        def work(transaction: Transaction) -> int:
            sql = "INSERT INTO operator (seq, name, role) VALUES (:seq, 'SARI', 'supervisor')"
            return transaction.insert(OPERATOR, sql, {}, "operator")

        return await self.journal._writer.run(work)

    async def paid(self, bill: NewQuote | None = None) -> Payment:
        return await self.concluded(PAID, bill)


@asynccontextmanager
async def open_counter(
    path: Path, clock: HandClock | None = None, **options: Path | str
) -> AsyncIterator[Counter]:
    """Open a practice journal, and close it whatever happens."""
    hand = clock or HandClock()
    journal = await open_journal(path, hand, **options)
    try:
        yield Counter(journal, hand)
    finally:
        await journal.close()


async def open_journal(path: Path, clock: HandClock, **options: Path | str) -> Journal:
    anchor_dir, backup_dir = options.get("anchor_dir"), options.get("backup_dir")
    bill_key_print = options.get("bill_key_print")
    return await Journal.open(
        path,
        environment=str(options.get("environment", "practice")),
        clock=clock,
        anchor_dir=Path(anchor_dir) if anchor_dir is not None else None,
        backup_dir=Path(backup_dir) if backup_dir is not None else None,
        bill_key_print=str(bill_key_print) if bill_key_print is not None else None,
    )


def by_shell(path: Path, *statements: str, triggers: bool = False) -> None:
    """Do what somebody with an SQL shell and the file could do; with or without the triggers."""
    connection = apsw.Connection(str(path))
    try:
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, int(triggers))
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def all_bytes(*folders: Path) -> bytes:
    """Everything in every file below some folders."""
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return b"\n".join(file.read_bytes() for file in files)


def size_of(file: Path) -> int:
    return file.stat().st_size


def remove(file: Path) -> None:
    file.unlink()


def swap(file: Path, content: bytes) -> None:
    """Put another file in the place of this one."""
    other = file.with_name("other")
    other.write_bytes(content)
    other.replace(file)


def make_empty(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def spoil(file: Path, begin: int, end: int | None = None) -> None:
    """Overwrite a part of a file, or cut it off where no end is given."""
    content = file.read_bytes()
    rest = b"" if end is None else b"\xa5" * (end - begin) + content[end:]
    file.write_bytes(content[:begin] + rest)
