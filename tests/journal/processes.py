"""Starting and ending the child processes of a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def child(path: Path, task: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``tests.journal.child`` until the block ends, at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journal.child", str(path), task],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: "subprocess.Popen[str]") -> str:
    """Wait for the child's next line."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the child died early"
    return line.strip()


def told(process: "subprocess.Popen[str]") -> None:
    """Give the child the line it waits for."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def kill_hard(process: "subprocess.Popen[str]") -> None:
    """End the child as a power switch would, and see it gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def end(pid: int) -> None:
    """End a process that a child left behind."""
    os.kill(pid, signal.SIGKILL)
