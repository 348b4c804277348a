"""The command line: what can be asked for, and which command answers.

Only ``argparse`` and the words of the help are loaded here; each command loads what it needs
when it is chosen. ``cashier --version`` loads not even those, so that it is as quick as Python.
"""

import os
import resource
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from cashier import __version__

if TYPE_CHECKING:
    from argparse import Namespace

BROKEN: Final = 1
"""Exit code of a command that a defect of the program ended."""

_PRACTICE: Final = "practice"

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
    if given in ([], [_PRACTICE]):
        return _run(_the_till(practice=bool(given)))
    # Loaded here and not above: `--version` is asked by scripts, often.
    from cashier.commands.words import parse  # noqa: PLC0415

    return _run(parse(given))


def _the_till(*, practice: bool) -> "Namespace":
    """Give what the words of ``cashier`` alone mean, without building the whole help for it."""
    # All that a command asks of its words are these names, and argparse costs the start 4 ms.
    return cast("Namespace", SimpleNamespace(config=None, practice=practice, run="till:till"))


def _write_no_core() -> None:
    """Set the limit of core files to zero for this process and its children (S34).

    It costs nothing, and is done before anything is read that no file may hold.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _run(options: "Namespace") -> int:
    _write_no_core()
    module, _, function = str(options.run).partition(":")
    decided = function == "pay"
    try:
        command: Callable[[Namespace], int] = getattr(
            import_module(f"cashier.commands.{module}"), function
        )
        code = command(options)
    except BrokenPipeError:
        code = BROKEN
    except Exception as error:  # noqa: BLE001 - a defect: told with a number, never with values
        # Loaded here and not above: only who has an incident needs it.
        from cashier.commands.incident import report  # noqa: PLC0415

        report(error, _called(options))
        code = UNCERTAIN if decided else BROKEN
    return code if _flushed() or decided else BROKEN


def _called(options: "Namespace") -> str:
    """Tell how the same shop is called again."""
    if options.practice:
        return f"cashier {_PRACTICE}"
    return "cashier" if options.config is None else f"cashier --config {options.config}"


def _flushed() -> bool:
    """Hand over what was printed; tell whether anybody took it.

    Python would otherwise try again at its end, and change the exit code when that fails.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - to the end
        return False
    return True
