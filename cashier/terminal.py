"""What has to be true of the environment before Textual is imported, since it reads it once.

Textual takes a driver class, key presses, log files and more from variables of its own
(``attacks.md S31``); what is left of them are the ones set here.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Final

OWN: Final[Mapping[str, str]] = {
    # Scrolling and switches would send frame after frame over the link (performance.md 2).
    "TEXTUAL_ANIMATIONS": "none",
    # One language of keys on every terminal; some that speak the new one lose a space or a
    # composed letter (performance.md 5, keyboard protocol).
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
}
"""The variables of Textual that the till sets."""

CONSOLE_THEME: Final = "ansi-dark"
"""Textual's own theme of the terminal's 16 colours, for the Linux console."""

MONOCHROME_THEME: Final = "monochrome"

# A fixed size hides every change of the window, and a short delay splits a key from its sequence.
_UNWANTED: Final = frozenset({"COLUMNS", "LINES", "ESCDELAY", "NO_COLOR", "TEXTUAL"})


def till_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Give the environment in which Textual may be imported.

    ``NO_COLOR`` is left out because Textual would only turn colours into greys; ``theme_for``
    heeds it with a theme that is made for it.
    """
    kept = {name: value for name, value in given.items() if not _is_unwanted(name)}
    if in_gnu_screen(given):
        # Screen 4 reads 24-bit colours as single codes (performance.md 5).
        kept.pop("COLORTERM", None)
    return {**kept, **OWN}


def prepare(environment: MutableMapping[str, str]) -> None:
    """Make an environment, usually ``os.environ``, the one in which Textual may be imported."""
    wanted = till_environment(environment)
    for name in set(environment) - set(wanted):
        del environment[name]
    environment.update(wanted)


def theme_for(given: Mapping[str, str], configured: str) -> str:
    """Choose the theme: what the terminal can show, or the operator asks for, over the shop's.

    Args:
        given: The environment as the till was started with, before ``prepare``.
        configured: ``ui.theme`` of the configuration.
    """
    if given.get("NO_COLOR"):
        return MONOCHROME_THEME
    if given.get("TERM") == "linux":
        return CONSOLE_THEME
    return configured


def in_gnu_screen(given: Mapping[str, str]) -> bool:
    """Whether the terminal is a window of GNU screen; tmux names itself screen too."""
    return given.get("TERM", "").startswith("screen") and "STY" in given


def _is_unwanted(name: str) -> bool:
    return name in _UNWANTED or name.startswith("TEXTUAL_")


_HARMLESS: Final = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONPYCACHEPREFIX",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
    }
)


def without_python_variables(given: Mapping[str, str]) -> dict[str, str]:
    """Give the environment without what changes how Python itself runs.

    ``PYTHONINSPECT`` alone ends a till at a Python prompt, which is a shell
    (``attacks.md S29``, ``S31``).
    """
    return {
        name: value
        for name, value in given.items()
        if not name.startswith("PYTHON") or name in _HARMLESS
    }


def restart_without_python_variables(given: Mapping[str, str]) -> None:
    """Begin this program once more, where Python was told by variables how to run it.

    It is too late to take them away: Python read them at its start. Does not return then.
    """
    kept = without_python_variables(given)
    if kept != dict(given) and not sys.flags.ignore_environment:
        python, *words = sys.orig_argv
        os.execve(sys.executable, [python, "-E", *words], kept)  # noqa: S606 - itself, no shell
