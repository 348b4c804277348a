"""A reply on record is read again as it was read when it came."""

from dataclasses import dataclass

import pytest

from cashier.espay.kept import answer_of
from cashier.espay.wire import Exchange
from cashier.payment import Answer, Delivery, Reason, Verdict
from tests.espay.given import NUMBER, espay, pay, success
from tests.support.raw_server import RawServer, answering, http_reply


@dataclass(frozen=True)
class Message:
    """What a journal keeps of an exchange, as far as it matters here."""

    service: str
    reply: bytes
    whole: bool


def kept(exchange: Exchange) -> Message:
    whole = exchange.answer.delivery in (Delivery.WHOLE, Delivery.UNAUTHORISED)
    return Message(exchange.service, exchange.reply, whole)


@pytest.mark.parametrize(
    "reply",
    [
        http_reply(success()),
        http_reply(success(), framing="chunked"),
        http_reply(success(), framing="close"),
        http_reply(success(error_desc="Inproses")),
        http_reply(success(error_code=210)),
        http_reply("no", status="401 Unauthorized"),
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + http_reply(success()),
        http_reply(success(), headers=("Content-Encoding: identity",)),
    ],
)
async def test_t4_a_whole_reply_leads_to_the_same_answer_twice(reply: bytes) -> None:
    async with RawServer(answering(reply)) as server:
        exchange = await pay(server.base_url)
    assert kept(exchange).whole
    assert answer_of(kept(exchange), "sandbox") == exchange.answer


@pytest.mark.parametrize(
    "reply",
    [
        http_reply(success())[:-9],
        http_reply(success(), framing="close")[:-9],
        http_reply(success(), status="500 Oops"),
        http_reply(success(), headers=("Content-Encoding: gzip",)),
        http_reply("<html>"),
        b"garbage",
    ],
)
async def test_t4_a_reply_that_was_unusable_stays_so_and_keeps_its_hint(reply: bytes) -> None:
    async with RawServer(answering(reply)) as server:
        exchange = await pay(server.base_url)
    again = answer_of(kept(exchange), "sandbox")
    assert again.delivery is exchange.answer.delivery is Delivery.UNUSABLE
    assert again.ref_id == exchange.answer.ref_id


def test_a_reply_kept_as_not_whole_never_becomes_whole() -> None:
    for environment in ("practice", "production"):
        found = answer_of(Message("payment", http_reply(success()), whole=False), environment)
        assert (found.delivery, found.trouble) == (Delivery.UNUSABLE, Reason.TORN_REPLY)
        assert found.ref_id == "20250214142517"
        assert found.verdict is Verdict.UNKNOWN


def test_nothing_on_record_is_no_reply() -> None:
    found = answer_of(Message("payment", b"", whole=False), "production")
    assert found == Answer(Delivery.UNUSABLE, Reason.NO_REPLY)


def test_a_reply_masked_to_the_same_length_is_still_read() -> None:
    masked = http_reply(success()).replace(NUMBER.encode(), b"433333****")
    found = answer_of(Message("payment", masked, whole=True), "production")
    assert (found.delivery, found.order_id) == (Delivery.WHOLE, "433333****")


def test_a_reply_masked_out_of_shape_is_in_doubt() -> None:
    masked = http_reply(success()).replace(NUMBER.encode(), b"****")
    found = answer_of(Message("payment", masked, whole=True), "production")
    assert (found.delivery, found.trouble) == (Delivery.UNUSABLE, Reason.TORN_REPLY)


@pytest.mark.parametrize(
    ("environment", "verdict"),
    [("practice", Verdict.UNPAID), ("sandbox", Verdict.UNKNOWN), ("production", Verdict.UNKNOWN)],
)
async def test_invented_codes_on_record_count_in_practice_only(
    environment: str, verdict: Verdict
) -> None:
    reply = http_reply({"error_code": "0099", "error_message": "Transaksi gagal"})
    assert answer_of(Message("status", reply, whole=True), environment).verdict is verdict


async def test_a_status_on_record_is_read_as_a_status() -> None:
    reply = http_reply(success(status="Pending"))
    async with RawServer(answering(reply)) as server:
        line = espay(server.base_url)
        exchange = (await line.status("20250214142517")).last
        await line.aclose()
    assert answer_of(kept(exchange), "sandbox") == exchange.answer
