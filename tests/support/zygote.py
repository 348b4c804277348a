"""Tills in processes of their own, by the hundred: one process loads everything, then forks.

``python -m tests.support.zygote`` reads one task a line and runs each in a child, which has
neither threads nor an open journal when it is forked. A child may be struck by a fault at one
of its system calls (``tracing.py``), counted from the mark: what comes before it is only
preparation.
"""

import asyncio
import gc
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import SecretStr

from cashier.catalogue import Catalogue, load_catalogue
from cashier.espay.merchant import Merchant, Times
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.till import Payment, Quote, Till, TillSettings, Unrecorded
from tests.support import sandbox
from tests.support.clock import ManualClock
from tests.support.shop import AT_ONCE, BILL_KEY
from tests.support.tracing import CALLS, Fault, Watched, mark, seize, stop_at_calls, watch
from tests.support.wrong_tills import WRONG, Halting

WIRE: Final = Times(connect_s=5, exchange_s=10, read_s=5, read_tries=1, backoff_s=(0.0,))
PRODUCT: Final = "SINCBN"
AMOUNT: Final = 50_000
_LONGEST_S: Final = 30
"""A child that has not ended by itself until then is ended by SIGALRM."""

ROUNDS: Final = 2
"""How many times a till that asks until all is quiet lets time pass till the next question."""


@dataclass(frozen=True)
class Task:
    """What a child does: ``sell`` (quoting comes before the mark), ``open`` or ``leave``.

    ``open`` asks until all is quiet; ``leave`` begins a sale for each number and dies.
    """

    what: str
    folder: str
    base_url: str
    number: str = ""
    product: str = PRODUCT
    amount: int | None = AMOUNT
    """Whole rupiah that are wished for, where the product has no bill of its own."""
    second: str = ""
    """A number that is sold to next, whatever became of the first."""
    memory: int = 0
    """Bytes more than it has that it may use from the mark on; 0 for no limit."""
    exchange_s: float = WIRE.exchange_s
    halts: tuple[tuple[str, str], ...] = ()
    """Numbers that a child ``leave``s, and the moment at which each sale stands still."""
    wrong: str = ""
    """The name of a defect that the till shall have, for the proofs of the proofs."""


@dataclass
class Ran:
    """What became of a child."""

    watched: Watched = field(default_factory=Watched)
    shown: list[tuple[int, str]] = field(default_factory=list)
    """Each payment's id and state, as the till showed them."""
    shown_before: int = 0
    """How many of these came before the fault."""
    words: list[str] = field(default_factory=list)
    """How it ended, in its own words; nothing where it was killed."""

    @property
    def code(self) -> int:
        return self.watched.code


class Zygote:
    """The process that forks; use it in a ``with`` block. One child at a time."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, task: Task, fault: Fault | None = None, *, traced: bool = True) -> Ran:
        """Run a child to its end, with a fault on its way; untraced it is no slower than it is."""
        line = {"task": asdict(task), "fault": fault and asdict(fault), "traced": traced}
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(line)}\n".encode())
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> Ran:
        ran = Ran()
        while True:
            match self._line().split():
                case ["shown", payment_id, state]:
                    ran.shown.append((int(payment_id), state))
                case ["struck"]:
                    ran.shown_before = len(ran.shown)
                case ["did", *words]:
                    ran.words = words
                case ["ended", *rest]:
                    ran.watched = Watched(**json.loads(" ".join(rest)))
                    return ran
                case other:
                    raise AssertionError(other)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        assert line, "the zygote died"
        return line


# --- in the child ---------------------------------------------------------------------------


def _say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def _show(payment: Payment) -> None:
    _say("shown", payment.id, payment.state.value)


def _begin_to_count(task: Task) -> None:
    if task.memory:
        gc.collect()
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + task.memory, used + task.memory))
    mark()


class _Time:
    """A clock that stands still until a till has nothing to do but to wait for it."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.quiet = asyncio.Event()
        self._rounds = 0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        if seconds <= 0:
            return
        if self._rounds == ROUNDS:
            self.quiet.set()
            await asyncio.Event().wait()
        self._rounds += 1
        self.clock.advance(seconds)


