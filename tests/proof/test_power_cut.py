"""Proof 4: whenever the power goes, nothing that was acknowledged is lost and nothing is corrupt.

A day at the counter runs on a disk that notes every write, cut, flush and deletion. From them the
images are built that a power cut could leave at any moment (``tests/support/power.py``); each is
opened by the database library as a start does it, and compared: the journal ends at or behind the
last event that was acknowledged, and is the beginning of what the whole day wrote. What an image
says is verified once from end to end, and started with the real till, however many images say it.
CI takes 5,000 images, ``--campaign`` 100,000; ``--seed`` takes others.
"""

import asyncio
import hashlib
import random
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

import apsw
import pytest

from cashier.journal import connection as connections
from cashier.journal.backup import backup
from cashier.journal.transaction import Transaction, head_of
from cashier.journal.verifying import verify, verify_connection
from cashier.journal.writer import Writer
from cashier.payment import State
from tests.journal.making import DAY, INCOMPLETE, HandClock, open_counter
from tests.support.clock import ManualClock
from tests.support.power import Acknowledged, Deed, Files, Flush, Platter, recording_disk
from tests.support.quick_disk import quick_folder
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import QUICK, go_on, open_shop, sell

PARTS: Final = 6
IMAGES: Final = 5_000
CAMPAIGN: Final = 100_000

METER: Final = "14012345678"
DEAD_END: Final = "http://127.0.0.1:1"

Unsafe = AbstractContextManager[object]

_EVENTS: Final = "SELECT seq, hash FROM event ORDER BY seq"
_BOOKED: Final = "SELECT rq_uuid, state FROM payment"


@dataclass(frozen=True)
class Day:
    """What a whole day did to the disk, and what it says in the end."""

    deeds: list[Deed]
    events: list[tuple[int, str]]
    booked: tuple[str, ...] = ()
    """The payments whose money Espay kept, in the order of their booking."""
    sandbox: RunningSandbox | None = None

    @property
    def cuts(self) -> tuple[list[int], list[int]]:
        """Give the moments before which power may go: the telling ones, and all the others.

        Most is at risk just before a flush, and just after the journal has promised something.
        """
        begun = next(at for at, deed in enumerate(self.deeds) if isinstance(deed, Acknowledged))
        moments = range(begun + 1, len(self.deeds) + 1)
        telling = {
            *(at for at in moments if at < len(self.deeds) and isinstance(self.deeds[at], Flush)),
            *(at for at in moments if isinstance(self.deeds[at - 1], Acknowledged)),
        }
        return sorted(telling), [at for at in moments if at not in telling]


@contextmanager
def recording(path: Path, sandbox: RunningSandbox | None = None) -> Iterator[list[Deed]]:
    """Record what is done to the journal's files, and every commit as it is acknowledged."""
    commit = Writer._commit

    def acknowledged(writer: Writer, work: Callable[[Transaction], object]) -> object:
        result = commit(writer, work)
        assert writer._connection is not None
        booked = 0 if sandbox is None else len(_kept_by(sandbox))
        disk.deeds.append(Acknowledged(head_of(writer._connection).seq, booked))
        return result

    deeds: list[Deed] = []
    with recording_disk() as disk, patch.object(Writer, "_commit", acknowledged):
        yield deeds
    names = {path.name, *(f"{path.name}{end}" for end in ("-wal", "-journal"))}
    deeds += [d for d in disk.deeds if isinstance(d, Acknowledged) or d.file in names]


def _kept_by(sandbox: RunningSandbox) -> tuple[str, ...]:
    return tuple(each.rq_uuid for each in sandbox.ledger.bookings if each.stands)


def _events(path: Path) -> list[tuple[int, str]]:
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [(int(str(seq)), str(hashed)) for seq, hashed in database.execute(_EVENTS)]
    finally:
        database.close()


# --- the day ------------------------------------------------------------------------------------


