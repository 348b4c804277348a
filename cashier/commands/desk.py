"""Puts a till together for one command, and turns what goes wrong into one sentence.

Everything is chosen here: which configuration, which Espay, which journal. Commands get a
``Desk`` and know nothing of how it came about.
"""

import asyncio
import signal
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier import config as settings
from cashier.catalogue import Catalogue, load_catalogue
from cashier.clock import SystemClock
from cashier.commands.line import Line, practice_line, real_line
from cashier.commands.output import JsonValue, complain, print_json, state_sentence
from cashier.config import Config, ConfigProblem
from cashier.journal import Journal
from cashier.language import LanguageCode, Refusal, explain, say
from cashier.till import Till

REFUSED: Final = 1


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    config: Config
    till: Till
    command: str
    """How this program is called again, ``cashier`` or ``cashier practice``."""

    @property
    def language(self) -> LanguageCode:
        """The operator's language."""
        return self.config.till.language


Work = Callable[[Desk, Namespace], Awaitable[int]]


def at_desk(options: Namespace, work: Work, nothing: Mapping[str, JsonValue] | None = None) -> int:
    """Run a command's work at a desk; give its exit code.

    A refusal becomes one sentence on standard error and exit code 1; with ``--json``,
    ``nothing`` is printed too, its reason filled in.
    """
    with refusals_told(options, nothing) as told:
        chosen = choose(options)
        told.language = chosen.config.till.language
        told.code = asyncio.run(_work_at_desk(chosen, options, work))
    return told.code


async def _work_at_desk(chosen: "Choice", options: Namespace, work: Work) -> int:
    async with open_desk(chosen) as desk:
        return await work(desk, options)


@dataclass(slots=True)
class Told:
    """What became of a command, and the language its trouble is told in."""

    code: int = REFUSED
    language: LanguageCode = "id"


@contextmanager
def refusals_told(
    options: Namespace, nothing: Mapping[str, JsonValue] | None = None
) -> Iterator[Told]:
    """Tell a refusal of the work inside as a sentence, and as an exit code."""
    told = Told()
    try:
        yield told
    except ConfigProblem as problem:
        for sentence in problem.sentences():
            complain(sentence)
        _print_nothing(options, nothing, problem)
    except Refusal as refusal:
        complain(explain(told.language, refusal))
        _print_nothing(options, nothing, refusal)


def _print_nothing(
    options: Namespace, nothing: Mapping[str, JsonValue] | None, refusal: Refusal
) -> None:
    if nothing is not None and options.json:
        print_json({**nothing, "reason": refusal.key})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which shop a command is about: its configuration, and the file it came from."""

    config: Config
    file: Path
    command: str

    @property
    def is_practice(self) -> bool:
        """Whether nothing real can be paid."""
        return self.config.espay.environment == "practice"


def choose(options: Namespace) -> Choice:
    """Find the configuration that a command is about.

    Practice takes the shop's own settings where there are any, and needs none.

    Raises:
        Refusal: There is no configuration, or something is wrong in it (``ConfigProblem``).
    """
    file = settings.find(options.config)
    if options.practice:
        known = options.config is not None or file.exists()
        config = settings.load(file).in_practice() if known else Config()
        return Choice(config, file, "cashier practice")
    if options.config is None and not file.exists():
        raise Refusal("cli.no_config", file=str(file))
    command = "cashier" if options.config is None else f"cashier --config {file}"
    return Choice(settings.load(file), file, command)


@asynccontextmanager
async def open_desk(chosen: Choice) -> AsyncIterator[Desk]:
    """Put the till together, recover what a dead session left, and close it all afterwards."""
    config, clock = chosen.config, SystemClock()
    async with AsyncExitStack() as stack:
        line = stack.enter_context(line_of(chosen))
        catalogue = catalogue_of(config)
        shop = line.settings(config)
        journal = await Journal.open(
            config.journal_path,
            environment=config.espay.environment,
            clock=clock,
            backup_dir=config.backup_dir,
            anchor_dir=config.anchor_dir,
            bill_key_print=shop.bill_key_print,
        )
        till = Till(shop, journal, catalogue, line.connector(clock), clock)
        await stack.enter_async_context(till)
        desk = Desk(config, till, chosen.command)
        _greet(desk, chosen.is_practice)
        yield desk


@contextmanager
def line_of(chosen: Choice) -> Iterator[Line]:
    """The Espay of a command; the practice one is let go again at the end."""
    if not chosen.is_practice:
        yield real_line(chosen.config, chosen.file)
        return
    line, release = practice_line(chosen.config.espay.mode)
    try:
        yield line
    finally:
        release()


def catalogue_of(config: Config) -> Catalogue:
    """What this shop can sell: built in, from its own folder, and from its configuration."""
    return load_catalogue(settings.config_folder() / "catalogue", config.product)


@asynccontextmanager
async def stopping_on_signals() -> AsyncIterator[asyncio.Event]:
    """Turn hang-up, termination and interruption into an event instead of a sudden end.

    A payment that was sent is finished and journalled whatever happens to the terminal.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


def _greet(desk: Desk, is_practice: bool) -> None:
    if is_practice:
        complain(say(desk.language, "cli.practice_banner"))
    for payment in desk.till.recovered:
        state = state_sentence(desk.language, payment, desk.command)
        complain(say(desk.language, "cli.recovered", payment=payment.receipt_no, state=state))
