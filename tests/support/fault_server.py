"""A network that misbehaves on the way to a real practice Espay, for the payment alone.

Everything passes through to the practice Espay byte for byte; to the payment a fault happens.
What Espay booked is therefore true, whatever the till got to hear of it.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from tests.support.raw_server import Peer, RawServer

PAYMENT_PATH = b"/paymentreport"
_CONNECTION = re.compile(rb"(?i)\r\nconnection: [^\r]*")

Forward = Callable[[bytes], Awaitable[bytes]]
"""Brings a request to Espay and gives the whole reply."""

Fault = Callable[[Peer, bytes, Forward], Awaitable[None]]
"""Deals with one payment: the connection, the whole request, and the way to Espay."""


class FaultServer(RawServer):
    """Stands in Espay's place; use it as an async context manager."""

    def __init__(self, espay: str, fault: Fault, tls: ssl.SSLContext | None = None) -> None:
        """Pass on to the practice Espay at the address ``espay``."""
        super().__init__(self._serve, tls)
        self._espay = urlsplit(espay)
        self._fault = fault
        self.payments: list[bytes] = []
        """The payment requests that arrived whole."""
        self.paying = asyncio.Event()
        """Set when a payment has arrived whole."""

    async def _serve(self, peer: Peer) -> None:
        request = await peer.request()
        if PAYMENT_PATH not in request.partition(b"\r\n")[0]:
            peer.send(await self.forward(request))
            peer.close()
            return
        self.payments.append(request)
        self.paying.set()
        await self._fault(peer, request, self.forward)

    async def forward(self, request: bytes) -> bytes:
        """Bring a request to Espay; give all that it answers."""
        reader, writer = await asyncio.open_connection(self._espay.hostname, self._espay.port)
        try:
            bare = _CONNECTION.sub(b"", request)
            writer.write(bare.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            return await reader.read()
        finally:
            writer.close()


async def pass_on(peer: Peer, request: bytes, forward: Forward) -> None:
    """No fault at all."""
    peer.send(await forward(request))
    peer.close()


async def reset_unheard(peer: Peer, _request: bytes, _forward: Forward) -> None:
    """Reset; Espay never hears of it."""
    peer.reset()


async def reset_booked(peer: Peer, request: bytes, forward: Forward) -> None:
    """Reset when Espay has the money."""
    await forward(request)
    peer.reset()


async def close_booked(peer: Peer, request: bytes, forward: Forward) -> None:
    """Say goodbye without a reply when Espay has the money."""
    await forward(request)
    peer.close()


async def silent_booked(peer: Peer, request: bytes, forward: Forward) -> None:
    """Never answer, when Espay has the money."""
    await forward(request)
    await peer.until_gone()


async def delivered_twice(peer: Peer, request: bytes, forward: Forward) -> None:
    """Deliver the request twice and bring home the answer to the first."""
    first = await forward(request)
    await forward(request)
    peer.send(first)
    peer.close()


async def delivered_twice_second_answers(peer: Peer, request: bytes, forward: Forward) -> None:
    """Deliver the request twice and bring home the answer to the second."""
    await forward(request)
    peer.send(await forward(request))
    peer.close()


def dripping(pause_s: float) -> Fault:
    """Answer one byte after the other, so far apart."""

    async def fault(peer: Peer, request: bytes, forward: Forward) -> None:
        await peer.drip(await forward(request), pause_s)
        peer.close()

    return fault


def cut_at(share: float, *, reset: bool = False) -> Fault:
    """Bring home only a part of the reply, as a share of its bytes."""

    async def fault(peer: Peer, request: bytes, forward: Forward) -> None:
        reply = await forward(request)
        peer.send(reply[: min(round(len(reply) * share), len(reply) - 1)])
        if reset:
            peer.reset()
        else:
            peer.close()

    return fault


def cut_without_length(share: float) -> Fault:
    """As ``cut_at``, of a reply whose body ends with its connection."""

    async def fault(peer: Peer, request: bytes, forward: Forward) -> None:
        head, _, body = (await forward(request)).partition(b"\r\n\r\n")
        head = re.sub(rb"(?i)\r\n(content-length|transfer-encoding): [^\r]*", b"", head)
        peer.send(head + b"\r\n\r\n" + body[: min(round(len(body) * share), len(body) - 1)])
        peer.close()

    return fault


def answered(reply: bytes, *, booked: bool) -> Fault:
    """Bring home these bytes in place of Espay's answer."""

    async def fault(peer: Peer, request: bytes, forward: Forward) -> None:
        if booked:
            await forward(request)
        peer.send(reply)
        peer.close()

    return fault


def held_until(moment: asyncio.Event) -> Fault:
    """Answer truly, but only when the moment has come."""

    async def fault(peer: Peer, request: bytes, forward: Forward) -> None:
        reply = await forward(request)
        await moment.wait()
        peer.send(reply)
        peer.close()

    return fault
