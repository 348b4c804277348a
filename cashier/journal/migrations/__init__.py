"""The shapes a journal has had: numbered SQL files, append-only; a release never changes one."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import apsw

from cashier.journal.fields import every

APPLICATION_ID: Final = 0x4B415352
"""Marks the file as a journal (``KASR``); other databases are refused."""

_NAME: Final = re.compile(r"([0-9]{4})_[a-z_]+\.sql")

_SHAPE: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"

_LAW: Final = "SELECT name, state_before, state_after, evidence FROM transition"


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """One step from a shape to the next."""

    number: int
    name: str
    sql: str

    @property
    def print(self) -> str:
        """SHA-256 of the file, kept with the event of the step."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """Read the steps, in order, numbered from 1 without a gap."""
    found = sorted(
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in files(__package__).iterdir()
        if (match := _NAME.fullmatch(file.name))
    )
    return tuple(found)


def shape_of(connection: apsw.Connection) -> dict[str, str]:
    """Give every table, index, view and trigger with its table and its SQL.

    SQLite does not watch over the kinds of these columns: in a damaged file they may be anything.
    """
    rows = every(connection, _SHAPE)
    return {f"{row['type']} {row['name']}": f"{row['tbl_name']} {row['sql']}" for row in rows}


def law_of(connection: apsw.Connection) -> frozenset[tuple[object, ...]]:
    """Give the allowed transitions: name, state before, state after, evidence."""
    return frozenset(tuple(row.values()) for row in every(connection, _LAW))


def changed_shape(connection: apsw.Connection, version: int) -> str | None:
    """Name a table, index, view or trigger that is not as this ``user_version`` has it."""
    found, wanted = shape_of(connection), _reference(version)[0]
    names = {*found, *wanted}
    return min((name for name in names if found.get(name) != wanted.get(name)), default=None)


def law_at(version: int) -> frozenset[tuple[object, ...]]:
    """Give the transitions that a journal of this ``user_version`` must hold."""
    return _reference(version)[1]


@cache
def _reference(version: int) -> tuple[dict[str, str], frozenset[tuple[object, ...]]]:
    connection = apsw.Connection(":memory:")
    try:
        for step in migrations()[:version]:
            connection.execute(step.sql)
        return shape_of(connection), law_of(connection)
    finally:
        connection.close()
