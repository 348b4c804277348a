"""Backups: a copy of one moment, checked from end to end before it gets its name."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from cashier.clock import Clock, SystemClock, wib
from cashier.journal.anchor import Anchor, anchor_file, check_anchor, write_anchor
from cashier.journal.connection import reading
from cashier.journal.file_errors import BackupFlawed, OutputFailed
from cashier.journal.files import own_folder, publish, reserve
from cashier.journal.sessions import Locks
from cashier.journal.verifying import Report, verify_connection
from cashier.private_file import beside

_COMPANIONS: Final = ("-journal", "-wal", "-shm")


def backup(
    path: Path, directory: Path, clock: Clock | None = None, anchor_dir: Path | None = None
) -> Path:
    """Copy the journal into a file of its own in ``directory``; paying may go on meanwhile.

    The copy is opened again and verified whole before it gets its name, which holds the
    journal's name, the moment (WIB), the number of its last event and a random mark. Nothing
    is ever overwritten. With ``anchor_dir`` the copy's end becomes the anchor. Blocking.

    Raises:
        NoJournal, NotAJournal: There is nothing to copy.
        BackupFlawed: The copy does not verify, because the journal does not.
        OutputExists, OutputFailed: The copy cannot be written there.
        JournalBusy, JournalFailed: The journal cannot be read now.
    """
    now = (clock or SystemClock()).utc_ms()
    try:
        own_folder(directory)
        with _work_file(directory / path.name) as part:
            _copy(path, part)
            report = _checked(path, part, anchor_dir)
            stamp = wib(now).strftime("%Y%m%d-%H%M%S")
            mark = secrets.token_hex(2)
            final = directory / f"{path.stem}-{stamp}-{report.head.seq}-{mark}{path.suffix}"
            publish(part, final)
    except OSError as error:
        raise OutputFailed(directory, error.strerror or type(error).__name__) from error
    if anchor_dir is not None:
        anchor = Anchor(report.journal, report.head.seq, report.head.hash, now)
        write_anchor(anchor_file(anchor_dir, path), Locks(path), anchor)
    return final


@contextmanager
def _work_file(path: Path) -> Iterator[Path]:
    """Give an empty private file beside ``path``, and take it and its companions away again."""
    part = beside(path)
    reserve(part)
    try:
        yield part
    finally:
        for name in (part.name, *(f"{part.name}{companion}" for companion in _COMPANIONS)):
            part.with_name(name).unlink(missing_ok=True)


def _copy(path: Path, part: Path) -> None:
    """Copy one moment of the journal, and make the copy a file that needs no companions."""
    with reading(path) as source:
        copy = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            with copy.backup("main", source, "main") as work:
                work.step()
            copy.execute("PRAGMA synchronous = EXTRA")
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()


def _checked(path: Path, part: Path, anchor_dir: Path | None) -> Report:
    with reading(part) as copy:
        report = verify_connection(copy)
        finding = report.first
        if finding is None and anchor_dir is not None:
            finding = check_anchor(copy, anchor_file(anchor_dir, path))
    if finding is not None:
        raise BackupFlawed(path, finding.flaw.value)
    return report
