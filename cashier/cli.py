"""The command line: what can be asked for, and which command answers.

Only ``argparse`` and the words of the help are loaded here; each command loads what it needs
when it is chosen. ``cashier --version`` loads not even those, so that it is as quick as Python.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from cashier import __version__

if TYPE_CHECKING:
    from argparse import Namespace

BROKEN: Final = 1
"""Exit code of a command that a defect of the program ended."""

UNCERTAIN: Final = 3
"""Exit code of a payment that nothing certain can be said about (DESIGN 8)."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code (DESIGN 8).

    Usage errors end the program with exit code 2, as argparse does.
    """
    given = list(sys.argv[1:] if words is None else words)
    if given == ["--version"]:
        print(f"cashier {__version__}")
        return 0
    # Loaded here and not above: `--version` is asked by scripts, often.
    from cashier.commands.words import parse  # noqa: PLC0415

    return _run(parse(given))


def _run(options: "Namespace") -> int:
    module, _, function = str(options.run).partition(":")
    try:
        command: Callable[[Namespace], int] = getattr(
            import_module(f"cashier.commands.{module}"), function
        )
        return command(options)
    except Exception as error:  # noqa: BLE001 - a defect: told with a number, never with values
        # Loaded here and not above: only who has an incident needs it.
        from cashier.commands.incident import report  # noqa: PLC0415

        report(error)
        return UNCERTAIN if function == "pay" else BROKEN
