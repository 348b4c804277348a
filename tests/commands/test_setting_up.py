"""``init`` and ``check``: from nothing to a shop that may open."""

import io
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from cashier import config as settings
from cashier.commands.setting_up import QUESTIONS
from cashier.credentials import load_secrets
from tests.commands.conftest import CommandLine, write_config
from tests.support.sandbox import RunningSandbox

ANSWERS = {
    "name": "TOKO MAJU",
    "environment": "sandbox",
    "sender_id": "MADEUPSENDER",
    "mode": "invoicing",
    "username": "made-up-user",
    "password": "made-up-canary-1",
    "form_password": "made-up-canary-2",
    "key": "made-up-canary-3",
}


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A shop without any configuration, and with no Espay behind the names it asks for."""
    return CommandLine(tmp_path / "shop" / "config.toml", capsys)


def answer(monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    """Type the answers, as from a pipe."""
    answers = {**ANSWERS, **changed}
    lines = "".join(f"{answers[question.name]}\n" for question in QUESTIONS)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))


def test_init_writes_what_loads_back_and_keeps_the_secrets_to_its_owner(
    empty: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch)
    monkeypatch.setattr("cashier.commands.setting_up.check", lambda _: 0)
    ran = empty("init")
    assert ran.code == 0, ran.err
    config = settings.load(empty.config)
    assert config.shop.name == "TOKO MAJU"
    assert config.espay.sender_id == "MADEUPSENDER"
    assert config.espay.mode == "invoicing"
    secrets = load_secrets(config, empty.config)
    assert secrets.key.get_secret_value() == "made-up-canary-3"
    assert len(secrets.bill_key.get_secret_value()) == 64
    for file in (empty.config, empty.config.with_name("secrets.toml")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "canary" not in empty.config.read_text()
    assert "canary" not in ran.out + ran.err


def test_init_never_overwrites(empty: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.config.parent.mkdir()
    empty.config.write_text("[shop]\n")
    answer(monkeypatch)
    ran = empty("init")
    assert ran.code == 1
    assert str(empty.config) in ran.err
    assert empty.config.read_text() == "[shop]\n"


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"sender_id": ""}, "harus diisi"), ({"environment": "moon"}, "environment")],
)
def test_init_writes_nothing_where_an_answer_is_wrong(
    empty: CommandLine, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], told: str
) -> None:
    answer(monkeypatch, **changed)
    ran = empty("init")
    assert ran.code == 1
    assert told in ran.err
    assert not empty.config.parent.exists()


def test_init_that_is_cut_short_writes_nothing(
    empty: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("TOKO MAJU\n"))
    ran = empty("init")
    assert ran.code == 1
    assert not empty.config.parent.exists()


def test_check_tells_a_line_for_each_part_of_a_shop_in_order(cashier: CommandLine) -> None:
    cashier("inquire", "SVHTS50", "081218816222")
    ran = cashier("check")
    assert ran.code == 0, ran.out
    assert len(ran.out.splitlines()) == 7
    assert "BERMASALAH" not in ran.out


def test_f71_check_tells_of_the_last_backup_and_of_payments_that_are_in_none(
    cashier: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cadangan    belum ada" in cashier("check").out
    cashier("pay", cashier.quote("SVHTS50", "081218816222")["quote"], "--cash", "100000")
    assert "cadangan    belum ada" in cashier("check").out
    monkeypatch.setattr("cashier.commands.checking._UNSAVED_MS", -1)
    ran = cashier("check")
    assert ran.code == 1
    assert "cadangan: BERMASALAH" in ran.out
    assert f"Jalankan cashier --config {cashier.config} journal backup" in ran.out
    assert cashier("journal", "backup").code == 0
    ran = cashier("check")
    assert ran.code == 0
    assert "cadangan    baik: terakhir" in ran.out


def test_check_names_what_is_not_in_order(
    tmp_path: Path, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    printer = {"kind": "file", "folder": str(tmp_path / "nowhere")}
    config = write_config(tmp_path, sandbox, printer=printer)
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(secrets.read_text().replace(sandbox.password, "made-up-and-wrong"))
    ran = CommandLine(config, capsys)("check")
    assert ran.code == 1
    wrong = [line for line in ran.out.splitlines() if "BERMASALAH" in line]
    assert len(wrong) == 2
    assert str(tmp_path / "nowhere") in wrong[0]
    assert "kata sandi" in wrong[1]


def test_s37_check_sounds_the_alarm_before_the_disk_is_full(
    cashier: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cashier("inquire", "SVHTS50", "081218816222")
    usage = SimpleNamespace(total=10**9, used=10**9 - 10**6, free=10**6)
    monkeypatch.setattr("cashier.commands.checking.shutil.disk_usage", lambda _: usage)
    ran = cashier("check")
    assert ran.code == 1
    assert "tinggal 1 MB" in ran.out


@pytest.mark.parametrize(
    "printer",
    [
        {"kind": "network", "host": "127.0.0.1", "port": 1},
        {"kind": "serial", "device": "/nowhere/tty"},
        {"kind": "usb", "vendor": 0xFFFE, "product": 0xFFFE},
    ],
)
def test_check_misses_a_printer_that_is_not_there(
    tmp_path: Path,
    sandbox: RunningSandbox,
    capsys: pytest.CaptureFixture[str],
    printer: dict[str, object],
) -> None:
    ran = CommandLine(write_config(tmp_path, sandbox, printer=printer), capsys)("check")
    assert ran.code == 1
    assert "printer: BERMASALAH" in ran.out
