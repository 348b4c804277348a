"""Rows as they come out of the database, read by name and checked by kind."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import apsw

Value: TypeAlias = "apsw.SQLiteValue"
"""A quoted name: it exists for the type checker alone."""

Row: TypeAlias = dict[str, Value]
Values: TypeAlias = Mapping[str, Value]


class Fields:
    """One row; a reader raises ``TypeError`` where the column holds another kind."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def text(self, name: str) -> str:
        """A column of text that is never empty."""
        value = self._row[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def text_or_none(self, name: str) -> str | None:
        """A column of text."""
        return None if self._row[name] is None else self.text(name)

    def number(self, name: str) -> int:
        """A column of integers that is never empty."""
        value = self._row[name]
        if not isinstance(value, int):
            raise TypeError(name)
        return value

    def number_or_none(self, name: str) -> int | None:
        """A column of integers."""
        return None if self._row[name] is None else self.number(name)

    def blob_or_none(self, name: str) -> bytes | None:
        """A column of bytes."""
        value = self._row[name]
        if value is None or isinstance(value, bytes):
            return value
        raise TypeError(name)

    def as_row(self) -> Row:
        """All columns."""
        return self._row


def every(connection: apsw.Connection, sql: str, values: Values | None = None) -> Iterator[Row]:
    """Give the rows of a statement, one by one, by column name.

    Raises:
        apsw.CorruptError: The file is damaged; so it is where a text is no UTF-8, which nothing
            of ours ever writes.
    """
    bindings = {name: storable(value) for name, value in (values or {}).items()}
    try:
        cursor = connection.execute(sql, bindings)
        for row in cursor:
            yield dict(zip((name for name, _ in cursor.get_description()), row, strict=True))
    except UnicodeDecodeError as error:
        raise apsw.CorruptError("a text that is no UTF-8") from error


def first(connection: apsw.Connection, sql: str, values: Values | None = None) -> Row | None:
    """Give the first row of a statement, if there is one."""
    return next(every(connection, sql, values), None)


def storable(value: Value) -> Value:
    """Replace what UTF-8 cannot carry (lone surrogates), so that no text can stop a commit."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value
