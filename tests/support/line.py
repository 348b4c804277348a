"""A line between a till and Espay that a test can hold: real sockets, and no waiting by time."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

Service = Literal["inquiry", "payment"]

_PATHS: Final[dict[Service, bytes]] = {
    "inquiry": b"/rest/biller/inquirytransaction",
    "payment": b"/rest/biller/paymentreport",
}
_CHUNK: Final = 65_536
_QUEUE: Final = 100
_CALLERS: Final = 3
"""How many waiting callers fill a queue of no length."""


class Line:
    """Carries bytes both ways, unless it is told to keep an answer or not to pick up."""

    def __init__(self, base_url: str) -> None:
        """Lead to the server at ``base_url``."""
        far = urlsplit(base_url)
        assert far.hostname is not None
        assert far.port is not None
        self._far = (far.hostname, far.port)
        self._socket = socket.create_server((far.hostname, 0), backlog=_QUEUE)
        self._socket.setblocking(False)
        self.base_url = f"http://{far.hostname}:{self._socket.getsockname()[1]}"
        self._held: set[bytes] = set()
        self._let_through = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._callers = contextlib.ExitStack()
        self._accepting = self._begin(self._accept())

    def hold(self, service: Service) -> None:
        """Keep the answers of a service back until ``release``; the requests go through."""
        self._held.add(_PATHS[service])
        self._let_through.clear()

    def release(self) -> None:
        """Let every answer through."""
        self._held.clear()
        self._let_through.set()

    def go_deaf(self) -> None:
        """Leave new calls neither picked up nor refused."""
        self._accepting.cancel()
        self._socket.listen(0)
        for _ in range(_CALLERS):
            caller = self._callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(self._socket.getsockname())

    def pick_up(self) -> None:
        """Take calls again."""
        self._callers.close()
        self._socket.listen(_QUEUE)
        self._accepting = self._begin(self._accept())

    async def close(self) -> None:
        """Hang up every call."""
        self._callers.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            near, _ = await loop.sock_accept(self._socket)
            self._begin(self._carry(near))

    async def _carry(self, near: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=near)
        with contextlib.closing(writer):
            far_reader, far_writer = await asyncio.open_connection(*self._far)
            with contextlib.closing(far_writer):
                call = _Call()
                there = self._begin(self._there(reader, far_writer, call))
                try:
                    await self._back(far_reader, writer, call)
                finally:
                    there.cancel()

    async def _there(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: "_Call"
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            if chunk.startswith(b"POST "):
                call.path = chunk.split(b" ", 2)[1]
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: "_Call"
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            if call.path in self._held:
                await self._let_through.wait()
            writer.write(chunk)
            await writer.drain()


@dataclass(slots=True)
class _Call:
    """One connection."""

    path: bytes = b""
    """What was asked last."""


@contextlib.asynccontextmanager
async def line_to(base_url: str) -> AsyncIterator[Line]:
    """Give a line that carries everything, and hang it up in the end."""
    line = Line(base_url)
    try:
        yield line
    finally:
        await line.close()
