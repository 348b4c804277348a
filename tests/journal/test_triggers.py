"""What the database refuses by itself, also from an SQL shell (S23)."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from cashier.journal.file_errors import JournalDefect
from cashier.journal.schema import PRINT, RECAP_PAYMENT
from cashier.journal.transaction import Transaction
from cashier.journal.verifying import verify
from cashier.language import explain
from tests.journal.making import (
    DAY,
    IN_DOUBT,
    MORNING,
    PROCESSING,
    REFUSED,
    HandClock,
    by_shell,
    open_counter,
    question,
)

EVENT = "(SELECT max(seq) FROM event)"
NEXT_EVENT = f"({EVENT} + 1)"
LINK = "INSERT INTO event SELECT {seq}, at, kind, payment_id, {body}, {prev}, hash FROM event"
NEW_PAYMENT = """
    INSERT OR REPLACE INTO payment (
        id, seq, quote_id, bill_key, total_sen, tendered_sen, rq_uuid, number, sequence,
        session_token, operator_id, state, prepared_at
    ) SELECT
        {id}, {seq}, {quote}, {bill}, {total}, {tendered}, {uuid}, 77, 1,
        session_token, operator_id, {state}, prepared_at
    FROM payment WHERE id = 3
"""
NEW_PRINT = """
    INSERT INTO print (seq, payment_id, operator_id, at, kind, copy, printer, result, result_at)
    VALUES ({seq}, {of}, 1, {at}, '{kind}', {copy}, '{printer}', {result}, {result_at})
"""
NEW_JOURNAL = f"""
    INSERT INTO journal SELECT hex(zeroblob(16)), {NEXT_EVENT}, environment, NULL, 1, 1
    FROM journal
"""  # noqa: S608 - a constant of this file
DELETE = "DELETE FROM {}"
UNUSED = "(SELECT {} FROM quote WHERE id NOT IN (SELECT quote_id FROM payment))"
NEW_QUOTE = """
    INSERT OR REPLACE INTO quote (
        id, seq, at, category, product, product_name, bill_key, is_card, amount_text, bill_sen,
        admin_fee_sen, service_fee_sen, operator_id, number, facts, salt
    ) SELECT
        {id}, {seq}, at, 'x', product, product_name, bill_key, is_card, {amount}, {bill},
        admin_fee_sen, service_fee_sen, operator_id, number, facts, salt
    FROM quote LIMIT 1
