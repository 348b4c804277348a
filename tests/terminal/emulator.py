"""What a person would see: an emulated 80x24 screen fed with a program's bytes."""

import codecs
import re
from typing import Final

import pyte

_UNKNOWN: Final = re.compile(
    r"\x1b\[[<=>][0-9;]*[@-~]|\x1b\[\??[0-9;]*[$ ][@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
"""Sequences that pyte would print: private modes, mode queries, OSC."""

_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-9;:?<=>]*[ -/]*|\][^\x07\x1b]*\x1b?)?$")


class Emulator:
    """A terminal's screen."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tail = ""

    def feed(self, data: bytes) -> None:
        """Draw what a program wrote; sequences may be cut anywhere."""
        text = self._tail + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._tail = text[end:]
        self._stream.feed(_UNKNOWN.sub("", text[:end]))

    @property
    def rows(self) -> list[str]:
        """The rows from top to bottom, each as wide as the screen."""
        return [str(row) for row in self._screen.display]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.rows)
