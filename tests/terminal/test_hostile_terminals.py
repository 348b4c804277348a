"""What a terminal, its keys and its environment may try on the actual till (attacks.md)."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from textual import constants

from tests.commands.conftest import write_config
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.terminal.practice import FIRST_SCREEN
from tests.terminal.pty_till import PtyTill

LEAVE: Final = "\x11"
SUSPEND, PALETTE = "\x1a", "\x10"
RESIZES: Final = 2_000
MOUSE: Final = re.compile(rb"\x1b\[\?(9|1000|1002|1003|1005|1006|1015|1016)h")
COLOUR: Final = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """The configuration of a shop whose practice Espay runs in this process."""
    with running_sandbox(tmp_path) as sandbox:
        yield configured(tmp_path, sandbox)


def configured(folder: Path, sandbox: RunningSandbox) -> Path:
    return write_config(folder, sandbox)


def leave(till: PtyTill) -> None:
    """Leave by the keys of an operator."""
    till.press(LEAVE)
    till.wait_for("Keluar dari kasir?")
    till.press("y")
    assert till.wait_end() == 0, till.plain[-2000:]


def children(process: int) -> list[str]:
    """The processes that a process started and that still run."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [child for one in lists for child in one.read_text(encoding="ascii").split()]


def test_s29_ctrl_z_gives_no_shell_and_nothing_is_executed(shop: Path, tmp_path: Path) -> None:
    trace = tmp_path / "execve"
    words = [sys.executable, "-m", "cashier", "--config", str(shop)]
    strace = shutil.which("strace")
    if strace:
        traced = ["-f", "--seccomp-bpf", "-qq", "-e", "trace=execve,execveat", "-o", str(trace)]
        words = [strace, *traced, *words]
    with PtyTill(words) as till:
        till.wait_for(FIRST_SCREEN)
        till.wait_for("Deposit Rp")
        for key in (SUSPEND, "!", "escape", "f2", "escape", "?"):
            till.press(key)
            till.until_quiet()
        till.wait_for("Alt+O")
        till.press("escape")
        till.wait_for(FIRST_SCREEN)
        if not strace:
            assert children(till.process.pid) == []
        leave(till)
    if strace:
        executed = trace.read_text(encoding="utf-8").splitlines()
        assert len(executed) == 1, executed


def test_s30_ctrl_p_opens_no_palette(shop: Path) -> None:
    with PtyTill.python("cashier", "--config", str(shop)) as till:
        till.wait_for(FIRST_SCREEN)
        till.wait_for("Deposit Rp")
        till.wait_for("Voucher Game")  # the end of what Espay sells this shop
        before = [row[:40] for row in till.rows]
        till.press(PALETTE)
        till.until_quiet()
        assert [row[:40] for row in till.rows] == before
        leave(till)


OF_TEXTUAL: Final = sorted(
    set(re.findall(r'"(TEXTUAL_?[A-Z_]*|ESCDELAY)"', Path(constants.__file__).read_text("utf-8")))
)
"""Each variable that Textual reads."""

HOSTILE_VALUES: Final = {
    "TEXTUAL_DRIVER": "os:abort",
    "TEXTUAL_PRESS": "ctrl+q,y",
    "TEXTUAL_LOG": "{folder}/written",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_SCREENSHOT_LOCATION": "{folder}",
    "TEXTUAL_SCREENSHOT_FILENAME": "written",
    "TEXTUAL_THEME": "textual-light",
    "TEXTUAL_FPS": "1",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL": "debug,devtools",
    "ESCDELAY": "1",
    "COLUMNS": "20",
    "LINES": "5",
}

OF_PYTHON: Final = {
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONBREAKPOINT": "os.abort",
    "PYTHONDEBUG": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONINSPECT": "1",
    "PYTHONSTARTUP": "{folder}/startup.py",
    "PYTHONWARNINGS": "default",
}


def test_s31_no_variable_of_textual_or_python_changes_the_till(shop: Path, tmp_path: Path) -> None:
    assert len(OF_TEXTUAL) > 10
    (tmp_path / "startup.py").write_text("print('A SHELL')", encoding="utf-8")
    values = {**dict.fromkeys(OF_TEXTUAL, "1"), **HOSTILE_VALUES, **OF_PYTHON}
    hostile = {name: value.format(folder=tmp_path) for name, value in values.items()}
    with PtyTill.python("cashier", "--config", str(shop), environment=hostile) as till:
        till.wait_for(FIRST_SCREEN)
        till.wait_for("Deposit Rp")
        till.runs_on(1.5)  # longer than a screenshot or a pressed key was told to wait
        assert FIRST_SCREEN in till.text
        till.press("f1")
        till.wait_for("Alt+O")
        till.press("escape")
        till.wait_for(FIRST_SCREEN)
        leave(till)
    assert not (tmp_path / "written").exists()
    assert "A SHELL" not in till.plain
    assert ">>>" not in till.plain


def test_s48_a_window_of_any_size_is_survived(shop: Path) -> None:
    with PtyTill.python("cashier", "--config", str(shop), columns=1, rows=1) as till:
        for columns, rows in ((1, 1), (2, 40), (200, 1), (59, 16), (500, 200)):
            till.resize(columns, rows)
        till.wait_for(FIRST_SCREEN)
        till.resize(40, 10)
        till.wait_for("Layar terlalu kecil")
        till.resize(80, 24)
        till.wait_for(FIRST_SCREEN)
        leave(till)


def test_s48_thousands_of_resizes_are_survived(shop: Path) -> None:
    with PtyTill.python("cashier", "--config", str(shop)) as till:
        till.wait_for(FIRST_SCREEN)
        for at in range(RESIZES):
            till.resize(1 + at * 7 % 200, 1 + at * 3 % 60)
            till.read(0)
        till.resize(80, 24)
        till.until_quiet(0.3)
        till.wait_for(FIRST_SCREEN)
        leave(till)


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "linux"}, {"NO_COLOR": "1"}, {"TERM": "vt100"}],
    ids=lambda each: "=".join(next(iter(each.items()))),
)
def test_s48_a_terminal_without_talents_shows_the_same_words(
    shop: Path, environment: dict[str, str]
) -> None:
    given = {"COLORTERM": "", **environment}
    with PtyTill.python("cashier", "--config", str(shop), environment=given) as till:
        till.wait_for(FIRST_SCREEN)
        till.wait_for("Deposit Rp")
        assert not MOUSE.search(till.stream)
        leave(till)
