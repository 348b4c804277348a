"""Keeps every byte that is read from Espay, decrypted, also of a reply that breaks off.

httpx forgets a head that was cut short, so the network below it is recorded. The same place
holds the second lock on a payment: not one byte of a request passes before its release.
"""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

import httpcore

from cashier.clock import Clock, Deadline
from cashier.espay.json_text import LARGEST_BYTES
from cashier.espay.release import NotReleased

if TYPE_CHECKING:
    from httpcore import SOCKET_OPTION

_LARGEST_ON_THE_WIRE: Final = LARGEST_BYTES + 256 * 1024
"""A body of the largest size, with room for heads and chunk marks."""


class TooLarge(Exception):
    """More arrived than any answer of Espay can have."""


class Stage(Enum):
    """How far a request got."""

    CONNECTING = 1
    HANDSHAKING = 2
    CONNECTED = 3
    RELEASED = 4
    """The first byte may have left; from here on nothing proves that it did not."""


@dataclass(slots=True)
class Recording:
    """One request as it happens."""

    stage: Stage = Stage.CONNECTING
    raw: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)
    status: int | None = None
    cause: BaseException | None = None
    """What lay below a failure; httpcore cuts it off the exceptions that it lets pass."""

    def reach(self, stage: Stage) -> None:
        """Note how far the request got; what may have left is never taken back."""
        if self.stage is not Stage.RELEASED:
            self.stage = stage

    def keep(self, data: bytes) -> None:
        """Keep bytes as they came from the network.

        Raises:
            TooLarge: There are too many of them by now.
        """
        self.raw += data
        if len(self.raw) > _LARGEST_ON_THE_WIRE:
            raise TooLarge

    def keep_body(self, data: bytes) -> None:
        """Keep bytes of the body.

        Raises:
            TooLarge: There are too many of them by now.
        """
        self.body += data
        if len(self.body) > LARGEST_BYTES:
            raise TooLarge


_current: ContextVar[Recording] = ContextVar("recording")


@contextmanager
def recording_into(recording: Recording) -> Iterator[None]:
    """Let the requests of this task be recorded here; httpcore reads in the task that asks."""
    token = _current.set(recording)
    try:
        yield
    finally:
        _current.reset(token)


class Recorder(httpcore.AsyncNetworkBackend):
    """The network as httpcore sees it, with an ear at every stream."""

    def __init__(self, clock: Clock) -> None:
        """Listen to the real network; the clock bounds name, TCP and TLS together."""
        self._network = httpcore.AnyIOBackend()
        self._clock = clock

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: "Iterable[SOCKET_OPTION] | None" = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a TCP connection; ``timeout`` is for the TLS handshake, too."""
        deadline = None if timeout is None else Deadline.after(self._clock, timeout)
        recording = _current.get()
        try:
            stream = await self._network.connect_tcp(
                host, port, timeout, local_address, socket_options
            )
        except httpcore.ConnectError as error:
            recording.cause = error.__cause__
            raise
        recording.reach(Stage.CONNECTED)
        return _RecordedStream(stream, deadline)


class _RecordedStream(httpcore.AsyncNetworkStream):
    """A connection that records what is read, and writes nothing that was not released."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, deadline: Deadline | None) -> None:
        self._stream = stream
        self._deadline = deadline

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        data = await self._stream.read(max_bytes, timeout)
        _current.get().keep(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if _current.get().stage is not Stage.RELEASED:
            raise NotReleased
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        recording = _current.get()
        recording.reach(Stage.HANDSHAKING)
        left = timeout if self._deadline is None else self._deadline.left()
        try:
            stream = await self._stream.start_tls(ssl_context, server_hostname, left)
        except BaseException as error:
            recording.cause = error.__cause__
            # httpcore leaves the socket open where the handshake is cancelled.
            await self._stream.aclose()
            raise
        recording.reach(Stage.CONNECTED)
        return _RecordedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
