"""The chain of events: how a link is hashed, and how it stands for a kept row.

Each event's hash covers the one before it; the body of an event that describes a row carries
a hash over that row as it was read back after the write. Changing, removing, adding or
reordering anything breaks a hash (S22, F72); cutting the tail needs the anchor to be seen.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from cashier.journal.fields import Value, Values
from cashier.journal.schema import Kept

NO_HASH: Final = "0" * 64
"""What the first event links to."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: its number (0 where there is none) and its hash."""

    seq: int
    hash: str


FIRST_HEAD: Final = Head(0, NO_HASH)


def canonical(value: object) -> str:
    """Write JSON in the one form that is hashed and stored: sorted, compact, one ASCII line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def link_hash(seq: int, at: int, kind: str, payment_id: int | None, body: str, prev: str) -> str:
    """Hash one link (hex SHA-256 over all its columns)."""
    return _sha256(canonical([seq, at, kind, payment_id, body, prev]))


def row_hash(kept: Kept, row: Values) -> str:
    """Hash a row: its plain columns as they are, its personal ones by their salted hash."""
    plain = {name: row[name] for name in kept.columns if row.get(name) is not None}
    return _sha256(canonical([kept.name, plain, personal_hash(kept, row)]))


def personal_hash(kept: Kept, row: Values) -> str | None:
    """Hash the personal columns with the row's salt; ``None`` where they are erased or none.

    Without the salt, which is erased with them, a short number cannot be found by trying.
    """
    salt = row.get("salt")
    facts = {name: _digest(row[name]) for name in kept.personal if row.get(name) is not None}
    if not isinstance(salt, bytes):
        return None if not facts else _sha256(canonical(facts))
    return hashlib.sha256(salt + canonical(facts).encode()).hexdigest()


def _digest(value: Value) -> Value:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
