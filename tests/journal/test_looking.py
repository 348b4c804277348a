"""Look-ups do not grow with the journal: each uses an index (DESIGN 10)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from cashier.clock import wib_day
from cashier.journal import (
    NewPayment,
    anchor,
    backup_state,
    clearing,
    erasing,
    export,
    keeping,
    looking,
    selling,
    serving,
    sessions,
    settling,
    transaction,
    trusting,
)
from cashier.journal.fields import Fields
from cashier.journal.schema import KEPT
from cashier.journal.transaction import Transaction
from cashier.payment import State
from tests.journal.making import BILL, CASH, PAID, Counter, answer, inquiry

STATEMENTS = {
    "payment": looking.PAYMENT,
    "payment of quote": looking.PAYMENT_OF_QUOTE,
    "payment of receipt": looking.PAYMENT_OF_RECEIPT,
    "open of bill": looking.OPEN_OF_BILL,
    "earlier of bill": looking.EARLIER_OF_BILL,
    "open": looking.OPEN,
    "owed back": looking.OWED_BACK,
    "sold on day": looking.SOLD_ON_DAY,
    "quote": looking.QUOTE,
    "messages of payment": looking.MESSAGES_OF_PAYMENT,
    "messages of quote": looking.MESSAGES_OF_QUOTE,
    "events of payment": looking.EVENTS_OF_PAYMENT,
    "customers by number": looking.CUSTOMERS_BY_NUMBER,
    "customers by name": looking.CUSTOMERS_BY_NAME,
    "latest event": selling.LATEST_EVENT,
    "unsaved since": backup_state.UNSAVED_SINCE,
    "last sent of bill": looking.LAST_SENT_OF_BILL,
    "paid since": selling.PAID_SINCE,
    "last of day": selling.LAST_OF_DAY,
    "next to ask": looking.NEXT_TO_ASK,
    "unscheduled": looking.UNSCHEDULED,
    "messages of payments": looking.MESSAGES_OF_PAYMENTS,
    "payments of ids": looking.PAYMENTS_OF_IDS,
    "hints of payment": looking.HINTS_OF_PAYMENT,
    "hints of open": looking.HINTS_OF_OPEN,
    "corrections of payment": looking.CORRECTIONS_OF_PAYMENT,
    "balance before": looking.BALANCE_BEFORE,
    "sent after": looking.SENT_AFTER,
    "under way at": looking.UNDER_WAY_AT,
    "last cleared": clearing.LAST_CLEARED,
    "unauthorised since": clearing.UNAUTHORISED_SINCE,
    "tripped since": clearing.TRIPPED_SINCE,
    "in doubt": clearing.IN_DOUBT,
    "last message": clearing.LAST_MESSAGE,
    "operator by name": clearing.BY_NAME,
    "same hint": settling.SAME_HINT,
    "begun": sessions.BEGUN,
    "owner": settling.OWNER,
    "whole reply": settling.WHOLE_REPLY,
    "customer of number": serving.CUSTOMER_OF_NUMBER,
    "accepted since": trusting.ACCEPTED_SINCE,
    "head": transaction._HEAD,
    "hash at": anchor.HASH_AT,
    "events from": anchor.EVENTS_FROM,
    "quotes to erase": erasing.QUOTES,
    "messages to erase": erasing.MESSAGES,
    "customers to erase": erasing.CUSTOMERS,
    **{f"one {kept.name}": kept.select_one for kept in KEPT},
}

NAMES = (
    "id", "quote_id", "day", "number", "bill_key", "payment_id", "begin", "end", "limit",
    "since", "session", "product", "seq", "before", "key", "part", "through", "at",
    "kind", "detail", "name", "ids", "message_id",
)  # fmt: skip


SCANS_OF_FEW = (
    "USING INDEX payment_open",
    "USING COVERING INDEX payment_open",
    "USING INDEX payment_owed_back",
    "USING COVERING INDEX payment_owed_back",
    "USING INDEX payment_to_ask",
    "USING COVERING INDEX payment_in_doubt",
    "SCAN json_each VIRTUAL TABLE",
    "CONSTANT ROW",
)
"""Partial indexes hold only the few rows that are looked for."""

SORTED_BY_HAND = (
    "open",
    "begun",
    "unscheduled",
    "hints of open",
    "next to ask",
    "messages of payments",
)
"""A handful of rows at most."""


def _plan(connection: apsw.Connection, sql: str) -> list[str]:
    bindings = dict.fromkeys(NAMES, 1)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("name", [*STATEMENTS])
async def test_every_look_up_uses_an_index(counter: Counter, path: Path, name: str) -> None:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    steps = _plan(connection, STATEMENTS[name])
    connection.close()
    assert steps
    for step in steps:
        assert not step.startswith("SCAN") or any(few in step for few in SCANS_OF_FEW), step
        assert "TEMP B-TREE" not in step or name in SORTED_BY_HAND, step


async def test_an_export_reads_in_the_order_of_the_table(counter: Counter, path: Path) -> None:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    for sql in (export.SALES, export.EVENTS):
        assert not any("TEMP B-TREE" in step for step in _plan(connection, sql))
    connection.close()


async def test_customers_are_found_by_range_without_wildcards(counter: Counter) -> None:
    await counter.paid(BILL)
    for typed in ("123456789012", "1", "S", "siti"):
        assert len(await counter.journal.customers(typed)) == 1
    assert len(await counter.journal.customers("1", limit=0)) == 0


def test_a_column_of_another_kind_is_a_mistake() -> None:
    fields = Fields({"text": "a", "number": 1, "none": None, "blob": b"a"})
    assert fields.text_or_none("none") is None
    assert fields.number_or_none("none") is None
    assert fields.blob_or_none("none") is None
    assert (fields.text("text"), fields.number("number")) == ("a", 1)
    assert fields.blob_or_none("blob") == b"a"
    for read, name in (
        (fields.text, "number"),
        (fields.text, "none"),
        (fields.number, "text"),
        (fields.number_or_none, "text"),
        (fields.blob_or_none, "text"),
    ):
        with pytest.raises(TypeError):
            read(name)


def _many(begin: int, end: int) -> Callable[[Transaction], None]:
    """Sell many bills in one transaction, so that a journal can grow quickly."""

    def work(transaction: Transaction) -> None:
        transaction.operator = keeping.BUILT_IN_OPERATOR
        for turn in range(begin, end):
            bill = replace(BILL, bill_key=f"many-{turn}", number=f"7{turn:011d}")
            quote_id = keeping.keep_quote(transaction, bill, [inquiry()])
            new = NewPayment(quote_id, f"MANY-{turn}", CASH)
            payment_id = selling.prepare(transaction, new, "practice")
            selling.mark_sent(transaction, payment_id)
            payment = looking.payment_of(transaction.connection, payment_id, "practice")
            settling.keep_reply(transaction, payment, answer(payment.rq_uuid))
            settling.conclude(transaction, payment, State.SENT, PAID, None, bool)

    return work


async def _steps_of_a_sale(counter: Counter) -> int:
    """Count the database's own steps, in tens, of one whole sale and its look-ups."""
    journal, steps = counter.journal, 0

    def count() -> bool:
        nonlocal steps
        steps += 1
        return False

    await counter.after_all()
    for connection in (journal._writer._connection, journal._reader._connection):
        assert connection is not None
        connection.set_progress_handler(count, 10)
    payment = await counter.paid()
    for look_up in (
        journal.open_payments(),
        journal.owed_back(),
        journal.orphans(),
        journal.payment(payment.id),
        journal.payment(payment.receipt_no),
        journal.quote(payment.quote.id),
        journal.replies_of(payment.id),
        journal.last_sent_of(payment.quote.bill_key),
        journal.customers(payment.quote.number),
    ):
        await look_up
    return steps


