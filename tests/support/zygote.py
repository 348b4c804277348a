"""Tills in processes of their own, by the dozen: one process loads everything, then forks.

``python -m tests.support.zygote`` reads one task a line and runs each in a child, which has
neither threads nor an open journal when it is forked. The child does what comes before the
fault, says that it is ready, waits for a line, and goes on; strace may hold it meanwhile.
"""

import asyncio
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from pydantic import SecretStr

from cashier.catalogue import load_catalogue
from cashier.espay.merchant import Merchant, Times
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.till import Till, TillSettings, Unrecorded
from tests.support import sandbox
from tests.support.clock import ManualClock
from tests.support.shop import AT_ONCE, BILL_KEY

WIRE: Final = Times(connect_s=5, exchange_s=10, read_s=5, read_tries=1, backoff_s=(0.0,))
PRODUCT: Final = "SINCBN"
AMOUNT: Final = Rupiah.of(50_000)


@dataclass(frozen=True)
class Task:
    """What a child does: ``sell`` (the quote is made before it is ready) or ``open``."""

    what: str
    folder: str
    base_url: str
    number: str = ""
    memory: int = 0
    """Bytes more than it has that it may use from then on; 0 for no limit."""


class Zygote:
    """The process that forks; use it in a ``with`` block. One child at a time."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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

    def begin(self, task: Task) -> int:
        """Start a child; give its process id when it is ready."""
        self._tell(json.dumps(vars(task)))
        ready = self._hear()
        assert ready[0] == "ready", ready
        return int(ready[1])

    def go(self) -> tuple[int, list[str]]:
        """Let the child go on to its end; give its exit status (minus a signal) and its words."""
        self._tell("go")
        heard = self._hear()
        words = heard[1:] if heard[0] == "did" else []
        if heard[0] == "did":
            heard = self._hear()
        assert heard[0] == "ended", heard
        return int(heard[1]), words

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def _hear(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        assert line, "the zygote died"
        return line.split()


class Traced(NamedTuple):
    """How a child ended whose call was to meet a fault."""

    code: int
    """Its exit status, minus the signal that killed it."""
    words: list[str]
    hit: bool
    """Whether there was such a call at all, so that the fault was met."""


def traced(zygote: Zygote, pid: int, call: str, fault: str, when: int) -> Traced:
    """Let the child go on while its ``when``-th call of this kind meets a fault."""
    with tempfile.NamedTemporaryFile() as record:
        words = ["strace", "-f", "-p", str(pid), "-o", record.name, "-e", f"trace={call}"]
        tracer = subprocess.Popen(
            [*words, "-e", f"inject={call}:{fault}:when={when}"], stderr=subprocess.PIPE
        )
        try:
            assert tracer.stderr is not None
            attached = tracer.stderr.readline()
            assert b"attached" in attached, attached
            code, said = zygote.go()
        finally:
            tracer.terminate()
            tracer.communicate()
        hit = code == -signal.SIGKILL or b"INJECTED" in Path(record.name).read_bytes()
    return Traced(code, said, hit)


# --- in the child ---------------------------------------------------------------------------


def _say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def _read_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line


def _wait(memory: int) -> None:
    _say("ready", os.getpid())
    _read_line()
    if memory:
        gc.collect()
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))


async def _open(task: Task, stack: AsyncExitStack) -> Till:
    folder, clock = Path(task.folder), ManualClock()
    journal = await Journal.open(
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
    till = Till(
        settings,
        journal,
        load_catalogue(),
        lambda: EspayService(merchant, clock, WIRE),
        clock,
        AT_ONCE,
    )
    return await stack.enter_async_context(till)


async def _run(task: Task) -> list[str]:
    try:
        async with AsyncExitStack() as stack:
            if task.what == "open":
                _wait(task.memory)
                till = await _open(task, stack)
                return [payment.state.value for payment in till.recovered]
            till = await _open(task, stack)
            quote = await till.inquire(PRODUCT, task.number, AMOUNT)
            _wait(task.memory)
            payment = await till.pay(quote.id, Rupiah.of(quote.total.whole_up))
            return [payment.state.value]
    except Refusal as refusal:
        return ["refused", refusal.key]
    except Unrecorded:
        return ["unrecorded"]


def main() -> None:
    """Fork a child for each line, and tell how it ended."""
    load_catalogue()
    while line := _read_line():
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _say("did", *asyncio.run(_run(Task(**json.loads(line)))))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        _say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
