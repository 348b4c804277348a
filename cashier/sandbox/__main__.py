"""The practice Espay's own process: ``python -m cashier.sandbox HOME MODE LINGER_SECONDS``.

It draws its credentials, publishes them in ``server.json``, says ``ready`` on standard output,
and ends when nobody has used it for a while. Started by ``cashier.sandbox.process.attach``.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

from cashier.clock import SystemClock
from cashier.language import Refusal, explain
from cashier.sandbox.app import make_app
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.process import LEDGER, STATE, USERS_LOCK, ServerState, write_state
from cashier.sandbox.server import LoopbackServer
from cashier.sandbox.settings import OPENING_BALANCE, Mode, SandboxSettings

_SENDER_ID: Final = "LATIHAN"
_LAST_WORD_S: Final = 5.0
"""Seconds after which a server that does not end by itself is ended."""


def main(home: Path, mode: Mode, linger_s: float) -> None:
    """Serve from a practice folder until it is no longer used."""
    settings = _drawn(home, mode)
    with contextlib.closing(Ledger(settings.ledger, wait=True)) as ledger:
        ledger.top_up(OPENING_BALANCE)
        publisher = _Publisher(home, settings)
        server = LoopbackServer(make_app(settings, ledger, SystemClock()), 0, publisher)
        watcher = threading.Thread(target=_wait_unused, args=(home, linger_s, server), daemon=True)
        watcher.start()
        try:
            asyncio.run(_serve(server))
        finally:
            publisher.withdraw()


async def _serve(server: LoopbackServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.run_here()


def _drawn(home: Path, mode: Mode) -> SandboxSettings:
    return SandboxSettings(
        sender_id=_SENDER_ID,
        username=f"latihan-{secrets.token_hex(4)}",
        password=secrets.token_urlsafe(18),
        form_password=secrets.token_urlsafe(12),
        key=secrets.token_hex(16),
        ledger=home / LEDGER,
        mode=mode,
    )


class _Publisher:
    """Tells tills where the server is, and takes it back when it ends."""

    def __init__(self, home: Path, settings: SandboxSettings) -> None:
        self._home = home
        self._settings = settings
        self._state: int | None = None

    def __call__(self, port: int) -> None:
        state = ServerState(
            pid=os.getpid(),
            port=port,
            sender_id=self._settings.sender_id,
            username=self._settings.username,
            password=self._settings.password,
            form_password=self._settings.form_password,
            key=self._settings.key,
        )
        self._state = write_state(self._home, state)
        with contextlib.suppress(BrokenPipeError):  # the till that started us may be gone
            os.write(1, b"ready\n")
        os.close(1)

    def withdraw(self) -> None:
        if self._state is not None:
            (self._home / STATE).unlink(missing_ok=True)
            os.close(self._state)


def _wait_unused(home: Path, linger_s: float, server: LoopbackServer) -> None:
    """Stop the server when no till holds ``users.lock``; then keep it until the process ends.

    The lock is taken twice: getting it shows that the last till has gone, and getting it again
    after the linger, at once, that no other came. A till that comes now waits for our end.
    """
    users = os.open(home / USERS_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(linger_s)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        server.stop()
        time.sleep(_LAST_WORD_S)
        os._exit(1)


def run(words: list[str]) -> None:
    """Understand the words of the command line and serve; what goes wrong is one sentence.

    Raises:
        SystemExit: With that sentence.
    """
    match words:
        case [home, ("deposit" | "invoicing") as mode, linger_s]:
            try:
                main(Path(home), mode, float(linger_s))
            except Refusal as refusal:
                sys.exit(explain("id", refusal))
        case _:
            sys.exit("usage: python -m cashier.sandbox HOME deposit|invoicing LINGER_SECONDS")


if __name__ == "__main__":
    run(sys.argv[1:])
