"""Faults before and while sending (F01 to F14): what stayed here, and what may have left."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import apsw
import pytest
import trustme

from cashier.espay.merchant import Times
from cashier.journal import Journal
from cashier.journal.errors import NoSpace
from cashier.journal.file_errors import JournalFailed
from cashier.language import Refusal
from cashier.payment import Cash, Evidence, Reason, State
from cashier.till import Payment
from tests.faults.stage import SHORT, WIRE, Stage, pay, quoted, sell, server_tls
from tests.journal.disks import watched_disk
from tests.support.fault_server import (
    Fault,
    FaultServer,
    held_until,
    pass_on,
    reset_booked,
    reset_unheard,
    silent_booked,
)
from tests.support.raw_server import Peer, RawServer

IMPATIENT: Final = Times(connect_s=0.2, exchange_s=5.0, read_s=1, read_tries=1, backoff_s=(0.0,))
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


def assert_nothing_left(payment: Payment, reason: Reason) -> None:
    """The cash goes back, because Espay cannot have heard of it."""
    assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert (payment.reason, payment.cash) == (reason, Cash.OWED_BACK)


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


async def test_f01_a_name_that_is_not_found_gives_the_cash_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_such_name(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    quote = await stage.quote()
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    async with stage.open("https://espay.invalid") as till:
        payment = await pay(till, quote)
    assert_nothing_left(payment, Reason.NAME_NOT_FOUND)
    assert not stage.sandbox.ledger.bookings


async def test_f02_a_closed_port_gives_the_cash_back(stage: Stage, closed_port: int) -> None:
    payment = await stage.pay_over(f"http://127.0.0.1:{closed_port}")
    assert_nothing_left(payment, Reason.CONNECT_FAILED)


async def test_f03_a_black_hole_gives_the_cash_back(stage: Stage, black_hole: int) -> None:
    payment = await stage.pay_over(f"http://127.0.0.1:{black_hole}", wire=IMPATIENT)
    assert_nothing_left(payment, Reason.CONNECT_TIMEOUT)


@pytest.mark.parametrize("case", ["expired", "other host", "other authority", "no tls"])
async def test_f04_a_line_that_cannot_be_trusted_gets_no_header_byte(
    stage: Stage, case: str
) -> None:
    ca = trustme.CA()
    past = ca.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + timedelta(days=9))
    tls = {
        "expired": server_tls(ca),
        "other host": server_tls(ca, "api.espay.id", "127.0.0.2"),
        "other authority": server_tls(trustme.CA()),
        "no tls": None,
    }[case]
    if case == "expired" and tls is not None:
        past.configure_cert(tls)
    async with RawServer(Peer.until_gone, tls) as server:
        base_url = server.base_url.replace("http:", "https:")
        wire = IMPATIENT if case == "no tls" else WIRE
        payment = await stage.pay_over(base_url, wire=wire, ca=ca)
    wanted = Reason.CONNECT_TIMEOUT if case == "no tls" else Reason.TLS_FAILED
    assert_nothing_left(payment, wanted)
    assert b"POST" not in server.received


async def test_f04_a_line_that_can_be_trusted_pays(stage: Stage) -> None:
    ca = trustme.CA()
    async with FaultServer(stage.sandbox.base_url, pass_on, server_tls(ca)) as server:
        payment = await stage.pay_over(server.base_url, ca=ca)
    assert payment.state is State.PAID


async def test_f05_proxies_and_netrc_in_the_environment_have_no_say(stage: Stage) -> None:
    """A till in a process of its own, with an environment that would lead it astray."""
    (stage.folder / "home").mkdir(parents=True)
    (stage.folder / "home" / ".netrc").write_text("default login wrong password wrong\n")
    async with RawServer(Peer.until_gone) as elsewhere:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        astray = {
            **os.environ,
            **dict.fromkeys(names, elsewhere.base_url),
            "HOME": str(stage.folder / "home"),
            "SSL_CERT_FILE": "/dev/null",
        }
        words = [sys.executable, "-m", "tests.support.dying_till", str(stage.folder)]
        child = await asyncio.create_subprocess_exec(
            *(*words, stage.sandbox.base_url, "SLYLPR20", "14012345678", "never"),
            env=astray,
            stderr=subprocess.PIPE,
        )
        _, err = await child.communicate()
    assert child.returncode == 0, err
    assert not elsewhere.peers
    assert len(stage.sandbox.ledger.bookings) == 1


async def test_f06_a_full_disk_takes_no_cash(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.open() as till:
        quote = await quoted(till)
        journal = till._counter.journal
        monkeypatch.setattr(journal, "_free_bytes", lambda _: 1000)
        with pytest.raises(NoSpace):
            await pay(till, quote)
        assert await till.open_payments() == ()
    assert stage.sandbox.ledger.book.count("payment") == 0


async def test_f06_a_disk_that_fails_takes_no_cash_until_a_restart(stage: Stage) -> None:
    with watched_disk() as disk:
        async with stage.open() as till:
            quote, other = await quoted(till), await quoted(till, "4333333334")
            disk.error = apsw.IOError
            with pytest.raises(Refusal):
                await pay(till, quote)
            disk.error = None
            with pytest.raises(JournalFailed):
                await pay(till, other)
    assert stage.sandbox.ledger.book.count("payment") == 0
    async with stage.open() as till:
        assert (await pay(till, other)).state is State.PAID


class FailingToSend(Journal):
    """A journal that cannot keep ``sent``."""

    async def mark_sent(self, payment_id: int) -> None:
        raise JournalFailed(f"IOError at {payment_id}")


async def test_f07_a_commit_of_sent_that_fails_lets_no_byte_leave(stage: Stage) -> None:
    quote = await stage.quote()
    async with FaultServer(stage.sandbox.base_url, pass_on) as server:
        async with stage.open(server.base_url, kind=FailingToSend) as till:
            payment = await pay(till, quote)
        assert server.payments == []
        assert b"POST" not in server.received
    assert_nothing_left(payment, Reason.JOURNAL_FAILED)


class SlowToSend(Journal):
    """A journal on a slow disk."""

    until = asyncio.Event()

    async def mark_sent(self, payment_id: int) -> None:
        await super().mark_sent(payment_id)
        await type(self).until.wait()


@pytest.mark.parametrize("in_time", [True, False])
async def test_f08_a_slow_commit_is_waited_for_and_counts_towards_the_deadline(
    stage: Stage, in_time: bool
) -> None:
    quote = await stage.quote()
    SlowToSend.until = asyncio.Event()
    wire = WIRE if in_time else SHORT
    asyncio.get_running_loop().call_later(0.2 if in_time else 1.0, SlowToSend.until.set)
    async with stage.open(kind=SlowToSend, wire=wire) as till:
        payment = await pay(till, quote)
    if in_time:
        assert payment.state is State.PAID
    else:
        assert_nothing_left(payment, Reason.RELEASED_TOO_LATE)
        assert stage.sandbox.ledger.book.count("payment") == 0


@pytest.mark.parametrize("fault", [reset_unheard, reset_booked])
async def test_f09_a_reset_is_in_doubt_and_never_sent_again(stage: Stage, fault: Fault) -> None:
    async with FaultServer(stage.sandbox.base_url, fault) as server:
        payment = await stage.pay_over(server.base_url)
        assert len(server.payments) == 1
    assert (payment.state, payment.cash) == (State.IN_DOUBT, Cash.HELD)


async def test_f10_a_write_that_stalls_is_in_doubt_at_the_deadline(stage: Stage) -> None:
    async def stall(peer: Peer) -> None:
        peer.stop_reading()
        await peer.until_gone()

    async with RawServer(stall) as server:
        payment = await stage.pay_over(server.base_url, wire=SHORT)
    assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.DEADLINE)


async def test_f11_twenty_confirmations_at_once_pay_once(stage: Stage) -> None:
    async with stage.open() as till:
        quote = await quoted(till)
        results = await asyncio.gather(
            *(pay(till, quote) for _ in range(20)), return_exceptions=True
        )
    paid = [one for one in results if isinstance(one, Payment)]
    assert [one.state for one in paid] == [State.PAID]
    assert all(isinstance(one, Refusal) for one in results if not isinstance(one, Payment))
    assert stage.sandbox.ledger.book.count("payment") == 1


async def test_f12_a_sale_given_up_while_connecting_sends_nothing(
    stage: Stage, black_hole: int
) -> None:
    quote = await stage.quote()
    async with stage.open(f"http://127.0.0.1:{black_hole}") as till:
        begun = asyncio.Event()
        till.watch(lambda _: begun.set())
        task = asyncio.create_task(pay(till, quote))
        await begun.wait()
        assert till.give_up(till.under_way[0].id)
        payment = await task
    assert_nothing_left(payment, Reason.CANCELLED)


async def test_f13_a_sent_payment_cannot_be_given_up_nor_cancelled(stage: Stage) -> None:
    """By keys, in a real terminal: ``tests/terminal/test_life_cycle.py``."""
    quote, moment = await stage.quote(), asyncio.Event()
    async with (
        FaultServer(stage.sandbox.base_url, held_until(moment)) as server,
        stage.open(server.base_url) as till,
    ):
        task = asyncio.create_task(pay(till, quote))
        await server.paying.wait()
        (under_way,) = till.under_way
        assert not till.give_up(under_way.id)
        task.cancel()
        moment.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await till.drain()
        assert (await till.payment(under_way.id)).state is State.PAID


async def test_f14_a_machine_that_slept_sends_nothing_twice(stage: Stage) -> None:
    """The wall clock has jumped by hours when the reply comes; the deadline did not move."""
    quote, moment = await stage.quote(), asyncio.Event()
    async with FaultServer(stage.sandbox.base_url, held_until(moment)) as server:
        async with stage.open(server.base_url) as till:
            task = asyncio.create_task(pay(till, quote))
            await server.paying.wait()
            stage.clock.jump(8 * 3600)
            moment.set()
            payment = await task
        assert len(server.payments) == 1
    assert payment.state is State.PAID


async def test_f14_a_machine_that_slept_through_the_reply_is_in_doubt(stage: Stage) -> None:
    quote = await stage.quote()
    async with FaultServer(stage.sandbox.base_url, silent_booked) as server:
        async with stage.open(server.base_url, wire=SHORT) as till:
            task = asyncio.create_task(pay(till, quote))
            await server.paying.wait()
            stage.clock.advance(8 * 3600)
            payment = await task
            assert payment.state is State.IN_DOUBT
            with pytest.raises(Refusal):
                await sell(till)
        assert len(server.payments) == 1
