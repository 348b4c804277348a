"""Folders of its own for each test, as for the commands."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test folders of its own in place of the user's."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("CASHIER_CONFIG", "NO_COLOR", "STY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path
