"""The folder of backups: which there are, how old the newest is, which have had their day."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cashier.clock import WIB

KEEP_NEWEST: Final = 24
"""A day of hourly backups."""

KEEP_DAYS: Final = 31
"""Of so many days before, the last backup of each."""

_NAME: Final = re.compile(r"-(?P<at>[0-9]{8}-[0-9]{6})-(?P<seq>[0-9]+)-[0-9a-f]{4}$")


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup, as its name tells."""

    file: Path
    at: int
    """When it was made (UTC milliseconds)."""
    seq: int
    """Number of its last event."""
    day: str


def copies(directory: Path, journal: Path) -> list[Copy]:
    """Give the backups of a journal, newest first; other files are not looked at."""
    found = (_copy(file, journal) for file in directory.glob(f"{journal.stem}-*{journal.suffix}"))
    return sorted((copy for copy in found if copy), key=lambda copy: copy.at, reverse=True)


def prune(directory: Path, journal: Path) -> None:
    """Take backups away that have had their day, so that they never fill the disk."""
    found = copies(directory, journal)
    last_of_day: dict[str, Copy] = {}
    for copy in found:
        last_of_day.setdefault(copy.day, copy)
    kept = {copy.file for copy in [*found[:KEEP_NEWEST], *[*last_of_day.values()][:KEEP_DAYS]]}
    for copy in found:
        if copy.file not in kept:
            copy.file.unlink(missing_ok=True)


def _copy(file: Path, journal: Path) -> Copy | None:
    match = _NAME.fullmatch(file.stem.removeprefix(journal.stem))
    if match is None:
        return None
    try:
        made = datetime.strptime(match["at"], "%Y%m%d-%H%M%S").replace(tzinfo=WIB)
    except ValueError:
        return None
    return Copy(file, int(made.timestamp() * 1000), int(match["seq"]), match["at"][:8])
