"""A server that misbehaves to order: raw TCP or TLS on loopback, byte for byte.

A script says what happens on each connection: what is sent, how slowly, and how it ends. Every
byte that arrives is recorded, decrypted where there is TLS.
"""

import asyncio
import json
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qsl

_LINGER_ZERO = struct.pack("ii", 1, 0)
"""Closing sends a reset instead of a goodbye."""


class Peer(asyncio.Protocol):
    """One connection, as the server sees it."""

    def __init__(self, server: "RawServer") -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._changed = asyncio.Event()
        self._taken = 0
        self.received = b""
        self.gone = False

    @property
    def transport(self) -> asyncio.Transport:
        assert self._transport is not None
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.begin(self)

    def data_received(self, data: bytes) -> None:
        self.received += data
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.gone = True
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def request(self) -> bytes:
        """Wait for the next whole request, head and body, and give it."""
        while (end := self._request_end()) is None:
            if self.gone:
                raise ConnectionResetError("the client left before its request was whole")
            await self._change()
        request = self.received[self._taken : end]
        self._taken = end
        return request

    def _request_end(self) -> int | None:
        head_end = self.received.find(b"\r\n\r\n", self._taken)
        if head_end < 0:
            return None
        head = self.received[self._taken : head_end]
        length = re.search(rb"(?i)^content-length: *([0-9]+)", head, re.MULTILINE)
        end = head_end + 4 + (int(length[1]) if length else 0)
        return end if len(self.received) >= end else None

    async def first_bytes(self) -> None:
        """Wait until anything at all has arrived."""
        while not self.received and not self.gone:
            await self._change()

    async def until_gone(self) -> None:
        """Do nothing until the client has gone."""
        while not self.gone:
            await self._change()

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self.transport.write(data)

    async def drip(self, data: bytes, pause_s: float) -> None:
        """Send byte by byte with a pause after each, as long as the client listens."""
        for byte in data:
            if self.gone:
                return
            self.send(bytes([byte]))
            await asyncio.sleep(pause_s)

    def stop_reading(self) -> None:
        """Let the client's bytes pile up in the network."""
        self.transport.pause_reading()

    def close(self) -> None:
        """Send what is waiting, then say goodbye; over TLS with its own goodbye first."""
        self.transport.close()

    def cut(self) -> None:
        """End the stream without TLS's goodbye; what was sent before still arrives."""
        self.transport.get_extra_info("socket").shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection off at once; what was sent before still arrives first."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


class RawServer:
    """Runs a script on each connection; use it as an async context manager.

    A script that fails fails the test when the server ends.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.peers: list[Peer] = []
        self.called = asyncio.Event()
        """Set once anybody has connected; over TLS, once the handshake is done."""

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def received(self) -> bytes:
        """Every byte of every connection, in the order of the connections."""
        return b"".join(peer.received for peer in self.peers)

    @property
    def forms(self) -> list[dict[str, str]]:
        """The form of each request that arrived whole."""
        return [form_of(request) for request in self.requests]

    @property
    def requests(self) -> list[bytes]:
        """Each request that arrived whole."""
        whole = []
        for peer in self.peers:
            whole.extend(split_requests(peer.received))
        return whole

    def begin(self, peer: Peer) -> None:
        self.peers.append(peer)
        self.called.set()
        self._tasks.append(asyncio.ensure_future(self._run(peer)))

    async def _run(self, peer: Peer) -> None:
        await self._script(peer)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Peer(self), "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        for peer in self.peers:
            peer.transport.abort()
        await self._server.wait_closed()
        failures = [
            result
            for result in results
            if isinstance(result, Exception) and not isinstance(result, ConnectionResetError)
        ]
        if failures and error is None:
            raise failures[0]


def split_requests(received: bytes) -> list[bytes]:
    """Cut what arrived on one connection into whole requests."""
    requests: list[bytes] = []
    rest = received
    while (head_end := rest.find(b"\r\n\r\n")) >= 0:
        length = re.search(rb"(?i)^content-length: *([0-9]+)", rest[:head_end], re.MULTILINE)
        end = head_end + 4 + (int(length[1]) if length else 0)
        if len(rest) < end:
            break
        requests.append(rest[:end])
        rest = rest[end:]
    return requests


def form_of(request: bytes) -> dict[str, str]:
    """Decode the form of a request, in the way of its standard, refusing doubled names."""
    body = request.partition(b"\r\n\r\n")[2].decode("ascii")
    pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def headers_of(request: bytes) -> dict[str, str]:
    """The header lines of a request, names in lower case."""
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = (line.partition(": ") for line in head.split("\r\n")[1:])
    return {name.lower(): value for name, _, value in lines}


def http_reply(
    body: bytes | str | Mapping[str, object],
    *,
    status: str = "200 OK",
    framing: Literal["length", "chunked", "close"] = "length",
    headers: tuple[str, ...] = (),
) -> bytes:
    """Write a whole HTTP/1.1 reply; a mapping becomes JSON."""
    content = _content(body)
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    if framing == "length":
        lines.append(f"Content-Length: {len(content)}")
    elif framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        middle = len(content) // 2
        parts = [part for part in (content[:middle], content[middle:]) if part]
        content = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + content


def _content(body: bytes | str | Mapping[str, object]) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def answering(*replies: bytes) -> Script:
    """Answer the requests of one connection in turn, then close."""

    async def script(peer: Peer) -> None:
        for reply in replies:
            await peer.request()
            peer.send(reply)
        peer.close()

    return script


def in_turn(*scripts: Script) -> Script:
    """Run a script of its own on each connection; the last one repeats."""
    left = list(scripts)

    async def script(peer: Peer) -> None:
        chosen = left.pop(0) if len(left) > 1 else left[0]
        await chosen(peer)

    return script
