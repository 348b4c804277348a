"""The practice Espay as a server on loopback: uvicorn without its noise and its polling."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from starlette.applications import Starlette

from cashier.clock import Clock, SystemClock
from cashier.language import Refusal
from cashier.sandbox.app import make_app
from cashier.sandbox.connection import OpenConnection
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.settings import SandboxSettings

LOOPBACK: Final = "127.0.0.1"


class LoopbackServer(uvicorn.Server):
    """One server on one loopback port; ends on ``stop`` within a moment, whatever hangs."""

    def __init__(self, app: Starlette, port: int, ready: Callable[[int], None]) -> None:
        """Take the port at once, so that a caller knows it; serve with ``run_here``.

        Args:
            app: What answers.
            port: A port, or 0 for a free one.
            ready: Called with the port when connections are accepted.

        Raises:
            Refusal: ``sandbox.port_in_use``.
        """
        config = uvicorn.Config(
            app,
            http=OpenConnection,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
        )
        super().__init__(config)
        self._socket = _listen(port)
        self._ready = ready
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port: int = self._socket.getsockname()[1]

    async def run_here(self) -> None:
        """Serve in the running loop until ``stop``."""
        self._loop = asyncio.get_running_loop()
        await self.serve(sockets=[self._socket])

    def stop(self) -> None:
        """End serving; may be called from any thread, and more than once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the port once connections are accepted."""
        await super().startup(sockets)
        self._ready(self.port)

    async def main_loop(self) -> None:
        """Wait to be stopped; uvicorn's own loop wakes up ten times a second."""
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop every connection first: a hanging answer would hold up the end for ever."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the loop; uvicorn would raise them again at the end."""
        yield


def serve(
    settings: SandboxSettings,
    port: int = 0,
    ready: Callable[[int], None] = lambda _: None,
    clock: Clock | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, in the foreground of this process.

    Args:
        settings: The merchant and where the ledger is.
        port: A port on 127.0.0.1, or 0 for a free one.
        ready: Called with the port when connections are accepted.
        clock: What tells the time; the machine's by default.

    Raises:
        Refusal: ``sandbox.port_in_use``, ``sandbox.ledger_in_use``, ``sandbox.ledger_damaged``.
    """
    with contextlib.closing(Ledger(settings.ledger, settings.opening_balance)) as ledger:
        app = make_app(settings, ledger, clock or SystemClock())
        asyncio.run(_serve_until_signal(LoopbackServer(app, port, ready)))


async def _serve_until_signal(server: LoopbackServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.run_here()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise Refusal("sandbox.port_in_use", port=str(port)) from None
    return listener
