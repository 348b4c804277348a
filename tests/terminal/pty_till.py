"""Runs a program in a real pseudo-terminal, as SSH would: types, looks, counts bytes, hangs up."""

import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.terminal.emulator import Emulator

HOUSE: Final = Path(__file__).parents[2]

_ON_THE_TERMINAL: Final = """
import os, sys
os.login_tty(int(sys.argv[1]))
os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Makes the terminal the program's own, so that it is hung up with it."""

_QUERY: Final = re.compile(rb"\x1b\[(c|0c|>c|5n|6n|\?(\d+)\$p)")
_SYNCHRONISED_OUTPUT: Final = b"2026"

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
    "enter": b"\r",
    "f2": b"\x1bOQ",
    "f9": b"\x1b[20~",
}


def pasted(text: str) -> bytes:
    """What a terminal sends for a paste when the program asked for brackets."""
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


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
            environment: More of the environment, beside a bare one for an xterm.
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
            **(environment or {}),
        }
        self._size = (rows, columns)
        self._emulator = Emulator(columns, rows)
        self.stream = bytearray()
        """Every byte that the program wrote."""

    @classmethod
    def python(cls, module: str, *arguments: str) -> Self:
        """Run a module of the house."""
        return cls([sys.executable, "-m", module, *arguments])

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, self._size)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _ON_THE_TERMINAL, str(slave), *self._arguments],
            cwd=HOUSE,
            env=self._environment,
            pass_fds=[slave],
            stdin=subprocess.DEVNULL,
        )
        os.close(slave)
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
        self.hang_up()

    def write(self, keys: bytes) -> None:
        """Send bytes in one write, as a link does that stalled."""
        os.write(self._master, keys)

    def write_slowly(self, keys: bytes, spacing: float) -> None:
        """Send byte after byte, so many seconds apart, as a scanner does."""
        for at in range(len(keys)):
            self.write(keys[at : at + 1])
            until = time.monotonic() + spacing
            while (left := until - time.monotonic()) > 0:
                self.read(left)

    def read(self, seconds: float) -> bytes:
        """Read what comes within some seconds, at most one piece; nothing when nothing came."""
        if not select.select([self._master], [], [], max(0.0, seconds))[0]:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the last program on the terminal has gone
            return b""
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

    def wait_for(self, text: str, seconds: float = 20.0) -> None:
        """Wait until the screen shows a text."""
        self.wait_until(lambda: text in self.text, seconds)

    def wait_until(self, is_so: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait until something is so, looking again after each piece that the program writes.

        Raises:
            AssertionError: It was not so in time; tells what the screen showed.
        """
        deadline = time.monotonic() + seconds
        while not is_so():
            left = deadline - time.monotonic()
            if left <= 0 or (not self.read(min(left, 0.2)) and self.process.poll() is not None):
                raise AssertionError(f"it did not come; the screen was\n{self.text}")

    def until_quiet(self, quiet: float = 0.15) -> bytes:
        """Read until nothing came for so many seconds; give what came."""
        came = b""
        while data := self.read(quiet):
            came += data
        return came

    def hang_up(self) -> None:
        """Close the terminal's other end, as a dropped line does; can be done again."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def wait_end(self, seconds: float = 10.0) -> int:
        """Wait for the program to end; its exit status, minus the signal that killed it."""
        return self.process.wait(seconds)
