"""Runs a program in a real pseudo-terminal, as SSH would: types, looks, counts bytes, hangs up."""

import os
import re
import resource
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.terminal.emulator import Emulator

HOUSE: Final = Path(__file__).parents[2]

_ON_THE_TERMINAL: Final = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.login_tty(int(sys.argv[1]))
os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Makes the terminal the program's own, so that it is hung up with it, even under ``nohup``."""

_QUERY: Final = re.compile(rb"\x1b\[(c|0c|>c|5n|6n|\?(\d+)\$p)")
_SYNCHRONISED_OUTPUT: Final = b"2026"
_SEQUENCE: Final = re.compile(
    rb"\x1b(\[[0-9;?<=>$]*[@-~]|[\]P_^X][^\x07\x1b]*(\x07|\x1b\\)|[=>()].?)"
)
_MOUSE: Final = re.compile(rb"\x1b\[\?(9|1000|1002|1003|1005|1006|1015|1016)h")
_TICKS: Final = os.sysconf("SC_CLK_TCK")

PATIENCE_S: Final = 30.0
"""Seconds that a loaded machine is waited for, where only its end tells that it will not come."""

FINGERS_S: Final = 0.06
"""Seconds that even the fastest typist leaves between what is seen and a key."""

KEYS: Final[Mapping[str, bytes]] = {
    "left": b"\x1b[D",
    "right": b"\x1b[C",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "backspace": b"\x7f",
    "delete": b"\x1b[3~",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "enter": b"\r",
    "escape": b"\x1b",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f9": b"\x1b[20~",
}


def pasted(text: str) -> bytes:
    """What a terminal sends for a paste when the program asked for brackets."""
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


def _used_by_children() -> float:
    """Processor seconds of all programs whose end was collected so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class PtyTill:
    """A program in a terminal; use it in a ``with`` block."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        """Say what to run.

        Args:
            arguments: The program and its arguments; run in the house's folder.
            environment: More of the environment, beside a bare one for an xterm and the test's
                own folders.
            columns: Width of the terminal.
            rows: Height of the terminal.
        """
        self._arguments = list(arguments)
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **{name: value for name, value in os.environ.items() if name.startswith("XDG_")},
            **(environment or {}),
        }
        self._size = (rows, columns)
        self._emulator = Emulator(columns, rows)
        self.stream = bytearray()
        """Every byte that the program wrote."""
        self._moved_at = -inf

    @classmethod
    def python(
        cls,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        columns: int = 80,
        rows: int = 24,
    ) -> Self:
        """Run a module of the house."""
        words = [sys.executable, "-m", module, *arguments]
        return cls(words, environment=environment, columns=columns, rows=rows)

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, self._size)
        self._mode = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _ON_THE_TERMINAL, str(slave), *self._arguments],
            cwd=HOUSE,
            env=self._environment,
            pass_fds=[slave],
            stdin=subprocess.DEVNULL,
        )
        os.close(slave)
        self._ended = os.pidfd_open(self.process.pid)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self._ended)
        self.hang_up()

    # Typing

    def write(self, keys: bytes) -> None:
        """Send bytes in one write, as a link does that stalled."""
        os.write(self._master, keys)
        self._moved_at = time.monotonic()

    def echo(self, keys: bytes) -> None:
        """Send bytes in one write that show something, and wait until something is shown."""
        shown = len(self.stream)
        self.write(keys)
        self.wait_until(lambda: len(self.stream) > shown, what=f"an echo of {keys!r}")

    def press(self, *keys: str) -> None:
        """Send keys by name, or characters, each in a write of its own, as fingers would.

        No finger follows sooner what the screen shows.
        """
        self.rest(FINGERS_S)
        for key in keys:
            self.write(key.encode() if len(key) == 1 else KEYS[key])

    def write_slowly(self, keys: bytes, spacing: float) -> None:
        """Send byte after byte, so many seconds apart, as a scanner does."""
        for at in range(len(keys)):
            self.write(keys[at : at + 1])
            until = time.monotonic() + spacing
            while (left := until - time.monotonic()) > 0:
                self.read(left)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._emulator.resize(columns, rows)
        termios.tcsetwinsize(self._master, (rows, columns))

    def send_signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal's other end, as a dropped line does; can be done again."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # Looking

    def read(self, seconds: float) -> bytes:
        """Read what comes within some seconds, at most one piece; nothing when nothing came."""
        if self._master < 0 or not select.select([self._master], [], [], max(0.0, seconds))[0]:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the last program on the terminal has gone
            return b""
        self._moved_at = time.monotonic()
        self.stream += data
        self._emulator.feed(data)
        self._answer(data)
        return data

    def _answer(self, data: bytes) -> None:
        """Answer what is asked of a terminal, as an xterm with synchronised output does."""
        for query, mode in _QUERY.findall(data):
            if mode:
                known = 2 if mode == _SYNCHRONISED_OUTPUT else 0
                self.write(b"\x1b[?%s;%d$y" % (mode, known))
            elif query == b"6n":
                self.write(b"\x1b[1;1R")
            elif query == b"5n":
                self.write(b"\x1b[0n")
            else:
                self.write(b"\x1b[>0;276;0c" if query.startswith(b">") else b"\x1b[?62;22c")

    @property
    def rows(self) -> list[str]:
        """The rows of the screen."""
        return self._emulator.rows

    @property
    def text(self) -> str:
        """The whole screen."""
        return self._emulator.text

    @property
    def plain(self) -> str:
        """All that was ever written, without the sequences that move, colour and set."""
        return _SEQUENCE.sub(b"", bytes(self.stream)).decode(errors="replace")

    def assert_left_clean(self) -> None:
        """Assert that the terminal was given back: modes, screen, cursor, and never a mouse."""
        assert termios.tcgetattr(self._master) == self._mode
        _, ours, after = bytes(self.stream).rpartition(b"\x1b[?1049l")
        assert ours, "the alternate screen was not left"
        assert self.stream.rfind(b"\x1b[?25h") > self.stream.rfind(b"\x1b[?25l")
        assert self.stream.rfind(b"\x1b[?2004l") > self.stream.rfind(b"\x1b[?2004h")
        assert not _MOUSE.search(self.stream)
        assert b"\x1b" not in after.replace(b"\x1b[?25h", b"").replace(b"\x1b[?1004l", b"")

    def wait_for(self, text: str, seconds: float = PATIENCE_S) -> None:
        """Wait until the screen shows a text."""
        self.wait_until(lambda: text in self.text, seconds, repr(text))

    def wait_until(
        self, is_so: Callable[[], bool], seconds: float = PATIENCE_S, what: str = "it"
    ) -> None:
        """Wait until something is so, looking again after each piece that the program writes.

        Raises:
            AssertionError: It was not so in time; tells what the screen showed.
        """
        deadline = time.monotonic() + seconds
        while not is_so():
            left = deadline - time.monotonic()
            if left <= 0 or (not self.read(min(left, 0.2)) and self._has_ended(0)):
                raise AssertionError(f"{what} did not come; the screen was\n{self.text}")

    def until_quiet(self, quiet: float = 0.15) -> bytes:
        """Read until nothing came for so many seconds; give what came."""
        came = b""
        while data := self.read(quiet):
            came += data
        return came

    def rest(self, quiet: float) -> None:
        """Read until for so many seconds nothing came and no key was sent, the past included."""
        while (left := self._moved_at + quiet - time.monotonic()) > 0:
            self.read(left)

    # The end

    def cpu_seconds(self) -> float:
        """What the program has used of a processor so far; it still runs."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def runs_on(self, seconds: float) -> None:
        """Let some time pass in which the program must not end."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            assert not self._has_ended(left), f"it ended:\n{self.plain[-800:]}"

    def wait_end(self, seconds: float = PATIENCE_S) -> int:
        """Wait for the program to end; its exit status, minus the signal that killed it."""
        return self.end(seconds)[0]

    def end(self, seconds: float = PATIENCE_S) -> tuple[int, float]:
        """Wait for the end, reading on; give exit code and all processor seconds used."""
        deadline = time.monotonic() + seconds
        while not self._has_ended(deadline - time.monotonic()):
            assert time.monotonic() < deadline, f"the program did not end:\n{self.text}"
        before = _used_by_children()
        # By ``Popen`` alone, which also knows what to do where the end was collected already.
        code = self.process.wait()
        self.until_quiet(0)
        return code, _used_by_children() - before

    def _has_ended(self, seconds: float) -> bool:
        """Wait for the end or the next output, and keep that; tell whether it has ended."""
        watched = [self._ended, *([self._master] if self._master >= 0 else [])]
        ready = select.select(watched, [], [], max(0.0, seconds))[0]
        if self._ended not in ready and self._master in ready:
            self.read(0)
        return self._ended in ready
