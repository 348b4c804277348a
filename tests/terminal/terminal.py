"""A till in a real terminal: a pseudo-terminal that is its controlling one, as over SSH."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.processes import wait_until

_LAUNCH = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
_SEQUENCE = re.compile(rb"\x1b(\[[0-9;?<=>$]*[@-~]|[\]P_^X][^\x07\x1b]*(\x07|\x1b\\)|[=>()].?)")
_TRIES, _TRY_S = 50, 0.2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Terminal:
    """A program, the terminal it runs in, and what it wrote there."""

    process: "subprocess.Popen[bytes]"
    master: int
    written: bytearray = field(default_factory=bytearray)
    _seen: int = 0

    def read(self) -> None:
        """Keep what the program writes until its terminal ends; for a thread."""
        with contextlib.suppress(OSError):
            while came := os.read(self.master, 65536):
                self.written += came

    def press(self, *keys: str) -> None:
        """Send keys, each in a write of its own."""
        for key in keys:
            os.write(self.master, key.encode())

    def press_until(self, key: str, text: str) -> None:
        """Press a key that may come too early for its screen, until a text was written."""
        for _ in range(_TRIES):
            self.press(key)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_TRY_S)
            if text.encode() in self.plain()[self._seen :]:
                break
        self.wait_for(text)

    def wait_for(self, text: str) -> None:
        """Wait until a text is written that was not there at the last wait."""
        wanted = text.encode()

        def is_there() -> bool:
            return wanted in self.plain()[self._seen :]

        try:
            wait_until(is_there, self.process)
        except AssertionError as trouble:
            raise AssertionError(f"{trouble}: {text!r} after {self.plain()[-800:]!r}") from None
        self._seen = self.plain().index(wanted, self._seen) + len(wanted)

    def plain(self) -> bytes:
        """What was written, without the sequences that move, colour and set."""
        return _SEQUENCE.sub(b"", bytes(self.written))

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Close the window, as a dropped SSH line does."""
        master, self.master = self.master, -1
        os.close(master)

    def cpu_seconds(self) -> float:
        """What the program has used of a processor so far; it still runs."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def end(self, wait_s: float = 30) -> tuple[int, float]:
        """Wait for the end; give exit code and all processor seconds used."""
        done = threading.Event()
        result: list[tuple[int, float]] = []

        def wait() -> None:
            _, status, usage = os.wait4(self.process.pid, 0)
            result.append((os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime))
            done.set()

        threading.Thread(target=wait, daemon=True).start()
        assert done.wait(wait_s), "the program did not end"
        code, cpu = result[0]
        self.process.returncode = code
        return code, cpu


@contextlib.contextmanager
def terminal(
    words: Sequence[str],
    environment: Mapping[str, str] | None = None,
    size: tuple[int, int] = (80, 24),
) -> Iterator[Terminal]:
    """Run Python with these words in a terminal of its own until the block ends."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    given = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        [sys.executable, "-c", _LAUNCH, *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**given, **(environment or {})},
    )
    os.close(slave)
    it = Terminal(process, master)
    reader = threading.Thread(target=it.read, daemon=True)
    reader.start()
    try:
        yield it
    finally:
        if process.returncode is None:
            process.kill()
            process.wait(10)
        if it.master >= 0:
            reader.join(1)
            os.close(it.master)
