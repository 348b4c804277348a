"""Every test of a fault gets a stage, and ends with the invariants of payment-states.md."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashier.sandbox.settings import Pace
from tests.faults.stage import Stage
from tests.support.clock import ManualClock
from tests.support.sandbox import running_sandbox

PACE = Pace(drip_s=0.01, slow_s=0.2)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test folders of its own in place of the user's."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("CASHIER_CONFIG", "NO_COLOR", "STY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = ManualClock()
    (tmp_path / "espay").mkdir()
    with running_sandbox(tmp_path / "espay", clock=clock, pace=PACE) as sandbox:
        stage = Stage(tmp_path / "shop", sandbox, clock)
        yield stage
        stage.check()
