"""One request to Espay and what came back, under one deadline; the only place that sends.

What cannot be proved to have stayed here may have left. The proof is the recording's stage: it
reaches ``RELEASED`` in the moment before the first byte, and no byte passes earlier.
"""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Final

import httpcore
import httpx
from pydantic import SecretStr

from cashier.clock import Clock, Deadline
from cashier.espay.gate import Gate, Release
from cashier.espay.reception import Reception, weigh
from cashier.espay.recorder import Recording, Stage, TooLarge, recording_into
from cashier.espay.tls import NoTrust, make_context
from cashier.espay.transport import make_client
from cashier.payment import Delivery, Reason
from cashier.text import clean

_LONGEST_DETAIL: Final = 60


class Line:
    """The line to Espay: a client for questions that stays, a fresh one for each payment."""

    def __init__(
        self,
        base_url: str,
        authorization: SecretStr,
        ca_file: Path | None,
        clock: Clock,
        connect_s: float,
    ) -> None:
        """Set up without connecting; times are seconds."""
        self._base_url = base_url
        self._authorization = authorization
        self._ca_file = ca_file
        self._clock = clock
        self._connect_s = connect_s
        self._lock = asyncio.Lock()
        self._trust: ssl.SSLContext | None = None
        self._questions: httpx.AsyncClient | None = None

    async def ask(self, path: str, form: bytes, seconds: float) -> Reception:
        """Send a question that moves no money; never raises for trouble on the way."""
        return await self._exchange(path, form, seconds, None)

    async def transmit(self, path: str, form: bytes, seconds: float, release: Release) -> Reception:
        """Send a payment over a connection of its own; never raises for trouble on the way.

        ``release`` is awaited when the connection stands and before the first byte, to its end
        even past the deadline. Only ``NOT_SENT`` proves that nothing left.

        Raises:
            asyncio.CancelledError: The caller was cancelled. Nothing left if the release had
                not returned by then; otherwise nothing is proved.
        """
        return await self._exchange(path, form, seconds, release)

    async def aclose(self) -> None:
        """Close the connections that questions kept open."""
        if self._questions is not None:
            await self._questions.aclose()
            self._questions = None

    async def _exchange(
        self, path: str, form: bytes, seconds: float, release: Release | None
    ) -> Reception:
        recording = Recording()
        deadline = Deadline.after(self._clock, seconds)
        gate = Gate(release, deadline, recording)
        limit = asyncio.timeout(deadline.left())
        try:
            with recording_into(recording):
                async with limit:
                    return await self._send(path, form, recording, gate, fresh=release is not None)
        except Exception as error:  # noqa: BLE001 - whatever a peer's bytes make a library raise
            return _diagnosis(error, recording, gate, expired=limit.expired())

    async def _send(
        self, path: str, form: bytes, recording: Recording, gate: Gate, *, fresh: bool
    ) -> Reception:
        if not fresh:
            return await self._post(await self._question_client(), path, form, recording, gate)
        async with self._client(await self._context(), keep_alive=False) as client:
            return await self._post(client, path, form, recording, gate)

    async def _post(
        self, client: httpx.AsyncClient, path: str, form: bytes, recording: Recording, gate: Gate
    ) -> Reception:
        request = client.build_request(
            "POST", f"{self._base_url}{path}", content=form, extensions={"trace": gate.trace}
        )
        response = await client.send(request, stream=True)
        try:
            recording.status = response.status_code
            async for part in response.aiter_raw():
                recording.keep_body(part)
        finally:
            await response.aclose()
        encoding = response.headers.get("content-encoding", "")
        return weigh(response.status_code, encoding, bytes(recording.raw), bytes(recording.body))

    async def _question_client(self) -> httpx.AsyncClient:
        context = await self._context()
        if self._questions is None:
            self._questions = self._client(context, keep_alive=True)
        return self._questions

    def _client(self, context: ssl.SSLContext | None, *, keep_alive: bool) -> httpx.AsyncClient:
        return make_client(
            context, self._clock, self._authorization, self._connect_s, keep_alive=keep_alive
        )

    async def _context(self) -> ssl.SSLContext | None:
        """The one TLS context of all connections, made in a thread when first needed."""
        if not self._base_url.startswith("https:"):
            return None
        async with self._lock:
            if self._trust is None:
                self._trust = await asyncio.to_thread(make_context, self._ca_file)
        return self._trust


def _diagnosis(error: Exception, recording: Recording, gate: Gate, *, expired: bool) -> Reception:
    """Say what an exception proves; it is told by its kind alone, never by its text."""
    if recording.stage is not Stage.RELEASED:
        reason = gate.refusal.reason if gate.refusal else _why_not_sent(error, recording, expired)
        return Reception(Delivery.NOT_SENT, reason, _detail(error, recording.cause))
    return Reception(
        Delivery.UNUSABLE,
        _why_unusable(error, recording, expired),
        type(error).__name__,
        recording.status,
        bytes(recording.raw),
        bytes(recording.body),
    )


def _why_not_sent(error: Exception, recording: Recording, expired: bool) -> Reason:
    if isinstance(error, NoTrust):
        return Reason.TLS_FAILED
    if expired and recording.stage is Stage.CONNECTED:
        return Reason.RELEASED_TOO_LATE
    if expired or isinstance(error, httpcore.ConnectTimeout):
        return Reason.CONNECT_TIMEOUT
    if recording.stage is Stage.HANDSHAKING:
        return Reason.TLS_FAILED
    if isinstance(recording.cause, socket.gaierror):
        return Reason.NAME_NOT_FOUND
    return Reason.CONNECT_FAILED


def _why_unusable(error: Exception, recording: Recording, expired: bool) -> Reason:
    if expired:
        return Reason.DEADLINE
    if isinstance(error, TooLarge):
        return Reason.TOO_LARGE
    return Reason.TORN_REPLY if recording.raw else Reason.NO_REPLY


def _detail(error: Exception, cause: BaseException | None) -> str:
    """The kind of what lies deepest; of a refused certificate what OpenSSL says about it."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return clean(cause.verify_message, _LONGEST_DETAIL)
    return type(cause or error).__name__
