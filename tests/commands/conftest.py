"""A configured shop at a practice Espay, and the command line run in this process."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from cashier.cli import main
from tests.support.clock_of_day import DaytimeClock
from tests.support.sandbox import RunningSandbox, running_sandbox

BANNERS = ("LATIHAN:", "PRACTICE:", "UJI COBA:", "TEST:")


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """What was told beside the result, without the banner that nothing real is paid."""
        return [line for line in self.err.splitlines() if not line.startswith(BANNERS)]

    @property
    def json(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """The command ``cashier`` of one shop."""

    config: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ran:
        """Run a command as the shop's owner would."""
        return self.run("--config", str(self.config), *words)

    def run(self, *words: str) -> Ran:
        """Run a command exactly as written."""
        self.capture.readouterr()
        try:
            code = main(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        printed = self.capture.readouterr()
        return Ran(code, printed.out, printed.err)

    def apart(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a command in a process of its own, at the machine's own time of day."""
        return subprocess.Popen(
            [sys.executable, "-m", "cashier", "--config", str(self.config), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def paying_apart(self, number: str) -> "subprocess.Popen[bytes]":
        """Inquire about an internet bill, and start paying it, each in a process of its own."""
        with self.apart("inquire", "SINCBN", number, "--amount", "50000", "--json") as asking:
            quote = json.loads(asking.communicate(timeout=30)[0])
        return self.apart("pay", quote["quote"], "--cash", "50000", "--json")

    def quote(self, *words: str) -> Any:
        """Inquire; give the quote."""
        ran = self("inquire", *words, "--json")
        assert ran.code == 0, ran.err
        return ran.json


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test folders of its own in place of the user's."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("CASHIER_CONFIG", raising=False)
    for module in ("desk", "journal"):
        monkeypatch.setattr(f"cashier.commands.{module}.SystemClock", DaytimeClock)
    return tmp_path


def write_config(
    folder: Path, sandbox: RunningSandbox, mode: str = "deposit", **more: object
) -> Path:
    """Write a shop's configuration and secrets for a practice Espay."""
    secrets = folder / "secrets.toml"
    values = {
        "username": sandbox.username,
        "password": sandbox.password,
        "form_password": sandbox.form_password,
        "key": sandbox.key,
        "bill_key": hashlib.sha256(b"a shop of the tests").hexdigest(),
    }
    write_private(secrets, values)
    espay = {
        "environment": "sandbox",
        "base_url": sandbox.base_url,
        "sender_id": sandbox.sender_id,
        "mode": mode,
        "secrets_file": str(secrets),
    }
    config = folder / "config.toml"
    write_private(config, {"shop": {"name": "TOKO UJI"}, "espay": espay, **more})
    return config


def write_private(file: Path, values: dict[str, object] | dict[str, str]) -> None:
    """Write a TOML file that only its owner can read."""
    file.touch(mode=0o600)
    file.write_text(tomli_w.dumps(values))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path) as running:
        yield running


@pytest.fixture
def cashier(
    tmp_path: Path, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return CommandLine(write_config(tmp_path, sandbox), capsys)