async def whole_day(folder: Path, sandbox: RunningSandbox) -> None:
    """Sell with each outcome, die with sales under way, recover, back up, erase and fold."""
    clock = HandClock()
    path = folder / "journal" / "journal.db"
    async with open_shop(folder, sandbox, clock=clock, mode="invoicing") as till:
        await sell(till, await till.inquire("SLYLPR20", METER))
        for trouble in ("in_process_paid", "token_missing", "balance_too_low", "close"):
            number = magic_number(trouble, METER)
            await till.follow(await sell(till, await till.inquire("SLYLPR20", number)))
        await sell(till, await till.inquire("SLYLPO", METER))
        await till._counter.journal._writer.fold_whole()
        for payment in await till.owed_back():
            await till.returned(payment.id)
        backup(path, folder / "backup", clock, folder / "anchor")
    async with open_counter(path, clock, anchor_dir=folder / "anchor") as counter:
        await counter.prepared()
        await counter.sent()
        await counter.concluded(INCOMPLETE)
    async with open_shop(folder, sandbox, clock=clock, mode="invoicing") as till:
        await go_on(till)
        clock.forward(DAY)
        await sell(till, await till.inquire("SLYLPR20", "14012345679"))
        journal = till._counter.journal
        await journal.erase_before(clock.utc_ms() - DAY // 2)
        await sell(till, await till.inquire("SLYLPO", "14012345680"))


async def short_day(folder: Path) -> None:
    """Some sales that no till and no Espay is needed for."""
    async with open_counter(folder / "journal" / "journal.db", HandClock()) as counter:
        for _ in range(3):
            await counter.paid()


def record(folder: Path, day: Callable[[], Awaitable[None]], sandbox: RunningSandbox | None) -> Day:
    path = folder / "journal" / "journal.db"
    with recording(path, sandbox) as deeds:
        asyncio.run(_awaited(day))
    booked = () if sandbox is None else _kept_by(sandbox)
    return Day(deeds, _events(path), booked, sandbox)


async def _awaited(day: Callable[[], Awaitable[None]]) -> None:
    await day()


# --- what an image says -------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What an image says, looked at from end to end."""

    seq: int
    states: dict[str, str]
    wrong: str = ""


@dataclass
class Checker:
    """Opens images, and looks at what each says once."""

    day: Day
    folder: Path
    starts: bool = True
    """Whether the real till is started on what an image says."""
    known: dict[bytes, Said] = field(default_factory=dict)
    tried: int = 0

    def wrong(self, image: Files, platter: Platter) -> str:
        """Open an image; say what is lost or corrupt, or nothing."""
        self.tried += 1
        path = self._lay(image)
        try:
            said = self._said(path)
        except apsw.Error as error:
            return f"cannot be read: {type(error).__name__} {error}"
        if said.wrong:
            return said.wrong
        if said.seq < platter.seq:
            return f"ends at event {said.seq}, {platter.seq} was acknowledged"
        for uuid in self.day.booked[: platter.booked]:
            if said.states.get(uuid) in (None, State.PREPARED, State.UNPAID):
                return f"I4: booked, and {said.states.get(uuid)}: {uuid}"
        return ""

    def _lay(self, image: Files) -> Path:
        path = self.folder / "journal" / "journal.db"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir(parents=True, mode=0o700)
        for name, content in image.items():
            (path.parent / name).write_bytes(content)
            (path.parent / name).chmod(0o600)
        return path

    def _said(self, path: Path) -> Said:
        """Let the library recover the image, as a start does first; read what it holds then."""
        database = apsw.Connection(str(path))
        try:
            content = hashlib.blake2b(database.serialize("main")).digest()
            if content not in self.known:
                self.known[content] = self._read(database)
                new = True
            else:
                new = False
        finally:
            database.close()
        if new and self.starts and not self.known[content].wrong:
            self._start(path, content)
        return self.known[content]

    def _read(self, database: apsw.Connection) -> Said:
        report = verify_connection(database)
        if not report.ok:
            return Said(0, {}, f"corrupt: {report.findings}")
        events = [(int(str(seq)), str(hashed)) for seq, hashed in database.execute(_EVENTS)]
        if events != self.day.events[: len(events)]:
            return Said(0, {}, "another history than the day's")
        states = {str(uuid): str(state) for uuid, state in database.execute(_BOOKED)}
        return Said(report.head.seq, states)

    def _start(self, path: Path, content: bytes) -> None:
        """Start the real till there: it must open, settle what was begun, and stay whole."""
        sandbox = self.day.sandbox
        assert sandbox is not None
        begun = self.known[content]
        clock = ManualClock(HandClock().utc_ms() + 2 * DAY)

        async def start() -> list[str]:
            async with open_shop(
                self.folder, sandbox, clock=clock, base_url=DEAD_END, wire=QUICK, mode="invoicing"
            ) as till:
                assert till._counter.journal.alarm is None
                return [payment.rq_uuid for payment in till.recovered]

        recovered = asyncio.run(start())
        shutil.rmtree(self.folder / "anchor")
        report = verify(path)
        wanted = {u for u, s in begun.states.items() if s in (State.PREPARED, State.SENT)}
        if not report.ok or {*recovered} != wanted or report.head.seq <= begun.seq:
            self.known[content] = Said(0, {}, f"not started well: {report} {recovered} {wanted}")


def failures(checker: Checker, moments: list[tuple[int, int]], seed: str) -> list[str]:
    """Try so many images at each moment, in order; say which of them are wrong, and how."""
    platter, found, done = Platter(), [], 0
    for cut, number in moments:
        for deed in checker.day.deeds[done:cut]:
            platter.take(deed)
        done = cut
        chance = random.Random(f"{seed} {cut}")
        for turn, image in enumerate(platter.images(number, chance)):
            wrong = checker.wrong(image, platter)
            if wrong:
                found.append(f"power gone before deed {cut}, image {turn}, seed {seed}: {wrong}")
    return found


def spread(day: Day, images: int) -> list[tuple[int, int]]:
    """Spread images over the moments: three quarters over the telling ones."""
    telling, others = day.cuts
    moments = [(cut, images * 3 // 4 // len(telling) + 1) for cut in telling]
    each, step = max(1, images // 4 // len(others)), max(1, len(others) * 4 // images)
    return sorted([*moments, *((cut, each) for cut in others[::step])])


# --- the proof ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with quick_folder() as folder:
        (folder / "espay").mkdir()
        clock = ManualClock()
        with running_sandbox(folder / "espay", clock=clock) as sandbox:
            yield record(folder / "shop", lambda: whole_day(folder / "shop", sandbox), sandbox)


@pytest.fixture
def images_folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


@pytest.mark.parametrize("part", range(PARTS))
def test_f54_whenever_the_power_goes_nothing_acknowledged_is_lost(
    day: Day,
    images_folder: Path,
    part: int,
    campaign: bool,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    checker = Checker(day, images_folder)
    moments = spread(day, CAMPAIGN if campaign else IMAGES)
    share = -(-len(moments) // PARTS)
    seed = str(request.config.getoption("--seed") or 1)
    found = failures(checker, moments[part * share : (part + 1) * share], seed)
    record_property("images", checker.tried)
    record_property("contents", len(checker.known))
    assert not found, "\n".join(found[:20])


def test_the_day_has_every_deed_and_outcome(day: Day) -> None:
    kinds = {type(deed).__name__ for deed in day.deeds}
    assert kinds == {"Write", "Truncate", "Flush", "Delete", "Acknowledged"}
    assert len(day.booked) >= 5


def _flushed_at_checkpoints_alone() -> Unsafe:
    settings = {**connections._SETTINGS, "synchronous": ("NORMAL", 1)}
    return patch.object(connections, "_SETTINGS", settings)


def _deletes_a_rollback_journal() -> Unsafe:
    real = connections.connect_to_write

    def rollback(path: Path) -> apsw.Connection:
        connection = real(path)
        assert connection.execute("PRAGMA journal_mode = DELETE").get == "delete"
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    return patch("cashier.journal.opening.connect_to_write", rollback)


@pytest.mark.parametrize("unsafe", [_flushed_at_checkpoints_alone, _deletes_a_rollback_journal])
def test_an_unsafe_mode_is_found_out(images_folder: Path, unsafe: Callable[[], Unsafe]) -> None:
    """The proof's own proof: WAL flushed at checkpoints alone; a rollback journal that is back."""
    folder = images_folder / "day"
    with unsafe():
        day = record(folder, lambda: short_day(folder), None)
    checker = Checker(day, images_folder / "image", starts=False)
    found = failures(checker, spread(day, 600), "1")
    assert any("was acknowledged" in each for each in found), len(found)


def test_the_shipped_mode_keeps_the_same_short_day(images_folder: Path) -> None:
    folder = images_folder / "day"
    day = record(folder, lambda: short_day(folder), None)
    checker = Checker(day, images_folder / "image", starts=False)
    assert failures(checker, spread(day, 600), "1") == []
