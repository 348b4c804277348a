"""Proof 5: a reply cut at any byte decides nothing; only one that arrived whole ever does.

Each of sixteen replies, the practice Espay's own with their heads, is cut at every byte and then
ended with a goodbye, a reset, or silence: by default below the real HTTP libraries in a network
and a time that are made up, with ``--campaign`` also over real sockets. A payment, a question and
their judgement are the real ones. Also: what arrived is kept to the last byte (I8), and nothing
is transmitted twice.
"""

import asyncio
import sys
from dataclasses import replace
from itertools import count
from typing import Final

import httpcore
import pytest

from cashier.clock import Clock
from cashier.espay import exchange as exchanges
from cashier.espay import replies as readings
from cashier.espay.gate import Gate
from cashier.espay.json_text import JsonObject, NotStrict, parse
from cashier.espay.merchant import Merchant, Times
from cashier.espay.reception import Reception, weigh
from cashier.espay.recorder import Recording
from cashier.espay.service import EspayService
from cashier.espay.wire import BalanceReply, Bill, Exchange, Service
from cashier.money import Rupiah
from cashier.payment import Judgement, State
from tests.espay.given import merchant
from tests.proof.cut_network import ENDINGS, CutNetwork, Ending, HurriedLoop, hurry
from tests.proof.replies import Reply, released
from tests.support.clock import ManualClock
from tests.support.raw_server import Peer, RawServer, Script, http_reply

TWELVE: Final = (
    "token paid",
    "postpaid paid",
    "inproses",
    "refused with words",
    "foreign echo",
    "invoicing paid",
    "e-wallet paid",
    "voucher paid",
    "inquiry",
    "status paid",
    "status failed",
    "balance",
)
MORE: Final = ("refused by code", "unauthorised", "token in chunks", "token until closed")
"""Beyond the twelve: the other refusals, and the two other ways to frame a body."""

DECIDES: Final[dict[str, object]] = {
    **dict.fromkeys((name for name in (*TWELVE, *MORE) if "paid" in name), State.PAID),
    **dict.fromkeys(("token in chunks", "token until closed"), State.PAID),
    **dict.fromkeys(("refused with words", "refused by code", "unauthorised"), State.UNPAID),
    "status failed": State.UNPAID,
    "inproses": None,
    "foreign echo": None,
}
"""What each payment and status answer decides once it is whole; the others give a value."""

_TIMES: Final = Times(connect_s=10, exchange_s=150, read_s=30, read_tries=1)
_PATIENT: Final = Times(connect_s=60, exchange_s=60, read_s=60, read_tries=1)
_IMPATIENT: Final = Times(connect_s=60, exchange_s=8, read_s=8, read_tries=1)
"""For replies that hang: long enough that even a loaded machine has sent all by then."""
_AT_ONCE: Final = 96
"""Real connections that hang side by side."""

Decision = Judgement | Bill | Rupiah | None
"""What an answer leads to."""


def reply_called(name: str, replies: dict[str, Reply]) -> Reply:
    """One of the sixteen."""
    token = replies["token paid"]
    if name == "token in chunks":
        return replace(token, name=name, raw=http_reply(token.body, framing="chunked"))
    if name == "token until closed":
        return replace(token, name=name, raw=http_reply(token.body, framing="close"))
    return replies[name]


def shop_at(base_url: str) -> Merchant:
    """The shop of the practice Espay, whose codes count there alone."""
    return merchant(base_url, environment="practice")


def line_for(reply: Reply, base_url: str, clock: Clock, times: Times) -> EspayService:
    """A real line, whose questions carry the id that the reply answers."""
    return EspayService(shop_at(base_url), clock, times, uuids=lambda _: reply.rq_uuid)


async def ask(reply: Reply, line: EspayService) -> tuple[Exchange, Decision]:
    """Ask what the reply answers; give what came, and what it leads to."""
    match reply.service:
        case Service.PAYMENT:
            assert reply.request is not None
            paid = await line.pay(reply.request, released)
            return paid, reply.judged(paid.answer)
        case Service.STATUS:
            followed = (await line.status(reply.ref_id)).last
            return followed, reply.judged(followed.answer)
        case Service.INQUIRY:
            inquiry = await line.inquire(reply.order_id, reply.product)
            return inquiry.exchanges[-1], inquiry.bill
        case _:
            balance: BalanceReply = await line.balance()
            return balance.exchanges[-1], balance.balance


def decides(decision: Decision) -> bool:
    """Whether anything may be done because of it: cash earned or owed back, a bill sold."""
    if isinstance(decision, Judgement):
        return decision.evidence is not None
    return decision is not None


def wrong_at(
    length: int, reply: Reply, uncut: Decision, came: Exchange, found: Decision
) -> str | None:
    """What is wrong with what a reply of so many bytes led to, if anything."""
    whole = length >= len(reply.raw)
    if whole and found != uncut:
        return f"byte {length}: whole, but {found} in place of {uncut}"
    if not whole and decides(found):
        return f"byte {length} of {len(reply.raw)} decides: {found}"
    if came.reply != reply.raw[:length]:
        return f"byte {length}: kept {came.reply[-20:]!r}"
    return None


async def cut_everywhere(
    reply: Reply, network: CutNetwork, clock: Clock, *, one: bool
) -> list[str]:
    """Cut a reply at every byte of the made-up network; give what is wrong, or only one of it."""
    line = line_for(reply, "http://127.0.0.1:1", clock, _TIMES)
    network.bytes = reply.raw
    _, uncut = await ask(reply, line)
    wrong = []
    for length in range(len(reply.raw) + 1):
        network.bytes = reply.raw[:length]
        before = network.connections
        await line.aclose()
        came, found = await ask(reply, line)
        fault = wrong_at(length, reply, uncut, came, found)
        if network.connections != before + 1:
            fault = f"byte {length}: asked {network.connections - before} times"
        wrong += [fault] if fault else []
        if wrong and one:
            break
    await line.aclose()
    return wrong


