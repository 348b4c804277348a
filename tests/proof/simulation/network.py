"""The network between tills and Espay: what httpcore takes for TCP, and where faults happen."""

import asyncio
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextvars import Context
from enum import Enum
from typing import Final

import httpcore

from tests.proof.simulation.espay import Espay
from tests.proof.simulation.faults import Deck, Fate

PAYMENT: Final = b"/rest/biller/paymentreport"
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_UUID: Final = re.compile(rb"rq_uuid=([^&]+)")


class _End(Enum):
    CLOSED = 1
    RESET = 2


class Network(httpcore.AsyncNetworkBackend):
    """All connections of all tills; what is under way stays so when a till dies."""

    def __init__(
        self,
        espay: Espay,
        deck: Deck,
        outside: Context,
        tell: Callable[[str], None],
        first_byte: Callable[[str], None],
    ) -> None:
        """Join tills with an Espay.

        Args:
            espay: Who answers.
            deck: Deals what happens to each exchange.
            outside: The context of what belongs to no process.
            tell: Hears of everything that happens.
            first_byte: Is called with a payment's id in the moment in which it leaves the till.
        """
        self.espay = espay
        self.deck = deck
        self.outside = outside
        self.tell = tell
        self.first_byte = first_byte
        self.doubled: list[str] = []
        """Payments that the network itself delivered more than once."""
        self.under_way: Counter[str] = Counter()
        """How many times each payment is still to arrive at Espay."""
        self.answers: dict[bytes, list[bytes]] = {}
        """What Espay answered, by path."""

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - httpcore's, here and below
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[object] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        fate = self.deck.deal()
        if fate.reach == "silent" or (timeout is not None and fate.connect_s >= timeout):
            await asyncio.sleep(timeout or 3600)
            raise httpcore.ConnectTimeout from TimeoutError()
        await asyncio.sleep(fate.connect_s)
        if fate.reach == "refused":
            raise httpcore.ConnectError from ConnectionRefusedError()
        return Stream(self, fate)

    def later(self, seconds: float, act: Callable[..., object], *args: object) -> None:
        """Let something happen that belongs to no process."""
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, act, *args, context=self.outside)

    def leaves(self, stream: "Stream", request: bytes, fate: Fate) -> None:
        """Take a whole request that was written, and do to it what its fate is."""
        path = request.split(b" ", 2)[1]
        uuid = _uuid(request) if path == PAYMENT else ""
        self.tell(f"{fate.name}: {path.decode()} {uuid}")
        if uuid:
            self.first_byte(uuid)
            self.under_way[uuid] += len(fate.arrives_s)
            self.doubled += [uuid] if len(fate.arrives_s) > 1 else []
        answering = len(fate.arrives_s) - 1 if fate.answer == "last" else 0
        for number, seconds in enumerate(fate.arrives_s):
            brings = fate if number == answering else None
            self.later(seconds, self._arrives, stream, request, path, uuid, brings)
        if not fate.arrives_s:
            self.later(fate.think_s, self._brings, stream, path, b"", fate)

    def _arrives(
        self, stream: "Stream", request: bytes, path: bytes, uuid: str, fate: Fate | None
    ) -> None:
        asyncio.get_running_loop().create_task(self._hears(stream, request, path, uuid, fate))

    async def _hears(
        self, stream: "Stream", request: bytes, path: bytes, uuid: str, fate: Fate | None
    ) -> None:
        answer = await self.espay.answer(request)
        if uuid:
            self.under_way[uuid] -= 1
        if b'"rq_uuid"' in answer:
            self.answers.setdefault(path, []).append(answer)
        self.tell(f"Espay answers {len(answer)} bytes: {path.decode()} {uuid}")
        if fate is not None:
            self.later(fate.think_s, self._brings, stream, path, answer, fate)

    def _brings(self, stream: "Stream", path: bytes, answer: bytes, fate: Fate) -> None:
        match fate.answer:
            case "made":
                answer = fate.made
            case "none":
                answer = b""
            case "other":
                others = [one for one in self.answers.get(path, ()) if one != answer]
                answer = self.deck.chance.choice(others) if others else b""
            case _:
                pass
        answer = answer[: round(len(answer) * fate.share)] if fate.share < 1 else answer
        step = -(-len(answer) // fate.pieces) or 1
        parts = [answer[at : at + step] for at in range(0, len(answer), step)]
        for number, part in enumerate(parts):
            self.later(number * fate.drip_s, stream.feed, part)
        last_s = max(0, len(parts) - 1) * fate.drip_s
        if fate.end in ("close", "reset") or b"\r\nConnection: close" in answer:
            end = _End.RESET if fate.end == "reset" else _End.CLOSED
            self.later(last_s, stream.feed, end)


class Stream(httpcore.AsyncNetworkStream):
    """One connection of a till."""

    def __init__(self, network: Network, fate: Fate) -> None:
        """Stand; ``fate`` is that of the first exchange over it."""
        self._network = network
        self._fate: Fate | None = fate
        self._written = bytearray()
        self._came: deque[bytes | _End] = deque()
        self._waits: asyncio.Future[None] | None = None
        self._broken = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        if not buffer:
            return
        fate = self._fate = self._fate or self._network.deck.deal()
        if self._broken or fate.reach != "connected":
            self._network.tell(f"{fate.name}: broken at the first byte")
            self._broken = True
            self.feed(_End.RESET)
            raise httpcore.WriteError from ConnectionResetError()
        self._written += buffer
        head, found, body = bytes(self._written).partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if found and length is not None and len(body) >= int(length[1]):
            self._written.clear()
            self._fate = None
            self._network.leaves(self, head + found + body, fate)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        while not self._came:
            self._waits = asyncio.get_running_loop().create_future()
            await self._waits
        came = self._came[0]
        if came is _End.RESET:
            raise httpcore.ReadError from ConnectionResetError()
        if isinstance(came, _End):
            return b""
        self._came.popleft()
        if len(came) > max_bytes:
            self._came.appendleft(came[max_bytes:])
        return came[:max_bytes]

    def feed(self, came: bytes | _End) -> None:
        """Let something come in."""
        self._came.append(came)
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(None)

    async def aclose(self) -> None:
        self._broken = True

    def get_extra_info(self, info: str) -> object:
        return bool(self._came) or self._broken if info == "is_readable" else None


def _uuid(request: bytes) -> str:
    found = _UUID.search(request)
    assert found is not None
    return found[1].decode("ascii")
