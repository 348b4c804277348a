"""The practice Espay as a process: shared by tills, found at once, and gone with the last one."""

import contextlib
import fcntl
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from cashier.language import Refusal
from cashier.sandbox import process
from cashier.sandbox.ledger import read_book
from cashier.sandbox.process import (
    LEDGER,
    LOG,
    STATE,
    PracticeServer,
    attach,
    practice_home,
    practice_ledger,
    running,
)
from tests.sandbox.asking import BALANCE, signature

LINGER_S = 0.2
TILL = """
import sys
from pathlib import Path
from cashier.sandbox.process import attach
server = attach(Path(sys.argv[1]), "deposit", 0.2)
print(server.pid, server.base_url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A practice folder; whatever server runs in it at the end is waited for, or ended."""
    yield tmp_path / "practice"
    for mode in ("deposit", "invoicing"):
        home = tmp_path / "practice" / mode
        if home.exists():
            wait_for_end(home)


def wait_for_end(home: Path) -> None:
    """Wait until no server has a folder: it holds its state and its ledger until it has gone."""
    for name in (STATE, LEDGER):
        with contextlib.suppress(FileNotFoundError), (home / name).open() as held:
            fcntl.flock(held, fcntl.LOCK_SH)


def balance(server: PracticeServer) -> object:
    """Ask the server something; proves that address and credentials are right."""
    fields = {"rq_uuid": "LATIHAN1", "sender_id": server.sender_id}
    form = {
        **fields,
        "rq_datetime": "2026-11-22 10:41:03",
        "password": server.form_password,
        "signature": signature([server.sender_id, fields["rq_uuid"], server.key]),
    }
    auth = (server.username, server.password)
    url = server.base_url + BALANCE
    answer = httpx.post(url, data=form, auth=auth, timeout=10, trust_env=False).json()
    assert answer["error_code"] == "0000"
    return answer["balance"]


def start_till(folder: Path) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", TILL, str(folder)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def server_of(till: "subprocess.Popen[str]") -> int:
    assert till.stdout is not None
    return int(till.stdout.readline().split()[0])


def test_it_starts_answers_and_ends_with_its_last_till(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    with attach(folder, "deposit", LINGER_S) as server:
        assert balance(server) == "100000000"
        state = running(home)
        assert state is not None
        assert state.pid == server.pid != os.getpid()
        assert os.getsid(server.pid) == server.pid
        assert server.ledger == practice_ledger(folder, "deposit")
        assert read_book(server.ledger).count("balance") == 1
    wait_for_end(home)
    with pytest.raises(httpx.ConnectError):
        balance(server)
    assert not (home / STATE).exists()
    assert (home / LOG).read_text() == ""


def test_files_and_folders_are_their_owners_alone(folder: Path) -> None:
    with attach(folder, "deposit", LINGER_S):
        home = practice_home(folder, "deposit")
        for path in (folder, home):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in home.iterdir())


def test_s02_secrets_are_neither_on_argv_nor_in_the_environment(folder: Path) -> None:
    with attach(folder, "deposit", LINGER_S) as server:
        seen = b"".join(
            Path(f"/proc/{server.pid}/{name}").read_bytes() for name in ("cmdline", "environ")
        )
        for secret in (server.password, server.form_password, server.key, server.username):
            assert secret.encode() not in seen
            assert secret not in server.ledger.read_text()
        assert server.password not in repr(server)
        assert server.key not in repr(running(practice_home(folder, "deposit")))


def test_each_server_has_credentials_of_its_own(folder: Path) -> None:
    with attach(folder, "deposit", LINGER_S) as first:
        pass
    wait_for_end(practice_home(folder, "deposit"))
    with attach(folder, "deposit", LINGER_S) as second:
        assert second.password != first.password
        assert second.key != first.key


