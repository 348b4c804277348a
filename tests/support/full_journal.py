"""A journal in which every table has rows and every state a payment, for what harms files."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from unittest.mock import patch

from cashier.journal.rows import Decision
from cashier.journal.schema import CASH_MOVE, OPERATOR, PRINT, RECAP_PAYMENT, SHIFT
from cashier.journal.transaction import Transaction
from cashier.payment import Escalation, Hint, State
from tests.journal.making import (
    BILL,
    CARD,
    DAY,
    IN_DOUBT,
    INCOMPLETE,
    MORNING,
    NOT_SENT,
    PAID,
    PROCESSING,
    REFUSED,
    Counter,
    HandClock,
    answer,
    open_counter,
    question,
)

_SHIFT = "INSERT INTO shift (seq, operator_id, opened_at, float_sen) VALUES (:seq, 1, 1, 5000000)"
_MOVE = """
    INSERT INTO cash_move (seq, shift_id, operator_id, at, direction, sen, reason)
    VALUES (:seq, 1, 1, 2, 'in', 1000000, 'uang kecil')
"""
_PRINT = """
    INSERT INTO print (seq, payment_id, operator_id, at, kind, printer, code, result, result_at)
    VALUES (:seq, :of, 1, :at, :kind, 'usb', '7K2M', 'printed', :at)
"""
_PERSON = """
    INSERT INTO operator (seq, name, role, pin, salt)
    VALUES (:seq, 'WATI', 'supervisor', '$argon2$x', :salt)
"""
_RECAP_PART = "INSERT INTO recap_payment (seq, print_id, payment_id) VALUES (:seq, 2, 1)"


@contextmanager
def the_same_each_time() -> Iterator[None]:
    """Let ids, salts, process and host be the same in every run, so that a file's bytes are."""
    chance = random.Random(1)
    with ExitStack() as stack:
        for name, same in (
            ("secrets.token_bytes", chance.randbytes),
            ("secrets.token_hex", lambda size: chance.randbytes(size).hex()),
            ("secrets.choice", chance.choice),
            ("os.getpid", lambda: 4711),
            ("socket.gethostname", lambda: "kasir-1"),
            ("tests.journal.making._NUMBERS", count(1)),
        ):
            stack.enter_context(patch(name, same))
        yield


async def fill(path: Path, anchor_dir: Path) -> None:
    """Keep a day at the counter, and an earlier one that was erased; leave the journal closed."""
    hand = HandClock()
    async with open_counter(path, hand, anchor_dir=anchor_dir, bill_key_print="f1" * 32) as counter:
        await counter.paid(BILL)
        await counter.journal.keep_messages([question()])
        hand.forward(DAY)
        await counter.journal.erase_before(MORNING + DAY)
        await _sales(counter)
        await _decided(counter)
        await _circuit(counter)
        await counter.journal._writer.run(_drawer_and_prints)
        await counter.prepared()
        await counter.sent()
    hand.forward(DAY)
    async with open_counter(path, hand, anchor_dir=anchor_dir) as counter:
        await counter.quote()


async def _sales(counter: Counter) -> None:
    paid = await counter.paid()
    await counter.concluded(PROCESSING)
    await counter.concluded(INCOMPLETE)
    await counter.concluded(REFUSED)
    unsent = await counter.prepared()
    unsent = await counter.journal.conclude(unsent.id, State.PREPARED, NOT_SENT)
    await counter.journal.hand_back(unsent.id)
    card = replace(BILL, bill_key="c" * 64, number=CARD, is_card=True)
    await counter.concluded(replace(PAID, token=None), card)
    await counter.journal.keep_messages([answer(paid.rq_uuid)], paid.id)


async def _decided(counter: Counter) -> None:
    journal = counter.journal
    doubted = await counter.concluded(IN_DOUBT)
    await journal.keep_hints(
        doubted.id, [(Hint.BALANCE_MOVED, "100 50")], MORNING + DAY, [question()]
    )
    await journal.escalate(doubted.id, Escalation.BY_HAND, "SARI")
    await journal.decide(doubted.id, Decision(State.UNPAID, "TIKET-1", "SARI", "RATNA"))
    await journal.decide(doubted.id, Decision(State.PAID, "TIKET-2", "SARI", "RATNA"))
    taken = await counter.concluded(PROCESSING)
    await journal.decide(taken.id, Decision(State.REFUNDED, "TIKET-3", "SARI", "RATNA"))
    escalated = await counter.concluded(INCOMPLETE)
    await journal.escalate(escalated.id, Escalation.BY_HAND, "SARI")


async def _circuit(counter: Counter) -> None:
    for _ in range(3):
        await counter.concluded(IN_DOUBT)
    await counter.journal.clear_circuit("SARI", "dicocokkan")


def _drawer_and_prints(transaction: Transaction) -> None:
    at = transaction.at
    transaction.insert(OPERATOR, _PERSON, {}, "operator")
    transaction.insert(SHIFT, _SHIFT, {}, "shift")
    transaction.insert(CASH_MOVE, _MOVE, {}, "cash_move")
    transaction.insert(PRINT, _PRINT, {"of": 1, "at": at, "kind": "first"}, "print", 1)
    transaction.insert(PRINT, _PRINT, {"of": None, "at": at, "kind": "recap"}, "print")
    transaction.insert(RECAP_PAYMENT, _RECAP_PART, {}, "recap_payment", 1)
