"""One HTTP exchange over a bare socket: every byte that came, and how the connection ended."""

import base64
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from tests.sandbox.asking import Asker

SILENCE_S = 0.4
"""Seconds after which a connection that has to be silent is believed to be."""
PATIENCE_S = 20.0
"""Seconds to wait for a byte or an end that has to come."""


@dataclass(frozen=True)
class Heard:
    """What a client hears."""

    data: bytes
    end: Literal["closed", "reset", "silent"]

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    @property
    def length(self) -> int:
        """The one ``Content-Length``."""
        lines = self.head.lower().split(b"\r\n")
        (line,) = (line for line in lines if line.startswith(b"content-length:"))
        return int(line.partition(b":")[2])

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def exchange(asker: Asker, path: str, form: Mapping[str, str], *, silent: bool = False) -> Heard:
    """Send a request and listen until the connection ends.

    Where it has to be ``silent``, listen a moment; then let the server answer another question,
    so that the first one has been read.
    """
    address = urlsplit(asker.sandbox.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(_request(asker, path, urlencode(form).encode()))
        connection.settimeout(SILENCE_S if silent else PATIENCE_S)
        data = bytearray()
        try:
            while chunk := connection.recv(1 << 20):
                data += chunk
        except TimeoutError:
            assert silent, "no answer and no end"
            asker.balance()
            return Heard(bytes(data), "silent")
        except ConnectionResetError:
            return Heard(bytes(data), "reset")
        return Heard(bytes(data), "closed")


def _request(asker: Asker, path: str, body: bytes) -> bytes:
    user = f"{asker.sandbox.username}:{asker.sandbox.password}".encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Basic {base64.b64encode(user).decode()}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