async def test_a_days_list_takes_no_more_work_for_what_was_sold_on_other_days(
    counter: Counter,
) -> None:
    journal, steps = counter.journal, 0

    def count() -> bool:
        nonlocal steps
        steps += 1
        return False

    async def steps_of_today() -> int:
        nonlocal steps
        connection = journal._reader._connection
        assert connection is not None
        connection.set_progress_handler(count, 10)
        steps = 0
        payment = await counter.paid()
        today = wib_day(counter.clock.utc_ms())
        assert await journal.sold_on(today, payment.quote.number, 20) == (payment,)
        return steps

    before = await steps_of_today()
    counter.clock.advance(24 * 60 * 60)
    await counter.after_all()
    await journal._writer.run(_many(0, 200))
    counter.clock.advance(24 * 60 * 60)
    after = await steps_of_today()
    assert 0 < after < before * 1.3 + 10


async def test_a_sale_takes_no_more_work_in_a_long_journal(counter: Counter) -> None:
    """Not one statement, trigger or reference walks through what was sold before."""
    await counter.journal._writer.run(_many(0, 20))
    before = await _steps_of_a_sale(counter)
    await counter.journal._writer.run(_many(20, 420))
    after = await _steps_of_a_sale(counter)
    assert before > 50
    assert after < before * 1.3
