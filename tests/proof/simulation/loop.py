"""An event loop whose time jumps to the next timer, and processes in it that can be killed.

A process here is a name in the context of tasks and callbacks. When it dies nothing of it runs
any more: its callbacks are passed over, and whatever it held is let go as the kernel would.
"""

import asyncio
import contextlib
import gc
import heapq
import sys
from asyncio import base_events
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, ContextVar, copy_context
from typing import Final, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_MOST_STEPS: Final = 2_000_000
"""After so many callbacks a story is taken to turn in circles."""

_WRITER: Final = "journal-writer"


class Stuck(Exception):
    """Nothing will ever happen any more, or something happens without an end."""


class Killed(BaseException):
    """Breaks off what a process does at this very moment; nobody in it may act on this."""


class Process:
    """One program at the counter, as the kernel sees it."""

    def __init__(self, name: str, died: Callable[["Process"], None] = lambda _: None) -> None:
        """Begin to live; ``died`` is told of the end."""
        self.name = name
        self.dead = False
        self.doomed = False
        """Whether it is dying in a commit: what unwinds now would not have run any more."""
        self.steps = 0
        """Callbacks that ran so far: everything between two awaits is one."""
        self.commits = 0
        self.dies_at_step: int | None = None
        self.dies_in_commit: int | None = None
        self.context = copy_context()
        self.context.run(PROCESS.set, self)
        self._died = died
        self._held: list[Callable[[], None]] = []

    def holds(self, let_go: Callable[[], None]) -> None:
        """Remember what the kernel does about a thing when its process has died."""
        self._held.append(let_go)

    def may_step(self) -> bool:
        """Count a step; tell whether it is taken, or the process dies in its place."""
        if self.dead:
            return False
        self.steps += 1
        if self.dies_at_step is not None and self.steps >= self.dies_at_step:
            self.die()
            return False
        return True

    def die_soon(self, steps: int) -> None:
        """Die in place of one of the next steps."""
        self.dies_at_step = self.steps + 1 + steps

    def commit_begins(self) -> None:
        """Count a commit.

        Raises:
            Killed: The process dies in it; nothing of it becomes durable.
        """
        self.commits += 1
        if self.dies_in_commit is not None and self.commits >= self.dies_in_commit:
            self.doomed = True
            raise Killed

    def die(self) -> None:
        """End as by SIGKILL."""
        if self.dead:
            return
        self.dead = True
        for let_go in self._held:
            let_go()
        self._held.clear()
        self._died(self)


PROCESS: Final[ContextVar[Process | None]] = ContextVar("process", default=None)
"""Whose code is running; ``None`` for the network, Espay and the story itself."""


def _may_run(context: Context) -> bool:
    process = context.get(PROCESS)
    return process is None or process.may_step()


class _Step(asyncio.Handle):
    _context: Context

    def _run(self) -> None:
        if _may_run(self._context):
            super()._run()


class _TimedStep(asyncio.TimerHandle):
    _context: Context

    def _run(self) -> None:
        if _may_run(self._context):
            super()._run()


