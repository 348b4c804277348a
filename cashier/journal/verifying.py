"""Checking a whole journal: the file, its shape, the chain, and every kept row against it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from cashier.clock import Clock, SystemClock
from cashier.journal.anchor import Anchor, anchor_file, broken_link, check_anchor, write_anchor
from cashier.journal.chain import FIRST_HEAD, Head, row_hash
from cashier.journal.connection import reading
from cashier.journal.fields import Fields, Row, Value, every, first
from cashier.journal.file_errors import NotAJournal
from cashier.journal.findings import Finding, Flaw
from cashier.journal.migrations import (
    APPLICATION_ID,
    changed_shape,
    law_at,
    law_of,
    migrations,
)
from cashier.journal.schema import BY_NAME, KEPT, Kept
from cashier.journal.sessions import Locks
from cashier.journal.transaction import head_of

_DAMAGED: Final = (apsw.CorruptError, apsw.NotADBError, apsw.SQLError)
"""What reading a damaged file raises: its own words for its tables may be what is damaged."""

_FACTS: Final = "SELECT id, environment FROM journal"
_EVENTS: Final = "SELECT seq, body FROM event ORDER BY seq"
_EVENT_BODY: Final = "SELECT body FROM event WHERE seq = :seq"
_COUNTERS: Final = "SELECT name, seq FROM sqlite_sequence"
_LAST_NUMBER: Final = "SELECT max(id) AS last FROM {}"
_NAMED: Final = frozenset({"journal", "session", "quote"})
"""Tables whose rows go by a name of their own; those of the others are numbered."""

_COLUMNS: Final = "SELECT name FROM pragma_table_info(:table)"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    journal: str
    """The journal's id; empty where the file cannot be read that far."""
    environment: str
    events: int
    rows: int
    head: Head
    findings: tuple[Finding, ...]
    """At most one of each check, the first bad row of it; empty where all is well."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The first finding."""
        return self.findings[0] if self.findings else None


def verify(path: Path, anchor_dir: Path | None = None, clock: Clock | None = None) -> Report:
    """Check a journal as it stands at this moment; paying may go on meanwhile.

    With ``anchor_dir`` the chain's end is compared with the anchor, and becomes the anchor
    where nothing is wrong. Blocking, and as long as the journal is; not for the event loop.

    Raises:
        NoJournal: There is no such file.
        JournalBusy, JournalFailed: The disk or another program keeps it from being read.
        OutputFailed: The anchor cannot be written.
    """
    file = None if anchor_dir is None else anchor_file(anchor_dir, path)
    try:
        with reading(path) as connection:
            report = verify_connection(connection, file)
    except NotAJournal:
        return _unreadable()
    if file is not None and report.ok:
        now = (clock or SystemClock()).utc_ms()
        anchor = Anchor(report.journal, report.head.seq, report.head.hash, now)
        write_anchor(file, Locks(path), anchor)
    return report


def verify_connection(connection: apsw.Connection, anchor: Path | None = None) -> Report:
    """Check all that one connection sees; it should be inside a transaction."""
    try:
        damage = _damage(connection)
        return _unreadable(damage) if damage is not None else _examine(connection, anchor)
    except _DAMAGED:
        return _unreadable()


def _unreadable(finding: Finding | None = None) -> Report:
    return Report("", "", 0, 0, FIRST_HEAD, (finding or Finding(Flaw.FILE),))


def _damage(connection: apsw.Connection) -> Finding | None:
    """Check file and shape; the rest only means something where these are sound."""
    if connection.execute("PRAGMA integrity_check").get != "ok":
        return Finding(Flaw.FILE)
    mark = connection.execute("PRAGMA application_id").get
    if mark != APPLICATION_ID:
        return Finding(Flaw.SHAPE, "application_id", str(mark))
    version = connection.execute("PRAGMA user_version").get
    if not isinstance(version, int) or not 0 < version <= len(migrations()):
        return Finding(Flaw.SHAPE, "user_version", str(version))
    changed = changed_shape(connection, version)
    return None if changed is None else Finding(Flaw.SHAPE, changed)