def made_up(ending: Ending, monkeypatch: pytest.MonkeyPatch) -> tuple[CutNetwork, HurriedLoop]:
    """Put a made-up network below httpcore."""
    network = CutNetwork(ending)
    monkeypatch.setattr(httpcore, "AnyIOBackend", lambda: network)
    # httpcore looks for it again on every lock, and each search costs more than a whole cut.
    monkeypatch.setitem(sys.modules, "trio", None)
    monkeypatch.setitem(sys.modules, "sniffio", None)
    return network, HurriedLoop()


def virtually(
    reply: Reply, ending: Ending, monkeypatch: pytest.MonkeyPatch, *, one: bool = False
) -> list[str]:
    """Cut a reply at every byte, each time ended so, without a socket or a wait."""
    network, loop = made_up(ending, monkeypatch)
    return hurry(cut_everywhere(reply, network, loop, one=one), loop)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", [*TWELVE, *MORE])
def test_f18_a_reply_cut_at_any_byte_decides_nothing(
    name: str, ending: Ending, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = reply_called(name, replies)
    assert virtually(reply, ending, monkeypatch) == []


@pytest.mark.parametrize("name", [*TWELVE, *MORE])
def test_the_whole_reply_decides_what_it_should(
    name: str, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this, a till that never decides would pass the proof."""
    reply = reply_called(name, replies)
    network, loop = made_up("close", monkeypatch)
    network.bytes = reply.raw
    line = line_for(reply, "http://127.0.0.1:1", loop, _TIMES)
    _, found = hurry(ask(reply, line), loop)
    if isinstance(found, Judgement):
        assert (found.state if found.evidence else None) is DECIDES[name]
        assert (found.token is not None) is name.startswith("token")
    else:
        assert found is not None


@pytest.mark.parametrize("ending", ["reset", "hang"])
def test_f19_a_body_that_its_connection_ends_needs_the_goodbye(
    ending: Ending, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = reply_called("token until closed", replies)
    network, loop = made_up(ending, monkeypatch)
    network.bytes = reply.raw
    came, found = hurry(ask(reply, line_for(reply, "http://127.0.0.1:1", loop, _TIMES)), loop)
    assert came.reply == reply.raw
    assert not decides(found)


# The proof itself


def believing(error: Exception, recording: Recording, gate: Gate, *, expired: bool) -> Reception:
    """A line that takes what came for the whole."""
    if recording.status is None:
        return DIAGNOSIS(error, recording, gate, expired=expired)
    return weigh(recording.status, "", bytes(recording.raw), bytes(recording.body))


DIAGNOSIS: Final = exchanges._diagnosis


def mending(body: bytes) -> JsonObject:
    """A reader that closes what was left open."""
    for end in (b"", b"}", b'"}', b"}}", b'"}}'):
        try:
            return parse(body + end)
        except NotStrict:
            continue
    raise NotStrict("syntax")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_line_that_takes_a_torn_reply_for_the_whole_is_found(
    ending: Ending, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanges, "_diagnosis", believing)
    assert "decides" in virtually(replies["unauthorised"], ending, monkeypatch, one=True)[0]
    # Strict JSON is the second lock: with it, no success is ever believed too early.
    assert virtually(replies["refused by code"], ending, monkeypatch) == []
    monkeypatch.setattr(readings, "parse", mending)
    for name in ("refused by code", "status paid", "balance"):
        assert "decides" in virtually(replies[name], ending, monkeypatch, one=True)[0], name


# Over real sockets


def cut_script(reply: Reply, ending: Ending) -> Script:
    """On the n-th connection, send n bytes and end."""
    lengths = count()

    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(reply.raw[: next(lengths)])
        if ending == "close":
            peer.close()
        elif ending == "reset":
            peer.reset()
        else:
            await peer.until_gone()

    return script


async def over_sockets(reply: Reply, ending: Ending) -> list[str]:
    """Cut a reply at every byte over real connections; give what is wrong."""
    cuts = len(reply.raw)
    times = _IMPATIENT if ending == "hang" else _PATIENT
    wrong: list[str] = []
    lengths: list[int] = []

    async def one(base_url: str) -> None:
        line = line_for(reply, base_url, ManualClock(), times)
        came, found = await ask(reply, line)
        await line.aclose()
        lengths.append(len(came.reply))
        fault = wrong_at(len(came.reply), reply, None, came, found)
        wrong.extend([fault] if fault else [])

    async with RawServer(cut_script(reply, ending)) as server:
        for start in range(0, cuts, _AT_ONCE):
            batch = range(start, min(start + _AT_ONCE, cuts))
            await asyncio.gather(*(one(server.base_url) for _ in batch))
        assert len(server.requests) == cuts
    if ending != "reset":  # a reset may overtake what was sent before it
        assert sorted(lengths) == list(range(cuts))
    return wrong


@pytest.mark.timeout(600)
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", [*TWELVE, *MORE])
async def test_f18_over_real_sockets_too_a_cut_reply_decides_nothing(
    name: str, ending: Ending, replies: dict[str, Reply], campaign: bool
) -> None:
    if not campaign:
        pytest.skip("real sockets are for --campaign")
    reply = reply_called(name, replies)
    if name == "token until closed":
        reply = replace(reply, raw=reply.raw[:-1])  # whole in its last byte, by its goodbye
    assert await over_sockets(reply, ending) == []
