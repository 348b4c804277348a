"""Answers that HTTP libraries refuse to send: silence, cut and dripping bytes, resets.

An ASGI application can only speak well-formed HTTP, and every such trouble is a breach of HTTP.
So the server's protocol class hands its transport to the application in ``request.state``, and
these responses write to it, close it or abort it. Each then waits until the connection is gone:
the server would answer 500 for an application that returns without having answered.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from cashier.sandbox.settings import Pace
from cashier.sandbox.troubles import Wire

_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with zero seconds: closing sends RST instead of FIN."""
_DRIP_BYTES: Final = 1000
"""A dripping answer is padded to this: at 0.3 s a byte it outlasts every deadline."""


class OpenConnection(H11Protocol):
    """A server connection whose transport the application can reach."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put the transport where ``scope["state"]`` is copied from, for this connection alone."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a TCP connection has a transport that reads and writes")
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class WireResponse(Response):
    """A whole, right answer that the wire does not bring over whole."""

    def __init__(self, act: Wire, body: bytes, pace: Pace) -> None:
        """Make the trouble ``act`` of an answer with this body."""
        super().__init__(body, media_type="application/json")
        self._act = act
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the trouble, and end when the connection has ended."""
        if self._act == "slow":
            if not await _gone_within(receive, self._pace.slow_s):
                await super().__call__(scope, receive, send)
            return
        transport: asyncio.Transport = scope["state"]["transport"]
        await _ACTS[self._act](transport, receive, bytes(self.body), self._pace)
        await _gone(receive)


_Act = Callable[[asyncio.Transport, Receive, bytes, Pace], Awaitable[None]]


async def _hang(_: asyncio.Transport, receive: Receive, __: bytes, ___: Pace) -> None:
    await _gone(receive)


async def _drip(transport: asyncio.Transport, receive: Receive, body: bytes, pace: Pace) -> None:
    for byte in _whole(body.ljust(_DRIP_BYTES)):
        transport.write(bytes([byte]))
        if await _gone_within(receive, pace.drip_s):
            return
    transport.close()


async def _reset(transport: asyncio.Transport, _: Receive, __: bytes, ___: Pace) -> None:
    _abort_with_reset(transport)


async def _reset_in_body(transport: asyncio.Transport, _: Receive, body: bytes, __: Pace) -> None:
    transport.write(_half(body))
    _abort_with_reset(transport)


def _written(make: Callable[[bytes], bytes]) -> _Act:
    """The act of writing some bytes and closing in order."""

    async def act(transport: asyncio.Transport, _: Receive, body: bytes, __: Pace) -> None:
        transport.write(make(body))
        transport.close()

    return act


def _whole(body: bytes) -> bytes:
    return _HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _half(body: bytes) -> bytes:
    return _whole(body)[: -(len(body) // 2)]


def _cut(body: bytes) -> bytes:
    return _HEAD + b"Connection: close\r\n\r\n" + body[: len(body) // 2]


def _two_lengths(body: bytes) -> bytes:
    first = b"Content-Length: %d\r\n" % (len(body) // 2)
    return _whole(body).replace(b"Content-Length", first + b"Content-Length", 1)


_ACTS: Final[dict[Wire, _Act]] = {
    "hang": _hang,
    "drip": _drip,
    "close": _written(lambda _: b""),
    "reset": _reset,
    "half_status": _written(lambda _: b"HTTP/1.1 20"),
    "half_header": _written(lambda _: _HEAD[:-9]),
    "half_body": _written(_half),
    "reset_in_body": _reset_in_body,
    "cut": _written(_cut),
    "continue_only": _written(lambda _: b"HTTP/1.1 100 Continue\r\n\r\n"),
    "two_lengths": _written(_two_lengths),
    "garbage": _written(lambda _: b"\x16\x03\x01\x00\xff\xfe\x00\x8f" * 16),
}


def _abort_with_reset(transport: asyncio.Transport) -> None:
    handle: socket.socket = transport.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    transport.abort()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _gone_within(receive: Receive, seconds: float) -> bool:
    """Wait so long; say whether the client went away meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await _gone(receive)
    except TimeoutError:
        return False
    return True
