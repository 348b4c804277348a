"""A simulated shop: several tills at one journal, which die and are opened again."""

import asyncio
import hashlib
import random
import shutil
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import apsw
from pydantic import SecretStr

from cashier.catalogue import load_catalogue
from cashier.espay.merchant import Merchant
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.journal.connection import connect_to_read
from cashier.journal.journal import FreeBytes, free_bytes
from cashier.sandbox.settings import Mode
from cashier.till import Payment, Till, TillSettings
from tests.proof.simulation.espay import BASE_URL, Espay
from tests.proof.simulation.faults import Deck
from tests.proof.simulation.loop import Process, VirtualLoop
from tests.proof.simulation.machine import ShopClock, simulated
from tests.proof.simulation.network import Network
from tests.support import sandbox as practice
from tests.support.clock import START_MS
from tests.support.invariants import Seen, assert_invariants
from tests.support.shop import BILL_KEY

_LAST_LINES: Final = 60
_SLOW_WRITES: Final = ((0.003, 20.0, 200.0), (0.03, 0.05, 3.0))
"""Of so many writes, each share takes so long (seconds); the rest some milliseconds."""

_STATES: Final = "SELECT state, count(*) FROM payment GROUP BY state ORDER BY state"
_LAST_EVENT: Final = "SELECT max(seq) FROM event"
_OWED: Final = "SELECT id FROM payment WHERE cash = 'owed_back'"
_STATE_OF: Final = "SELECT state FROM payment WHERE rq_uuid = ?"

catalogue = cache(load_catalogue)


class Trace:
    """Everything that happens in a shop, line by line."""

    def __init__(self, loop: VirtualLoop) -> None:
        """Begin with nothing."""
        self._loop = loop
        self._hash = hashlib.sha256()
        self._latest: deque[str] = deque(maxlen=_LAST_LINES)
        self.lines = 0

    def tell(self, line: str) -> None:
        """Note what happens now."""
        stamped = f"{self._loop.time():.6f} {line}"
        self.lines += 1
        self._hash.update(f"{stamped}\n".encode())
        self._latest.append(stamped)

    @property
    def print(self) -> str:
        """A fingerprint of all lines."""
        return self._hash.hexdigest()

    @property
    def latest(self) -> str:
        """The last lines."""
        return "\n".join(self._latest)


@dataclass(slots=True)
class Session:
    """One till, alive or dead."""

    name: str
    process: Process | None = None
    till: Till | None = None
    """The open till; ``None`` while it is being opened, or dead."""
    life: "asyncio.Task[None] | None" = None


