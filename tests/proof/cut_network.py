"""A network on which a reply breaks off at a given byte, and a loop on which waiting costs nothing.

httpx, httpcore and the recorder above are the real ones; only what lies below them is made here.
"""

# ruff: noqa: ARG002 - the arguments are of httpcore's interface

import asyncio
import selectors
from collections.abc import Coroutine, Iterable
from typing import Any, Final, Literal, TypeVar, get_args

import httpcore

from tests.support.clock import START_MS

Ending = Literal["close", "reset", "hang"]
"""What comes behind the last byte: a goodbye, a reset, or nothing for ever."""

ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)

_Result = TypeVar("_Result")


class CutNetwork(httpcore.AsyncNetworkBackend):
    """Answers the next connection with the first bytes of a reply, and then ends as told."""

    def __init__(self, ending: Ending) -> None:
        self.ending = ending
        self.bytes = b""
        """What the next connection delivers."""
        self.connections = 0

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connections += 1
        return _CutStream(self.bytes, self.ending)


class _CutStream(httpcore.AsyncNetworkStream):
    def __init__(self, data: bytes, ending: Ending) -> None:
        self._left = data
        self._ending = ending
        self._asked = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        assert self._asked, "nothing is answered before it is asked"
        given, self._left = self._left[:max_bytes], self._left[max_bytes:]
        if given or self._ending == "close":
            return given
        if self._ending == "reset":
            raise httpcore.ReadError
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._asked = True

    async def aclose(self) -> None:
        self._left = b""

    def get_extra_info(self, info: str) -> object:
        return None


class _NoWaiting(selectors.DefaultSelector):
    """Lets the time pass that would have been waited."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "the loop waits for something that never comes"
            self.passed_s += max(0.0, timeout)
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """A loop that jumps to its next timer; also the ``Clock`` of what runs on it."""

    def __init__(self) -> None:
        self._hurried = _NoWaiting()
        super().__init__(self._hurried)

    def time(self) -> float:
        return self._hurried.passed_s

    def monotonic(self) -> float:
        return self._hurried.passed_s

    def utc_ms(self) -> int:
        return START_MS + round(self._hurried.passed_s * 1000)


def hurry(work: Coroutine[Any, Any, _Result], loop: HurriedLoop) -> _Result:
    """Run something to its end on a hurried loop, and close the loop."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work)
