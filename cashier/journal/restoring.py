"""Putting a backup in the place of a damaged journal, which is kept (F71).

What happened since the backup is missing from it. The anchor, which lies elsewhere, says so at
the next opening: no payment is prepared then until a person has looked into the gap and
accepted it (``Journal.accept``).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier.clock import Clock, SystemClock, wib
from cashier.journal.copies import copies
from cashier.journal.file_errors import BackupUnsound, NoBackup, OutputFailed, SessionsAlive
from cashier.journal.files import private_folder, publish, reserve
from cashier.journal.locks import waiting_for
from cashier.journal.sessions import Locks
from cashier.journal.verifying import Report, verify
from cashier.private_file import beside

_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put where."""

    source: Path
    kept: tuple[Path, ...]
    """The files that stood there before, under their new names."""
    report: Report
    """What the check of the backup found."""


def restore(
    path: Path, directory: Path, source: Path | None = None, clock: Clock | None = None
) -> Restored:
    """Put a verified backup in the journal's place; by default the newest that verifies.

    The journal that was there, and what belongs to it, is renamed and never removed. Blocking.

    Raises:
        NoBackup: No backup verifies.
        BackupUnsound: The backup that was named does not verify.
        SessionsAlive: A till stands on the journal.
        OutputFailed: The files cannot be exchanged.
        JournalBusy: Another program is opening the journal.
    """
    stamp = wib((clock or SystemClock()).utc_ms()).strftime("%Y%m%d-%H%M%S")
    locks = Locks(path)
    try:
        private_folder(path.parent)
        locks.prepare()
        with waiting_for(locks.opening):
            if not all(locks.is_free(token) for token in locks.tokens()):
                raise SessionsAlive
            chosen, report = _chosen(path, directory, source)
            part = beside(path)
            reserve(part)
            try:
                shutil.copyfile(chosen, part)
                kept = _set_aside(path, stamp)
                publish(part, path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputFailed(path, error.strerror or type(error).__name__) from error
    return Restored(chosen, kept, report)


def _chosen(path: Path, directory: Path, source: Path | None) -> tuple[Path, Report]:
    if source is not None:
        report = verify(source)
        if report.first is not None:
            raise BackupUnsound(source, report.first.flaw.value)
        return source, report
    for copy in copies(directory, path):
        report = verify(copy.file)
        if report.ok:
            return copy.file, report
    raise NoBackup(directory)


def _set_aside(path: Path, stamp: str) -> tuple[Path, ...]:
    kept = []
    for companion in _COMPANIONS:
        found = path.with_name(f"{path.name}{companion}")
        if found.exists():
            kept.append(found.rename(found.with_name(f"{found.name}.damaged-{stamp}")))
    return tuple(kept)
