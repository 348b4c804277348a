"""``cashier`` alone: the till on this terminal, from its opening to the last payment it sent.

The loop belongs to this command and not to the app, so that a payment outlives its screen
(``payment-states.md``, Mechanics). The first screen is painted before journal and line are so
much as loaded (DESIGN 10); they are opened while the operator looks at it.
"""

import asyncio
import contextlib
import gc
import os
import sys
from collections.abc import Awaitable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from cashier import config as settings
from cashier.clock import SystemClock
from cashier.commands.choice import Choice, choose
from cashier.commands.stopping import stopping_on_signals
from cashier.language import LanguageCode, Refusal, say
from cashier.terminal import prepare, restart_without_python_variables, theme_for

if TYPE_CHECKING:
    # argparse is for commands with more words; the first paint does without it (DESIGN 10).
    from argparse import Namespace

    from cashier.app import CashierApp

USAGE: Final = 2
"""Exit code where there is no terminal to show a screen on."""

BROKEN: Final = 1
"""Exit code of a till that could not be opened, or that a defect ended."""

_CLOSING_S: Final = 2
"""How long a screen may take to close before it is cancelled; no payment hangs on it."""


def till(options: "Namespace") -> int:
    """Open the till; give 0 when it was left, 1 when it could not be, 2 without a terminal."""
    command = "cashier practice" if options.practice else "cashier"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _complain(say("id", "home.no_terminal", command=command))
        return USAGE
    restart_without_python_variables(os.environ)
    # What a start loads stays to the end; looking for garbage in it takes a tenth of the time.
    gc.disable()
    environment = dict(os.environ)
    prepare(os.environ)
    language: LanguageCode = "id"
    try:
        chosen = choose(options)
        language, command = chosen.language, chosen.command
        return asyncio.run(_Opening(chosen, environment).run())
    except Refusal as refusal:
        # Loaded here and not above: only who is refused needs it.
        from cashier.commands.telling import tell  # noqa: PLC0415

        tell(refusal, language, command)
        return BROKEN


class _Opening:
    """One till on one terminal."""

    def __init__(self, chosen: Choice, environment: Mapping[str, str]) -> None:
        """Remember the shop, and the environment as it was before Textual's was made of it."""
        self._chosen = chosen
        self._environment = environment
        self._catalogue = chosen.catalogue()

    async def run(self) -> int:
        """Show the screen, open the till behind it, and finish what was sent."""
        app = self._app()
        async with stopping_on_signals() as stop:
            asyncio.get_running_loop().set_exception_handler(self._note_defect)
            screen = asyncio.create_task(app.run_async(mouse=False))
            try:
                await _first(app.first_seen.wait(), screen, stop.wait())
                gc.freeze()
                gc.enable()
                if not (screen.done() or stop.is_set()):
                    await self._sell(app, screen, stop)
            finally:
                await _close(app, screen)
                if app.defect is not None:
                    self._report(app.defect, has_stopped=True)
        return BROKEN if app.defect is not None else 0

    def _app(self) -> "CashierApp":
        # Loaded here and not above: the environment has to be prepared first, and only the till
        # needs Textual (DESIGN 6, 10).
        from cashier.app import CashierApp  # noqa: PLC0415
        from cashier.screens.front import Facade  # noqa: PLC0415

        config = self._chosen.config
        return CashierApp(
            Facade(config, SystemClock(), self._catalogue),
            theme=theme_for(self._environment, config.ui.theme),
            themes=settings.config_folder() / "themes",
            warm_up=lambda: asyncio.to_thread(_load_the_rest),
        )

    async def _sell(
        self, app: "CashierApp", screen: "asyncio.Task[None]", stop: asyncio.Event
    ) -> None:
        """Open the till, let it be worked with, and finish what was sent."""
        # Loaded here and not above, and beside the screen, which is painted already.
        await asyncio.to_thread(import_module, "cashier.commands.desk")
        from cashier.commands.desk import open_desk  # noqa: PLC0415
        from cashier.screens.front import Front  # noqa: PLC0415

        async with open_desk(self._chosen, stop, self._catalogue, stands=True) as desk:
            front = Front(desk.till, self._chosen.config, SystemClock(), upkeep=desk.upkeep)
            if not screen.done():
                app.begin(front)
            await _first(screen, stop.wait())
            await _close(app, screen)
            # Loaded here and not above: only a till that is left needs it.
            from cashier.commands.closing import finish  # noqa: PLC0415

            await finish(desk, front.clock, front.unseen.news, is_read=app.has_terminal)

    def _note_defect(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Keep a defect of which nobody waited to hear, without what it knew."""
        del loop
        error = context.get("exception")
        if isinstance(error, Exception):
            self._report(error, has_stopped=False)

    def _report(self, error: BaseException, *, has_stopped: bool) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; the number is in a file
            # Loaded here and not above: only who has an incident needs it.
            from cashier.commands.incident import report  # noqa: PLC0415

            kind = "cli.incident_till" if has_stopped else "cli.incident"
            report(error, self._chosen.command, self._chosen.language, kind)


async def _first(*things: Awaitable[object]) -> None:
    """Wait for the first of several things; the screen itself is never cancelled by that."""
    tasks = {asyncio.ensure_future(thing) for thing in things}
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks.difference(things):
        task.cancel()


async def _close(app: "CashierApp", screen: "asyncio.Task[None]") -> None:
    """Give the terminal back at once, whatever the screen is doing."""
    if not screen.done():
        app.let_go()
        await asyncio.wait({screen}, timeout=_CLOSING_S)
        screen.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await screen


def _load_the_rest() -> None:
    """Load what the first sale needs, while the operator looks at the first screen."""
    for name in ("cashier.espay.service", "cashier.screens.selling"):
        import_module(name)


def _complain(sentence: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(sentence, file=sys.stderr)
