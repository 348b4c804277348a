"""The whole story of a payment, for whoever has to explain it."""

from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from cashier.journal.errors import UnknownPayment
from cashier.journal.file_errors import JournalBusy, JournalFailed, NoJournal
from cashier.journal.rows import Story
from cashier.journal.story import render, story
from cashier.language import LANGUAGES
from cashier.payment import Judgement, Reason, State
from tests.journal.making import (
    BILL,
    DAY,
    FOUND_PAID,
    MORNING,
    PROCESSING,
    TOKEN,
    Counter,
    answer,
    by_shell,
    question,
)


async def _told(counter: Counter, path: Path) -> Story:
    """Inquired, paid for, in process, asked once in vain, found paid."""
    journal, clock = counter.journal, counter.clock
    quote = await counter.quote(BILL)
    clock.forward(1000)
    payment = await counter.prepare(quote)
    clock.forward(1000)
    await journal.mark_sent(payment.id)
    clock.forward(1000)
    reply = answer(payment.rq_uuid, b'{"error_code":"0000","error_desc":"Inproses"}')
    timed = replace(reply, started_at=MORNING + 1500, ended_at=MORNING + 2900)
    await journal.keep_reply(payment.id, timed)
    await journal.conclude(payment.id, State.SENT, PROCESSING, ask_at=MORNING + 8000)
    clock.forward(5000)
    asked = replace(question(), started_at=MORNING + 7000, ended_at=MORNING + 7500)
    still = Judgement(State.PROCESSING, Reason.IN_PROCESS, ref_id="REF-1")
    await journal.note_asked(payment.id, asked, still, MORNING + 8000, None)
    clock.forward(5000)
    await journal.conclude(payment.id, State.PROCESSING, FOUND_PAID)
    return story(path, payment.receipt_no)


async def test_everything_is_told_in_the_order_of_time(counter: Counter, path: Path) -> None:
    told = await _told(counter, path)
    assert [(entry.part, entry.name) for entry in told.entries] == [
        ("request", "inquiry"),
        ("quote", "quote"),
        ("reply", "inquiry"),
        ("event", "prepared"),
        ("request", "payment"),
        ("event", "sent"),
        ("reply", "payment"),
        ("event", "processing"),
        ("request", "status"),
        ("reply", "status"),
        ("event", "asked"),
        ("event", "paid"),
    ]
    assert [entry.at for entry in told.entries] == sorted(entry.at for entry in told.entries)
    assert told.payment.token == TOKEN


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_story_is_told_in_wib_and_holds_every_fact(
    counter: Counter, path: Path, language: str
) -> None:
    told = await _told(counter, path)
    text = render(told, "id" if language == "id" else "en")
    for fact in (
        "261122-0001 PLN Prabayar 50.000 123456789012, Rp53.500: paid",
        "2026-11-22 10:41:03",
        "2026-11-22 10:41:16",
        BILL.number,
        "SITI AMINAH",
        "class: R1/900VA",
        TOKEN,
        "REF-1",
        "| HTTP/1.1 200 OK",
        '| {"error_code":"0000","error_desc":"Inproses"}',
        "ask_at: 2026-11-22 10:41:11",
        "ask_at: -",
        "sent_at: 2026-11-22 10:41:05",
        "tendered_sen: 6000000",
        told.payment.quote.id,
        told.payment.rq_uuid,
    ):
        assert fact in text


async def test_what_came_from_outside_is_shown_clean(counter: Counter, path: Path) -> None:
    payment = await counter.sent()
    nasty = b"\x1b]52;c;cHduZWQ=\x07 \xe2\x80\xaegnp.exe \xff\xfe\n\n\nlast " + b"x" * 5000
    await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid, nasty))
    told = story(path, payment.id)
    text = render(told, "id")
    assert all(line.isprintable() for line in text.splitlines())
    (reply,) = [entry for entry in told.entries if entry.part == "reply"][1:]
    assert reply.lines[-1].startswith("last xxx")
    assert len(reply.lines[-1]) == 2000
    assert ("whole", "yes") in reply.facts


async def test_a_torn_reply_without_status_is_told_as_such(counter: Counter, path: Path) -> None:
    payment = await counter.sent()
    torn = replace(answer(payment.rq_uuid), reply=b"HTTP/1.", http_status=None, whole=False)
    await counter.journal.keep_reply(payment.id, torn)
    facts = dict(story(path, payment.id).entries[-1].facts)
    assert facts == {"http": "-", "bytes": "7", "whole": "no"}


async def test_an_erased_story_keeps_what_is_not_personal(counter: Counter, path: Path) -> None:
    payment = await counter.paid(BILL)
    counter.clock.forward(DAY)
    assert await counter.journal.erase_before(MORNING + DAY) == 4
    told = story(path, payment.id)
    text = render(told, "en")
    for gone in (BILL.number, "SITI", "R1/900VA", "error_code"):
        assert gone not in text
    for kept in (TOKEN, "REF-1", "Rp53.500", payment.rq_uuid, "erased_at: 2026-11-23 10:41:03"):
        assert kept in text
    assert (told.payment.quote.number, told.payment.quote.name) == ("", None)
    assert told.payment.quote.facts == {}


async def test_an_unknown_payment_has_no_story(counter: Counter, path: Path) -> None:
    with pytest.raises(UnknownPayment):
        story(path, "261122-0001")
    with pytest.raises(NoJournal):
        story(path.with_name("other.db"), 1)


@pytest.mark.parametrize(
    ("error", "refusal"), [(apsw.IOError, JournalFailed), (apsw.BusyError, JournalBusy)]
)
async def test_a_story_that_cannot_be_read_is_told(
    counter: Counter,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[apsw.Error],
    refusal: type[Exception],
) -> None:
    def broken(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr("cashier.journal.story.payment_of", broken)
    with pytest.raises(refusal):
        story(path, 1)


async def test_a_journal_that_lost_its_own_facts_still_tells(counter: Counter, path: Path) -> None:
    payment = await counter.paid()
    by_shell(path, "DELETE FROM journal")
    assert story(path, payment.id).payment.quote.environment == ""
