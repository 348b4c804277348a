"""No secret leaves the line to Espay but over the wire (attacks.md S03, S05, S06)."""

import asyncio
import logging
import traceback
from base64 import b64encode
from dataclasses import replace
from urllib.parse import quote

import pytest

from cashier.espay.service import EspayService
from tests.espay.given import PAYMENT, SECRETS, SHORT, Journal, espay, pay, success
from tests.support.raw_server import Peer, RawServer, Script, answering, http_reply


def forms_of(secret: str) -> set[str]:
    """The shapes in which a secret might turn up."""
    return {
        secret,
        secret[::-1],
        b64encode(secret.encode()).decode().rstrip("="),
        quote(secret),
        secret.encode().hex(),
    }


SHAPES = {shape for secret in SECRETS.values() for shape in forms_of(secret)} | {
    b64encode(f"{SECRETS['username']}:{SECRETS['password']}".encode()).decode()
}


def leaks(text: str) -> set[str]:
    return {shape for shape in SHAPES if shape in text}


async def close_at_once(peer: Peer) -> None:
    await peer.request()
    peer.close()


async def reset_at_once(peer: Peer) -> None:
    await peer.request()
    peer.reset()


FAULTS: dict[str, Script] = {
    "success": answering(http_reply(success())),
    "server error": answering(http_reply("no", status="500 Oops")),
    "unauthorised": answering(http_reply("no", status="401 Unauthorized")),
    "redirect": answering(http_reply("", status="302 Found", headers=("Location: /x",))),
    "garbage": answering(b"\x00garbage\r\n\r\n"),
    "torn": answering(http_reply(success())[:-3]),
    "close": close_at_once,
    "reset": reset_at_once,
    "hang": Peer.until_gone,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_s05_s06_no_fault_carries_a_secret_into_exchange_or_log(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with RawServer(FAULTS[fault]) as server:
            line = espay(server.base_url, times=replace(SHORT, read_tries=1))
            seen = [repr(await pay(line)), repr(await line.balance()), repr(line)]
            await line.aclose()
    signature = server.forms[0]["signature"]
    assert leaks(server.received.decode("latin-1"))  # the search does find them on the wire
    assert leaks("".join(seen) + caplog.text) == set()
    assert signature not in "".join(seen) + caplog.text


async def test_s05_no_refused_release_carries_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with RawServer(FAULTS["success"]) as server:
            exchange = await pay(server.base_url, Journal(OSError("full")))
    assert leaks(repr(exchange) + caplog.text) == set()


async def _cancelled(line: EspayService, server: RawServer) -> asyncio.CancelledError:
    task = asyncio.create_task(line.pay(PAYMENT, Journal().release))
    await server.called.wait()
    await server.peers[0].request()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await task
    return cancelled.value


async def test_s05_a_cancelled_payment_raises_without_its_request() -> None:
    async with RawServer(Peer.until_gone) as server:
        error = await _cancelled(espay(server.base_url), server)
    told = "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        assert not hasattr(seen, "request")
        seen = seen.__cause__ or seen.__context__
    assert leaks(told) == set()
