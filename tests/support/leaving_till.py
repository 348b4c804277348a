"""A session that leaves many payments half done and dies; and one that dies recovering them.

``python -m tests.support.leaving_till FOLDER leave COUNT`` and ``... FOLDER recover-and-die``.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from cashier.catalogue import load_catalogue
from cashier.journal import Journal
from cashier.journal.keeping import keep_quote
from cashier.journal.rows import NewMessage, NewPayment, NewQuote, Payment
from cashier.journal.selling import mark_sent, prepare
from cashier.journal.settling import keep_reply
from cashier.journal.transaction import Transaction
from cashier.money import ZERO, Rupiah
from cashier.payment import Judgement, Reason, State
from cashier.till import Till, TillSettings
from tests.support.clock import ManualClock
from tests.support.sandbox import SENDER_ID
from tests.support.shop import BILL_KEY


@dataclass(frozen=True)
class Kind:
    """What a payment was left as, and what recovery has to make of it."""

    name: str
    reply: dict[str, str] | None
    after: State
    why: Reason


_PAID: Final = {"error_code": "0000", "error_desc": "Success", "ref_id": "REF"}
KINDS: Final = (
    Kind("prepared", None, State.UNPAID, Reason.SESSION_DIED),
    Kind("sent", None, State.IN_DOUBT, Reason.CRASH),
    Kind("paid", _PAID, State.PAID, Reason.PAID),
    Kind("in process", {**_PAID, "error_desc": "Inproses"}, State.PROCESSING, Reason.IN_PROCESS),
    Kind("refused", {"error_code": "800"}, State.UNPAID, Reason.REFUSED_BY_CODE),
)


def leave_open(folder: Path, count: int) -> None:
    """Leave so many payments half done, of each kind in turn, by a session that dies."""
    words = [sys.executable, "-m", "tests.support.leaving_till", str(folder), "leave", str(count)]
    ended = subprocess.run(words, capture_output=True, check=False, timeout=300)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def die() -> NoReturn:
    """End as a power switch would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


class DyingJournal(Journal):
    """The real journal, in a process that dies after a part of a recovery is committed."""

    async def conclude_all(
        self, judged: Sequence[tuple[Payment, Judgement]], **more: int
    ) -> tuple[Payment, ...]:
        await super().conclude_all(judged[: len(judged) // 2], **more)
        die()


async def main(folder: Path, task: str, count: int) -> None:
    """Leave payments, or begin to recover them, and die."""
    clock = ManualClock()
    kind = Journal if task == "leave" else DyingJournal
    settings = TillSettings("practice", SENDER_ID, BILL_KEY)
    journal = await kind.open(
        folder / "journal" / "journal.db",
        environment="practice",
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
        bill_key_print=settings.bill_key_print,
    )
    if task == "leave":
        await journal._writer.run(lambda transaction: _leave(transaction, journal, count))
        die()
    await Till(settings, journal, load_catalogue(), _no_line, clock).__aenter__()


def _no_line() -> NoReturn:
    raise AssertionError("recovery asks nobody")


def _leave(transaction: Transaction, journal: Journal, count: int) -> None:
    """Do in one transaction what a session does in many."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        transaction.operator = 1
        quote_id = keep_quote(transaction, _bill(number), [])
        new = NewPayment(quote_id, f"UUID-{number}", Rupiah.of(50_000))
        payment_id = prepare(transaction, new, "practice")
        if kind.name != "prepared":
            mark_sent(transaction, payment_id)
        if kind.reply is not None:
            payment = journal._payment(transaction, payment_id)
            keep_reply(transaction, payment, _reply(payment, kind.reply, transaction.at))


def _bill(number: int) -> NewQuote:
    return NewQuote(
        category="internet-service-bill",
        product="SINCBN",
        product_name="CBN",
        bill_key=f"{number:064d}",
        number=f"43{number:06d}11",
        is_card=False,
        name=None,
        amount_text="5000000",
        bill=Rupiah.of(50_000),
        admin_fee=ZERO,
        service_fee=ZERO,
        data_text=None,
    )


def _reply(payment: Payment, fields: dict[str, str], at: int) -> NewMessage:
    body = json.dumps({"rq_uuid": payment.rq_uuid, **fields}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    request = {"order_id": payment.quote.number}
    return NewMessage("payment", payment.rq_uuid, at, at, request, head + body, 200, whole=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int((*sys.argv[3:], "0")[0])))
