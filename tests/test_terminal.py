"""The environment before Textual is imported (attacks S31; performance.md 5)."""

import subprocess
import sys

import pytest

from cashier.terminal import (
    OWN,
    prepare,
    theme_for,
    till_environment,
    without_python_variables,
)

HOSTILE = {
    "TEXTUAL": "debug,devtools",
    "TEXTUAL_DRIVER": "os:system",
    "TEXTUAL_PRESS": "f9,enter",
    "TEXTUAL_LOG": "/tmp/of-the-attacker",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_SCREENSHOT_LOCATION": "/tmp",
    "TEXTUAL_ALLOW_SIGNALS": "1",
    "TEXTUAL_ANIMATIONS": "full",
    "TEXTUAL_NOT_YET_INVENTED": "1",
}


def test_s31_nothing_of_textual_comes_from_outside() -> None:
    clean = till_environment({**HOSTILE, "HOME": "/home/kasir"})
    assert {name: value for name, value in clean.items() if "TEXTUAL" in name} == OWN
    assert clean["HOME"] == "/home/kasir"


def test_s31_textual_sees_none_of_it() -> None:
    code = (
        "import os; from cashier.terminal import prepare; prepare(os.environ)\n"
        "from textual import constants as it\n"
        "print(it.DRIVER, repr(it.PRESS), it.LOG_FILE, it.SCREENSHOT_DELAY, it.TEXTUAL_ANIMATIONS)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=HOSTILE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout.split() == ["None", "''", "None", "-1", "none"]


def test_what_was_prepared_stays_as_it_is() -> None:
    environment = {**HOSTILE, "TERM": "xterm-256color", "COLUMNS": "80"}
    prepare(environment)
    once = dict(environment)
    prepare(environment)
    assert environment == once == {"TERM": "xterm-256color", **OWN}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"TERM": "screen.xterm-256color", "STY": "1.pts"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux"}, True),
        ({"TERM": "xterm-256color", "STY": "1.pts"}, True),
    ],
    ids=["screen", "tmux", "a terminal opened from screen"],
)
def test_24_bit_colours_are_not_promised_inside_gnu_screen(
    given: dict[str, str], kept: bool
) -> None:
    clean = till_environment({**given, "COLORTERM": "truecolor"})
    assert ("COLORTERM" in clean) is kept


@pytest.mark.parametrize(
    ("given", "theme"),
    [
        ({"TERM": "xterm-256color"}, "shop"),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "monochrome"),
        ({"TERM": "linux", "NO_COLOR": "1"}, "monochrome"),
        ({"TERM": "xterm", "NO_COLOR": ""}, "shop"),
    ],
)
def test_the_terminal_and_the_operator_have_a_say_in_the_theme(
    given: dict[str, str], theme: str
) -> None:
    assert theme_for(given, "shop") == theme


def test_s31_what_tells_python_how_to_run_is_left_out_and_the_rest_is_not() -> None:
    harmless = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "TERM": "xterm", "HOME": "/home/a"}
    hostile = {"PYTHONINSPECT": "1", "PYTHONSTARTUP": "/tmp/a.py", "PYTHONPATH": "/tmp"}
    assert without_python_variables({**harmless, **hostile}) == harmless
