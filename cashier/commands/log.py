"""Where warnings of the program go: a small private file that turns over, never the terminal.

A line on the operator's terminal would stand in the middle of a screen; the file holds kinds
and numbers, no values from outside (``attacks.md S36``, ``S37``).
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import Final

from cashier.clock import wib_stamp
from cashier.config import state_folder
from cashier.text import clean

_LARGEST: Final = 512 * 1024
_OLD_ONES: Final = 3
_PROGRAM: Final = logging.getLogger("cashier")


class _OneLine(logging.Formatter):
    """One clean line for each record, its time in WIB; an exception is told by its kind alone."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        at = wib_stamp(int(record.created * 1000))
        kind = record.exc_info[0] if record.exc_info else None
        error = f" {kind.__name__}" if kind is not None else ""
        return clean(f"{at} {record.levelname} {record.name}: {record.getMessage()}{error}")


class _PrivateFile(RotatingFileHandler):
    """A log file that only its owner can read, whatever the umask."""

    def _open(self) -> TextIOWrapper:
        """Open the file, made for its owner alone."""
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextmanager
def warnings_to_file() -> Iterator[None]:
    """Send warnings to ``cashier.log`` in the user's state folder, for the time of the block.

    Where that cannot be written, warnings are dropped: a till without a log may still sell.
    """
    handler = _handler()
    handler.setFormatter(_OneLine())
    _PROGRAM.addHandler(handler)
    try:
        yield
    finally:
        _PROGRAM.removeHandler(handler)
        handler.close()


def _handler() -> logging.Handler:
    file = state_folder() / "cashier.log"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _PrivateFile(file, maxBytes=_LARGEST, backupCount=_OLD_ONES, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
