"""What is loaded when the operator sees the first screen (DESIGN 10)."""

from pathlib import Path

import pytest

from tests.commands.conftest import write_config
from tests.support.sandbox import running_sandbox
from tests.terminal.pty_till import PtyTill

MOST_MODULES = 540
HEAVY = {
    "h11",
    "httpcore",
    "httpx",
    "starlette",
    "uvicorn",
    "cashier.espay.service",
    "cashier.screens.selling",
    "cashier.screens.struk",
    "cashier.sandbox.server",
}


@pytest.mark.parametrize("practice", [False, True], ids=["shop", "practice"])
def test_the_first_paint_needs_few_modules_and_nothing_heavy(
    tmp_path: Path, practice: bool
) -> None:
    modules = tmp_path / "modules"
    with running_sandbox(tmp_path) as sandbox:
        config = write_config(tmp_path, sandbox)
        words = ["practice"] if practice else ["--config", str(config)]
        to = {"MODULES_FILE": str(modules)}
        with PtyTill.python("tests.terminal.first_paint", *words, environment=to) as till:
            code = till.wait_end()
    assert code == 0, till.plain
    told = modules.read_text(encoding="utf-8").split()
    loaded = [name for name in told if name.split(".")[0] != "tests"]
    assert not HEAVY & set(loaded)
    assert not [name for name in loaded if name.startswith("cashier.receipt.")]
    assert len(loaded) <= MOST_MODULES
