"""Questions that move no money: what they ask, when they are repeated, and on which lines."""

import asyncio
from dataclasses import replace

import pytest

from cashier.espay.merchant import Times
from cashier.espay.service import EspayService
from cashier.espay.signature import sign
from cashier.espay.wire import Exchange, Service
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Delivery, Finality, Reason, State, Verdict
from tests.espay.given import (
    PAYMENT,
    SECRETS,
    SENDER,
    SHORT,
    Journal,
    espay,
    merchant,
    pay,
    state,
    success,
)
from tests.support.clock import ManualClock
from tests.support.raw_server import (
    Peer,
    RawServer,
    Script,
    answering,
    headers_of,
    http_reply,
    in_turn,
    split_requests,
)

BALANCE = http_reply({"error_code": "0000", "error_desc": "Success", "balance": "1000000"})
BUSY = http_reply("busy", status="503 Busy")


async def close_at_once(peer: Peer) -> None:
    await peer.request()
    peer.close()


async def test_products_are_asked_and_read() -> None:
    reply = {"error_code": "0000", "product": [{"product_code": "SINCBN", "product_name": "CBN"}]}
    async with RawServer(answering(http_reply(reply))) as server:
        line = espay(server.base_url)
        found = await line.products()
        await line.aclose()
    assert found.products is not None
    assert [(item.code, item.name) for item in found.products] == [("SINCBN", "CBN")]
    assert server.requests[0].startswith(b"POST /rest/billertools/getregisteredproducts HTTP/1.1")
    form = server.forms[0]
    assert set(form) == {"rq_uuid", "rq_datetime", "sender_id", "password", "signature"}
    assert form["signature"] == sign(Service.PRODUCTS, form, SECRETS["key"])


async def test_an_operator_is_asked_without_signature() -> None:
    reply = {"error_code": "0000", "operator": {"code": "SVHTS", "name": "Telkomsel"}}
    async with RawServer(answering(http_reply(reply))) as server:
        line = espay(server.base_url)
        found = await line.operator_of("081284620888")
        await line.aclose()
    assert found.operator == "Telkomsel"
    assert server.requests[0].startswith(b"POST /rest/billertools/getmno HTTP/1.1")
    assert server.forms[0].pop("rq_uuid").startswith(SENDER)
    assert server.forms[0] == {
        "rq_uuid": found.exchanges[0].rq_uuid,
        "rq_datetime": "2026-11-22 10:41:03",
        "sender_id": SENDER,
        "password": SECRETS["form_password"],
        "phone_num": "081284620888",
    }


async def test_a_balance_is_asked_and_read_in_rupiah() -> None:
    async with RawServer(answering(BALANCE)) as server:
        line = espay(server.base_url)
        found = await line.balance()
        await line.aclose()
    assert found.balance == Rupiah.of(1_000_000)
    assert server.requests[0].startswith(b"POST /rest/billertools/getbalance HTTP/1.1")
    form = server.forms[0]
    assert form["signature"] == sign(Service.BALANCE, form, SECRETS["key"])


async def test_a_status_is_asked_by_reference_with_an_id_of_its_own() -> None:
    async with RawServer(answering(http_reply(success()))) as server:
        line = espay(server.base_url)
        exchange = (await line.status("20250214142517")).last
        await line.aclose()
    answer = exchange.answer
    assert (answer.verdict, answer.finality) == (Verdict.PAID, Finality.FINAL)
    assert (answer.ref_id, answer.trouble) == ("20250214142517", None)
    assert server.requests[0].startswith(b"POST /rest/billertools/gettransactioninfo HTTP/1.1")
    form = server.forms[0]
    assert form["ref_id"] == "20250214142517"
    assert form["rq_uuid"] == exchange.rq_uuid != answer.rq_uuid
    assert form["signature"] == sign(Service.STATUS, form, SECRETS["key"])


REFUSED: list[dict[str, object]] = [
    {
        "error_code": "405",
        "error_desc": "product denied",
        "balance": 1,
        "product": [],
        "operator": "X",
    },
    {"error_code": 0, "balance": 1, "product": [], "operator": "X"},
    {"error_code": "0000", "rq_uuid": "OTHER", "balance": 1, "product": [], "operator": "X"},
    {"balance": 1, "product": [], "operator": "X"},
    {"error_code": "0000"},
]