def _examine(connection: apsw.Connection, anchor: Path | None) -> Report:
    facts = first(connection, _FACTS)
    if facts is None:
        return _unreadable(Finding(Flaw.ROW_MISSING, "journal"))
    fields = Fields(facts)
    checks: list[Callable[[apsw.Connection], Finding | None]] = [
        _broken_chain,
        _missing_row,
        _wrong_row,
        _wrong_counter,
        _dangling,
        _other_law,
    ]
    findings = [check(connection) for check in checks]
    if anchor is not None:
        findings.append(check_anchor(connection, anchor))
    tables = _tables(connection)
    return Report(
        journal=fields.text("id"),
        environment=fields.text("environment"),
        events=_count(connection, "event"),
        rows=sum(_count(connection, kept.name) for kept, _ in tables),
        head=head_of(connection),
        findings=tuple(finding for finding in findings if finding is not None),
    )


def _broken_chain(connection: apsw.Connection) -> Finding | None:
    return broken_link(connection, FIRST_HEAD)


def _missing_row(connection: apsw.Connection) -> Finding | None:
    """Look for the row of every event: it must be there, and not older than the event."""
    for event in every(connection, _EVENTS):
        fields = Fields(event)
        seq, body = fields.number("seq"), _body(fields.text("body"))
        kept = BY_NAME.get(str(body.get("table")))
        if kept is None:
            continue
        row = first(connection, kept.select_seq, {"key": _key(body)})
        if row is None or Fields(row).number("seq") < seq:
            return Finding(Flaw.ROW_MISSING, kept.name, str(body.get("id")), seq)
    return None


def _wrong_row(connection: apsw.Connection) -> Finding | None:
    """Compare every kept row with the event that describes it as it stands."""
    for kept, present in _tables(connection):
        for row in every(connection, kept.select(present)):
            finding = _compare(connection, kept, row)
            if finding is not None:
                return finding
    return None


def _compare(connection: apsw.Connection, kept: Kept, row: Row) -> Finding | None:
    seq, key = Fields(row).number("seq"), row[kept.key]
    event = first(connection, _EVENT_BODY, {"seq": seq})
    body = {} if event is None else _body(Fields(event).text("body"))
    if body.get("table") != kept.name or body.get("id") != key:
        return Finding(Flaw.ROW_UNKNOWN, kept.name, str(key), seq)
    if body.get("row") != row_hash(kept, row):
        return Finding(Flaw.ROW_CHANGED, kept.name, str(key), seq)
    return None


def _wrong_counter(connection: apsw.Connection) -> Finding | None:
    """Compare what the next row of each table will be numbered with the last row there is.

    No row is ever deleted, so they agree; a counter near its end would let nothing more be kept.
    """
    counters = {str(row["name"]): row["seq"] for row in every(connection, _COUNTERS)}
    counted = [kept for kept, _ in _tables(connection) if kept.name not in _NAMED]
    lasts = {kept.name: _last_number(connection, kept) for kept in counted}
    wanted = {name: last for name, last in lasts.items() if last is not None}
    wrong = (name for name in (*counters, *wanted) if counters.get(name) != wanted.get(name))
    name = next(wrong, None)
    return None if name is None else Finding(Flaw.ROW_CHANGED, "sqlite_sequence", name)


def _last_number(connection: apsw.Connection, kept: Kept) -> Value:
    row = first(connection, _LAST_NUMBER.format(kept.name))
    return None if row is None else row["last"]


def _dangling(connection: apsw.Connection) -> Finding | None:
    row = first(connection, "PRAGMA foreign_key_check")
    if row is None:
        return None
    return Finding(Flaw.ROW_UNKNOWN, str(row["table"]), str(row["rowid"]))


def _other_law(connection: apsw.Connection) -> Finding | None:
    version = connection.execute("PRAGMA user_version").get
    wanted = law_at(version) if isinstance(version, int) else frozenset()
    return None if law_of(connection) == wanted else Finding(Flaw.LAW, "transition")


def _tables(connection: apsw.Connection) -> list[tuple[Kept, frozenset[str]]]:
    """Give the kept tables with the columns that this file, perhaps an older one, has."""
    found = [(kept, _columns(connection, kept)) for kept in KEPT]
    return [(kept, columns) for kept, columns in found if columns]


def _columns(connection: apsw.Connection, kept: Kept) -> frozenset[str]:
    rows = every(connection, _COLUMNS, {"table": kept.name})
    return frozenset(Fields(row).text("name") for row in rows)


def _count(connection: apsw.Connection, table: str) -> int:
    row = first(connection, f"SELECT count(*) AS number FROM {table}")  # noqa: S608 - ours
    return 0 if row is None else Fields(row).number("number")


def _body(text: str) -> dict[str, object]:
    """Read an event's body; one that is no object, or no JSON any more, tells of no row."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _key(body: dict[str, object]) -> str | int | None:
    key = body.get("id")
    return key if isinstance(key, str | int) else None
