"""Bringing a journal up: its file, its shape, and whether it is the one that was meant."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from cashier import __version__
from cashier.clock import Clock
from cashier.journal.anchor import check_anchor
from cashier.journal.backup import backup
from cashier.journal.blackbox import BlackBox, box_file
from cashier.journal.connection import (
    check_library,
    connect_to_write,
    guard,
    refusal_for,
    set_stale_aside,
)
from cashier.journal.fields import Fields, first
from cashier.journal.file_errors import (
    JournalFailed,
    NewerJournal,
    NotAJournal,
    OtherBillKey,
    OtherEnvironment,
    OutputFailed,
)
from cashier.journal.files import private_database, private_folder
from cashier.journal.findings import REPLACED, Finding, Flaw
from cashier.journal.locks import waiting_for
from cashier.journal.migrations import (
    APPLICATION_ID,
    Migration,
    changed_shape,
    migrations,
    shape_of,
)
from cashier.journal.replaying import replay
from cashier.journal.restored import doubt_prepared
from cashier.journal.schema import JOURNAL, OPERATOR
from cashier.journal.sessions import Locks, Session, sweep
from cashier.journal.transaction import Transaction

_LOG: Final = logging.getLogger("cashier.journal")

_FACTS: Final = "SELECT id, environment, bill_key_print FROM journal"
_BORN: Final = """
    INSERT INTO journal (id, seq, environment, born_at) VALUES (:id, :seq, :environment, :at)
