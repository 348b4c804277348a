"""Secrets of a shop are in no argument, environment, file, output or traceback (S01 to S06)."""

import ast
import base64
import json
import stat
from pathlib import Path
from urllib.parse import quote

import pytest

import cashier as package
from cashier.commands import selling
from tests.commands.conftest import CommandLine, write_config
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, magic_number

DIRECT = ("SINCBN", "4333333333")


def canaries(sandbox: RunningSandbox) -> tuple[str, ...]:
    """The secrets of the shop."""
    key = next(
        line.split('"')[1]
        for line in (sandbox.settings.ledger.parent / "secrets.toml").read_text().splitlines()
        if line.startswith("bill_key")
    )
    return (sandbox.password, sandbox.form_password, sandbox.key, key)


def spellings(secret: str, user: str) -> set[bytes]:
    """A secret as it might be written by accident."""
    half = len(secret) // 2
    texts = {
        secret,
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"{user}:{secret}".encode()).decode(),
        quote(secret, safe=""),
        secret.encode().hex(),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        secret[half:] + secret[:half],
        secret[::-1],
    }
    return {text.encode() for text in texts}


def assert_unwritten(sandbox: RunningSandbox, what: str, data: bytes) -> None:
    for secret in canaries(sandbox):
        for spelling in spellings(secret, sandbox.username):
            assert spelling not in data, what


