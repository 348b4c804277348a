"""Taking the journal out: everything as JSON lines, or the payments as a table."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Literal

import apsw

from cashier.clock import wib_stamp
from cashier.journal.connection import reading
from cashier.journal.fields import Fields, Row, Value, every
from cashier.journal.files import fresh_file
from cashier.journal.looking import receipt_no
from cashier.journal.masking import NO_CARD
from cashier.journal.schema import KEPT, Kept
from cashier.text import csv_cell, mask_cards_in

Form = Literal["jsonl", "csv"]

SALES: Final = "SELECT * FROM sale ORDER BY id"
EVENTS: Final = "SELECT * FROM event ORDER BY seq"

_TIMES: Final = ("prepared_at", "sent_at", "final_at", "returned_at")
_AS_THEY_ARE: Final = (
    "quote_id",
    "category",
    "product",
    "product_name",
    "customer_number",
    "name",
    "bill_sen",
    "admin_fee_sen",
    "service_fee_sen",
    "total_sen",
    "tendered_sen",
    "change_sen",
    "state",
    "evidence",
    "reason",
    "detail",
    "cash",
    "rq_uuid",
    "ref_id",
    "token",
    "operator",
)
_PERSONAL: Final = frozenset({"customer_number", "number", "name"})
"""Where a card might have been typed; a random id or a reference must come out unchanged."""


def export(path: Path, out: Path, form: Form) -> int:
    """Write the journal as it stands at this moment to a new private file; give the lines.

    ``jsonl`` holds every kept row and every event, one object a line; ``csv`` holds one line
    per payment with times in WIB and amounts in sen, under a heading. Blocking.

    Raises:
        NoJournal, NotAJournal, JournalBusy, JournalFailed: The journal cannot be read.
        OutputExists, OutputFailed: The file is there already, or cannot be written.
    """
    write: Callable[[apsw.Connection, BinaryIO], int] = _csv if form == "csv" else _jsonl
    with reading(path) as connection, fresh_file(out) as file:
        return write(connection, file)


def _jsonl(connection: apsw.Connection, file: BinaryIO) -> int:
    lines = 0
    for line in _objects(connection):
        file.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        lines += 1
    return lines


def _objects(connection: apsw.Connection) -> Iterator[dict[str, Value]]:
    for kept in KEPT:
        for row in every(connection, kept.select()):
            yield {"table": kept.name, **_plain(kept, row)}
    for row in every(connection, EVENTS):
        yield {"table": "event", **row}


def _plain(kept: Kept, row: Row) -> Row:
    """Give a row without its salt, bytes as text, and personal text with cards masked."""
    personal = frozenset(kept.personal)
    return {
        name: _shown(name, value) if name in personal else value
        for name, value in row.items()
        if name != "salt"
    }


def _shown(name: str, value: Value) -> Value:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return text
    return mask_cards_in(text) if name in _PERSONAL else NO_CARD.text(text)


def _csv(connection: apsw.Connection, file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["receipt_no", *_TIMES, *_AS_THEY_ARE])
    lines = 1
    for row in every(connection, SALES):
        table.writerow(_cells(Fields(row)))
        lines += 1
    text.detach()
    return lines


def _cells(sale: Fields) -> list[str | int]:
    row = sale.as_row()
    times = [sale.number_or_none(name) for name in _TIMES]
    return [
        receipt_no(sale.number("day"), sale.number("number")),
        *("" if at is None else wib_stamp(at) for at in times),
        *(_cell(name, row[name]) for name in _AS_THEY_ARE),
    ]


def _cell(name: str, value: Value) -> str | int:
    if isinstance(value, int):
        return value
    text = "" if value is None else str(value)
    return csv_cell(mask_cards_in(text) if name in _PERSONAL else text)
