"""Faults before and while sending (faults.md 1): what stayed here, and what may have left."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import httpcore
import pytest

from cashier.espay.merchant import Times
from cashier.espay.release import NotReleased
from cashier.payment import Delivery, Evidence, Reason, State
from tests.espay.given import PAYMENT, QUICK, SHORT, Journal, espay, judged, pay, state, success
from tests.support.clock import ManualClock
from tests.support.raw_server import Peer, RawServer, Script, answering, http_reply

IMPATIENT = Times(connect_s=0.1, exchange_s=5.0)
OK = answering(http_reply(success()))


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port whose waiting room is full: nobody is let in, and nobody is told so."""
    waiting = [socket.socket() for _ in range(4)]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
    for caller in waiting:
        caller.close()


def no_such_name(host: str, *_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, f"no such name: {host}")


async def test_f01_a_name_that_is_not_found_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    journal = Journal()
    exchange = await pay("https://espay.invalid", journal)
    found = judged(exchange)
    assert (found.state, found.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert (found.reason, found.detail) == (Reason.NAME_NOT_FOUND, "gaierror")
    assert (journal.released, exchange.reply, exchange.http_status) == (0, b"", None)


async def test_f02_a_refused_connection_leaves_nothing(closed_port: int) -> None:
    journal = Journal()
    found = judged(await pay(f"http://127.0.0.1:{closed_port}", journal))
    assert (found.state, found.reason) == (State.UNPAID, Reason.CONNECT_FAILED)
    assert found.evidence is Evidence.NOT_SENT
    assert journal.released == 0


@pytest.mark.parametrize("times", [IMPATIENT, Times(connect_s=5.0, exchange_s=0.1)])
async def test_f03_a_black_hole_leaves_nothing(black_hole: int, times: Times) -> None:
    journal = Journal()
    line = espay(f"http://127.0.0.1:{black_hole}", times=times)
    found = judged(await pay(line, journal))
    assert (found.state, found.reason) == (State.UNPAID, Reason.CONNECT_TIMEOUT)
    assert found.evidence is Evidence.NOT_SENT
    assert journal.released == 0


async def test_f03_a_tls_handshake_that_stalls_counts_as_connecting() -> None:
    async with RawServer(Peer.until_gone) as server:
        line = espay(server.base_url.replace("http:", "https:"), times=IMPATIENT)
        journal = Journal()
        found = judged(await pay(line, journal))
    assert (found.state, found.reason) == (State.UNPAID, Reason.CONNECT_TIMEOUT)
    assert journal.released == 0
    assert b"POST" not in server.received


async def test_f03_a_handshake_cut_off_by_the_deadline_leaves_no_line_open() -> None:
    async with RawServer(Peer.until_gone) as server:
        line = espay(server.base_url.replace("http:", "https:"), times=SHORT)
        found = judged(await pay(line))
        async with asyncio.timeout(10):
            await server.peers[0].until_gone()
    assert (found.state, found.reason) == (State.UNPAID, Reason.CONNECT_TIMEOUT)


REFUSALS: dict[str, tuple[Callable[[], BaseException], Reason]] = {
    "the till's own word": (lambda: NotReleased(Reason.CANCELLED), Reason.CANCELLED),
    "the till's word, alone": (NotReleased, Reason.RELEASED_TOO_LATE),
    "full disk": (lambda: OSError(28, "No space left on device"), Reason.JOURNAL_FAILED),
    "a defect": (lambda: RuntimeError("defect"), Reason.JOURNAL_FAILED),
    "a timeout": (TimeoutError, Reason.JOURNAL_FAILED),
    "what httpcore swallows": (lambda: httpcore.WriteError("x"), Reason.JOURNAL_FAILED),
    "what httpcore repeats": (httpcore.ConnectionNotAvailable, Reason.JOURNAL_FAILED),
    "what httpcore reads on": (lambda: httpcore.ReadError("x"), Reason.JOURNAL_FAILED),
    "a cancelled commit": (asyncio.CancelledError, Reason.JOURNAL_FAILED),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_f07_a_release_that_fails_leaves_0_bytes(case: str) -> None:
    make, reason = REFUSALS[case]
    async with RawServer(OK) as server:
        exchange = await pay(server.base_url, Journal(make()))
    found = judged(exchange)
    assert (found.state, found.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert found.reason is reason
    assert server.received == b""
    assert len(server.peers) <= 1


async def test_f07_a_release_that_cannot_even_begin_leaves_0_bytes() -> None:
    def broken() -> Awaitable[None]:
        raise httpcore.WriteError("x")

    async with RawServer(OK) as server:
        exchange = await espay(server.base_url).pay(PAYMENT, broken)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.UNPAID, Reason.JOURNAL_FAILED)
    assert server.received == b""


async def test_f07_the_journal_s_trouble_is_named_and_not_told() -> None:
    async with RawServer(OK) as server:
        exchange = await pay(server.base_url, Journal(OSError(28, "canary-path")))
    assert exchange.answer.detail == "OSError"
    assert "canary-path" not in repr(exchange)


async def test_f08_a_commit_that_ends_in_time_is_waited_for() -> None:
    async with RawServer(OK) as server:

        async def slow() -> None:
            await asyncio.sleep(0.05)
            assert server.received == b""

        exchange = await espay(server.base_url).pay(PAYMENT, slow)
    assert state(exchange) is State.PAID
    assert len(server.requests) == 1


async def test_f08_a_commit_that_ends_after_the_deadline_sends_nothing() -> None:
    clock = ManualClock()

    async def slow() -> None:
        clock.advance(QUICK.exchange_s)

    async with RawServer(OK) as server:
        exchange = await espay(server.base_url, clock=clock).pay(PAYMENT, slow)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.UNPAID, Reason.RELEASED_TOO_LATE)
    assert found.evidence is Evidence.NOT_SENT
    assert server.received == b""


async def test_f08_a_commit_under_way_at_the_deadline_is_awaited_to_its_end() -> None:
    ended = False

    async def slow() -> None:
        nonlocal ended
        await asyncio.sleep(1.5)
        ended = True

    async with RawServer(OK) as server:
        line = espay(server.base_url, times=SHORT)
        exchange = await line.pay(PAYMENT, slow)
    assert ended
    found = judged(exchange)
    assert (found.state, found.reason) == (State.UNPAID, Reason.RELEASED_TOO_LATE)
    assert server.received == b""


async def reset_at_once(peer: Peer) -> None:
    peer.reset()


async def reset_in_the_request(peer: Peer) -> None:
    await peer.first_bytes()
    peer.reset()


@pytest.mark.parametrize("script", [reset_at_once, reset_in_the_request])
async def test_f09_a_reset_once_released_is_in_doubt_and_sent_no_second_time(
    script: Script,
) -> None:
    journal = Journal()
    async with RawServer(script) as server:
        exchange = await pay(server.base_url, journal)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.NO_REPLY)
    assert journal.released == 1
    assert len(server.peers) == 1


