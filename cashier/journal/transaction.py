"""One transaction of the writer: every row that it keeps gets its event, hashed as read back."""

import secrets
from collections.abc import Mapping
from typing import Final

import apsw

from cashier.journal.chain import (
    FIRST_HEAD,
    Head,
    canonical,
    link_hash,
    personal_hash,
    row_hash,
)
from cashier.journal.fields import Fields, Row, Value, Values, first, storable
from cashier.journal.schema import Kept

_HEAD: Final = "SELECT seq, hash FROM event WHERE seq = (SELECT max(seq) FROM event)"
_LINK: Final = """
    INSERT INTO event (seq, at, kind, payment_id, body, prev, hash)
    VALUES (:seq, :at, :kind, :payment_id, :body, :prev, :hash)
"""
_SALT_BYTES: Final = 16


SHORT_TOKEN: Final = 8
"""How much of a session's token an event names it by."""


class UntoldRow(Exception):
    """A row was changed of which no event tells; nothing of it may be committed."""


class RowMoved(Exception):
    """A statement that must change exactly one row changed another number of rows."""


class Transaction:
    """What a piece of writing work gets: the connection, the time, and the chain's end."""

    def __init__(self, connection: apsw.Connection, at: int, session: str) -> None:
        """Begin at the chain's end; ``at`` is UTC milliseconds, ``session`` our token."""
        self.connection = connection
        self.at = at
        self.session = session
        self.operator: int | None = None
        """Id of the operator on whose behalf this is written; ``None`` where it is nobody's."""
        self._head = head_of(connection)
        self._changes = connection.total_changes()

    def insert(
        self, kept: Kept, sql: str, values: Values, kind: str, payment_id: int | None = None
    ) -> int:
        """Keep a new row and its event; give the row's number.

        ``sql`` may use ``:seq`` and, where the table has personal columns, ``:salt``.
        """
        bindings = self._bind(kept, values)
        self.connection.execute(sql, bindings)
        self._changes += 1
        row_id = self.connection.last_insert_rowid()
        key = bindings.get(kept.key, row_id)
        after = self._read(kept, key)
        if payment_id is None and kept.name == "payment":
            payment_id = row_id
        self._describe(kept, None, after, kind, payment_id)
        return row_id

    def update(
        self,
        kept: Kept,
        key: Value,
        sql: str,
        values: Values,
        kind: str,
        payment_id: int | None = None,
    ) -> None:
        """Change the kept row named ``:key``, and describe the change in an event.

        Raises:
            RowMoved: The statement found no row, or not that row, to change.
        """
        before = self._read(kept, key)
        self.connection.execute(sql, {**self._bind(kept, values), "key": key})
        if self.connection.changes() != 1:
            raise RowMoved(kept.name)
        self._changes += 1
        self._describe(kept, before, self._read(kept, key), kind, payment_id)

    def note(self, kind: str, body: Mapping[str, object], payment_id: int | None = None) -> None:
        """Add an event that describes no row."""
        self._link(kind, body, payment_id)

    def check_told(self) -> None:
        """Make sure, before the commit, that every row changed since the begin has its event.

        Raises:
            UntoldRow: A row was changed past ``insert`` and ``update``.
        """
        if self.connection.total_changes() != self._changes:
            raise UntoldRow("a row was changed without its event")

    @property
    def head(self) -> Head:
        """The chain's end as this transaction sees it."""
        return self._head

    def _bind(self, kept: Kept, values: Values) -> dict[str, Value]:
        bound = {name: storable(value) for name, value in values.items()}
        salt = {"salt": secrets.token_bytes(_SALT_BYTES)} if kept.personal else {}
        return {**salt, **bound, "seq": self._head.seq + 1}

    def _read(self, kept: Kept, key: Value) -> Row:
        row = first(self.connection, kept.select_one, {"key": key})
        if row is None:
            raise RowMoved(kept.name)
        return row

    def _describe(
        self, kept: Kept, before: Row | None, after: Row, kind: str, payment_id: int | None
    ) -> None:
        old: Values = before or {}
        body: dict[str, object] = {
            "table": kept.name,
            "id": after[kept.key],
            "set": {name: after[name] for name in kept.columns if after[name] != old.get(name)},
            "row": row_hash(kept, after),
        }
        if kept.personal:
            body["personal"] = personal_hash(kept, after)
        self._link(kind, body, payment_id)

    def _link(self, kind: str, told: Mapping[str, object], payment_id: int | None) -> None:
        body = canonical({**told, **self._actor()})
        seq, prev = self._head.seq + 1, self._head.hash
        hashed = link_hash(seq, self.at, kind, payment_id, body, prev)
        self.connection.execute(
            _LINK,
            {
                "seq": seq,
                "at": self.at,
                "kind": kind,
                "payment_id": payment_id,
                "body": body,
                "prev": prev,
                "hash": hashed,
            },
        )
        self._changes += 1
        self._head = Head(seq, hashed)

    def _actor(self) -> dict[str, object]:
        """Name who caused the event, as far as somebody did."""
        actor = {"operator": self.operator, "session": self.session[:SHORT_TOKEN]}
        return {name: value for name, value in actor.items() if value}


def head_of(connection: apsw.Connection) -> Head:
    """Read the chain's end."""
    row = first(connection, _HEAD)
    if row is None:
        return FIRST_HEAD
    fields = Fields(row)
    return Head(fields.number("seq"), fields.text("hash"))
