"""T3 to T16: what is written of a payment, by whom, and what follows for the cash."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import apsw
import pytest

from cashier.journal import NewPayment, Payment, Resolution
from cashier.journal.errors import NothingOwed, NotOurs, StateMoved, UnknownPayment
from cashier.journal.file_errors import JournalDefect, JournalFailed
from cashier.journal.keeping import BUILT_IN_OPERATOR as KASIR
from cashier.journal.story import story
from cashier.language import explain
from cashier.payment import TRANSITIONS, Cash, Escalation, Evidence, Hint, Judgement, Reason, State
from tests.journal.making import (
    BILL,
    CARD,
    CASH,
    DAY,
    DOCUMENTED,
    ESCALATED,
    FOUND_FAILED,
    FOUND_PAID,
    IN_DOUBT,
    INCOMPLETE,
    MINUTE,
    MORNING,
    NOT_SENT,
    PAID,
    PROCESSING,
    REFUNDED,
    REFUSED,
    TOKEN,
    Counter,
    answer,
    inquiry,
    open_counter,
    question,
)

HINTED = replace(IN_DOUBT, ref_id="HINT", ref_is_hint=True)


async def test_t5_paid_keeps_token_and_reference_and_earns_the_cash(counter: Counter) -> None:
    payment = await counter.sent()
    counter.clock.forward(900)
    paid = await counter.journal.conclude(payment.id, State.SENT, PAID)
    assert (paid.state, paid.evidence, paid.reason) == (State.PAID, Evidence.REPLY, Reason.PAID)
    assert (paid.token, paid.ref_id) == (TOKEN, "REF-1")
    assert (paid.final_at, paid.cash) == (MORNING + 900, Cash.EARNED)
    assert await counter.journal.open_payments() == ()


async def test_t8_refused_owes_the_cash_back(counter: Counter) -> None:
    payment = await counter.concluded(REFUSED)
    assert (payment.cash, payment.detail) == (Cash.OWED_BACK, "800")
    returned = await counter.journal.hand_back(payment.id)
    assert returned.cash is Cash.RETURNED
    with pytest.raises(NothingOwed) as refused:
        await counter.journal.hand_back(payment.id)
    assert payment.receipt_no in explain("id", refused.value)


async def test_t3_nothing_left_owes_the_cash_back(counter: Counter) -> None:
    payment = await counter.prepared()
    unpaid = await counter.journal.conclude(payment.id, State.PREPARED, NOT_SENT)
    assert (unpaid.state, unpaid.cash, unpaid.sent_at) == (State.UNPAID, Cash.OWED_BACK, None)


async def test_t3b_the_own_session_may_take_the_release_back(counter: Counter) -> None:
    payment = await counter.sent()
    late = replace(NOT_SENT, reason=Reason.RELEASED_TOO_LATE)
    unpaid = await counter.journal.conclude(payment.id, State.SENT, late)
    assert (unpaid.state, unpaid.evidence) == (State.UNPAID, Evidence.NOT_SENT)


@pytest.mark.parametrize("judgement", [PROCESSING, IN_DOUBT, INCOMPLETE])
async def test_t6_t7_t9_hold_the_cash_and_go_on_asking(
    counter: Counter, judgement: Judgement
) -> None:
    payment = await counter.sent()
    ask_at = MORNING + 5000
    still = await counter.journal.conclude(payment.id, State.SENT, judgement, ask_at=ask_at)
    assert (still.cash, still.ask_at, still.final_at) == (Cash.HELD, ask_at, None)
    found = await counter.journal.conclude(payment.id, judgement.state, FOUND_PAID)
    assert (found.state, found.ask_at, found.asked) == (State.PAID, None, 1)


async def test_t12_found_failed_owes_the_cash_back(counter: Counter) -> None:
    payment = await counter.concluded(PROCESSING)
    unpaid = await counter.journal.conclude(payment.id, State.PROCESSING, FOUND_FAILED)
    assert unpaid.cash is Cash.OWED_BACK


async def test_t13_t14_t15_end_at_a_person_with_a_document(counter: Counter) -> None:
    payment = await counter.concluded(IN_DOUBT)
    await counter.journal.conclude(payment.id, State.IN_DOUBT, ESCALATED)
    sari = await counter.second_operator()
    paid = await counter.journal.conclude(
        payment.id, State.ESCALATED, DOCUMENTED, resolution=Resolution("TIKET-7", KASIR, sari)
    )
    assert (paid.evidence, paid.document, paid.ref_id) == (Evidence.DOCUMENT, "TIKET-7", None)
    assert (paid.resolved_by, paid.approved_by) == ("KASIR", "SARI")
    assert (paid.paid_at, paid.final_at) == (MORNING, MORNING)
    counter.clock.forward(MINUTE)
    refunded = await counter.journal.conclude(
        payment.id, State.PAID, REFUNDED, resolution=Resolution("TIKET-8", sari, KASIR)
    )
    assert (refunded.cash, refunded.final_at) == (Cash.OWED_BACK, MORNING + MINUTE)
    assert (refunded.paid_at, refunded.document) == (MORNING, "TIKET-8")
    assert (refunded.resolved_by, refunded.approved_by) == ("SARI", "KASIR")


async def test_t15_a_refund_found_by_asking_clears_the_resolution_but_not_its_story(
    counter: Counter, path: Path
) -> None:
    payment = await counter.concluded(replace(IN_DOUBT, ref_id="REF-1"))
    await counter.journal.conclude(payment.id, State.IN_DOUBT, ESCALATED)
    sari = await counter.second_operator()
    await counter.journal.conclude(
        payment.id, State.ESCALATED, DOCUMENTED, resolution=Resolution("TIKET-7", KASIR, sari)
    )
    found = replace(REFUNDED, evidence=Evidence.STATUS)
    refunded = await counter.journal.conclude(payment.id, State.PAID, found)
    assert (refunded.document, refunded.resolved_by, refunded.approved_by) == (None, None, None)
    told = [dict(entry.facts) for entry in story(path, payment.id).entries]
    assert [facts["document"] for facts in told if "document" in facts] == ["TIKET-7", "-"]


@pytest.mark.parametrize(
    ("judgement", "resolution"),
    [
        (DOCUMENTED, None),
        (DOCUMENTED, Resolution("TIKET-7", KASIR, KASIR)),
        (DOCUMENTED, Resolution("TIKET-7", KASIR, 99)),
        (DOCUMENTED, Resolution("", KASIR, 2)),
        (FOUND_PAID, Resolution("TIKET-7", KASIR, 2)),
    ],
)
async def test_t14_a_document_needs_two_people_and_only_a_document_does(
    counter: Counter, judgement: Judgement, resolution: Resolution | None
) -> None:
    payment = await counter.concluded(IN_DOUBT)
    await counter.journal.conclude(payment.id, State.IN_DOUBT, ESCALATED)
    assert await counter.second_operator() == 2
    with pytest.raises(JournalDefect):
        await counter.journal.conclude(
            payment.id, State.ESCALATED, judgement, resolution=resolution
        )
    assert (await counter.journal.payment(payment.id)).state is State.ESCALATED


async def test_t16_a_late_reply_pays_in_its_own_session_only(counter: Counter, path: Path) -> None:
    payment = await counter.concluded(IN_DOUBT)
    async with open_counter(path, counter.clock) as other:
        with pytest.raises(NotOurs):
            await other.journal.conclude(payment.id, State.IN_DOUBT, PAID)
        await other.journal.conclude(payment.id, State.IN_DOUBT, ESCALATED)
    late = await counter.journal.conclude(payment.id, State.ESCALATED, PAID)
    assert (late.state, late.token) == (State.PAID, TOKEN)


async def test_f66_a_row_of_a_living_session_is_not_touched_by_another(
    counter: Counter, path: Path
) -> None:
    prepared, sent = await counter.prepared(), await counter.sent()
    await counter.journal.keep_reply(sent.id, answer(sent.rq_uuid))
    async with open_counter(path, counter.clock) as other:
        for payment, judgement in ((prepared, NOT_SENT), (sent, IN_DOUBT), (sent, PAID)):
            with pytest.raises(NotOurs):
                await other.journal.conclude(payment.id, payment.state, judgement)
    assert await counter.journal.open_payments() == (prepared, sent)


async def test_b11_what_moved_on_is_not_overwritten(counter: Counter) -> None:
    payment = await counter.paid()
    for late in (REFUSED, IN_DOUBT, FOUND_FAILED):
        with pytest.raises(StateMoved) as refused:
            await counter.journal.conclude(payment.id, State.SENT, late)
        assert refused.value.payment == payment
        assert "sudah berubah menjadi LUNAS" in explain("id", refused.value)
    assert await counter.journal.payment(payment.id) == payment


async def test_a_transition_outside_the_law_is_refused_and_kept_as_a_defect(
    counter: Counter, path: Path
) -> None:
    payment = await counter.paid()
    failed = Judgement(State.UNPAID, Reason.FAILED, Evidence.STATUS, "05", "REF-1")
    with pytest.raises(JournalDefect) as refused:
        await counter.journal.conclude(payment.id, State.PAID, failed)
    assert "no such transition" in explain("en", refused.value)
    assert await counter.journal.payment(payment.id) == payment
    kinds = [body for kind, body in _events(path) if kind == "defect"]
    session = counter.journal._session.token[:8]
    assert kinds == [{"refused": "payment: no such transition", "session": session}]


async def test_a_state_that_stays_is_no_transition(counter: Counter) -> None:
    payment = await counter.concluded(IN_DOUBT)
    with pytest.raises(JournalDefect):
        await counter.journal.conclude(payment.id, State.IN_DOUBT, IN_DOUBT)


def _events(path: Path) -> list[tuple[str, object]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows = [*connection.execute("SELECT kind, body FROM event ORDER BY seq")]
    finally:
        connection.close()
    return [(str(kind), json.loads(str(body))) for kind, body in rows]


_BEFORE = {
    State.SENT: (),
    State.PROCESSING: (PROCESSING,),
    State.IN_DOUBT: (replace(IN_DOUBT, ref_id="REF-1"),),
    State.INCOMPLETE: (INCOMPLETE,),
    State.ESCALATED: (PROCESSING, ESCALATED),
    State.PAID: (PAID,),
    State.UNPAID: (REFUSED,),
    State.REFUNDED: (PAID, replace(REFUNDED, evidence=Evidence.STATUS)),
}


@pytest.mark.parametrize("before", [*State])
async def test_the_database_allows_exactly_the_law(
    counter: Counter, path: Path, before: State
) -> None:
    """Every state after, with every evidence, from every state before."""
    lawful = {(t.before, t.after, t.evidence) for t in TRANSITIONS}
    sari = await counter.second_operator()
    for after, evidence in product(State, (None, *Evidence)):
        payment = await _in_state(counter, before)
        resolution = Resolution("TIKET-7", KASIR, sari) if evidence is Evidence.DOCUMENT else None
        judgement = Judgement(after, Reason.PAID, evidence, "", "REF-1", None)
        if before is State.PREPARED and after is State.SENT:
            continue  # T2 has its own way, with the moment of sending.
        if (before, after, evidence) in lawful:
            moved = await counter.journal.conclude(
                payment.id, before, judgement, resolution=resolution
            )
            assert (moved.state, moved.evidence) == (after, evidence)
            assert (moved.paid_at is not None) == (State.PAID in (before, after))
            assert moved.final_at == (None if evidence is None else MORNING)
            assert _cash_column(path, moved) == (moved.cash, moved.change.sen)
        else:
            with pytest.raises(JournalDefect):
                await counter.journal.conclude(payment.id, before, judgement, resolution=resolution)
            assert (await counter.journal.payment(payment.id)).state is before


def _cash_column(path: Path, payment: Payment) -> tuple[object, ...]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        sql = "SELECT cash, change_sen FROM payment WHERE id = ?"
        return tuple(connection.execute(sql, (payment.id,)).get)
    finally:
        connection.close()


async def _in_state(counter: Counter, state: State) -> Payment:
    if (await counter.journal.circuit()).trip is not None:
        await counter.journal.clear_circuit("SARI", "so many doubts are wanted here")
    payment = await counter.prepared()
    if state is State.PREPARED:
        return payment
    await counter.journal.mark_sent(payment.id)
    now = State.SENT
    for judgement in _BEFORE[state]:
        payment = await counter.journal.conclude(payment.id, now, judgement)
        now = judgement.state
    return payment


async def test_a_status_question_that_decides_nothing_is_kept_and_counted(
    counter: Counter,
) -> None:
    payment = await counter.concluded(PROCESSING)
    once = Judgement(State.PROCESSING, Reason.FAILED_ONCE, None, "05", "REF-1")
    noted = await counter.journal.note_asked(
        payment.id, question(b'{"error_code":"05"}'), once, MORNING + 10_000, MORNING
    )
    assert (noted.state, noted.reason, noted.detail) == (State.PROCESSING, Reason.IN_PROCESS, "")
    assert (noted.asked, noted.asked_at) == (1, MORNING)
    assert (noted.asked_reason, noted.asked_detail) == (Reason.FAILED_ONCE, "05")
    assert (noted.ask_at, noted.failed_at) == (MORNING + 10_000, MORNING)
    messages = await counter.journal.replies_of(payment.id)
    assert [message.service for message in messages] == ["payment", "status"]
    assert messages[-1].reply.endswith(b'{"error_code":"05"}')
    assert dict(messages[-1].request) == {"ref_id": "REF-1"}


async def test_the_doubt_is_not_forgotten_over_a_later_answer(counter: Counter) -> None:
    """Why it is incomplete stays, whatever the questions since were answered."""
    doubt = replace(INCOMPLETE, reason=Reason.AMOUNT_DIFFERS, detail="")
    payment = await counter.concluded(doubt)
    assert (payment.asked_at, payment.asked_reason, payment.asked_detail) == (None, None, "")
    counter.clock.forward(MINUTE)
    stays = Judgement(State.INCOMPLETE, Reason.NO_REPLY)
    await counter.journal.note_asked(payment.id, question(), stays, MORNING + DAY, None)
    counter.clock.forward(MINUTE)
    again = Judgement(State.INCOMPLETE, Reason.FIELD_MISSING, None, "token", "REF-1", TOKEN)
    noted = await counter.journal.note_asked(payment.id, question(), again, MORNING + DAY, None)
    assert (noted.reason, noted.detail) == (Reason.AMOUNT_DIFFERS, "")
    assert (noted.asked, noted.asked_at) == (2, MORNING + 2 * MINUTE)
    assert (noted.asked_reason, noted.asked_detail) == (Reason.FIELD_MISSING, "token")
    assert noted.token == TOKEN
    paid = await counter.journal.conclude(
        payment.id, State.INCOMPLETE, replace(FOUND_PAID, token=None)
    )
    assert (paid.reason, paid.asked, paid.asked_reason) == (Reason.PAID, 3, Reason.PAID)
    assert paid.token == TOKEN


async def test_a_question_about_what_moved_on_is_not_noted(counter: Counter) -> None:
    payment = await counter.concluded(PROCESSING)
    await counter.journal.conclude(payment.id, State.PROCESSING, FOUND_PAID)
    stays = Judgement(State.PROCESSING, Reason.IN_PROCESS)
    with pytest.raises(StateMoved):
        await counter.journal.note_asked(payment.id, question(), stays, MORNING + DAY, None)
    assert len(await counter.journal.replies_of(payment.id)) == 1


async def test_the_next_question_is_scheduled_while_there_is_something_to_ask(
    counter: Counter,
) -> None:
    payment = await counter.concluded(PROCESSING)
    assert (await counter.journal.schedule(payment.id, MORNING + 1)).ask_at == MORNING + 1
    assert (await counter.journal.schedule(payment.id, None)).ask_at is None
    await counter.journal.conclude(payment.id, State.PROCESSING, FOUND_PAID)
    with pytest.raises(StateMoved):
        await counter.journal.schedule(payment.id, MORNING + 1)


async def test_cash_that_is_held_or_earned_is_not_handed_back(counter: Counter) -> None:
    for payment in (await counter.prepared(), await counter.paid()):
        with pytest.raises(NothingOwed):
            await counter.journal.hand_back(payment.id)


@pytest.mark.parametrize("step", ["keep_reply", "conclude", "hand_back", "keep_messages"])
async def test_steps_of_an_unknown_payment_are_refused(counter: Counter, step: str) -> None:
    journal = counter.journal
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "keep_reply": lambda: journal.keep_reply(7, answer("TOKO-7")),
        "conclude": lambda: journal.conclude(7, State.SENT, PAID),
        "hand_back": lambda: journal.hand_back(7),
        "keep_messages": lambda: journal.keep_messages([question()], 7),
    }
    with pytest.raises(UnknownPayment):
        await steps[step]()


async def test_a_hint_of_a_reference_is_replaced_by_the_proven_one(counter: Counter) -> None:
    payment = await counter.concluded(HINTED)
    assert (payment.ref_id, payment.ref_is_hint) == ("HINT", True)
    escalated = await counter.journal.conclude(payment.id, State.IN_DOUBT, ESCALATED)
    assert (escalated.ref_id, escalated.ref_is_hint) == ("HINT", True)
    paid = await counter.journal.conclude(payment.id, State.ESCALATED, PAID)
    assert (paid.ref_id, paid.ref_is_hint) == ("REF-1", False)


async def test_a_sure_reference_is_not_replaced_by_a_hint(counter: Counter) -> None:
    payment = await counter.concluded(PROCESSING)
    hint = replace(ESCALATED, ref_id="HINT", ref_is_hint=True)
    escalated = await counter.journal.conclude(payment.id, State.PROCESSING, hint)
    assert (escalated.ref_id, escalated.ref_is_hint) == ("REF-1", False)


@pytest.mark.parametrize("proven", [PAID, PROCESSING, INCOMPLETE])
async def test_nothing_is_proven_by_a_hint(counter: Counter, proven: Judgement) -> None:
    payment = await counter.sent()
    with pytest.raises(JournalDefect):
        await counter.journal.conclude(
            payment.id, State.SENT, replace(proven, ref_id="HINT", ref_is_hint=True)
        )


async def test_events_and_rows_tell_who_caused_them(counter: Counter, path: Path) -> None:
    sari = await counter.second_operator()
    journal = counter.journal
    quote = await journal.keep_quote(BILL, [inquiry()], operator_id=sari)
    new = NewPayment(quote.id, "TOKO-SARI", BILL.bill + CASH)
    payment = await journal.prepare(new, operator_id=sari)
    assert (quote.operator, payment.operator) == ("SARI", "SARI")
    await journal.mark_sent(payment.id)
    await journal.conclude(payment.id, State.SENT, REFUSED, operator_id=sari)
    returned = await journal.hand_back(payment.id)
    assert (returned.returned_by, payment.returned_by) == ("KASIR", None)
    session = journal._session.token[:8]
    causes = [
        (kind, body["operator"], body["session"])
        for kind, body in _events(path)
        if isinstance(body, dict) and "operator" in body
    ]
    assert causes == [
        ("quote", sari, session),
        ("message", sari, session),
        ("prepared", sari, session),
        ("unpaid", sari, session),
        ("returned", KASIR, session),
    ]
    told = {e.name: dict(e.facts) for e in story(path, payment.id).entries if e.part == "event"}
    assert (told["unpaid"]["by_operator"], told["unpaid"]["by_session"]) == (str(sari), session)
    assert "by_operator" not in told["sent"]


async def test_a_customer_who_cannot_be_remembered_does_not_undo_the_payment(
    counter: Counter, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise JournalFailed("out of memory")

    monkeypatch.setattr("cashier.journal.serving.remember_customer", fail)
    payment = await counter.paid(BILL)
    assert (await counter.journal.payment(payment.id)).state is State.PAID
    assert await counter.journal.customers(BILL.number) == ()
    assert "left undone" in caplog.text


async def test_i8_a_token_once_known_stays(counter: Counter) -> None:
    payment = await counter.concluded(replace(INCOMPLETE, token=TOKEN))
    without = replace(FOUND_PAID, token=None)
    paid = await counter.journal.conclude(payment.id, State.INCOMPLETE, without)
    assert paid.token == TOKEN


async def test_a_served_customer_is_known_from_then_on(counter: Counter) -> None:
    await counter.paid(BILL)
    counter.clock.forward(24 * 60 * MINUTE)
    await counter.paid(replace(BILL, name=None))
    for typed in ("1234", BILL.number, "SITI", "siti am", " siti "):
        (found,) = await counter.journal.customers(typed)
        assert (found.number, found.name, found.times) == (BILL.number, BILL.name, 2)
        assert found.last_at == MORNING + 24 * 60 * MINUTE
    for typed in ("", "2", "AMINAH", "%", "_", "1234%"):
        assert await counter.journal.customers(typed) == ()


async def test_who_was_not_served_is_not_remembered(counter: Counter) -> None:
    await counter.concluded(REFUSED)
    await counter.concluded(IN_DOUBT)
    assert await counter.journal.customers("0") == ()


async def test_s38_the_holder_of_a_card_is_not_remembered(counter: Counter) -> None:
    await counter.paid(replace(BILL, number=CARD, is_card=True))
    await counter.paid(replace(BILL, number=CARD, bill_key="b"))
    assert await counter.journal.customers("4") == ()
    assert await counter.journal.customers("SITI") == ()


async def test_f78_a_correction_is_a_new_event(counter: Counter, path: Path) -> None:
    """Found failed, and paid later after all: the first finding stays in the story."""
    payment = await counter.concluded(PROCESSING)
    once = Judgement(State.PROCESSING, Reason.FAILED_ONCE, None, "05", "REF-1")
    await counter.journal.note_asked(payment.id, question(), once, MORNING + DAY, MORNING)
    await counter.journal.conclude(payment.id, State.PROCESSING, FOUND_PAID)
    told = [e.name for e in story(path, payment.id).entries if e.part == "event"]
    assert told == ["prepared", "sent", "processing", "asked", "paid"]


async def test_the_last_question_calls_the_supervisor_in_the_same_commit(counter: Counter) -> None:
    payment = await counter.concluded(PROCESSING)
    stays = Judgement(State.PROCESSING, Reason.IN_PROCESS)
    noted = await counter.journal.note_asked(payment.id, question(), stays, None, None)
    assert (noted.state, noted.escalated_for) == (State.ESCALATED, Escalation.ASKED_A_DAY)
    doubted = await counter.concluded(IN_DOUBT)
    hints = [(Hint.BALANCE_MOVED, "100 50")]
    looked = await counter.journal.keep_hints(doubted.id, hints, None)
    assert (looked.state, looked.escalated_for) == (State.ESCALATED, Escalation.NO_REFERENCE)