@pytest.mark.parametrize("reply", REFUSED)
async def test_what_was_refused_or_is_not_for_us_is_not_read(reply: dict[str, object]) -> None:
    async with RawServer(answering(*[http_reply(reply)] * 3)) as server:
        line = espay(server.base_url)
        assert (await line.products()).products is None
        assert (await line.operator_of("0812")).operator is None
        assert (await line.balance()).balance is None
        await line.aclose()
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"error_desc": "Inproses"}, None),
        ({"error_desc": "Sukses"}, None),
        ({"amount": "1.000"}, None),
        ({"order_id": "0899"}, Reason.OTHER_NUMBER),
        ({"rq_uuid": "OTHER"}, Reason.OTHER_UUID),
        ({"error_code": "801"}, Reason.UNKNOWN_CODE),
        ({"error_code": "EX"}, Reason.SUSPECT),
    ],
)
async def test_there_is_no_bill_unless_everything_agrees(
    changes: dict[str, object], trouble: Reason | None
) -> None:
    whole = {
        "error_code": "0000",
        "error_desc": "Success",
        "order_id": "0812",
        "amount": "100",
        "bill_amount": "100",
        "admin_fee": "0",
    }
    async with RawServer(answering(http_reply(whole), http_reply({**whole, **changes}))) as server:
        line = espay(server.base_url)
        assert (await line.inquire("0812", "SPBFRE")).bill is not None
        reply = await line.inquire("0812", "SPBFRE")
        await line.aclose()
    assert reply.bill is None
    assert reply.answer.trouble is trouble
    assert len(reply.exchanges) == 1


async def test_a_question_is_repeated_on_5xx_with_a_fresh_id_each() -> None:
    async with RawServer(answering(BUSY, BUSY, BALANCE)) as server:
        line = espay(server.base_url)
        found = await line.balance()
        await line.aclose()
    assert found.balance == Rupiah.of(1_000_000)
    assert [exchange.http_status for exchange in found.exchanges] == [503, 503, 200]
    ids = [form["rq_uuid"] for form in server.forms]
    assert ids == [exchange.rq_uuid for exchange in found.exchanges]
    assert len(set(ids)) == 3


async def test_a_question_is_given_up_after_three_tries() -> None:
    async with RawServer(answering(*[BUSY] * 5)) as server:
        line = espay(server.base_url)
        found = await line.balance()
        await line.aclose()
    assert found.balance is None
    assert len(found.exchanges) == len(server.requests) == 3


async def test_a_question_is_repeated_when_its_line_breaks() -> None:
    script = in_turn(close_at_once, answering(BALANCE[:-5]), answering(BALANCE))
    async with RawServer(script) as server:
        line = espay(server.base_url)
        found = await line.balance()
        await line.aclose()
    troubles = [exchange.answer.trouble for exchange in found.exchanges]
    assert troubles == [Reason.NO_REPLY, Reason.TORN_REPLY, None]
    assert found.exchanges[1].reply == BALANCE[:-5]
    assert found.balance == Rupiah.of(1_000_000)


async def test_a_question_meets_its_deadline_and_is_repeated() -> None:
    script = in_turn(Peer.until_gone, answering(BALANCE))
    async with RawServer(script) as server:
        line = espay(server.base_url, times=SHORT)
        found = await line.balance()
        await line.aclose()
    troubles = [exchange.answer.trouble for exchange in found.exchanges]
    assert troubles == [Reason.DEADLINE, None]


async def test_a_question_is_repeated_where_nobody_answers_the_door() -> None:
    async with RawServer(Peer.until_gone) as server:
        gone = server.base_url
    line = espay(gone)
    found = await line.balance()
    await line.aclose()
    deliveries = {exchange.answer.delivery for exchange in found.exchanges}
    assert deliveries == {Delivery.NOT_SENT}
    assert len(found.exchanges) == 3


@pytest.mark.parametrize(
    "reply",
    [
        http_reply("", status="401 Unauthorized"),
        http_reply("", status="404 Not Found"),
        http_reply("", status="429 Slow down"),
        http_reply("", status="302 Found", headers=("Location: /",)),
        http_reply("<html>"),
        http_reply({"error_code": "9999", "error_desc": "Suspect"}),
        http_reply({"error_code": "210"}),
    ],
)
async def test_f23_no_other_answer_is_asked_for_again(reply: bytes) -> None:
    async with RawServer(answering(reply, BALANCE)) as server:
        line = espay(server.base_url)
        exchange = (await line.status("R1")).last
        await line.aclose()
    assert len(server.requests) == 1
    unauthorised = exchange.answer.delivery is Delivery.UNAUTHORISED
    assert unauthorised is (exchange.http_status == 401)


