"""The practice Espay of a simulated shop: the real application behind a small h11 server."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

import h11

from cashier.clock import Clock
from cashier.money import Rupiah
from cashier.sandbox.app import make_app
from cashier.sandbox.book import Book, Line
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.settings import OPENING_BALANCE, Mode, SandboxSettings
from tests.support import sandbox as practice

HOST: Final = "127.0.0.1"
PORT: Final = 8443
BASE_URL: Final = f"http://{HOST}:{PORT}"


class BookAlone(Ledger):
    """The ledger without its file: what a power cut does to Espay is not asked here."""

    def __init__(self) -> None:
        """Begin with the deposit of a new shop."""
        self.path = Path()
        self.book = Book()
        self._begin(OPENING_BALANCE)

    def _begin(self, opening: Rupiah) -> None:
        self._append({"kind": "opening", "sen": opening.sen})

    def _append(self, line: Line) -> None:
        self.book.apply(line)


class Espay:
    """Answers requests as they come in, byte for byte as over HTTP."""

    def __init__(self, clock: Clock, mode: Mode) -> None:
        """Open a new book."""
        self.ledger = BookAlone()
        self.settings = SandboxSettings(
            sender_id=practice.SENDER_ID,
            username=practice.USERNAME,
            password=practice.PASSWORD,
            form_password=practice.FORM_PASSWORD,
            key=practice.KEY,
            ledger=self.ledger.path,
            mode=mode,
        )
        self._app = make_app(self.settings, self.ledger, clock)

    @property
    def book(self) -> Book:
        """What Espay believes happened."""
        return self.ledger.book

    async def answer(self, request: bytes) -> bytes:
        """Hear a whole request, act on it, and give every byte of the answer."""
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(request)
        head = connection.next_event()
        assert isinstance(head, h11.Request)
        body = bytearray()
        while isinstance(part := connection.next_event(), h11.Data):
            body += part.data
        assert isinstance(part, h11.EndOfMessage)
        reply = bytearray()

        async def receive() -> MutableMapping[str, object]:
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        async def send(message: MutableMapping[str, object]) -> None:
            _say(connection, message, reply)

        await self._app(_scope(head), receive, send)
        return bytes(reply)


def _say(
    connection: h11.Connection, message: MutableMapping[str, object], reply: bytearray
) -> None:
    if message["type"] == "http.response.start":
        status, headers = message["status"], message.get("headers", ())
        assert isinstance(status, int)
        assert isinstance(headers, list)
        reply += connection.send(h11.Response(status_code=status, headers=headers)) or b""
        return
    body = message.get("body", b"")
    assert isinstance(body, bytes)
    reply += connection.send(h11.Data(data=body)) or b""
    if not message.get("more_body", False):
        reply += connection.send(h11.EndOfMessage()) or b""


def _scope(head: h11.Request) -> MutableMapping[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": head.method.decode("ascii"),
        "scheme": "http",
        "path": head.target.decode("ascii"),
        "raw_path": head.target,
        "query_string": b"",
        "root_path": "",
        "headers": [*head.headers],
        "client": (HOST, 50_000),
        "server": (HOST, PORT),
        "state": {},
    }
