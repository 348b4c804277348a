"""Taking the journal out: safe lines, nothing overwritten (S16, S18, S36, F76)."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cashier.journal.export import export
from cashier.journal.file_errors import NoJournal, OutputExists
from cashier.journal.schema import KEPT
from tests.journal.making import (
    BILL,
    CARD,
    REFUSED,
    TOKEN,
    Counter,
    answer,
    by_shell,
    inquiry,
)

OTHER = "4222222222222"
"""A reference that has a card's shape and a valid check digit by chance."""

NASTY = '=1+1\r\n"quoted", \x1b[31mred\x1b[0m \u202ereversed\u2028next line'


async def test_the_table_has_a_line_for_every_payment(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid(BILL)
    await counter.concluded(REFUSED)
    assert export(path, tmp_path / "out.csv", "csv") == 3
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first["receipt_no"] == "261122-0001"
    assert first["prepared_at"] == "2026-11-22 10:41:03"
    assert (first["total_sen"], first["change_sen"]) == ("5350000", "650000")
    assert (first["state"], first["cash"], first["token"]) == ("paid", "earned", TOKEN)
    assert (second["state"], second["cash"], second["returned_at"]) == ("unpaid", "owed_back", "")


async def test_s16_s36_no_cell_is_a_formula_and_no_line_is_broken(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid(replace(BILL, name=NASTY, product_name="@SUM(A1)"))
    export(path, tmp_path / "out.csv", "csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "'@SUM(A1)" in lines[1]
    assert "\x1b" not in lines[1]
    (row,) = csv.DictReader(lines)
    assert row["name"] == '\'=1+1  "quoted", [31mred[0m reversednext line'


async def test_s36_every_line_of_the_whole_is_one_object(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    payment = await counter.paid(replace(BILL, name=NASTY, facts={NASTY: NASTY}))
    await counter.journal.keep_messages([answer(payment.rq_uuid, NASTY.encode())], payment.id)
    lines = export(path, tmp_path / "out.jsonl", "jsonl")
    raw = (tmp_path / "out.jsonl").read_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == lines == len(raw.splitlines())
    rows = [json.loads(line) for line in raw.splitlines()]
    tables = {str(row["table"]) for row in rows}
    empty = {"shift", "cash_move", "print", "recap_payment", "hint", "correction", "clearance"}
    assert tables == {*(kept.name for kept in KEPT), "event"} - empty
    assert all("salt" not in row for row in rows)
    replies = [row["reply"] for row in rows if row["table"] == "message"]
    assert str(replies[-1]).endswith(NASTY)


async def test_s36_events_are_one_line_each(counter: Counter, path: Path, tmp_path: Path) -> None:
    detail = replace(REFUSED, detail="8\n00\u2028\x1b[2J")
    await counter.concluded(detail, replace(BILL, product_name=NASTY))
    export(path, tmp_path / "out.jsonl", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    bodies = [str(row["body"]) for row in rows if row["table"] == "event"]
    assert all(body.isascii() and body.isprintable() for body in bodies)


async def test_no_event_tells_who_the_customer_is(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid(BILL)
    export(path, tmp_path / "out.jsonl", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    events = " ".join(str(row) for row in rows if row["table"] == "event")
    for fact in (BILL.number, "SITI", "R1/900VA", "1.50"):
        assert fact not in events


async def test_s38_a_card_that_got_in_by_another_way_does_not_get_out(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.paid(BILL)
    reply = json.dumps({"card_no": CARD, "reff_no": OTHER})
    by_shell(path, f"UPDATE message SET reply = CAST('{reply}' AS BLOB)")  # noqa: S608
    export(path, tmp_path / "out.jsonl", "jsonl")
    told = (tmp_path / "out.jsonl").read_text()
    assert CARD not in told
    assert OTHER in told
    await counter.paid(replace(BILL, number=CARD, bill_key="b"))
    export(path, tmp_path / "out.csv", "csv")
    assert CARD not in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
async def test_s18_nothing_is_overwritten(
    counter: Counter, path: Path, tmp_path: Path, kind: str
) -> None:
    out, target = tmp_path / "out.csv", tmp_path / "target"
    target.write_text("mine")
    if kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to(target if kind == "link" else tmp_path / "nowhere")
    with pytest.raises(OutputExists):
        export(path, out, "csv")
    assert target.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_no_journal_gives_no_export(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        export(tmp_path / "journal.db", tmp_path / "out.csv", "csv")
    assert not (tmp_path / "out.csv").exists()


async def test_messages_without_a_sale_are_exported_too(
    counter: Counter, path: Path, tmp_path: Path
) -> None:
    await counter.journal.keep_messages([inquiry()])
    export(path, tmp_path / "out.jsonl", "jsonl")
    assert '"table": "message"' in (tmp_path / "out.jsonl").read_text()
