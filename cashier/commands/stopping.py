"""Hang-up, termination and interruption: a command ends in order, a sent payment is finished."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeVar

_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)

_Result = TypeVar("_Result")


@asynccontextmanager
async def stopping_on_signals() -> AsyncIterator[asyncio.Event]:
    """Turn the signals that end a program into an event, for the time of the block."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


async def first(
    task: asyncio.Task[_Result], stop: asyncio.Event, at_most_s: float | None = None
) -> bool:
    """Wait for the task or the stop, whichever comes first; tell whether the task is done.

    ``at_most_s`` ends the waiting after so many seconds, too.
    """
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, timeout=at_most_s, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    return task.done()
