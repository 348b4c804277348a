"""The whole story of one payment, in the order in which things happened."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import apsw

from cashier.clock import wib_stamp
from cashier.journal.connection import reading
from cashier.journal.fields import Fields, first
from cashier.journal.looking import (
    MESSAGES_OF_PAYMENT,
    MESSAGES_OF_QUOTE,
    events_of,
    messages,
    payment_of,
)
from cashier.journal.rows import Entry, Event, Message, Payment, Story
from cashier.language import LanguageCode, say
from cashier.payment import State
from cashier.text import clean

_FACTS: Final = "SELECT environment FROM journal"
_TOLD_OTHERWISE: Final = frozenset({"message", "customer"})
"""Kinds of events whose rows the story tells as such, or that are not part of it."""

_LONGEST_LINE: Final = 2000
_MOST_LINES: Final = 60


def story(path: Path, payment: int | str) -> Story:
    """Gather quote, requests, replies and events of a payment (id or receipt number).

    Raises:
        UnknownPayment: There is none.
        NoJournal, NotAJournal, JournalBusy, JournalFailed: The journal cannot be read.
    """
    with reading(path) as connection:
        return tell(connection, payment)


def tell(connection: apsw.Connection, asked: int | str) -> Story:
    """Gather the story over a connection that stands.

    Raises:
        UnknownPayment: There is no such payment.
    """
    row = first(connection, _FACTS)
    environment = "" if row is None else Fields(row).text("environment")
    payment = payment_of(connection, asked, environment)
    of_quote = messages(connection, MESSAGES_OF_QUOTE, {"quote_id": payment.quote.id})
    of_payment = messages(connection, MESSAGES_OF_PAYMENT, {"payment_id": payment.id})
    told = [
        *(entry for message in of_quote for entry in _exchange(message)),
        _quote_entry(payment),
        *(_event_entry(event) for event in events_of(connection, payment.id)),
        *(entry for message in of_payment for entry in _exchange(message)),
    ]
    entries = (entry for entry in told if entry.name not in _TOLD_OTHERWISE)
    return Story(payment, tuple(sorted(entries, key=_order)))


def _order(entry: Entry) -> tuple[int, int]:
    """Sort by time; within one millisecond, as a sale goes."""
    as_it_goes = (
        ("request", "inquiry"),
        ("reply", "inquiry"),
        ("quote", "quote"),
        ("event", State.PREPARED.value),
        ("request", "payment"),
        ("event", State.SENT.value),
        ("reply", "payment"),
    )
    step = (entry.part, entry.name)
    return entry.at, as_it_goes.index(step) if step in as_it_goes else len(as_it_goes)


def _quote_entry(payment: Payment) -> Entry:
    quote = payment.quote
    facts = [
        ("quote", quote.id),
        ("product", f"{quote.product} {quote.product_name}"),
        ("number", quote.number),
        ("name", quote.name or ""),
        ("bill", str(quote.bill)),
        ("admin_fee", str(quote.admin_fee)),
        ("service_fee", str(quote.service_fee)),
        ("total", str(quote.total)),
        *quote.facts.items(),
    ]
    return Entry(quote.at, "quote", "quote", _cleaned(facts))


def _event_entry(event: Event) -> Entry:
    found = json.loads(event.body)
    body: dict[str, object] = found if isinstance(found, dict) else {}
    changed = body.get("set")
    facts = changed.items() if isinstance(changed, dict) else ()
    shown = [
        ("event", str(event.seq)),
        *((f"by_{actor}", str(body[actor])) for actor in ("operator", "session") if actor in body),
        *((str(name), _value(str(name), value)) for name, value in facts),
    ]
    return Entry(event.at, "event", event.kind, _cleaned(shown))


def _value(name: str, value: object) -> str:
    if name.endswith(("_at", "_since")) and isinstance(value, int):
        return wib_stamp(value)
    return "-" if value is None else str(value)


def _exchange(message: Message) -> tuple[Entry, Entry]:
    """Tell a message as what was asked and what came back."""
    request = _cleaned([("rq_uuid", message.rq_uuid), *message.request.items()])
    status = "-" if message.http_status is None else str(message.http_status)
    shape = [
        ("http", status),
        ("bytes", str(len(message.reply))),
        ("whole", "yes" if message.whole else "no"),
    ]
    if message.erased_at is not None:
        shape.append(("erased_at", wib_stamp(message.erased_at)))
    return (
        Entry(message.started_at, "request", message.service, request),
        Entry(message.ended_at, "reply", message.service, _cleaned(shape), _lines(message.reply)),
    )


def _lines(reply: bytes) -> tuple[str, ...]:
    """Decode a reply for reading: clean lines, none empty, and not too many."""
    text = reply.decode("utf-8", "replace")
    lines = (clean(line, _LONGEST_LINE) for line in text.splitlines())
    return tuple([line for line in lines if line][:_MOST_LINES])


def _cleaned(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    seen: dict[str, str] = {}
    for name, value in facts:
        seen.setdefault(clean(name), clean(value, _LONGEST_LINE))
    return tuple((name, value) for name, value in seen.items() if value)


def render(told: Story, language: LanguageCode) -> str:
    """Write a story as plain lines, times in WIB (``cashier journal show``)."""
    return "\n".join(_written(told, language))


def _written(told: Story, language: LanguageCode) -> Iterator[str]:
    payment = told.payment
    yield say(
        language,
        "journal.story_title",
        receipt=payment.receipt_no,
        product=payment.quote.product_name,
        number=payment.quote.number,
        total=str(payment.quote.total),
        state=payment.state.value,
    )
    for entry in told.entries:
        yield ""
        yield f"{wib_stamp(entry.at)}  {_heading(entry, language)}"
        yield from (f"    {name}: {value}" for name, value in entry.facts)
        yield from (f"    | {line}" for line in entry.lines)


def _heading(entry: Entry, language: LanguageCode) -> str:
    if entry.part == "event":
        return say(language, "journal.story_event", kind=entry.name)
    return say(language, f"journal.story_{entry.part}", service=entry.name)
