"""The two locks on a payment: the gate in the trace, and the recorder below it."""

import asyncio
import ssl
import subprocess
import sys
from pathlib import Path

import httpcore
import httpx
import pytest

from cashier.clock import Deadline
from cashier.espay import exchange
from cashier.espay.gate import FIRST_BYTE, Gate
from cashier.espay.reception import weigh
from cashier.espay.recorder import Recorder, Recording, Stage, recording_into
from cashier.espay.release import NotReleased
from cashier.espay.tls import make_context
from cashier.espay.transport import RecordingTransport
from cashier.payment import Delivery, Reason, State
from tests.espay.given import Journal, espay, pay, state, success
from tests.support.clock import ManualClock
from tests.support.raw_server import Peer, RawServer, answering, http_reply

OK = answering(http_reply(success()))


def test_httpcore_is_of_the_kind_whose_trace_was_measured() -> None:
    assert httpcore.__version__.startswith("1.0.")
    assert httpx.__version__.startswith("0.28.")


async def test_a_gate_opens_once_and_never_again() -> None:
    recording, journal = Recording(), Journal()
    gate = Gate(journal.release, Deadline.after(ManualClock(), 1), recording)
    await gate.trace("http11.receive_response_headers.started", {})
    assert (recording.stage, journal.released) == (Stage.CONNECTING, 0)
    await gate.trace(FIRST_BYTE, {})
    with pytest.raises(NotReleased):
        await gate.trace(FIRST_BYTE, {})
    assert (recording.stage, journal.released) == (Stage.RELEASED, 1)


async def test_a_gate_without_a_release_still_keeps_the_deadline() -> None:
    clock = ManualClock()
    gate = Gate(None, Deadline.after(clock, 1), Recording())
    clock.advance(1)
    with pytest.raises(NotReleased):
        await gate.trace(FIRST_BYTE, {})


async def test_not_a_byte_passes_where_nobody_asked_the_gate() -> None:
    recording = Recording()
    async with RawServer(OK) as server:
        transport = RecordingTransport(None, ManualClock(), keep_alive=False)
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            with recording_into(recording), pytest.raises(NotReleased):
                await client.post(server.base_url, content=b"amount=100")
        assert recording.stage is Stage.CONNECTED
        await server.called.wait()
        await server.peers[0].until_gone()
    assert server.received == b""


async def test_connecting_and_handshake_share_one_limit() -> None:
    clock = ManualClock()
    async with RawServer(Peer.until_gone) as server:
        with recording_into(Recording()):
            stream = await Recorder(clock).connect_tcp("127.0.0.1", server.port, timeout=30)
            clock.advance(30)
            async with asyncio.timeout(10):
                with pytest.raises(httpcore.ConnectTimeout):
                    await stream.start_tls(make_context(), "127.0.0.1", timeout=30)


async def test_a_trace_that_was_renamed_stops_every_payment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cashier.espay.gate.FIRST_BYTE", "http11.another_name.started")
    journal = Journal()
    async with RawServer(OK) as server:
        found = await pay(server.base_url, journal)
    assert state(found) is State.UNPAID
    assert found.answer.delivery is Delivery.NOT_SENT
    assert (server.received, journal.released) == (b"", 0)


async def test_all_connections_share_one_tls_context(
    monkeypatch: pytest.MonkeyPatch, honest_tls: ssl.SSLContext, ca_file: Path
) -> None:
    made: list[Path | None] = []

    def counted(path: Path | None) -> ssl.SSLContext:
        made.append(path)
        return make_context(path)

    monkeypatch.setattr(exchange, "make_context", counted)
    async with RawServer(OK, honest_tls) as server:
        line = espay(server.base_url, ca_file=ca_file)
        await line.balance()
        assert [state(await pay(line)) for _ in range(2)] == [State.PAID] * 2
        await line.aclose()
    assert made == [ca_file]


def test_a_message_without_a_head_is_worth_nothing() -> None:
    assert weigh(200, "", b"", b"{}").trouble is Reason.NOT_JSON


def test_the_words_of_the_line_load_no_http_library() -> None:
    names = "kept release uuid wire merchant forms codes replies reception lists"
    imports = "; ".join(f"import cashier.espay.{name}" for name in names.split())
    script = f"{imports}\nimport sys\nprint({{'httpx', 'httpcore', 'anyio'}} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "set()"