"""
_KASIR: Final = "INSERT INTO operator (id, seq, name, role) VALUES (1, :seq, 'KASIR', 'seller')"
_KNOW_BILL_KEY: Final = "UPDATE journal SET seq = :seq, bill_key_print = :print WHERE id = :key"
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller takes the journal to be."""

    environment: str
    bill_key_print: str | None
    """A fingerprint of the secret that makes bill keys; ``None`` where it is not known."""
    backup_dir: Path
    anchor: Path | None
    box_dir: Path
    """Where black boxes stand."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened journal, and what it turned out to be."""

    connection: apsw.Connection
    locks: Locks
    session: Session
    journal_id: str
    alarm: Finding | None
    """What speaks against trusting it; nothing may be paid then."""
    box: BlackBox | None
    """Where a reply goes that cannot be journalled; nothing may be paid without one."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """An opening whose session has begun."""

    connection: apsw.Connection
    path: Path
    wanted: Wanted
    clock: Clock
    locks: Locks
    session: Session
    journal_id: str

    def commit(self, work: Callable[[Transaction], None]) -> None:
        """Run the work in a transaction of its own."""
        with _committed(self.connection):
            transaction = Transaction(self.connection, self.clock.utc_ms(), self.session.token)
            work(transaction)
            transaction.check_told()


def bring_up(path: Path, wanted: Wanted, clock: Clock) -> Opened:
    """Make or open the file, bring it to the newest shape, compare it, and begin a session.

    One session at a time: the opening lock is held. Runs on the writer's thread.

    Raises:
        OldLibrary, NewerJournal, NotAJournal, NotPrivate, OtherEnvironment, OtherBillKey,
        BackupFlawed, JournalBusy, JournalFailed, OutputFailed: What is wrong.
    """
    check_library()
    locks = Locks(path)
    try:
        private_folder(path.parent)
        locks.prepare()
        with waiting_for(locks.opening):
            private_database(path)
            set_stale_aside(path)
            return _open(path, wanted, clock, locks)
    except OSError as error:
        raise OutputFailed(path, error.strerror or type(error).__name__) from error


def _open(path: Path, wanted: Wanted, clock: Clock, locks: Locks) -> Opened:
    connection = connect_to_write(path)
    try:
        _migrate(connection, path, wanted, clock)
        journal_id, alarm = _compare(connection, wanted, clock)
        session = _begin_session(connection, clock, locks)
        opening = _Opening(connection, path, wanted, clock, locks, session, journal_id)
        alarm = _settle_past(opening, alarm)
        guard(connection)
    except apsw.Error as error:
        connection.close()
        raise refusal_for(error) from error
    except BaseException:
        connection.close()
        raise
    return Opened(connection, locks, session, journal_id, alarm, _box(path, wanted, session))


def _begin_session(connection: apsw.Connection, clock: Clock, locks: Locks) -> Session:
    session = Session(locks)
    try:
        with _committed(connection):
            transaction = Transaction(connection, clock.utc_ms(), session.token)
            session.begin(transaction)
            sweep(transaction, locks, session.token)
            transaction.check_told()
    except BaseException:
        session.leave()
        raise
    return session


def _settle_past(opening: "_Opening", alarm: Finding | None) -> Finding | None:
    """Empty the black boxes of the dead; doubt what an old copy says; give what is wrong."""
    try:
        if alarm is not None and alarm.flaw in REPLACED:
            opening.commit(
                lambda transaction: doubt_prepared(
                    transaction, opening.locks.is_free, opening.wanted.environment
                )
            )
        placed = replay(
            opening.wanted.box_dir,
            opening.path,
            opening.journal_id,
            opening.locks.is_free,
            opening.commit,
        )
    except ValueError:
        placed = False
    except BaseException:
        opening.session.leave()
        raise
    return alarm or (None if placed else Finding(Flaw.BOX))


def _box(path: Path, wanted: Wanted, session: Session) -> BlackBox | None:
    try:
        return BlackBox.prepare(box_file(wanted.box_dir, path, session.token))
    except OutputFailed as refusal:
        _LOG.error("no black box: %s", refusal.values)
        return None


def _migrate(connection: apsw.Connection, path: Path, wanted: Wanted, clock: Clock) -> None:
    """Take every step that the file lacks, each in one transaction, after a verified backup."""
    version = _version(connection, path)
    steps = migrations()
    if version > len(steps):
        raise NewerJournal(path, version, len(steps))
    if version == len(steps):
        return
    if version > 0:
        backup(path, wanted.backup_dir, clock)
    connection.execute("PRAGMA foreign_keys = OFF")
    for step in steps[version:]:
        with _committed(connection):
            _take(connection, step, wanted, clock)
    connection.execute("PRAGMA foreign_keys = ON")


def _take(connection: apsw.Connection, step: Migration, wanted: Wanted, clock: Clock) -> None:
    connection.execute(step.sql)
    connection.execute(f"PRAGMA user_version = {step.number}")
    transaction = Transaction(connection, clock.utc_ms(), "")
    if step.number == 1:
        _bear(transaction, wanted)
    body = {"to": step.number, "name": step.name, "file": step.print, "program": __version__}
    transaction.note("migrated", body)
    transaction.check_told()
    if connection.execute("PRAGMA foreign_key_check").get is not None:
        raise JournalFailed("foreign_key_check")


def _bear(transaction: Transaction, wanted: Wanted) -> None:
    """Give a new journal its own facts and its one built-in operator."""
    transaction.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    facts = {
        "id": secrets.token_hex(_ID_BYTES),
        "environment": wanted.environment,
        "at": transaction.at,
    }
    transaction.insert(JOURNAL, _BORN, facts, "born")
    transaction.insert(OPERATOR, _KASIR, {}, "operator")


def _version(connection: apsw.Connection, path: Path) -> int:
    version = connection.execute("PRAGMA user_version").get
    marked = connection.execute("PRAGMA application_id").get
    empty = version == 0 and marked == 0 and not shape_of(connection)
    if not isinstance(version, int) or (marked != APPLICATION_ID and not empty):
        raise NotAJournal(path)
    return version


def _compare(
    connection: apsw.Connection, wanted: Wanted, clock: Clock
) -> tuple[str, Finding | None]:
    """Give the journal's id and what is wrong with it; refuse one that is not meant."""
    row = first(connection, _FACTS)
    if row is None:
        return "", Finding(Flaw.ROW_MISSING, "journal")
    facts = Fields(row)
    if facts.text("environment") != wanted.environment:
        raise OtherEnvironment(facts.text("environment"), wanted.environment)
    known = facts.text_or_none("bill_key_print")
    if known is not None and wanted.bill_key_print not in (None, known):
        raise OtherBillKey
    if known is None and wanted.bill_key_print is not None:
        values = {"print": wanted.bill_key_print}
        with _committed(connection):
            transaction = Transaction(connection, clock.utc_ms(), "")
            transaction.update(JOURNAL, facts.text("id"), _KNOW_BILL_KEY, values, "bill_key_known")
            transaction.check_told()
    return facts.text("id"), _alarm(connection, wanted)


def _alarm(connection: apsw.Connection, wanted: Wanted) -> Finding | None:
    """Look for what can be seen at once; the whole is checked by every backup."""
    changed = changed_shape(connection, len(migrations()))
    if changed is not None:
        return Finding(Flaw.SHAPE, changed)
    return None if wanted.anchor is None else check_anchor(connection, wanted.anchor)


@contextmanager
def _committed(connection: apsw.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
