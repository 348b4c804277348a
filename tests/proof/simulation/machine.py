"""The computer at the counter: its clock, its chance, its threads, and what dies with a process.

Inside ``simulated`` the journal's threads are steps of the loop, locks and connections belong to
the process that took them, and every random number comes from the seed.
"""

import contextlib
import os
import random
import secrets
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from unittest.mock import patch

import apsw
import httpcore
from httpcore._async import http11

from cashier.journal import blackbox, locks, reader, sessions, writer
from cashier.journal.blackbox import BlackBox
from cashier.journal.locks import FileLock
from tests.proof.simulation.loop import PROCESS, Killed, OneThread, Process, VirtualLoop


class ShopClock:
    """The clock of the shop's computer: it follows the loop, and can be set."""

    def __init__(self, loop: VirtualLoop, start_ms: int) -> None:
        """Show this moment (UTC milliseconds) at the loop's time 0."""
        self._loop = loop
        self._start_ms = start_ms
        self.ahead_ms = 0
        """By how much somebody has set it forward, or back."""

    def utc_ms(self) -> int:
        """Milliseconds since the epoch, as the wall clock shows them."""
        return self._start_ms + self.ahead_ms + round(self._loop.time() * 1000)

    def monotonic(self) -> float:
        """Seconds that pass whatever the wall clock shows."""
        return self._loop.time()


class _Lock(FileLock):
    """A lock that its process's death lets go, and that a dead process cannot take away."""

    def __init__(self, path: object, descriptor: int) -> None:
        super().__init__(path, descriptor)  # type: ignore[arg-type]
        self._process = PROCESS.get()
        if self._process is not None:
            self._process.holds(self._lost)

    def _lost(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def release(self, *, remove: bool = False) -> None:
        """Give the lock up, unless the process is dead and has lost it."""
        if self._descriptor >= 0 and not (self._process and self._process.doomed):
            super().release(remove=remove)
            self._descriptor = -1


class _Box(BlackBox):
    """A black box that stays where it is when its process dies."""

    def __init__(self, file: object, descriptor: int) -> None:
        super().__init__(file, descriptor)  # type: ignore[arg-type]
        process = PROCESS.get()
        if process is not None:
            process.holds(self._lost)

    def _lost(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def leave(self) -> None:
        """Let go of the box, unless the process is dead and has lost it."""
        if self._descriptor >= 0:
            super().leave()
            self._descriptor = -1


def _belongs(connection: apsw.Connection) -> None:
    """Let a connection die with its process: no rollback journal, no checkpoint, no goodbye."""
    process = PROCESS.get()
    if process is None or not connection.filename:  # a scratch database in memory
        return
    connection.set_commit_hook(lambda: _commits(connection, process))
    process.holds(lambda: _cut_off(connection))


def _commits(connection: apsw.Connection, process: Process) -> bool:
    try:
        process.commit_begins()
    except Killed:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        raise
    return process.dead


def _cut_off(connection: apsw.Connection) -> None:
    with contextlib.suppress(apsw.ConnectionClosedError):
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.close(True)


@contextlib.contextmanager
def simulated(loop: VirtualLoop, chance: random.Random, network: object) -> Iterator[None]:
    """Let all that a till takes from its computer come from here until the block ends."""
    as_before = random.getstate()
    random.seed(chance.random())
    apsw.connection_hooks.append(_belongs)
    with contextlib.ExitStack() as stack:
        for place, name, stand_in in (
            (writer, "ThreadPoolExecutor", OneThread),
            (reader, "ThreadPoolExecutor", OneThread),
            (locks, "FileLock", _Lock),
            (sessions, "FileLock", _Lock),
            (blackbox, "_ROOM", 64 * 1024),
            (sessions, "os", SimpleNamespace(getpid=lambda: 4711)),
            (secrets, "token_bytes", chance.randbytes),
            (secrets, "token_hex", lambda count: chance.randbytes(count).hex()),
            (secrets, "choice", chance.choice),
            (httpcore, "AnyIOBackend", lambda: network),
            (http11, "time", SimpleNamespace(monotonic=loop.time)),
        ):
            stack.enter_context(patch.object(place, name, stand_in))
        # httpcore looks for a library that is not here, file by file, at every request.
        stack.enter_context(patch.dict(sys.modules, {"sniffio": None}))
        _patch_boxes(stack)
        try:
            yield
        finally:
            apsw.connection_hooks.remove(_belongs)
            random.setstate(as_before)


def _patch_boxes(stack: contextlib.ExitStack) -> None:
    from cashier.journal import opening, turns

    stack.enter_context(patch.object(opening, "BlackBox", _Box))
    stack.enter_context(patch.object(turns, "FileLock", _Lock))