class _Nothing:
    """Stands in the selector's place: what the loop would sleep, its time is put forward."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise Stuck("nothing will ever happen any more")
        self._loop.pass_time(timeout)
        return []


def _close(task: "asyncio.Task[object]") -> None:
    if task.done():
        if not task.cancelled():
            task.exception()
        return
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    with contextlib.suppress(BaseException):
        task.get_coro().close()


class VirtualLoop(base_events.BaseEventLoop):
    """A loop without files and threads; an hour in it takes no time."""

    _scheduled: list[asyncio.TimerHandle]
    _ready: "deque[asyncio.Handle]"

    def __init__(self, delay: Callable[[str], float] = lambda _: 0.0) -> None:
        """Begin at time 0; ``delay`` says for how many seconds a thread of this name works."""
        super().__init__()
        self._now = 0.0
        self._steps = 0
        self._selector = _Nothing(self)
        self.delay = delay
        self.failures: list[str] = []
        """What nobody caught."""
        self.tasks: list[tuple[asyncio.Task[object], Process | None]] = []
        """Every task that was begun and not buried, and whose it is."""
        self.threads: list[OneThread] = []
        self.set_exception_handler(self._note)
        self.set_task_factory(self._begin)  # type: ignore[arg-type]

    def time(self) -> float:
        """Seconds since the story began."""
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Put the time forward, and count a turn of the loop."""
        self._now += seconds
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Stuck("turning in circles")

    def unheard(self, harmless: type[Exception]) -> list[str]:
        """What went wrong in tasks of the living, and nobody asked about."""
        ended = [
            task
            for task, process in self.tasks
            if task.done() and not task.cancelled() and not (process and process.dead)
        ]
        lost = [task for task in ended if task._log_traceback]
        errors = [task.exception() for task in lost]
        return [*self.failures, *(repr(one) for one in errors if not isinstance(one, harmless))]

    def bury(self) -> None:
        """Take down what was left of killed processes; they hold nothing any more.

        Their coroutines would unwind as Python drops them: nobody may hear of what goes wrong
        in them then, since no kernel would have let them run.
        """
        heard = sys.unraisablehook
        sys.unraisablehook = lambda _: None
        try:
            for thread in self.threads:
                thread.abandon()
            for task, _ in self.tasks:
                _close(task)
            self.tasks.clear()
            self._ready.clear()
            self._scheduled.clear()
            self.close()
            gc.collect()
        finally:
            sys.unraisablehook = heard

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As asyncio's, for a process."""
        timer = _TimedStep(when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """As asyncio's, for a process."""
        handle = _Step(callback, args, self, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def run_in_executor(
        self,
        executor: object,  # noqa: ARG002 - there is one kind of thread
        func: Callable[..., T],
        *args: object,
    ) -> "asyncio.Future[T]":
        """Do a thread's work as a step of its own, a little later."""
        return asyncio.wrap_future(OneThread(1, "any").submit(func, *args), loop=self)

    def _note(self, _: object, context: dict[str, object]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed):
            self.failures.append(f"{context['message']}: {error!r}")

    def _begin(self, _: object, coro: object, context: Context | None = None) -> object:
        task: asyncio.Task[object] = asyncio.Task(coro, loop=self, context=context)  # type: ignore[arg-type]
        self.tasks.append((task, PROCESS.get() if context is None else context.get(PROCESS)))
        return task

    def _process_events(self, _: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


class OneThread:
    """Stands in the place of a ``ThreadPoolExecutor`` of one thread: its work is a step.

    The work is done in the order in which it was asked for, each piece after a delay, so that
    other processes' work comes between.
    """

    def __init__(self, _: int = 1, thread_name_prefix: str = "") -> None:
        """Belong to the running loop."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._loop = loop
        self._name = thread_name_prefix
        self._free_at = 0.0
        loop.threads.append(self)
        self._queue: deque[tuple[Callable[[], object], Future[object]]] = deque()

    def submit(self, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> "Future[T]":
        """Queue a piece of work."""
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()
        self._queue.append((lambda: work(*args, **more), outcome))  # type: ignore[arg-type]
        self._free_at = max(self._free_at, self._loop.time()) + self._loop.delay(self._name)
        self._loop.call_at(self._free_at, self._do_next)
        return outcome

    def shutdown(self, wait: bool = True) -> None:
        """Take no new work; what is queued is still done."""

    def abandon(self) -> None:
        """Do nothing more of what was asked for by processes that died."""
        for _, outcome in self._queue:
            outcome.set_exception(Killed())
        self._queue.clear()

    def _do_next(self) -> None:
        work, outcome = self._queue.popleft()
        process = PROCESS.get()
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - raised where the work was asked for
            outcome.set_exception(error)
        else:
            outcome.set_result(result)
        if process is not None and process.doomed:
            process.die()
