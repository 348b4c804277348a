"""What can be found wrong with a journal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cashier.language import LanguageCode, say


class Flaw(StrEnum):
    """What can be wrong with a journal; each has a sentence."""

    FILE = "file"
    """The database itself is damaged."""
    SHAPE = "shape"
    """A table, index, view or trigger is missing, or is not ours."""
    LAW = "law"
    """The allowed transitions are not those of the program."""
    LINK = "link"
    """An event was changed, removed, put in or moved."""
    ROW_MISSING = "row_missing"
    """An event tells of a row that is not there, or is older than the event."""
    ROW_UNKNOWN = "row_unknown"
    """A row that no event tells of."""
    ROW_CHANGED = "row_changed"
    """A row that is not as its event says."""
    BEHIND = "behind"
    """The journal ends before the anchor: its tail was cut, or it is an old copy."""
    OTHER_HISTORY = "other_history"
    """At the anchor's place stands another event."""
    OTHER_JOURNAL = "other_journal"
    """The anchor tells of another journal."""
    ANCHOR = "anchor"
    """The anchor itself cannot be read."""
    BOX = "box"
    """A reply is left in a black box that belongs to a payment this journal does not know."""


REPLACED: Final = frozenset(
    {Flaw.BEHIND, Flaw.OTHER_HISTORY, Flaw.OTHER_JOURNAL, Flaw.ANCHOR, Flaw.BOX}
)
"""The journal is sound in itself, but not the one last seen: an old copy, or another.

A person may look into what is missing and accept it; damage is never accepted.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing of its kind that is wrong, and where."""

    flaw: Flaw
    table: str = ""
    row: str = ""
    seq: int | None = None

    def tell(self, language: LanguageCode) -> str:
        """Say it as a sentence that names the place and what to do."""
        seq = "-" if self.seq is None else str(self.seq)
        return say(language, f"journal.flaw_{self.flaw}", table=self.table, row=self.row, seq=seq)
