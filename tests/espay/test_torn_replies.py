"""Replies that never come, come too slowly, or break off (faults.md 2, F15 to F19)."""

import re
from itertools import count
from typing import Literal

import pytest

from cashier.payment import Delivery, Reason, State
from tests.espay.given import SHORT, Journal, espay, judged, pay, success
from tests.support.raw_server import Peer, RawServer, Script, http_reply

REF = "20250214142517"
BRIEF = {
    "rq_uuid": success()["rq_uuid"],
    "error_code": "0000",
    "error_desc": "Success",
    "ref_id": REF,
    "data": {"customer_id": "4333333333"},
}


async def test_f15_no_reply_ever_is_in_doubt_at_the_deadline() -> None:
    async with RawServer(Peer.until_gone) as server:
        exchange = await pay(espay(server.base_url, times=SHORT))
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.DEADLINE)
    assert exchange.reply == b""
    assert len(server.requests) == 1


@pytest.mark.parametrize("skip", [0, 150])
async def test_f16_a_dripping_reply_is_in_doubt_at_the_deadline(skip: int) -> None:
    reply = http_reply(BRIEF)

    async def drip(peer: Peer) -> None:
        await peer.request()
        peer.send(reply[:skip])
        await peer.drip(reply[skip:], 0.1)

    async with RawServer(drip) as server:
        exchange = await pay(espay(server.base_url, times=SHORT))
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.DEADLINE)
    assert reply.startswith(exchange.reply)
    assert skip < len(exchange.reply) < len(reply)


async def test_f16_a_dripping_reply_that_ends_in_time_is_whole() -> None:
    reply = http_reply(BRIEF)

    async def drip(peer: Peer) -> None:
        await peer.request()
        await peer.drip(reply, 0)

    async with RawServer(drip) as server:
        exchange = await pay(server.base_url)
    assert judged(exchange).state is State.PAID
    assert exchange.reply == reply


async def close_at_once(peer: Peer) -> None:
    await peer.request()
    peer.close()


async def reset_at_once(peer: Peer) -> None:
    await peer.request()
    peer.reset()


@pytest.mark.parametrize("script", [close_at_once, reset_at_once])
async def test_f17_an_end_without_a_reply_is_in_doubt(script: Script) -> None:
    journal = Journal()
    async with RawServer(script) as server:
        exchange = await pay(server.base_url, journal)
    found = judged(exchange)
    assert (found.state, found.reason, found.ref_id) == (State.IN_DOUBT, Reason.NO_REPLY, None)
    assert journal.released == len(server.requests) == len(server.peers) == 1


def cut_after(reply: bytes) -> Script:
    """On the n-th connection, send n bytes and close."""
    lengths = count()

    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(reply[: next(lengths)])
        peer.close()

    return script


def whole_token(body: bytes) -> str | None:
    """What a reader of the torn body would take for the reference, told independently."""
    match = re.search(rb'"ref_id": "([0-9]+)"', body)
    return match[1].decode() if match else None


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_f18_a_reply_cut_at_any_byte_is_in_doubt_and_kept(
    framing: Literal["length", "chunked"],
) -> None:
    reply = http_reply(BRIEF, framing=framing)
    head = reply.index(b"\r\n\r\n") + 4
    async with RawServer(cut_after(reply)) as server:
        line = espay(server.base_url)
        for length in range(len(reply)):
            exchange = await pay(line)
            found = judged(exchange)
            assert found.state is State.IN_DOUBT
            assert found.reason is (Reason.TORN_REPLY if length else Reason.NO_REPLY)
            assert exchange.reply == reply[:length]
            assert exchange.http_status == (200 if length >= head else None)
            if framing == "length":
                assert found.ref_id == whole_token(reply[:length])
        assert len(server.requests) == len(reply)


@pytest.mark.parametrize("where", ["head", "body"])
async def test_f18_a_reset_in_the_reply_is_in_doubt(where: str) -> None:
    reply = http_reply(BRIEF)
    cut = reply.index(b"\r\n\r\n") - 9 if where == "head" else len(reply) - 3

    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(reply[:cut])
        peer.reset()

    async with RawServer(script) as server:
        exchange = await pay(server.base_url)
    found = judged(exchange)
    assert (found.state, exchange.answer.delivery) == (State.IN_DOUBT, Delivery.UNUSABLE)
    assert reply[:cut].startswith(exchange.reply)
    assert len(server.peers) == 1


async def test_f19_a_body_that_ends_with_its_connection_is_whole_only_when_closed() -> None:
    reply = http_reply(BRIEF, framing="close") + b"\r\n "
    head = reply.index(b"\r\n\r\n") + 4
    closing = reply.rindex(b"}") + 1
    async with RawServer(cut_after(reply)) as server:
        line = espay(server.base_url)
        for length in range(len(reply)):
            exchange = await pay(line)
            found = judged(exchange)
            assert exchange.reply == reply[:length]
            assert found.state is (State.PAID if length >= closing else State.IN_DOUBT)
            if head <= length < closing:
                assert (exchange.http_status, found.reason) == (200, Reason.NOT_JSON)
                assert found.ref_id == whole_token(reply[head:length])


@pytest.mark.parametrize("rest", [b"x", b"{}", b"\x00", b"<br>", b"}"])
async def test_f19_a_closed_body_with_more_behind_it_is_in_doubt(rest: bytes) -> None:
    reply = http_reply(BRIEF, framing="close") + rest

    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(reply)
        peer.close()

    async with RawServer(script) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason, found.ref_id) == (State.IN_DOUBT, Reason.NOT_JSON, REF)
