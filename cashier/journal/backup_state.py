"""How well a journal is backed up, told from outside while tills may stand on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier.journal.connection import reading
from cashier.journal.copies import Copy, copies
from cashier.journal.fields import Fields, first
from cashier.journal.file_errors import BackupUnsound, OutputFailed
from cashier.journal.files import own_folder, reserve
from cashier.journal.verifying import verify
from cashier.private_file import beside

UNSAVED_SINCE: Final = """
    SELECT at FROM event WHERE seq > :seq AND payment_id IS NOT NULL ORDER BY seq LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class BackupState:
    """The newest backup of a journal, and what is not in it yet."""

    newest: Copy | None
    unsaved_since: int | None
    """When the first step of a payment was made that no backup holds (UTC milliseconds)."""


def backup_state(path: Path, directory: Path) -> BackupState:
    """Look for the newest backup, verify it, and try whether another could be written.

    Blocking, and as long as the backup is.

    Raises:
        BackupUnsound: The newest backup does not verify any more.
        OutputFailed: No backup could be written.
        NoJournal, NotAJournal, JournalBusy, JournalFailed: The journal cannot be read.
    """
    _try_to_write(directory / path.name)
    newest = next(iter(copies(directory, path)), None)
    if newest is not None:
        found = verify(newest.file).first
        if found is not None:
            raise BackupUnsound(newest.file, found.flaw.value)
    with reading(path) as connection:
        row = first(connection, UNSAVED_SINCE, {"seq": newest.seq if newest else 0})
    return BackupState(newest, None if row is None else Fields(row).number("at"))


def _try_to_write(path: Path) -> None:
    part = beside(path)
    try:
        own_folder(path.parent)
        reserve(part)
        part.unlink()
    except OSError as error:
        raise OutputFailed(path.parent, error.strerror or type(error).__name__) from error