class Shop:
    """The shop and its surroundings; everything of it lives in ``folder`` and in one loop."""

    def __init__(
        self, folder: Path, chance: random.Random, loop: VirtualLoop, deck: Deck, mode: Mode
    ) -> None:
        """Set the shop up, all tills closed."""
        self.folder = folder
        self.chance = chance
        self.loop = loop
        self.deck = deck
        self.trace = Trace(loop)
        start_ms = START_MS + chance.randrange(24 * 3600) * 1000
        self.clock = ShopClock(loop, start_ms)
        self.espay = Espay(ShopClock(loop, start_ms + chance.randrange(-2000, 2000)), mode)
        self.mode = mode
        self.outside = copy_context()
        self.network = Network(
            self.espay, deck, self.outside, self.trace.tell, self._assert_durably_sent
        )
        self.sessions: list[Session] = []
        self.crashes = 0
        self.paying = 0
        """Sales that were begun."""
        self.done: Counter[str] = Counter()
        """What was refused or reached, by its key."""
        self.seen: tuple[Seen, ...] = ()
        self.free_bytes = 2**40
        """What the disk has left."""
        self.broken: list[str] = []
        """How the law was broken in a moment in which nobody would have heard an exception."""
        self.on_death: Callable[[Session], None] = lambda _: None
        loop.delay = self._delay
        self._eye: apsw.Connection | None = None

    # --- files --------------------------------------------------------------------------------

    @property
    def journal(self) -> Path:
        """The shop's journal."""
        return self.folder / "journal" / "journal.db"

    def furnish(self, template: Path) -> None:
        """Put an empty journal into the shop, as a first start would make it."""
        self.journal.parent.mkdir(mode=0o700)
        shutil.copy(template, self.journal)

    def leave(self) -> None:
        """Close what only looked on."""
        if self._eye is not None:
            self._eye.close()

    def check(self, *, crashed: bool = False) -> None:
        """Assert I1 to I12 now; ``crashed``: a till has just been opened, and asks nothing yet."""
        self.seen = assert_invariants(
            self.journal,
            self.espay.book,
            before=self.seen,
            doubled=self.network.doubled,
            crashed=crashed
            or any(one.process is None or one.till is None for one in self.sessions),
            folders=[self.folder / "anchor"],
        )

    def count(self) -> int:
        """How many payments were ever made."""
        return sum(self.states().values())

    def states(self) -> dict[str, int]:
        """How many payments stand in each state."""
        return {str(state): int(str(number)) for state, number in self._look(_STATES)}

    def progress(self) -> object:
        """What is another thing whenever there is something new to check."""
        requests = len(self.espay.book.all_requests)
        alive = [one.till is None for one in self.sessions]
        return self._look(_LAST_EVENT), requests, alive

    def owed(self) -> int:
        """How many payments there are whose cash was not handed back."""
        return len(self._look(_OWED))

    def _assert_durably_sent(self, rq_uuid: str) -> None:
        """T2: what leaves the till is ``sent`` in the file by then, for whoever reads it."""
        states = [row[0] for row in self._look(_STATE_OF, rq_uuid)]
        if states != ["sent"]:
            self.broken.append(f"T2: a byte left while the payment was {states}: {rq_uuid}")

    def _look(self, sql: str, *values: str) -> list[tuple[object, ...]]:
        if self._eye is None:
            if not self.journal.exists():
                return []
            self._eye = self.outside.run(connect_to_read, self.journal)
        try:
            return [*self._eye.execute(sql, values)]
        except apsw.SQLError:  # no tables yet
            return []

    # --- sessions -----------------------------------------------------------------------------

    def session(self, name: str) -> Session:
        """Add a till, closed yet."""
        session = Session(name)
        self.sessions.append(session)
        return session

    def begin(self, session: Session) -> Process:
        """Start a till's process, in which nothing runs yet."""
        session.process = Process(session.name, lambda _: self._buried(session))
        return session.process

    def live(
        self, session: Session, work: Callable[[Till], Awaitable[None]]
    ) -> "asyncio.Task[None]":
        """Open a till in a process of its own, do the work, and close it again."""
        process = self.begin(session)
        task = self.loop.create_task(self._life(session, work), context=process.context)
        session.life = task
        return task

    async def _life(self, session: Session, work: Callable[[Till], Awaitable[None]]) -> None:
        till = await self.open_till(session)
        try:
            await work(till)
        finally:
            session.till = None
            await till.__aexit__()

    async def open_till(self, session: Session) -> Till:
        """Open the journal and a till at it."""
        settings = TillSettings("practice", practice.SENDER_ID, BILL_KEY, self.mode)
        journal = await _open_journal(self.folder, self.clock, settings, lambda _: self.free_bytes)
        merchant = _merchant()
        till = Till(
            settings, journal, catalogue(), lambda: EspayService(merchant, self.clock), self.clock
        )
        await till.__aenter__()
        self.trace.tell(f"{session.name}: open, recovered {_states(till.recovered)}")
        till.watch(lambda payment: self._reached(session, payment))
        session.till = till
        return till

    def kill(self, session: Session) -> None:
        """End a session as by SIGKILL."""
        if session.process is not None:
            session.process.die()

    def _buried(self, session: Session) -> None:
        process = session.process
        assert process is not None
        self.crashes += 1
        during = "open" if session.till is not None else "opening"
        self.trace.tell(f"{session.name}: killed {during}, {process.steps} {process.commits}")
        session.process = session.till = session.life = None
        self.outside.run(self.on_death, session)

    def _reached(self, session: Session, payment: Payment) -> None:
        told = (payment.receipt_no, payment.state, payment.cash, payment.reason)
        self.trace.tell(f"{session.name}: {' '.join(str(one) for one in told)}")
        self.done[payment.state] += 1

    def _delay(self, thread: str) -> float:
        if thread == "journal-writer":
            drawn = self.chance.random()
            for share, least, most in _SLOW_WRITES:
                if drawn < share:
                    return self.chance.uniform(least, most)
                drawn -= share
        return self.chance.uniform(0.0002, 0.005)


def _states(payments: tuple[Payment, ...]) -> list[str]:
    return [payment.state.value for payment in payments]


@cache
def _merchant() -> Merchant:
    return Merchant(
        environment="practice",
        base_url=BASE_URL,
        sender_id=practice.SENDER_ID,
        username=practice.USERNAME,
        password=SecretStr(practice.PASSWORD),
        form_password=SecretStr(practice.FORM_PASSWORD),
        key=SecretStr(practice.KEY),
    )


async def _open_journal(
    folder: Path,
    clock: ShopClock,
    settings: TillSettings,
    free_bytes: FreeBytes = free_bytes,
) -> Journal:
    return await Journal.open(
        folder / "journal" / "journal.db",
        environment="practice",
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
        bill_key_print=settings.bill_key_print,
        free_bytes=free_bytes,
    )


def make_template(folder: Path) -> Path:
    """Make an empty journal, some minutes before the shops of all stories open."""
    loop = VirtualLoop()
    clock = ShopClock(loop, START_MS - 600_000)

    async def born() -> None:
        settings = TillSettings("practice", practice.SENDER_ID, BILL_KEY, "deposit")
        await (await _open_journal(folder, clock, settings)).close()

    with simulated(loop, random.Random(0), None):
        loop.run_until_complete(born())
        loop.bury()
    shutil.rmtree(folder / "anchor")
    return folder / "journal" / "journal.db"
