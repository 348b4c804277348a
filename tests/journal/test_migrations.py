"""The journal's shapes: the first one, the way to the next, and no way back."""

import hashlib
import json
from pathlib import Path

import apsw
import pytest

from cashier.journal import migrations as shapes
from cashier.journal.file_errors import (
    BackupFlawed,
    JournalFailed,
    NewerJournal,
    NotAJournal,
    OtherBillKey,
    OtherEnvironment,
)
from cashier.journal.migrations import Migration, law_at, migrations
from cashier.journal.schema import KEPT
from cashier.journal.verifying import verify
from cashier.language import explain
from cashier.payment import TRANSITIONS, State
from tests.journal.making import (
    IN_DOUBT,
    INCOMPLETE,
    PROCESSING,
    REFUSED,
    Counter,
    HandClock,
    by_shell,
    make_empty,
    open_counter,
    open_journal,
)

RELEASED = {
    1: "2b6debb6a85183d951329a4eac653931848bb90d7f064b9bc0b6e260a3ed1077",
}
"""SHA-256 of every released step: history is never rewritten."""


def _asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [tuple(row) for row in connection.execute(sql)]
    finally:
        connection.close()


def test_steps_are_numbered_without_a_gap() -> None:
    assert [step.number for step in migrations()] == [*range(1, len(migrations()) + 1)]


def test_the_law_in_the_database_is_the_law_in_the_program() -> None:
    wanted = {(t.name, t.before, t.after, t.evidence) for t in TRANSITIONS}
    assert len(wanted) == len(TRANSITIONS)
    assert law_at(len(migrations())) == wanted


