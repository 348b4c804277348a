"""Any text, in any field and any filter, is only text (S17)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashier.journal import NewPayment
from cashier.journal.errors import UnknownPayment, UnknownQuote
from cashier.journal.fields import storable
from cashier.journal.verifying import verify
from cashier.payment import State
from tests.journal.making import BILL, CASH, PAID, Counter, HandClock, answer, inquiry, open_journal

ATTACKS = [
    "'; DROP TABLE payment; --",
    '" OR "1"="1',
    "1 OR 1=1",
    "%",
    "_%",
    "\x00",
    "a\x00b",
    "?1",
    ":id",
    "$id",
    "@id",
    "\\",
    "x'00'",
    "/* */",
    "NULL",
    "🤑",
    "é" * 300,
    "\u202e\u2028\x85",
    "\ud800",
]
any_text = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=40))
"""Attacks, and whatever else can be written; lone surrogates are among the attacks."""

TURNS = count()
ONE_SHOP = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def shop(path: Path) -> Iterator[tuple[asyncio.Runner, Counter]]:
    """One journal for all examples, on a loop of its own."""
    clock = HandClock()
    with asyncio.Runner() as runner:
        journal = runner.run(open_journal(path, clock))
        yield runner, Counter(journal, clock)
        runner.run(journal.close())
    report = verify(path)
    assert report.ok


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.lists(any_text, min_size=8, max_size=8),
    reply=st.binary(max_size=200),
)
def test_s17_every_field_takes_every_text_as_text(
    shop: tuple[asyncio.Runner, Counter], words: list[str], reply: bytes
) -> None:
    runner, counter = shop
    runner.run(_sell(counter, words, reply))


async def _sell(counter: Counter, words: list[str], reply: bytes) -> None:
    turn = f"{next(TURNS)}"
    category, product, name, data, fact, number, reference, field = words
    bill = replace(
        BILL,
        category=category,
        product=product,
        product_name=name,
        bill_key=f"{turn}{name}",
        number=number,
        name=name,
        data_text=data,
        facts={fact: data},
    )
    journal = counter.journal
    asked = replace(inquiry(reply=reply), request={"order_id": number, field: data})
    quote = await journal.keep_quote(bill, [asked])
    assert (quote.category, quote.number, quote.name, quote.data_text) == tuple(
        storable(text) for text in (category, number, name, data)
    )
    assert quote == await journal.quote(quote.id)
    payment = await journal.prepare(NewPayment(quote.id, f"{turn}{number}", CASH))
    await journal.mark_sent(payment.id)
    await journal.keep_reply(payment.id, answer(payment.rq_uuid, reply))
    judged = replace(PAID, ref_id=reference or "-", token=reference, detail=fact)
    paid = await journal.conclude(payment.id, State.SENT, judged)
    assert (paid.ref_id, paid.detail) == (storable(reference or "-"), storable(fact))
    assert paid == await journal.payment(payment.id)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=any_text)
def test_s17_every_filter_takes_every_text_as_text(
    shop: tuple[asyncio.Runner, Counter], text: str
) -> None:
    runner, counter = shop
    runner.run(_look(counter, text))


async def _look(counter: Counter, text: str) -> None:
    journal = counter.journal
    with pytest.raises(UnknownQuote):
        await journal.quote(text)
    with pytest.raises(UnknownPayment):
        await journal.payment(text)
    with pytest.raises(UnknownQuote):
        await journal.prepare(NewPayment(text, text, CASH))
    assert await journal.customers(text) == ()
    assert await journal.open_of(text) is None
    assert await journal.last_sent_of(text) is None
