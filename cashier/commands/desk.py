"""Puts a till together for one command, runs the command at it, and closes it again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cashier.catalogue import Catalogue
from cashier.clock import SystemClock
from cashier.commands.choice import Choice, choose
from cashier.commands.log import warnings_to_file
from cashier.commands.output import JsonValue, complain, state_sentence
from cashier.commands.stopping import first, stopping_on_signals
from cashier.commands.telling import refusals_told, tell
from cashier.journal import Journal
from cashier.journal.upkeep import Upkeep
from cashier.language import LanguageCode, Refusal, say
from cashier.till import Till

if TYPE_CHECKING:
    # The till does without argparse (DESIGN 10).
    from argparse import Namespace

INTERRUPTED: Final = 130
"""Exit code of a command that was stopped by a signal before its end."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    till: Till
    language: LanguageCode
    command: str
    """How this program is called again, for example ``cashier practice``."""
    stop: asyncio.Event
    """Set when a signal asks the program to end."""
    upkeep: Upkeep | None = None
    """What looks after the journal, where the till stands for long."""


Work = Callable[[Desk, "Namespace"], Coroutine[None, None, int]]


def at_desk(
    options: "Namespace",
    work: Work,
    nothing: Mapping[str, JsonValue] | None = None,
    *,
    stops_itself: bool = False,
) -> int:
    """Run a command's work at a desk; give its exit code.

    Args:
        options: The words of the command line.
        work: The command itself.
        nothing: What ``--json`` prints where the command is refused.
        stops_itself: Whether the work heeds ``Desk.stop``; otherwise a signal cancels it.
    """
    with refusals_told(options, nothing) as told:
        chosen = choose(options)
        told.tells_of(chosen)
        told.code = asyncio.run(_run(chosen, options, work, stops_itself))
    return told.code


async def _run(chosen: Choice, options: "Namespace", work: Work, stops_itself: bool) -> int:
    code: int | None = None
    try:
        async with stopping_on_signals() as stop, open_desk(chosen, stop) as desk:
            task = asyncio.create_task(work(desk, options))
            if not stops_itself and not await first(task, stop):
                task.cancel()
                return INTERRUPTED
            code = await task
    except Refusal as refusal:
        # What closing the journal runs into does not change what the command has done.
        if code is None:
            raise
        tell(refusal, chosen.language, chosen.command)
    return code


@asynccontextmanager
async def open_desk(
    chosen: Choice,
    stop: asyncio.Event,
    catalogue: Catalogue | None = None,
    *,
    stands: bool = False,
) -> AsyncIterator[Desk]:
    """Put the till together, recover what a dead session left, and close it all afterwards.

    Args:
        chosen: The shop.
        stop: Set when a signal asks the program to end.
        catalogue: What the shop can sell, where that was read already.
        stands: Whether the till stands for long, and so looks after its journal.
    """
    config, clock = chosen.config, SystemClock()
    catalogue = catalogue or chosen.catalogue()
    async with AsyncExitStack() as stack:
        stack.enter_context(warnings_to_file())
        # In a thread: a screen may be shown meanwhile, and the practice Espay takes its time.
        line = await asyncio.to_thread(stack.enter_context, chosen.line())
        settings = line.settings(config)
        journal = await Journal.open(
            config.journal_path,
            environment=config.espay.environment,
            clock=clock,
            backup_dir=config.backup_dir,
            anchor_dir=config.anchor_dir,
            bill_key_print=settings.bill_key_print,
        )
        stack.push_async_callback(journal.close)
        till = Till(settings, journal, catalogue, line.connector(clock), clock)
        await stack.enter_async_context(till)
        upkeep = None
        if stands:
            upkeep = Upkeep(journal, config.backup_dir, config.anchor_dir, clock)
            await stack.enter_async_context(upkeep.running())
            till.ask_behind()
        desk = Desk(till, chosen.language, chosen.command, stop, upkeep)
        await _greet(desk, chosen)
        yield desk


_BANNERS: Final = {"practice": "cli.practice_banner", "sandbox": "cli.sandbox_banner"}
"""What is said first wherever nothing real is paid."""


async def _greet(desk: Desk, chosen: Choice) -> None:
    if chosen.config.espay.environment in _BANNERS:
        complain(say(desk.language, _BANNERS[chosen.config.espay.environment]))
    for payment in desk.till.recovered:
        state = state_sentence(desk.language, payment, desk.command)
        complain(say(desk.language, "cli.recovered", payment=payment.receipt_no, state=state))
    trip = (await desk.till.circuit()).trip
    if trip is not None:
        why = say(desk.language, f"circuit.{trip}")
        complain(say(desk.language, "cli.stopped_now", why=why, command=desk.command))
