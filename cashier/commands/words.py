"""The words of the command line, as data: each command, its arguments, and who answers it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cashier import __version__
from cashier.language import say
from cashier.money import NotMoney, Rupiah

_LAST_PORT: Final = 65535

PRACTICE: Final = "practice"
"""The word before a command that runs it against the practice Espay."""


def amount(text: str) -> Rupiah:
    """Read an amount from the command line, whole rupiah.

    Raises:
        argparse.ArgumentTypeError: It is none; argparse ends with exit code 2.
    """
    try:
        return Rupiah.typed(text)
    except NotMoney:
        raise argparse.ArgumentTypeError(say("id", "cli.bad_amount", text=text)) from None


def port(text: str) -> int:
    """Read a port from the command line.

    Raises:
        argparse.ArgumentTypeError: It is none; argparse ends with exit code 2.
    """
    if text.isascii() and text.isdigit() and int(text) <= _LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(say("id", "cli.bad_port", text=text))


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; its help is ``cli.<help>``."""

    name: str
    help: str
    metavar: str | None = None
    kind: Callable[[str], object] = str
    flag: bool = False
    required: bool = False
    choices: tuple[str, ...] | None = None
    default: str | int | None = None
    optional: bool = False
    """Whether a positional argument may be left out."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command; ``run`` is ``module:function`` below ``cashier.commands``."""

    name: str
    run: str
    arguments: tuple[Argument, ...] = ()
    commands: "tuple[Command, ...]" = ()


_JSON: Final = Argument("--json", "json", flag=True)
_PAYMENT: Final = Argument("payment", "payment", "PAYMENT")

COMMANDS: Final = (
    Command("sandbox", "sandbox:sandbox", (
        Argument("--port", "port", "PORT", port, default=0),
        Argument("--mode", "mode", choices=("deposit", "invoicing"), default="deposit"),
        Argument("--numbers", "numbers", flag=True),
        Argument("--ledger", "ledger", flag=True),
    )),
    Command("init", "setting_up:init"),
    Command("check", "checking:check"),
    Command("inquire", "selling:inquire", (
        Argument("product", "product", "PRODUCT"),
        Argument("number", "number", "NUMBER"),
        Argument("--amount", "amount", "RUPIAH", amount),
        _JSON,
    )),
    Command("pay", "selling:pay", (
        Argument("quote", "quote", "QUOTE"),
        Argument("--cash", "cash", "RUPIAH", amount, required=True),
        Argument("--number", "card", "NUMBER"),
        Argument("--again", "again", "N", int),
        Argument("--no-wait", "no_wait", flag=True),
        _JSON,
    )),
    Command("open", "following:show_open", (_JSON,)),
    Command("settle", "following:settle", (
        Argument("payment", "settle_payment", "PAYMENT", optional=True),
        _JSON,
    )),
    Command("returned", "following:returned", (_PAYMENT, _JSON)),
    Command("hints", "supervising:hints", (_PAYMENT, _JSON)),
    Command("recheck", "supervising:recheck", (_PAYMENT, _JSON)),
    Command("escalate", "supervising:escalate", (
        _PAYMENT,
        Argument("--by", "by", "NAME"),
        _JSON,
    )),
    Command("resolve", "supervising:resolve", (
        _PAYMENT,
        Argument(
            "--outcome", "outcome", choices=("paid", "unpaid", "refunded"), required=True
        ),
        Argument("--document", "document", "NO", required=True),
        Argument("--by", "resolve_by", "NAME", required=True),
        Argument("--second", "second", "NAME", required=True),
        Argument("--token", "resolve_token", "TOKEN"),
        _JSON,
    )),
    Command("resume", "supervising:resume", (
        Argument("--by", "resume_by", "NAME", required=True),
        Argument("--reason", "resume_reason", "TEXT", required=True),
    )),
    Command("clock", "supervising:clock", (
        Argument("--by", "clock_by", "NAME", required=True),
        Argument("--reason", "clock_reason", "TEXT", required=True),
    )),
    Command("struk", "struk:struk", (
        _PAYMENT,
        Argument("--columns", "columns", "N", int),
    )),
    Command("journal", "journal:usage", commands=(
        Command("verify", "journal:verify"),
        Command("backup", "journal:backup"),
        Command("export", "journal:export", (
            Argument("file", "export_file", "FILE", Path),
            Argument("--format", "export_format", choices=("jsonl", "csv"), default="jsonl"),
        )),
        Command("show", "journal:show", (_PAYMENT,)),
        Command("pack", "supervising:evidence", (
            _PAYMENT,
            Argument("--masked", "masked", flag=True),
        )),
        Command("restore", "journal:restore", (
            Argument("backup", "restore_backup", "BACKUP", Path, optional=True),
        )),
        Command("accept", "journal:accept", (
            Argument("--by", "accept_by", "NAME", required=True),
            Argument("--reason", "accept_reason", "TEXT", required=True),
        )),
    )),
)  # fmt: skip


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the words of the command line.

    ``practice`` before a command sets ``practice``; usage errors exit with 2.
    """
    parser = argparse.ArgumentParser(
        prog="cashier",
        description=say("id", "cli.about"),
        epilog=say("id", "cli.epilog"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cashier {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help=say("id", "cli.config"))
    parser.set_defaults(practice=False, run="till:till")
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_all(commands, COMMANDS)
    practice = commands.add_parser(PRACTICE, help=say("id", "cli.practice"))
    practice.set_defaults(practice=True, run="till:till")
    _add_all(practice.add_subparsers(metavar="COMMAND"), COMMANDS)
    return parser.parse_args(list(words))


def _add_all(
    place: "argparse._SubParsersAction[argparse.ArgumentParser]", commands: Sequence[Command]
) -> None:
    for command in commands:
        sentence = say("id", f"cli.{command.name}")
        parser = place.add_parser(
            command.name, help=sentence, description=sentence, allow_abbrev=False
        )
        parser.set_defaults(run=command.run)
        for argument in command.arguments:
            _add(parser, argument)
        if command.commands:
            _add_all(parser.add_subparsers(metavar="COMMAND"), command.commands)


def _add(parser: argparse.ArgumentParser, argument: Argument) -> None:
    sentence = say("id", f"cli.{argument.help}")
    if argument.flag:
        parser.add_argument(argument.name, action="store_true", help=sentence)
    elif not argument.name.startswith("-"):
        parser.add_argument(
            argument.name,
            metavar=argument.metavar,
            type=argument.kind,
            nargs="?" if argument.optional else None,
            help=sentence,
        )
    else:
        parser.add_argument(
            argument.name,
            metavar=argument.metavar,
            type=argument.kind,
            required=argument.required,
            choices=argument.choices,
            default=argument.default,
            help=sentence,
        )
