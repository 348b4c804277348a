"""The till's line to its terminal: a Textual driver that survives a terminal that is gone.

Textual 8.2.8's own Linux driver spins on a hung-up terminal, stops the event loop when a stalled
link takes no output, starts a second screen on SIGCONT, and shows values in its tracebacks. None
of that may happen beside a payment (``faults.md F56``, ``F57``; ``attacks.md S04``, ``S29``).
"""

import contextlib
import os
import selectors
import signal
import sys
import threading
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

if TYPE_CHECKING:
    from textual.app import App

_TICK_S: Final = 0.1
"""How often the reader looks whether it is over, and how long it waits for a split sequence."""

_LAST_WORDS_S: Final = 0.5
"""How long a terminal that takes no output is waited for when the till leaves it."""


_REMEMBERED_WRITES: Final = 64
"""More than the paints of a screen between its coming and its listening; three a frame."""


class Outlet(threading.Thread):
    """Writes to a terminal without ever making who writes wait.

    A link that stalls makes the queue longer, not the till slower; a terminal that is gone makes
    it swallow what comes.
    """

    def __init__(self, fileno: int, gone: Callable[[], None]) -> None:
        """Write to a file descriptor; ``gone`` is called in this thread when that fails."""
        super().__init__(name="till-output", daemon=True)
        self._fileno = fileno
        self._gone = gone
        self._queue: SimpleQueue[str | None] = SimpleQueue()

    def put(self, text: str) -> None:
        """Write in a moment."""
        self._queue.put(text)

    def close(self, wait_s: float) -> None:
        """Write what is still to be written, but wait no longer than that for it."""
        self._queue.put(None)
        self.join(wait_s)

    def run(self) -> None:
        """Write until closed, or until the terminal is gone."""
        try:
            while (text := self._queue.get()) is not None:
                _write_all(self._fileno, text.encode(errors="replace"))
        except OSError:
            self._gone()


class TillDriver(LinuxDriver):
    """Textual's Linux driver with the till's own reader and writer."""

    def __init__(self, app: "App[Any]", **more: Any) -> None:
        """Prepare the terminal of the standard input and output."""
        super().__init__(app, **more)
        # Output goes where the commands look for a terminal; stderr may be a log file.
        self._file = sys.__stdout__ or sys.__stderr__
        self._outlet: Outlet | None = None
        self._is_gone = False
        self._written_at: deque[float] = deque(maxlen=_REMEMBERED_WRITES)
        self.takeovers = 0
        """How often the terminal was taken over, each time an empty one."""
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    @property
    def is_gone(self) -> bool:
        """Whether the terminal hung up."""
        return self._is_gone

    def first_written_since(self, moment: float) -> float:
        """Tell when something was first written since a moment, as far as that is remembered.

        Both are seconds of the monotonic clock; it is now where nothing was.
        """
        return next((at for at in self._written_at if at >= moment), monotonic())

    @property
    def can_suspend(self) -> bool:
        """The till never gives the shell away while it runs (``attacks.md S29``)."""
        return False

    def write(self, data: str) -> None:
        """Write to the terminal in a moment; nothing once the till has left it."""
        if self._outlet is not None:
            self._written_at.append(monotonic())
            self._outlet.put(data)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        if self._is_gone:
            return
        self._outlet = Outlet(self.fileno, self._told_gone)
        self._outlet.start()
        self.takeovers += 1
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, at once; done twice it does nothing more."""
        if self._outlet is None:
            return
        super().stop_application_mode()
        outlet, self._outlet = self._outlet, None
        outlet.close(0 if self._is_gone else _LAST_WORDS_S)

    def close(self) -> None:
        """End Textual's own writer, which has nothing to write."""
        self.stop_application_mode()
        super().close()

    def run_input_thread(self) -> None:
        """Read keys until told to stop, or until the terminal is gone."""
        parser, decode = XTermParser(), getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK_S):
                    came = os.read(self.fileno, 4096)
                    if not came:
                        raise EOFError
                    self._process(parser.feed(decode(came)), monotonic())
                for message in parser.tick():
                    self.process_message(message)

    def _process(self, messages: Iterable[Message], came_at: float) -> None:
        """Hand on what came in one piece with one time, however long its parsing takes.

        What tells a scanner from a person is the time between two keys (``widgets.burst``).
        """
        for message in messages:
            message.time = came_at
            self.process_message(message)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except (OSError, EOFError):
            self._told_gone()
        except Exception as error:  # noqa: BLE001 - a defect; the app tells its number
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._app._handle_exception, error)  # noqa: SLF001

    def _told_gone(self) -> None:
        """Tell the loop, from a thread; a loop that has ended needs to hear nothing."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        """What the kernel also says by SIGHUP, said by the terminal itself (``F57``)."""
        if not self._is_gone and self._outlet is not None:
            self._is_gone = True
            signal.raise_signal(signal.SIGHUP)

    def _sigcont_application(self, *_: object) -> None:
        """Draw again after SIGSTOP and SIGCONT; a hung-up terminal sends a SIGCONT too."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._come_back)

    def _come_back(self) -> None:
        if self._outlet is None or self._is_gone:
            return
        self.stop_application_mode()
        self.start_application_mode()
        self._app.refresh(layout=True)


def _write_all(fileno: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fileno, left) :]