async def test_f10_a_write_that_stalls_is_in_doubt_at_the_deadline() -> None:
    async def never_read(peer: Peer) -> None:
        peer.stop_reading()
        await asyncio.Event().wait()

    big = replace(PAYMENT, data_text="x" * 20_000_000)
    async with RawServer(never_read) as server:
        line = espay(server.base_url, times=SHORT)
        exchange = await line.pay(big, Journal().release)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.DEADLINE)
    assert len(server.peers) == 1


async def test_f12_a_payment_cancelled_while_connecting_was_never_released(
    black_hole: int,
) -> None:
    journal = Journal()
    line = espay(f"http://127.0.0.1:{black_hole}")
    task = asyncio.create_task(pay(line, journal))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert journal.released == 0


async def test_f12_a_payment_cancelled_while_it_is_released_sends_nothing() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    ended = False

    async def release() -> None:
        nonlocal ended
        begun.set()
        await go_on.wait()
        ended = True

    async with RawServer(OK) as server:
        task = asyncio.create_task(espay(server.base_url).pay(PAYMENT, release))
        await begun.wait()
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended
    assert server.received == b""


async def test_f13_a_payment_cancelled_once_sent_is_not_sent_again() -> None:
    arrived = asyncio.Event()

    async def swallow(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        await peer.until_gone()

    async with RawServer(swallow) as server:
        task = asyncio.create_task(pay(server.base_url))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.peers[0].until_gone()
    assert len(server.requests) == 1
    assert len(server.peers) == 1


async def test_not_a_byte_leaves_before_the_release_returns() -> None:
    seen: list[bytes] = []
    async with RawServer(OK) as server:

        async def release() -> None:
            await server.called.wait()
            seen.append(server.received)

        exchange = await espay(server.base_url).pay(PAYMENT, release)
    assert seen == [b""]
    assert exchange.answer.delivery is Delivery.WHOLE