async def _open(task: Task, stack: AsyncExitStack, kind: type[Journal], time: _Time) -> Till:
    folder, clock = Path(task.folder), time.clock
    journal = await kind.open(
        folder / "journal" / "journal.db",
        environment="practice",
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
    )
    merchant = Merchant(
        environment="practice",
        base_url=task.base_url,
        sender_id=sandbox.SENDER_ID,
        username=sandbox.USERNAME,
        password=SecretStr(sandbox.PASSWORD),
        form_password=SecretStr(sandbox.FORM_PASSWORD),
        key=SecretStr(sandbox.KEY),
    )
    settings = TillSettings("practice", sandbox.SENDER_ID, BILL_KEY, "invoicing")
    wire = replace(WIRE, exchange_s=task.exchange_s)
    till = Till(
        settings,
        journal,
        _catalogue(),
        lambda: EspayService(merchant, clock, wire),
        clock,
        AT_ONCE,
        time.sleep,
    )
    till.watch(_show)
    return await stack.enter_async_context(till)


async def _run(task: Task) -> list[str]:
    time = _Time(ManualClock())
    async with AsyncExitStack() as stack:
        match task.what:
            case "open":
                return await _start(task, stack, time)
            case "leave":
                till = await _open(task, stack, Halting, time)
                return await _leave(task, till)
            case _:
                till = await _open(task, stack, WRONG.get(task.wrong, Journal), time)
                return await _sell(task, till)


async def _start(task: Task, stack: AsyncExitStack, time: _Time) -> list[str]:
    """Open the shop, and ask until all is quiet."""
    _begin_to_count(task)
    try:
        till = await _open(task, stack, Journal, time)
    except Refusal as refusal:
        return ["refused", refusal.key]
    for payment in till.recovered:
        _show(payment)
    till.ask_behind()
    await time.quiet.wait()
    return [payment.state.value for payment in till.recovered]


async def _sell(task: Task, till: Till) -> list[str]:
    quotes = [await _quote(task, till, number) for number in (task.number, task.second) if number]
    _begin_to_count(task)
    words = await _pay(till, quotes[0])
    for second in quotes[1:]:
        words += ["second", *await _pay(till, second)]
    return words


async def _quote(task: Task, till: Till, number: str) -> Quote:
    amount = None if task.amount is None else Rupiah.of(task.amount)
    return await till.inquire(task.product, number, amount)


async def _pay(till: Till, quote: Quote) -> list[str]:
    try:
        payment = await till.pay(quote.id, Rupiah.of(quote.total.whole_up))
        return [(await till.follow(payment)).state.value]
    except Refusal as refusal:
        return ["refused", refusal.key]
    except Unrecorded as failure:
        return ["unrecorded", failure.payment.token or "-"]


async def _leave(task: Task, till: Till) -> list[str]:
    """Begin all the sales; when each stands still, the last of them ends the process."""
    Halting.moments = dict(task.halts)
    quotes = [await _quote(task, till, number) for number, _ in task.halts]
    await asyncio.gather(*(_pay(till, quote) for quote in quotes))
    raise AssertionError("a sale did not stand still")


def _live(line: dict[str, object], gate: int) -> None:
    """Be a till, once the parent has opened the gate."""
    code = 1
    signal.alarm(_LONGEST_S)
    try:
        os.read(gate, 1)
        if line["traced"]:
            fault = line["fault"]
            stop_at_calls([fault["call"]] if isinstance(fault, dict) else CALLS)
        task = line["task"]
        assert isinstance(task, dict)
        _say("did", *asyncio.run(_run(Task(**task))))
        code = 0
    finally:
        os._exit(code)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def main() -> None:
    """Fork a child for each line, and tell how it ended."""
    _catalogue()
    asyncio.run(_warm_up())
    gc.collect()
    gc.freeze()
    for text in sys.stdin:
        line = json.loads(text)
        fault = Fault(**line["fault"]) if line["fault"] else None
        gate, opened = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(opened)
            _live(line, gate)
        os.close(gate)
        seen = _watched(child, opened, fault, traced=line["traced"])
        _say("ended", json.dumps(vars(seen)))


def _watched(child: int, opened: int, fault: Fault | None, *, traced: bool) -> Watched:
    if traced:
        seize(child)
    os.close(opened)
    if traced:
        return watch(child, fault, lambda: _say("struck"))
    _, status = os.waitpid(child, 0)
    return Watched(os.waitstatus_to_exitcode(status))


async def _warm_up() -> None:
    """Have loaded what is otherwise loaded at the first connection: no child does it again."""
    import anyio._backends._asyncio  # noqa: F401

    await asyncio.sleep(0)


if __name__ == "__main__":
    main()