"""


def _print(**given: str) -> str:
    usual = {
        "seq": NEXT_EVENT,
        "of": "1",
        "at": "1",
        "kind": "first",
        "copy": "0",
        "printer": "usb",
        "result": "NULL",
        "result_at": "NULL",
    }
    return NEW_PRINT.format_map({**usual, **given})


def _link(**given: str) -> str:
    usual = {"seq": "seq + 1", "body": "body", "prev": "hash"}
    return f"{LINK.format_map({**usual, **given})} WHERE seq = {EVENT}"


def _pay(**given: str) -> str:
    usual = {
        "seq": NEXT_EVENT,
        "id": "99",
        "quote": UNUSED.format("id"),
        "bill": UNUSED.format("bill_key"),
        "total": "total_sen",
        "tendered": "tendered_sen",
        "uuid": "'TOKO-NEW'",
        "state": "'prepared'",
    }
    return NEW_PAYMENT.format_map({**usual, **given})


def _quote(**given: str) -> str:
    usual = {"seq": NEXT_EVENT, "id": "'zzzzzzzz'", "amount": "amount_text", "bill": "bill_sen"}
    return NEW_QUOTE.format_map({**usual, **given})


def _set(table: str, change: str, where: str = "id = 1") -> str:
    parts = ("UPDATE OR REPLACE", table, "SET seq =", NEXT_EVENT, ",", change, "WHERE", where)
    return " ".join(parts)


REFUSALS: dict[str, list[str]] = {
    "event: a link must follow": [
        _link(seq="seq + 2"),
        _link(prev="prev"),
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 3",
    ],
    "json_valid": [_link(body="'no json'")],
    "event: never changes": [
        "UPDATE event SET at = at + 1 WHERE seq = 3",
        "UPDATE event SET body = '{}'",
    ],
    "event: never deleted": [
        "DELETE FROM event WHERE seq = 3",
        "DELETE FROM event WHERE seq > 3",
    ],
    "what was agreed never changes": [
        _set("payment", change)
        for change in (
            "quote_id = 'aaaaaaaa'",
            "bill_key = 'other'",
            "total_sen = total_sen - 1",
            "tendered_sen = tendered_sen + 100",
            "rq_uuid = 'other'",
            "number = number + 100",
            "sequence = 2",
            "session_token = 'other'",
            "operator_id = 2",
            "shift_id = 1",
            "prepared_at = prepared_at + 1",
            "id = 55",
        )
    ],
    "no such transition": [
        _set("payment", "state = 'prepared'"),
        _set("payment", "state = 'unpaid'"),
        _set("payment", "state = 'paid', evidence = 'document', final_at = 1"),
        _set("payment", "evidence = 'document'"),
        _set("payment", "final_at = final_at + 1"),
        _set("payment", "reason = 'paid'"),
        _set("payment", "detail = 'else'"),
        _set("payment", "document = 'x', resolved_by = 1, approved_by = 2"),
        _set("payment", "state = 'gone'", "id = 2"),
        _set("payment", "state = 'paid', evidence = NULL, final_at = 1", "id = 2"),
        _set("payment", "state = 'paid', evidence = 'reply', final_at = 1", "id = 2"),
    ],
    "CHECK constraint failed": [
        _set("payment", "state = 'sent'", "id = 3"),
        _set("payment", "state = 'paid', evidence = 'status'", "id = 2"),
        _set("payment", "state = 'escalated', ask_at = 1, final_at = 1", "id = 2"),
        _set("payment", "returned_at = 5", "id = 2"),
        _set("payment", "ask_at = 5"),
        _pay(tendered="total_sen - 1"),
        _quote(amount="'1'"),
        _quote(amount="''"),
        _quote(amount="'-5250000'"),
        _quote(amount="'0'", bill="-admin_fee_sen"),
        _quote(id="'ILOU0000'"),
        _quote(id="'short'"),
        _set("quote", "erased_at = 1", "1 = 1"),
        _set("message", "erased_at = 1"),
        _set("message", "erased_at = 1, request = NULL, reply = NULL"),
        _print(kind="free"),
        _print(kind="recap"),
        _print(of="NULL"),
        _print(copy="1"),
        _print(copy="-1"),
        _print(kind="copy"),
        _print(printer=""),
        _print(result="'lost'", result_at="1"),
        _print(result="'printed'"),
        _set("payment", "returned_at = 5, returned_by = NULL", "id = 2"),
        _set("payment", "ref_hint = 2", "id = 5"),
        _set("payment", "asked = asked + 1", "id = 2"),
        _set("payment", "asked_at = 1", "id = 3"),
        _set("payment", "asked_reason = 'paid'", "id = 3"),
        _set("payment", "returned_shift_id = 1", "id = 2"),
    ],
    "what is known is never forgotten": [
        _set("payment", "sent_at = sent_at + 1", "id = 2"),
        _set("payment", "sent_at = NULL", "id = 2"),
        _set("payment", "sent_at = 5", "id = 3"),
        _set("payment", "ref_id = NULL", "id = 2"),
        _set("payment", "token = '1'"),
        _set("payment", "token = NULL", "id = 4"),
        _set("payment", "ref_id = 'other'"),
        _set("payment", "asked = asked - 1", "id = 2"),
        _set("payment", "returned_at = NULL"),
        _set("payment", "paid_at = 5"),
        _set("payment", "paid_at = paid_at + 1", "id = 4"),
        _set("payment", "returned_by = NULL"),
        _set("payment", "returned_by = 9"),
        _set("payment", "returned_shift_id = 1"),
        _set("payment", "ref_hint = 1"),
        _set("payment", "ref_hint = 1", "id = 2"),
        _set("payment", "asked = 0, asked_at = NULL, asked_reason = NULL", "id = 5"),
    ],
    "not told by the next event": [
        "UPDATE payment SET failed_at = 1 WHERE id = 1",
        "UPDATE payment SET failed_at = 1, seq = seq - 1 WHERE id = 1",
        "UPDATE operator SET name = 'SAYA'",
        "UPDATE customer SET times = times + 1",
        "UPDATE payment SET seq = 99999 WHERE id = 1",
        _pay(seq="seq"),
        _quote(seq="seq"),
        _print(seq="1"),
    ],
    "begins prepared": [_pay(state="'paid'"), _pay(state="'sent'")],
    "those of the quote": [
        _pay(total="total_sen - 1"),
        _pay(bill="'other'"),
        _pay(quote="'aaaaaaaa'"),
    ],
    "payment: never replaced": [
        _pay(id="1"),
        _pay(uuid="rq_uuid"),
        _pay(quote="quote_id", bill="bill_key"),
    ],
    "quote: never replaced": [_quote(id="id")],
    "message: never replaced": ["INSERT OR REPLACE INTO message SELECT * FROM message LIMIT 1"],
    "never deleted": [
        DELETE.format(table)
        for table in (
            "payment",
            "quote",
            "message",
            "customer",
            "session",
            "operator",
            "journal",
        )
    ],
    "can only be erased": [
        _set("quote", change, "1 = 1")
        for change in (
            "bill_sen = bill_sen + 1",
            "number = '1'",
            "name = NULL",
            "facts = NULL, number = NULL, name = NULL, data_text = NULL, salt = NULL",
            "amount_text = '1'",
            "bill_key = 'other'",
            "at = 1",
        )
    ]
    + [_set("message", change) for change in ("reply = x'00'", "whole = 0", "payment_id = 2")],
    "counted up or erased": [
        _set("customer", "times = times - 1"),
        _set("customer", "number = '1'"),
    ],
    "its own facts never change": [_set("journal", "environment = 'production'", "1 = 1")],
    "can only end, once": [
        _set("session", "started_at = 1", "1 = 1"),
        _set("session", "ended_at = 1", "ended_at IS NOT NULL"),
    ],
    "only a migration changes the law": [
        "DELETE FROM transition",
        "UPDATE transition SET state_after = 'paid'",
        "INSERT INTO transition VALUES ('T99', 'unpaid', 'paid', 'reply')",
    ],
    "cannot store TEXT": [_print(at="'now'", kind="copy", copy="1")],
    "UNIQUE": [
        NEW_JOURNAL,
    ],
}


@pytest.fixture
async def kept(path: Path) -> Path:
    """A returned payment, one in process, one prepared, one paid, one asked about, a quote."""
    async with open_counter(path, HandClock()) as counter:
        refused = await counter.concluded(REFUSED)
        await counter.journal.hand_back(refused.id)
        await counter.concluded(PROCESSING)
        await counter.prepared()
        await counter.paid()
        asked = await counter.concluded(IN_DOUBT)
        await counter.journal.note_asked(asked.id, question(), IN_DOUBT, MORNING + DAY, None)
        await counter.quote()
    return path


@pytest.mark.parametrize("words", [*REFUSALS])
async def test_s23_the_database_itself_refuses(kept: Path, words: str) -> None:
    before = verify(kept)
    connection = apsw.Connection(str(kept))
    connection.execute("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = OFF")
    for statement in REFUSALS[words]:
        with pytest.raises(apsw.ConstraintError, match=words):
            connection.execute(statement)
    connection.close()
    assert before.ok
    assert verify(kept) == before


async def test_s23_a_shell_without_triggers_is_found_out(kept: Path) -> None:
    by_shell(kept, "UPDATE payment SET detail = 'lunas' WHERE id = 1")
    assert not verify(kept).ok


async def test_a_print_is_kept_as_it_was_and_gets_one_result(path: Path) -> None:
    """Of one payment, or of the several of a recap; what went silent may become known later."""
    first = _print(kind="pending", printer="network").replace(NEXT_EVENT, ":seq")
    recap = _print(of="NULL", kind="recap").replace(NEXT_EVENT, ":seq")
    part = "INSERT INTO recap_payment (seq, print_id, payment_id) VALUES (:seq, {}, 1)"
    known = "UPDATE print SET seq = :seq, result = '{}', result_at = {} WHERE id = :key"

    def know(result: str, at: str = "2") -> Callable[[Transaction], None]:
        sql = known.format(result, at)
        return lambda t: t.update(PRINT, 1, sql, {}, "print_result", 1)

    async with open_counter(path, HandClock()) as counter:
        await counter.paid()
        write = counter.journal._writer.run
        await write(lambda t: t.insert(PRINT, first, {}, "print", 1))
        await write(lambda t: t.insert(PRINT, recap, {}, "print"))
        await write(lambda t: t.insert(RECAP_PAYMENT, part.format(2), {}, "recap_payment", 1))
        await write(know("unknown"))
        await write(know("printed", "3"))
        for refused in (
            know("failed"),
            lambda t: t.insert(RECAP_PAYMENT, part.format(1), {}, "recap_payment", 1),
            lambda t: t.insert(RECAP_PAYMENT, part.format(2), {}, "recap_payment", 1),
            lambda t: t.update(PRINT, 2, "UPDATE print SET seq = :seq, copy = 3", {}, "print"),
        ):
            with pytest.raises(JournalDefect):
                await write(refused)
    assert verify(path).ok


async def test_a_row_without_its_event_is_not_committed(path: Path) -> None:
    sql = f"UPDATE payment SET seq = {NEXT_EVENT}, failed_at = 1"  # noqa: S608 - ours
    async with open_counter(path, HandClock()) as counter:
        payment = await counter.prepared()
        with pytest.raises(JournalDefect) as refused:
            await counter.journal._writer.run(lambda t: t.connection.execute(sql).get)
        assert "without its event" in explain("en", refused.value)
        assert await counter.journal.payment(payment.id) == payment
    assert verify(path).ok


async def test_i2_two_open_payments_of_a_bill_cannot_be_kept(kept: Path) -> None:
    """Even where no trigger is asked."""
    twin = _pay(bill="bill_key").replace(" OR REPLACE", "")
    with pytest.raises(apsw.ConstraintError, match=r"UNIQUE.*bill_key"):
        by_shell(kept, twin)
