"""The road of a request: httpx on top, httpcore with a recorder below, and nothing in between.

No proxy, no retry, no redirect, no HTTP/2, nothing from the environment (``attacks.md S08``).
"""

import ssl
from collections.abc import AsyncIterator
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import httpcore
import httpx
from pydantic import SecretStr

from cashier.clock import Clock
from cashier.espay.recorder import Recorder

_IDLE_S: Final = 15.0
"""How long a connection of the questions is kept for the next one; never one of a payment."""


class RecordingTransport(httpx.AsyncBaseTransport):
    """Carries requests over recorded connections; raises httpcore's exceptions as they are.

    httpx's own exceptions would carry the whole request, secrets included (``attacks.md S05``).
    """

    def __init__(
        self, ssl_context: ssl.SSLContext | None, clock: Clock, *, keep_alive: bool
    ) -> None:
        """Set up without connecting; ``ssl_context`` is ``None`` only for plain loopback."""
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=4 if keep_alive else 1,
            max_keepalive_connections=4 if keep_alive else 0,
            keepalive_expiry=_IDLE_S if keep_alive else 0,
            http1=True,
            http2=False,
            retries=0,
            network_backend=Recorder(clock),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, and give its answer as soon as the head is there."""
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as httpcore delivers it."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def make_client(
    ssl_context: ssl.SSLContext | None,
    clock: Clock,
    authorization: SecretStr,
    connect_s: float,
    *,
    keep_alive: bool,
) -> httpx.AsyncClient:
    """Make a client that speaks as ``protocol.md 2`` says.

    Only connecting has a time limit of its own. Timeouts of httpx are per read, so that a
    dripping server would never meet one; whoever sends bounds the whole exchange.
    """
    client = httpx.AsyncClient(
        transport=RecordingTransport(ssl_context, clock, keep_alive=keep_alive),
        headers={
            "Authorization": authorization.get_secret_value(),
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "keep-alive" if keep_alive else "close",
            "User-Agent": "cashier",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=httpx.Timeout(None, connect=connect_s),
        follow_redirects=False,
        trust_env=False,
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client