def kept_files(folder: Path) -> list[Path]:
    """Everything below a folder but the file that is meant to hold the secrets."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if path.name != "secrets.toml"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_s01_a_secrets_file_that_others_can_read_stops_the_till(
    cashier: CommandLine, sandbox: RunningSandbox, mode: int
) -> None:
    secrets = cashier.config.with_name("secrets.toml")
    secrets.chmod(mode)
    ran = cashier("inquire", *DIRECT, "--amount", "50000")
    assert ran.code == 1
    assert str(secrets) in ran.err
    assert_unwritten(sandbox, "output", (ran.out + ran.err).encode())


def test_s02_no_secret_is_in_arguments_or_environment_of_a_till_at_work(
    cashier: CommandLine, sandbox: RunningSandbox
) -> None:
    number = magic_number("hang_booked", DIRECT[1])
    with cashier.paying_apart(number) as till:
        wait_for_booking(sandbox, till)
        for name in ("cmdline", "environ"):
            try:
                data = Path(f"/proc/{till.pid}/{name}").read_bytes()
            except PermissionError:  # only root may look into a till that holds secrets (S34)
                assert name == "environ"
                continue
            assert data
            assert_unwritten(sandbox, name, data)
        till.kill()


def test_s02_no_word_of_the_command_line_takes_a_secret(cashier: CommandLine) -> None:
    for secret in ("--password", "--key", "--form-password", "--username"):
        assert cashier(secret, "x", "check").code == 2


def test_s02_a_secret_in_the_environment_is_not_a_source(
    tmp_path: Path,
    sandbox: RunningSandbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = write_config(tmp_path, sandbox)
    (tmp_path / "secrets.toml").unlink()
    for name in ("PASSWORD", "KEY", "FORM_PASSWORD", "USERNAME"):
        monkeypatch.setenv(f"CASHIER_{name}", "made-up")
        monkeypatch.setenv(f"ESPAY_{name}", "made-up")
    ran = CommandLine(config, capsys)("check")
    assert ran.code == 1


def test_s03_no_secret_is_in_any_file_or_output_of_a_day_with_every_kind_of_end(
    cashier: CommandLine, sandbox: RunningSandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_LOG", str(home / "textual.log"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(home / "keys.log"))
    outputs = []
    troubles = ("fine", "http_401", "http_500", "html_200", "reset_booked", "redirect_307",
                "in_process_paid", "balance_too_low", "other_uuid", "body_big")  # fmt: skip
    for trouble in troubles:
        number = magic_number(trouble, DIRECT[1])
        asked = cashier("inquire", DIRECT[0], number, "--amount", "50000", "--json")
        outputs.append(asked)
        words = [asked.json["quote"], "--cash", "50000", "--no-wait", "--json"]
        outputs.append(cashier("pay", *words))
    outputs += [cashier("settle"), cashier("open"), cashier("check"), cashier("journal", "backup")]
    outputs.append(cashier("journal", "export", str(home / "all.jsonl")))
    outputs += [cashier("journal", "show", str(number)) for number in range(1, len(troubles) + 1)]
    for ran in outputs:
        assert_unwritten(sandbox, "output", (ran.out + ran.err).encode())
    files = kept_files(home)
    assert len(files) > 5
    for file in files:
        assert_unwritten(sandbox, str(file), file.read_bytes())


def test_s04_a_defect_is_told_with_a_number_and_without_what_it_knew(
    cashier: CommandLine, sandbox: RunningSandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = sandbox.key

    async def defective(*_: object) -> int:
        local = secret
        raise RuntimeError(f"something about {local}")

    monkeypatch.setattr(selling, "_pay", defective)
    ran = cashier("pay", "zzzzzzzz", "--cash", "50000")
    assert ran.code == 3
    assert "Traceback" not in ran.err
    (incident,) = (home / "state" / "cashier" / "incidents").iterdir()
    assert incident.stem in ran.err
    assert stat.S_IMODE(incident.stat().st_mode) == 0o600
    kept = incident.read_text()
    assert "RuntimeError" in kept
    assert "defective" in kept
    assert_unwritten(sandbox, "incident", kept.encode() + ran.err.encode())
    monkeypatch.setattr(selling, "_inquire", defective)
    assert cashier("inquire", *DIRECT).code == 1


PLACES = {
    "cashier.commands.desk.Journal.open": ["open"],
    "cashier.commands.choice.load_catalogue": ["open"],
    "cashier.commands.line.real_line": ["open"],
    "cashier.till.till.recover": ["open"],
    "cashier.till.till.inquire": ["inquire", *DIRECT, "--amount", "50000"],
    "cashier.till.till.Till.quote": ["pay", "zzzzzzzz", "--cash", "50000"],
    "cashier.till.till.Till.follow_ups": ["open"],
    "cashier.till.till.Till.settle": ["settle"],
    "cashier.till.till.Till.payment": ["returned", "1"],
    "cashier.till.till.Till.drain": ["open"],
    "cashier.espay.service.EspayService.inquire": ["inquire", "SVHTS50", "081218816222"],
    "cashier.espay.service.EspayService.balance": ["inquire", "SVHTS50", "081218816222"],
    "cashier.commands.journal.verify_journal": ["journal", "verify"],
    "cashier.commands.journal.make_backup": ["journal", "backup"],
    "cashier.commands.checking.verify": ["check"],
}


@pytest.mark.parametrize("place", PLACES)
def test_s04_a_defect_anywhere_shows_and_keeps_nothing_that_it_knew(
    cashier: CommandLine,
    sandbox: RunningSandbox,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    assert cashier("inquire", "SVHTS50", "081218816222").code == 0

    def defective(*_: object, **__: object) -> None:
        local = sandbox.password
        raise RuntimeError(f"something about {local}")

    monkeypatch.setattr(place, defective)
    ran = cashier(*PLACES[place])
    assert ran.code in (1, 3)
    assert "Traceback" not in ran.err
    assert_unwritten(sandbox, "output", (ran.out + ran.err).encode())
    for file in kept_files(home):
        assert_unwritten(sandbox, str(file), file.read_bytes())


def test_s47_no_debugger_and_no_dump_of_frames_is_in_the_program() -> None:
    forbidden = {"pdb", "code", "faulthandler", "bdb", "rlcompleter", "cgitb"}
    for file in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert not forbidden & {name.name for name in node.names}, file
            if isinstance(node, ast.ImportFrom):
                assert node.module not in forbidden, file
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "breakpoint", file
