"""The gate before the first byte of a request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from cashier.clock import Deadline
from cashier.espay.recorder import Recording, Stage
from cashier.espay.release import NotReleased
from cashier.payment import Reason

Release = Callable[[], Awaitable[None]]
"""Makes the payment durable as ``sent``; what it raises keeps the gate shut."""

FIRST_BYTE: Final = "http11.send_request_headers.started"
"""The event of httpcore that is awaited when TLS is up and not a byte of the request has left."""


class Gate:
    """Opens once for one request, after its release; whatever goes wrong before, it stays shut."""

    def __init__(self, release: Release | None, deadline: Deadline, recording: Recording) -> None:
        """Stand before a request; questions that move no money have no release."""
        self._release = release
        self._deadline = deadline
        self._recording = recording
        self.refusal: NotReleased | None = None
        """Why it stayed shut, where it was asked to open."""

    async def trace(self, event: str, _: Mapping[str, object]) -> None:
        """Be told of an event by httpcore; waits in the one that comes before the first byte.

        Raises:
            NotReleased: Nothing may leave.
        """
        if event == FIRST_BYTE:
            await self._open()

    async def _open(self) -> None:
        if self._recording.stage is Stage.RELEASED:
            raise NotReleased  # a second sending of one request: never
        if self._release is not None:
            self.refusal = await _outcome(self._release)
        if self.refusal is None and self._deadline.passed:
            self.refusal = NotReleased(Reason.RELEASED_TOO_LATE)
        if self.refusal is not None:
            self._recording.cause = self.refusal.__cause__
            raise self.refusal
        self._recording.reach(Stage.RELEASED)


async def _outcome(release: Release) -> NotReleased | None:
    """Await a release to its end, also when cancelled: a commit under way decides what is true.

    Any failure becomes ``NotReleased``. httpcore would swallow an exception of its own kind
    here, and then wait for an answer to nothing (``payment-states.md``, Mechanics).

    Raises:
        asyncio.CancelledError: This task was cancelled meanwhile; nothing may leave.
    """

    async def awaited() -> None:
        await release()  # called in here, so that no release can raise outside the task

    task = asyncio.ensure_future(awaited())
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    failure = _failure(task)
    if cancelled is not None:
        raise cancelled
    return failure


def _failure(task: asyncio.Future[None]) -> NotReleased | None:
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is None or isinstance(error, NotReleased):
        return error
    refusal = NotReleased(Reason.JOURNAL_FAILED)
    refusal.__cause__ = error
    return refusal
