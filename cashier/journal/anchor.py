"""The anchor: the chain's end as it was last seen, kept where the journal is not.

A chain shows every change but the loss of its own end; an old copy of the whole file is a
perfect chain. Only something outside can tell (S22, F72, F79). The anchor is a small file in
a folder of the caller's choice, named after the journal's path.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import apsw

from cashier.journal.chain import Head, canonical, link_hash
from cashier.journal.fields import Fields, every, first
from cashier.journal.file_errors import OutputFailed
from cashier.journal.files import outside_name, own_folder
from cashier.journal.findings import Finding, Flaw
from cashier.journal.locks import waiting_for
from cashier.journal.looking import event_from
from cashier.journal.sessions import Locks
from cashier.private_file import write_whole

HASH_AT: Final = "SELECT hash FROM event WHERE seq = :seq"
EVENTS_FROM: Final = "SELECT * FROM event WHERE seq >= :seq ORDER BY seq"
JOURNAL_ID: Final = "SELECT id FROM journal"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chain's end as it was seen at a moment (UTC milliseconds)."""

    journal: str
    seq: int
    hash: str
    at: int


def anchor_file(folder: Path, journal: Path) -> Path:
    """Give the anchor's place: one file per journal path."""
    return folder / f"{outside_name(journal)}.anchor"


def read_anchor(file: Path) -> Anchor | None:
    """Read an anchor; ``None`` where there is none yet.

    Raises:
        ValueError: The file is not an anchor.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    match json.loads(text):
        case {"journal": str(journal), "seq": int(seq), "hash": str(hashed), "at": int(at)}:
            return Anchor(journal, seq, hashed, at)
        case _:
            raise ValueError("not an anchor")


def write_anchor(file: Path, locks: Locks, anchor: Anchor, *, anew: bool = False) -> None:
    """Keep an anchor durably, unless another session has seen a later end already.

    With ``anew`` it takes the place of whatever is there: a person has said so.

    Raises:
        OutputFailed: It cannot be written there, or what is there is no anchor.
        JournalBusy: Another session holds the anchor and does not come to an end.
    """
    try:
        own_folder(file.parent)
        locks.prepare()
        with waiting_for(locks.anchor):
            known = None if anew else read_anchor(file)
            if known is None or known.seq < anchor.seq:
                write_whole(file, f"{canonical(asdict(anchor))}\n".encode())
    except (OSError, ValueError) as error:
        raise OutputFailed(file, str(error)) from error


def check_anchor(connection: apsw.Connection, file: Path) -> Finding | None:
    """Compare the journal with its anchor, and check the links since."""
    try:
        anchor = read_anchor(file)
    except (ValueError, OSError):
        return Finding(Flaw.ANCHOR)
    if anchor is None:
        return None
    journal = first(connection, JOURNAL_ID)
    if journal is None or journal["id"] != anchor.journal:
        return Finding(Flaw.OTHER_JOURNAL)
    link = first(connection, HASH_AT, {"seq": anchor.seq})
    if link is None:
        return Finding(Flaw.BEHIND, "event", seq=anchor.seq)
    if link["hash"] != anchor.hash:
        return Finding(Flaw.OTHER_HISTORY, "event", str(anchor.seq), anchor.seq)
    return broken_link(connection, Head(anchor.seq, anchor.hash))


def broken_link(connection: apsw.Connection, after: Head) -> Finding | None:
    """Check every link behind a known one; name the first that does not follow."""
    for row in every(connection, EVENTS_FROM, {"seq": after.seq + 1}):
        event = event_from(Fields(row))
        hashed = link_hash(
            event.seq, event.at, event.kind, event.payment_id, event.body, event.prev
        )
        follows = event.seq == after.seq + 1 and event.prev == after.hash
        if not follows or hashed != event.hash:
            return Finding(Flaw.LINK, "event", str(after.seq + 1), after.seq + 1)
        after = Head(event.seq, event.hash)
    return None
