"""The server is quiet, on loopback only, and ends at once whatever hangs."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cashier.language import Refusal
from cashier.sandbox.book import Booking
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.server import serve
from cashier.sandbox.settings import Pace, SandboxSettings
from tests.sandbox.asking import PAYMENT, Asker
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox

NUMBER = "4333333333"


def pay_form(asker: Asker, key: str) -> dict[str, str]:
    number = magic_number(key, NUMBER)
    return asker.form(PAYMENT, order_id=number, product_code="SINCBN", amount="1000000")


def begin(asker: Asker, key: str) -> socket.socket:
    """Send a payment and read nothing of its answer."""
    request = asker.client.build_request("POST", PAYMENT, data=pay_form(asker, key))
    user = asker.client.auth
    assert user is not None
    request = next(user.auth_flow(request))
    host, port = "127.0.0.1", asker.client.base_url.port
    head = [f"POST {PAYMENT} HTTP/1.1", *(f"{n}: {v}" for n, v in request.headers.items())]
    connection = socket.create_connection((host, port), timeout=5)
    connection.sendall("\r\n".join([*head, "", ""]).encode() + request.content)
    return connection


@pytest.fixture
def booked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a payment is booked."""
    event = threading.Event()
    book = Ledger.book_payment

    def book_and_tell(ledger: Ledger, booking: Booking) -> None:
        book(ledger, booking)
        event.set()

    monkeypatch.setattr(Ledger, "book_payment", book_and_tell)
    return event


@pytest.mark.parametrize("key", ["hang_booked", "drip", "slow", "body_big"])
def test_it_ends_at_once_with_an_answer_under_way(
    key: str, tmp_path: Path, booked: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    with running_sandbox(tmp_path, pace=Pace(drip_s=60, slow_s=60)) as running:
        asker = Asker(running)
        with contextlib.closing(asker.client):
            connection = begin(asker, key)
        assert booked.wait(10)
    connection.close()
    assert not caplog.records


@pytest.mark.parametrize("key", ["hang_booked", "drip", "slow", "body_big"])
def test_a_client_that_leaves_early_leaves_no_error(
    key: str, tmp_path: Path, booked: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    with running_sandbox(tmp_path, pace=Pace(drip_s=0.01, slow_s=0.05)) as running:
        asker = Asker(running)
        with contextlib.closing(asker.client):
            begin(asker, key).close()
            assert booked.wait(10)
            assert asker.balance()["error_code"] == "0000"
    assert not caplog.records


def test_a_request_that_was_cut_off_is_not_acted_on(
    asker: Asker, sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    connection = socket.create_connection(("127.0.0.1", asker.client.base_url.port), timeout=5)
    head = f"POST {PAYMENT} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
    connection.sendall(head.encode() + b"rq_uuid=CUT")
    connection.close()
    assert asker.balance()["error_code"] == "0000"
    assert [request.service for request in sandbox.ledger.book.all_requests] == ["balance"]
    assert not caplog.records


def test_it_logs_no_request(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="uvicorn"):
        asker.balance()
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_it_tells_nothing_of_itself(asker: Asker) -> None:
    response = asker.post(PAYMENT, pay_form(asker, "fine"))
    assert set(response.headers) == {"content-length", "content-type"}


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as running:
        port = int(running.base_url.rpartition(":")[2])
        other = tmp_path / "other"
        other.mkdir()
        with pytest.raises(Refusal) as refused, running_sandbox(other, port=port):
            pass
    assert refused.value.key == "sandbox.port_in_use"


SERVING = """
import sys
from pathlib import Path
from cashier.sandbox.book import Booking
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.server import serve
from cashier.sandbox.settings import SandboxSettings
settings = SandboxSettings("S", "u", "p", "f", "k", Path(sys.argv[1]))
serve(settings, ready=lambda port: print(port, flush=True))
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_in_the_foreground_ends_cleanly_on_a_signal(
    number: signal.Signals, tmp_path: Path
) -> None:
    words = [sys.executable, "-W", "error", "-c", SERVING, str(tmp_path / "ledger.jsonl")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            os.kill(server.pid, number)
            out, err = server.communicate(timeout=10)
    assert (server.returncode, out, err) == (0, b"ended\n", b"")


def test_serving_refuses_a_ledger_in_use(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as running:
        settings = SandboxSettings("S", "u", "p", "f", "k", running.settings.ledger)
        with pytest.raises(Refusal) as refused:
            serve(settings)
    assert refused.value.key == "sandbox.ledger_in_use"


def test_settings_keep_their_secrets_to_themselves(tmp_path: Path) -> None:
    settings = SandboxSettings("S", "u", "secret-1", "secret-2", "secret-3", tmp_path)
    assert "secret" not in repr(settings)