async def test_every_table_is_strict_and_hashed_whole(counter: Counter, path: Path) -> None:
    strict = _asked(path, "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
    tables = {name for name, _ in strict if not str(name).startswith("sqlite")} - {"sale"}
    kept = {kept.name: set(kept.stored) for kept in KEPT}
    assert tables == {*kept, "event", "transition"}
    assert {name for name, is_strict in strict if is_strict} == tables
    for name, columns in kept.items():
        found = _asked(path, f"PRAGMA table_info({name})")
        unhashed = {"only_one"} if name == "journal" else set()
        assert {column[1] for column in found} - unhashed == columns


async def test_a_new_journal_knows_itself_and_one_operator(counter: Counter, path: Path) -> None:
    ((journal_id, environment),) = _asked(path, "SELECT id, environment FROM journal")
    assert (journal_id, environment) == (counter.journal.id, "practice")
    operators = _asked(path, "SELECT id, name, role, pin FROM operator")
    assert operators == [(1, "KASIR", "seller", None)]
    shifts = _asked(path, "SELECT count(*) FROM shift")
    assert shifts == [(0,)]
    await counter.paid()
    assert _asked(path, "SELECT shift_id FROM payment") == [(None,)]
    bodies = _asked(path, "SELECT body FROM event WHERE kind = 'migrated' ORDER BY seq")
    assert len(bodies) == len(migrations())
    ((body,), *_) = bodies
    step = migrations()[0]
    assert json.loads(str(body)) == {
        "to": 1,
        "name": "0001_first.sql",
        "file": step.print,
        "program": json.loads(str(body))["program"],
    }


async def test_f49_a_journal_serves_one_environment(path: Path, clock: HandClock) -> None:
    async with open_counter(path, clock):
        pass
    for other in ("sandbox", "production"):
        with pytest.raises(OtherEnvironment) as refused:
            await open_journal(path, clock, environment=other)
        assert other in explain("id", refused.value)
    async with open_counter(path, clock) as counter:
        assert counter.journal.environment == "practice"


async def test_an_unheard_of_environment_makes_no_journal(path: Path, clock: HandClock) -> None:
    with pytest.raises(JournalFailed):
        await open_journal(path, clock, environment="live")
    async with open_counter(path, clock) as counter:
        assert counter.journal.environment == "practice"


async def test_another_bill_key_is_refused_once_one_is_known(path: Path, clock: HandClock) -> None:
    """With another key the guards against paying twice would find nothing."""
    async with open_counter(path, clock):
        pass
    async with open_counter(path, clock, bill_key_print="f1"):
        pass
    async with open_counter(path, clock, bill_key_print="f1"), open_counter(path, clock):
        pass
    with pytest.raises(OtherBillKey):
        await open_journal(path, clock, bill_key_print="f2")
    assert verify(path).ok


async def test_f74_an_older_program_leaves_a_newer_journal_alone(
    path: Path, clock: HandClock
) -> None:
    async with open_counter(path, clock):
        pass
    by_shell(path, "PRAGMA user_version = 7")
    with pytest.raises(NewerJournal) as refused:
        await open_journal(path, clock)
    assert "7" in explain("id", refused.value)
    assert [finding.flaw for finding in verify(path).findings] == ["shape"]


async def test_another_programs_database_is_left_alone(path: Path, clock: HandClock) -> None:
    path.parent.mkdir()
    by_shell(path, "CREATE TABLE recipe (name)")
    with pytest.raises(NotAJournal) as refused:
        await open_journal(path, clock)
    assert "journal.db" in explain("id", refused.value)
    assert _asked(path, "SELECT name FROM sqlite_schema") == [("recipe",)]


NOW = len(migrations())
"""The newest shape that this program knows."""

NEXT = Migration(
    NOW + 1,
    f"{NOW + 1:04d}_next.sql",
    """
    ALTER TABLE payment ADD COLUMN loket TEXT;
    DROP TRIGGER transition_kept_i;
    INSERT INTO transition (name, state_before, state_after, evidence)
    VALUES ('T17', 'refunded', 'paid', 'document');
    CREATE TRIGGER transition_kept_i BEFORE INSERT ON transition
    BEGIN SELECT RAISE(ABORT, 'transition: only a migration changes the law'); END;
    """,
)


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (*migrations(), NEXT)
    for module in ("opening", "verifying", "migrations"):
        monkeypatch.setattr(f"cashier.journal.{module}.migrations", lambda: steps)
    shapes._reference.cache_clear()
    monkeypatch.setattr("cashier.journal.migrations._reference", shapes._reference.__wrapped__)


async def _with_every_open_state(path: Path, clock: HandClock) -> list[object]:
    async with open_counter(path, clock) as counter:
        await counter.prepared()
        await counter.sent()
        for judgement in (PROCESSING, IN_DOUBT, INCOMPLETE, REFUSED):
            await counter.concluded(judgement)
        return [*await counter.journal.open_payments(), *await counter.journal.owed_back()]


async def test_f74_an_upgrade_keeps_every_row_and_makes_a_backup_first(
    path: Path, clock: HandClock, request: pytest.FixtureRequest
) -> None:
    before = await _with_every_open_state(path, clock)
    old = verify(path)
    request.getfixturevalue("newer_program")
    async with open_counter(path, clock) as counter:
        after = [
            *await counter.journal.open_payments(),
            *await counter.journal.owed_back(),
        ]
        assert after == before
        assert (await counter.paid()).state is State.PAID
    assert _asked(path, "PRAGMA user_version") == [(NOW + 1,)]
    assert verify(path).ok
    (backup,) = (path.parent / "backups").iterdir()
    kept = verify(backup)
    assert (kept.ok, kept.head) == (True, old.head)
    assert _asked(backup, "PRAGMA user_version") == [(NOW,)]


async def test_f74_a_step_that_fails_leaves_the_old_shape(
    path: Path, clock: HandClock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _with_every_open_state(path, clock)
    steps = migrations()
    request.getfixturevalue("newer_program")
    bad = Migration(NOW + 1, "bad.sql", f"{NEXT.sql}; DROP TABLE nowhere;")
    with monkeypatch.context() as patch:
        patch.setattr("cashier.journal.opening.migrations", lambda: (*steps, bad))
        with pytest.raises(JournalFailed):
            await open_journal(path, clock)
    assert _asked(path, "PRAGMA user_version") == [(NOW,)]
    async with open_counter(path, clock) as counter:
        assert [*await counter.journal.open_payments()] == before[:-1]


async def test_a_step_that_breaks_references_is_taken_back(
    path: Path, clock: HandClock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _with_every_open_state(path, clock)
    steps = migrations()
    request.getfixturevalue("newer_program")
    loose = "DROP TRIGGER message_undeleted; DROP TRIGGER quote_undeleted; DELETE FROM quote;"
    monkeypatch.setattr(
        "cashier.journal.opening.migrations",
        lambda: (*steps, Migration(NOW + 1, "loose.sql", loose)),
    )
    with pytest.raises(JournalFailed):
        await open_journal(path, clock)
    assert _asked(path, "SELECT count(*) FROM quote") == [(6,)]


async def test_a_flawed_journal_is_not_upgraded(
    path: Path, clock: HandClock, request: pytest.FixtureRequest
) -> None:
    await _with_every_open_state(path, clock)
    by_shell(path, "UPDATE payment SET tendered_sen = tendered_sen + 1 WHERE id = 2")
    request.getfixturevalue("newer_program")
    with pytest.raises(BackupFlawed) as refused:
        await open_journal(path, clock)
    assert "ada baris yang diubah" in explain("id", refused.value)
    assert _asked(path, "PRAGMA user_version") == [(NOW,)]
    assert [*(path.parent / "backups").iterdir()] == []


async def test_a_killed_first_opening_is_done_again(path: Path, clock: HandClock) -> None:
    """An empty file is what a crash before the first commit leaves."""
    make_empty(path)
    async with open_counter(path, clock) as counter:
        assert (await counter.prepared()).id == 1


def test_released_steps_never_change() -> None:
    found = {step.number: hashlib.sha256(step.sql.encode()).hexdigest() for step in migrations()}
    assert {number: found[number] for number in RELEASED} == RELEASED
