"""A practice Espay for tests: a real server on loopback, in a thread with a loop of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cashier.clock import Clock, SystemClock
from cashier.money import Rupiah
from cashier.sandbox.app import make_app
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.server import LOOPBACK, LoopbackServer
from cashier.sandbox.settings import OPENING_BALANCE, Mode, Pace, SandboxSettings
from cashier.sandbox.troubles import magic_number as magic_number  # noqa: PLC0414 - for tests

SENDER_ID = "PRACTICESENDER"
USERNAME = "practice-user"
PASSWORD = "practice-basic-password"
FORM_PASSWORD = "practice-form-pw"
KEY = "practice-signature-key"


@dataclass(frozen=True)
class RunningSandbox:
    """A server that answers, and what a client has to know to talk to it."""

    base_url: str
    settings: SandboxSettings
    ledger: Ledger
    """The server's own; read it at any time, ``ledger.book`` too."""

    @property
    def sender_id(self) -> str:
        return self.settings.sender_id

    @property
    def username(self) -> str:
        return self.settings.username

    @property
    def password(self) -> str:
        return self.settings.password

    @property
    def form_password(self) -> str:
        return self.settings.form_password

    @property
    def key(self) -> str:
        return self.settings.key


@contextlib.contextmanager
def running_sandbox(
    folder: Path,
    *,
    mode: Mode = "deposit",
    clock: Clock | None = None,
    opening_balance: Rupiah = OPENING_BALANCE,
    unregistered: frozenset[str] = frozenset(),
    redirect_to: str | None = None,
    pace: Pace | None = None,
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Run a practice Espay with its ledger in ``folder`` until the block ends.

    Run again with the same folder, it goes on with the same ledger, as after a restart.
    """
    settings = SandboxSettings(
        sender_id=SENDER_ID,
        username=USERNAME,
        password=PASSWORD,
        form_password=FORM_PASSWORD,
        key=KEY,
        ledger=folder / "sandbox.jsonl",
        mode=mode,
        opening_balance=opening_balance,
        unregistered=unregistered,
        redirect_to=redirect_to,
        pace=pace or Pace(),
    )
    with contextlib.closing(Ledger(settings.ledger, opening_balance)) as ledger:
        app = make_app(settings, ledger, clock or SystemClock())
        with _serving(app_server := _Ready(), LoopbackServer(app, port, app_server)) as url:
            yield RunningSandbox(url, settings, ledger)


class _Ready:
    """Called when the server accepts connections."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def __call__(self, _: int) -> None:
        self.event.set()


@contextlib.contextmanager
def _serving(ready: _Ready, server: LoopbackServer) -> Iterator[str]:
    thread = threading.Thread(target=lambda: asyncio.run(server.run_here()), name="sandbox")
    thread.start()
    try:
        assert ready.event.wait(10), "the practice Espay did not start"
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive(), "the practice Espay did not end"
