r"""How an answer is sent: as plain JSON, or the way its trouble wants it.

The JSON is written as Espay's PHP writes it: ASCII only, no blanks, ``/`` as ``\/``.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from starlette.responses import Response, StreamingResponse

from cashier.sandbox.book import Json
from cashier.sandbox.connection import WireResponse
from cashier.sandbox.desk import Reply
from cashier.sandbox.settings import Pace
from cashier.sandbox.troubles import Body, Trouble

_JSON: Final = "application/json"
_MAINTENANCE: Final = (
    "<!DOCTYPE html><html><head><title>Espay</title></head>"
    "<body><h1>Layanan sedang dalam pemeliharaan</h1></body></html>"
)
_MEGABYTE: Final = b" " * 1024 * 1024
_MEGABYTES: Final = 50


def respond(reply: Reply, elsewhere: str, pace: Pace) -> Response:
    """Make the HTTP answer.

    Args:
        reply: What to say, and which trouble to make of it.
        elsewhere: The address that redirecting troubles point to.
        pace: How slow the slow troubles are.
    """
    body = write_json(reply.fields)
    match reply.step:
        case "html":
            return Response(_MAINTENANCE, media_type="text/html")
        case "hang":
            return WireResponse("hang", body, pace)
        case "unauthorised":
            return unauthorised()
        case _:
            pass
    if reply.trouble is None:
        return Response(body, media_type=_JSON)
    return _troubled(reply.trouble, body, elsewhere, pace)


def unauthorised() -> Response:
    """HTTP 401: basic auth was wrong, nothing was executed (``protocol.md 6``)."""
    challenge = {"WWW-Authenticate": 'Basic realm="Espay"'}
    return Response("Unauthorized", 401, challenge, media_type="text/plain")


def write_json(fields: Mapping[str, Json]) -> bytes:
    """Write an object the way PHP's ``json_encode`` does."""
    return json.dumps(fields, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def _troubled(trouble: Trouble, body: bytes, elsewhere: str, pace: Pace) -> Response:
    if trouble.wire is not None:
        return WireResponse(trouble.wire, body, pace)
    if trouble.http is not None:
        return _other_status(trouble.http, body, elsewhere)
    if trouble.body == "big":
        return StreamingResponse(_big(body), media_type=_JSON)
    if trouble.body == "gzip":
        return Response(body, headers={"Content-Encoding": "gzip"}, media_type=_JSON)
    bent = _BENT[trouble.body](body) if trouble.body else body
    return Response(bent, media_type=_JSON)


def _other_status(status: int, body: bytes, elsewhere: str) -> Response:
    match status:
        case 401:
            return unauthorised()
        case 204:
            return Response(status_code=204)
        case 206:
            return Response(body, 206, media_type=_JSON)
        case 301 | 302 | 307 | 308:
            return Response(status_code=status, headers={"Location": elsewhere})
        case _:
            return Response(_MAINTENANCE, status, media_type="text/html")


def _with(body: bytes, name: bytes, value: bytes) -> bytes:
    """Put one more member behind the others of an object."""
    return body[:-1] + b',"' + name + b'":' + value + b"}"


_BENT: Final[Mapping[Body, Callable[[bytes], bytes]]] = {
    "not_json": lambda body: body[:-1] + b",}",
    "bom": lambda body: b"\xef\xbb\xbf" + body,
    "latin1": lambda body: _with(body, b"note", b'"caf\xe9"'),
    "nan": lambda body: _with(body, b"fee", b"NaN"),
    "twice": lambda body: b'{"error_code":"0099",' + body[1:],
    "deep": lambda body: _with(body, b"deep", b"[" * 100_000 + b"]" * 100_000),
    "digits": lambda body: body.replace(b'"0000"', b"9" * 5_000, 1),
    "list": lambda body: b"[" + body + b"]",
    "string": lambda body: json.dumps(body.decode("ascii")).encode(),
    "null": lambda _: b"null",
}


async def _big(body: bytes) -> AsyncIterator[bytes]:
    yield body[:-1]
    for _ in range(_MEGABYTES):
        yield _MEGABYTE
        await asyncio.sleep(0)  # lets the server notice that the client has gone
    yield b"}"
