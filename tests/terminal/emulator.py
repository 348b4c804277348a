"""What a person would see: an emulated screen fed with a program's bytes, frame by frame."""

import codecs
import re
from typing import Final

import pyte

_UNKNOWN: Final = re.compile(
    r"\x1b\[[<=>][0-9;]*[@-~]|\x1b\[\??[0-9;]*[$ ][@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
"""Sequences that pyte would print: private modes, mode queries, OSC."""

_FRAME_BEGINS: Final = "\x1b[?2026h"
_FRAME_ENDS: Final = "\x1b[?2026l"

_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-9;:?<=>]*[ -/]*|\][^\x07\x1b]*\x1b?)?$")


class Emulator:
    """A terminal's screen."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tail = ""
        self._frame = ""

    def feed(self, data: bytes) -> None:
        """Draw what a program wrote; sequences may be cut anywhere.

        Of synchronised output nothing is shown before the frame is complete.
        """
        text = self._tail + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._tail = text[end:]
        self._stream.feed(_UNKNOWN.sub("", self._complete(text[:end])))

    def _complete(self, text: str) -> str:
        """Give what may be shown, and keep the beginning of a frame."""
        text = self._frame + text
        begins = text.rfind(_FRAME_BEGINS)
        if begins <= text.rfind(_FRAME_ENDS):
            begins = len(text)
        self._frame = text[begins:]
        return text[:begins]

    def resize(self, columns: int, rows: int) -> None:
        """Give the screen another size."""
        self._screen.resize(rows, columns)

    @property
    def rows(self) -> list[str]:
        """The rows from top to bottom, each as wide as the screen."""
        return [str(row) for row in self._screen.display]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.rows)
