"""One crash or failed call on a real till's way, and what must be true when it is started again."""

import lzma
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cashier.journal.connection import reading
from cashier.journal.fields import Fields, every
from cashier.journal.migrations import migrations
from cashier.journal.verifying import verify
from cashier.payment import State
from cashier.sandbox.book import Book
from cashier.sandbox.troubles import trouble_called
from tests.support.invariants import Seen, assert_invariants
from tests.support.sandbox import RunningSandbox
from tests.support.tracing import KILL, Fault
from tests.support.zygote import Ran, Task, Zygote

STRUCK: Final = (
    *("write", "pwrite64", "fdatasync", "fsync", "ftruncate", "fallocate", "unlink", "rename"),
    *("openat", "connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "close", "mkdir"),
)
"""Calls that change something, or wait for the world: a till may die before any of them."""

FAILING: Final = (
    *("pwrite64", "fdatasync", "fsync", "ftruncate", "fallocate", "unlink", "rename"),
    *("openat", "write", "connect", "pread64", "mkdir"),
)
"""Calls that a bad disk lets fail, and ``connect``."""

WRITING: Final = ("pwrite64", "fdatasync", "ftruncate")
"""Of these those of the journal's files: after one that fails nothing is sure any more."""

ERRORS: Final = ("EIO", "ENOSPC")
SELDOM: Final = {"fcntl": "ENOLCK", "flock": "ENOLCK", "fdatasync": "EINTR", "openat": "EINTR"}
SELDOM_POINTS: Final = 8

CORPUS: Final = Path(__file__).with_name("corpus") / "first_shape.db.xz"
LEFT: Final = [
    *("paid", "unpaid", "processing", "in_doubt", "in_doubt", "incomplete", "escalated"),
    *("unpaid", "in_doubt", "in_doubt"),
]
"""What the first released program left there, after recovery: the last three were prepared,
sent and answered."""

_ROWS: Final = "SELECT id, state, token FROM payment ORDER BY id"
_KEPT: Final = """
    SELECT payment.id AS id FROM message
    JOIN payment ON payment.id = message.payment_id AND payment.rq_uuid = message.rq_uuid
    WHERE message.service = 'payment' AND message.whole = 1
"""
_HOW_FAR: Final = {State.PREPARED: 0, State.SENT: 1}
_FINAL: Final = 3


@dataclass(frozen=True)
class Scenario:
    """What the till is doing while it is struck."""

    name: str
    product: str = ""
    trouble: str = ""
    """What the number asks the practice Espay for; empty for none."""
    ends: tuple[str, ...] = ()
    """What a till that nothing happens to says in the end."""
    answered: State | None = None
    """Where a reply leads that had been kept whole, after as much asking as it takes."""
    exchange_s: float = 10.0

    def number(self, turn: int) -> str:
        """A customer number of its own for each turn."""
        end = trouble_called(self.trouble).number if self.trouble else "55678"
        return f"{100_000 + turn}{end}"


SCENARIOS: Final = {
    each.name: each
    for each in (
        Scenario("token", "SLYLPR20", "", ("paid",), State.PAID),
        Scenario("postpaid", "SLYLPO", "", ("paid",), State.PAID),
        Scenario("inproses", "SLYLPR20", "in_process_paid", ("paid",), State.PAID),
        Scenario("refused", "SLYLPR20", "balance_too_low", ("unpaid",), State.UNPAID),
        Scenario("in_doubt", "SLYLPO", "hang_booked", ("in_doubt",), exchange_s=0.15),
        Scenario(
            "recovery", ends=("unpaid", "in_doubt", "paid", "processing"), answered=State.PAID
        ),
        Scenario("migration", ends=("unpaid", "in_doubt", "in_doubt")),
    )
}


@dataclass
class Crashes:
    """A shop that is put back to the same beginning before each point."""

    zygote: Zygote
    sandbox: RunningSandbox
    folder: Path
    scenario: Scenario
    wrong: str = ""
    """A defect that the struck till has."""
    struck: int = 0
    """How many faults came about: a till may make a call less than when they were counted."""
    _turn: int = 0
    _dead: int = 0
    """How many of the sandbox's requests belong to the beginning."""
    _first: int = 0
    """Where those of this point begin."""

    def __post_init__(self) -> None:
        match self.scenario.name:
            case "migration":
                _lay_first_shape(self.journal)
            case "recovery":
                self._leave_four()
            case _:
                earlier = replace(self._task("sell"), number="10000055678", wrong="")
                ran = self.zygote.run(earlier, traced=False)
                assert ran.code == 0, ran
        self._shop.rename(self._beginning)
        book = self.sandbox.ledger.book
        self._dead = len(book.all_requests)

    @property
    def journal(self) -> Path:
        """The shop's journal."""
        return self._shop / "journal" / "journal.db"

    def kills(self) -> list[Fault]:
        """Name every call before which the till can die."""
        return [*_points(self._counts(second=False), STRUCK, KILL)]

    def errors(self) -> list[Fault]:
        """Name every call that can fail, with each of its errors."""
        counts = self._counts(second=self._sells)
        seldom = {call: min(counts.get(call, 0), SELDOM_POINTS) for call in SELDOM}
        return [
            *(point for error in ERRORS for point in _points(counts, FAILING, error)),
            *(point for call in SELDOM for point in _points(seldom, (call,), SELDOM[call])),
        ]

    def violation(self, fault: Fault) -> str | None:
        """Strike at a point and start again; say what is not as it must be, if anything."""
        try:
            self._check(fault)
        except AssertionError as error:
            return f"{self.scenario.name}: {fault}: {str(error)[:900]}"
        return None

    # --- one point ----------------------------------------------------------------------------

    def _check(self, fault: Fault) -> None:
        ran = self._strike(fault, second=self._sells and fault.what != KILL)
        self.struck += ran.watched.struck
        killed = fault.what == KILL and ran.watched.struck
        own_voice = ran.watched.where.startswith("pipe:")
        assert own_voice or ran.code == (-signal.SIGKILL if killed else 0), f"another end: {ran}"
        before = self._look(shown=_slips(ran))
        kept = self._kept()
        self._assert_shown(ran)
        if not killed:
            self._assert_stopped(ran, fault)
        again = self.zygote.run(self._task("open"), traced=False)
        assert again.code == 0, f"not started again: {again}"
        assert again.words[:1] != ["refused"], f"not started again: {again}"
        assert_invariants(
            self.journal, self._book(), before=before, folders=[self._shop], shown=_slips(ran)
        )
        self._assert_settled(kept, ran)

    def _strike(self, fault: Fault | None, *, second: bool) -> Ran:
        shutil.rmtree(self._shop, ignore_errors=True)
        shutil.copytree(self._beginning, self._shop)
        self._turn += 2
        self._first = len(self.sandbox.ledger.book.all_requests)
        return self.zygote.run(self._task("sell" if self._sells else "open", second=second), fault)

    def _assert_shown(self, ran: Ran) -> None:
        """What a screen has shown was durable before (I7)."""
        rows = {row.number("id"): State(row.text("state")) for row in self._rows()}
        for payment_id, shown in ran.shown:
            now = rows.get(payment_id)
            assert now is not None, f"shown and lost: {payment_id} {shown}"
            assert _how_far(now) >= _how_far(State(shown)), f"{shown} was shown, it is {now}"
            assert shown != State.PAID or now is State.PAID, f"LUNAS was shown, it is {now}"

    def _assert_stopped(self, ran: Ran, fault: Fault) -> None:
        """Once the disk has failed under the journal, nothing is sent until a restart."""
        if fault.what == "EIO" and fault.call in WRITING and "journal.db" in ran.watched.where:
            later = ran.shown[ran.shown_before :]
            assert State.SENT not in [state for _, state in later], f"went on: {ran}"

    def _look(self, shown: str) -> tuple[Seen, ...]:
        """Look at what the dead left: a shape of then or of now, and nothing between (F74)."""
        with reading(self.journal) as connection:
            version = connection.execute("PRAGMA user_version").get
        if version == len(migrations()) and self.scenario.name != "migration":
            return assert_invariants(self.journal, self._book(), crashed=True, shown=shown)
        assert version in (1, len(migrations())), f"shape {version}"
        report = verify(self.journal)
        assert report.ok, f"I9: {report.findings}"
        return (Seen(self.journal, report.head.seq, report.head.hash, report.rows),)

    def _assert_settled(self, kept: Iterable[int], ran: Ran) -> None:
        rows = self._rows()
        states = {row.number("id"): State(row.text("state")) for row in rows}
        assert not {State.PREPARED, State.SENT} & {*states.values()}, f"left over: {states}"
        if self.scenario.name == "migration":
            assert [*states.values()] == LEFT, f"{states}"
        if self.scenario.answered is not None:
            earlier = {1} if self._sells else set()
            answered = {each: states[each] for each in {*kept} - earlier}
            wrong = {each for each in answered.items() if each[1] != self.scenario.answered}
            assert not wrong, f"I8: a reply was kept, and came to nothing: {wrong}"
        match ran.words:
            case ["unrecorded", token, *_]:
                assert token == "-" or token in {row.text_or_none("token") for row in rows}, (
                    f"I8: a token was shown and is lost: {token}"
                )
            case _:
                pass

    # --- what is looked at --------------------------------------------------------------------

    def _rows(self) -> list[Fields]:
        with reading(self.journal) as connection:
            return [Fields(row) for row in every(connection, _ROWS)]

    def _kept(self) -> list[int]:
        """Name the payments whose reply is kept whole."""
        with reading(self.journal) as connection:
            return [Fields(row).number("id") for row in every(connection, _KEPT)]

    def _book(self) -> Book | None:
        """Give what Espay booked at this point; nothing of it is told of in the corpus."""
        if self.scenario.name == "migration":
            return None
        book, part = self.sandbox.ledger.book, Book()
        requests = book.all_requests
        for request in (*requests[: self._dead], *requests[self._first :]):
            part._take_request(request)
        uuids = {request.rq_uuid for request in part.all_requests}
        for booking in book.bookings:
            if booking.rq_uuid in uuids:
                part._take_booking(booking)
        return part

    # --- tasks --------------------------------------------------------------------------------

    @property
    def _sells(self) -> bool:
        return bool(self.scenario.product)

    @property
    def _shop(self) -> Path:
        return self.folder / "shop"

    @property
    def _beginning(self) -> Path:
        return self.folder / "beginning"

    def _counts(self, *, second: bool) -> Mapping[str, int]:
        """Count the calls of a till that nothing happens to."""
        ran = self._strike(None, second=second)
        ends = [*self.scenario.ends]
        assert ran.words == ([*ends, "second", *ends] if second else ends), ran
        return ran.watched.counts

    def _task(self, what: str, *, second: bool = False) -> Task:
        scenario = self.scenario
        return Task(
            what,
            str(self._shop),
            self.sandbox.base_url,
            number=scenario.number(self._turn),
            product=scenario.product,
            amount=None,
            second=scenario.number(self._turn + 1) if second else "",
            exchange_s=scenario.exchange_s,
            wrong=self.wrong if what == "sell" else "",
        )

    def _leave_four(self) -> None:
        """Let a till die with a payment prepared, one sent, and two whose replies were kept."""
        plain, slow = Scenario("", "SLYLPR20"), Scenario("", "SLYLPR20", "in_process_paid")
        halts = (
            (plain.number(0), "prepared"),
            (plain.number(1), "sent"),
            (plain.number(2), "kept"),
            (slow.number(3), "kept"),
        )
        base_url = self.sandbox.base_url
        task = Task("leave", str(self._shop), base_url, "", "SLYLPR20", None, halts=halts)
        ran = self.zygote.run(task, traced=False)
        assert ran.code == -signal.SIGKILL, ran


def _points(counts: Mapping[str, int], calls: Iterable[str], what: str) -> Iterator[Fault]:
    for call in calls:
        for when in range(1, counts.get(call, 0) + 1):
            yield Fault(call, when, what)


def _how_far(state: State) -> int:
    return _HOW_FAR.get(state, 2 if state.is_open else _FINAL)


def _slips(ran: Ran) -> str:
    """What lay on the counter: LUNAS where the till said so."""
    return "LUNAS" if any(state == State.PAID for _, state in ran.shown) else ""


def _lay_first_shape(journal: Path) -> None:
    """Lay a journal there that the first released program left, with a row in every state."""
    journal.parent.mkdir(parents=True, mode=0o700)
    journal.write_bytes(lzma.decompress(CORPUS.read_bytes()))
    journal.chmod(0o600)