async def test_the_pauses_between_tries_grow_and_vary() -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    times = Times(read_tries=5)
    async with RawServer(answering(*[BUSY] * 20)) as server:
        line = EspayService(merchant(server.base_url), ManualClock(), times, note)
        for _ in range(4):
            await line.balance()
        await line.aclose()
    rounds = [pauses[start : start + 4] for start in range(0, 16, 4)]
    for found in rounds:
        for pause, middle in zip(found, (1, 2, 4, 4), strict=True):
            assert middle * 0.9 <= pause <= middle * 1.1
    assert len({pause for found in rounds for pause in found}) > 4


async def test_questions_share_a_line_and_payments_never_do() -> None:
    async with RawServer(answering(*[http_reply(success())] * 4)) as server:
        line = espay(server.base_url)
        await line.balance()
        await line.products()
        assert [state(await pay(line)) for _ in range(2)] == [State.PAID] * 2
        await line.balance()
        await line.aclose()
    seen = [
        [headers_of(request)["connection"] for request in split_requests(peer.received)]
        for peer in server.peers
    ]
    assert seen == [["keep-alive"] * 3, ["close"], ["close"]]
    assert all(headers_of(request)["accept-encoding"] == "identity" for request in server.requests)


async def test_questions_asked_at_the_same_time_keep_their_own_replies() -> None:
    async def echo(peer: Peer) -> None:
        request = await peer.request()
        await asyncio.sleep(0.01)
        number = request.rpartition(b"order_id=")[2][:4].decode()
        peer.send(http_reply({"error_code": "405", "order_id": number}))
        peer.close()

    async with RawServer(echo) as server:
        line = espay(server.base_url)
        numbers = [f"08{number:02d}" for number in range(12)]
        replies = await asyncio.gather(*(line.inquire(number, "SPBFRE") for number in numbers))
        await line.aclose()
    for number, reply in zip(numbers, replies, strict=True):
        assert reply.answer.order_id == number
        assert reply.exchanges[0].reply.count(b"HTTP/1.1") == 1
        assert f'"{number}"'.encode() in reply.exchanges[0].reply


async def test_a_line_that_went_stale_is_replaced() -> None:
    async with RawServer(answering(BALANCE)) as server:
        line = espay(server.base_url)
        await line.balance()
        await server.peers[0].until_gone()
        found = await line.balance()
        await line.aclose()
    assert found.balance is not None
    assert len(server.peers) == 2


async def test_cookies_are_not_sent_back() -> None:
    cookie = http_reply({"error_code": "0000"}, headers=("Set-Cookie: session=canary",))
    async with RawServer(answering(cookie, BALANCE)) as server:
        line = espay(server.base_url)
        await line.balance()
        await line.balance()
        await line.aclose()
    assert len(server.requests) == 2
    assert b"canary" not in server.received.lower()


async def test_a_line_can_be_closed_and_used_again() -> None:
    async with RawServer(answering(BALANCE)) as server:
        line = espay(server.base_url)
        await line.aclose()
        await line.balance()
        await line.aclose()
        await line.aclose()
        await server.peers[0].until_gone()
        assert (await line.balance()).balance is not None
        await line.aclose()


async def test_a_question_may_be_cancelled_and_the_next_one_works() -> None:
    async with RawServer(in_turn(Peer.until_gone, answering(BALANCE))) as server:
        line = espay(server.base_url)
        task = asyncio.create_task(line.balance())
        await server.called.wait()
        await server.peers[0].first_bytes()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await line.balance()).balance is not None
        await line.aclose()


async def test_no_payment_is_ever_repeated() -> None:
    scripts: list[Script] = [answering(BUSY), close_at_once, answering(BALANCE[:-5])]
    for script in scripts:
        journal = Journal()
        async with RawServer(script) as server:
            await pay(server.base_url, journal)
        assert len(server.requests) == len(server.peers) == journal.released == 1


async def test_an_exchange_tells_when_it_began_and_ended() -> None:
    clock = ManualClock()

    async def release() -> None:
        clock.advance(1.5)

    async with RawServer(answering(http_reply(success()))) as server:
        line = espay(server.base_url, clock=clock)
        start = clock.utc_ms()
        exchange: Exchange = await line.pay(replace(PAYMENT, order_id="0812"), release)
    assert (exchange.started_at, exchange.ended_at) == (start, start + 1_500)
    assert server.forms[0]["rq_datetime"] == exchange.request["rq_datetime"]


@pytest.mark.parametrize("address", ["http://api.espay.id", "https://u:p@api.espay.id", ""])
def test_s11_a_merchant_with_an_unsafe_address_gets_no_line(address: str) -> None:
    with pytest.raises(Refusal):
        espay(address)