def test_a_second_till_uses_the_same_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with attach(folder, "deposit", LINGER_S) as first:
        monkeypatch.setattr(process, "_spawn", None)
        with attach(folder, "deposit", LINGER_S) as second:
            assert (second.pid, second.base_url) == (first.pid, first.base_url)
        assert balance(first)


def test_tills_that_start_at_the_same_instant_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        servers = list(pool.map(lambda _: attach(folder, "deposit", LINGER_S), range(8)))
    assert len({(server.pid, server.base_url, server.key) for server in servers}) == 1
    assert balance(servers[0])
    for server in servers:
        server.release()


def test_two_programs_that_start_at_the_same_instant_get_one_server(folder: Path) -> None:
    with start_till(folder) as one, start_till(folder) as other:
        assert server_of(one) == server_of(other)
        for till in (one, other):
            till.communicate("")


def test_it_outlives_a_till_and_ends_after_the_last_was_killed(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    with start_till(folder) as till, attach_to(till, folder) as server:
        till.kill()
        till.wait()
        assert balance(server)
        assert running(home) is not None
    wait_for_end(home)
    assert running(home) is None


def attach_to(till: "subprocess.Popen[str]", folder: Path) -> PracticeServer:
    pid = server_of(till)
    server = attach(folder, "deposit", LINGER_S)
    assert server.pid == pid
    return server


def test_a_server_that_was_killed_is_replaced_and_its_ledger_goes_on(folder: Path) -> None:
    with attach(folder, "deposit", LINGER_S) as first:
        balance(first)
        os.kill(first.pid, signal.SIGKILL)
        os.waitpid(first.pid, 0)
        assert (practice_home(folder, "deposit") / STATE).exists()
        with attach(folder, "deposit", LINGER_S) as second:
            assert second.pid != first.pid
            assert balance(second) == "100000000"
            assert read_book(second.ledger).count("balance") == 2


def test_a_server_ends_in_order_when_it_is_told_to(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    with attach(folder, "deposit", LINGER_S) as server:
        os.kill(server.pid, signal.SIGTERM)
        assert os.waitpid(server.pid, 0)[1] == 0
        assert running(home) is None
        assert not (home / STATE).exists()


def test_deposit_and_invoicing_are_two_shops(folder: Path) -> None:
    with (
        attach(folder, "deposit", LINGER_S) as deposit,
        attach(folder, "invoicing", LINGER_S) as invoicing,
    ):
        assert deposit.pid != invoicing.pid
        assert deposit.ledger != invoicing.ledger


def test_a_server_that_cannot_start_is_one_sentence(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    home.mkdir(parents=True)
    practice_ledger(folder, "deposit").write_bytes(b"damaged\n")
    with pytest.raises(Refusal) as refused:
        attach(folder, "deposit", LINGER_S)
    assert refused.value.key == "sandbox.not_started"
    assert "baris 1" in (home / LOG).read_text()


def test_a_state_that_nobody_holds_or_nobody_can_read_is_no_server(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    home.mkdir(parents=True)
    (home / STATE).write_text("{}")
    assert running(home) is None
    with (home / STATE).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert running(home) is None


def test_s01_a_state_behind_a_symlink_is_no_server(folder: Path) -> None:
    home = practice_home(folder, "deposit")
    with attach(folder, "deposit", LINGER_S):
        (home / STATE).rename(home / "moved")
        (home / STATE).symlink_to(home / "moved")
        assert running(home) is None
        (home / "moved").replace(home / STATE)
        assert running(home) is not None


def test_releasing_twice_is_once(folder: Path) -> None:
    server = attach(folder, "deposit", LINGER_S)
    server.release()
    server.release()


def test_wrong_words_are_told() -> None:
    words = [sys.executable, "-m", "cashier.sandbox", "somewhere", "free", "1"]
    result = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("usage:")


def test_attaching_loads_no_web_server() -> None:
    code = "import cashier.sandbox.process, sys; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    ).stdout.split()
    assert not {"starlette", "uvicorn", "asyncio", "anyio", "httpx"} & set(out)
