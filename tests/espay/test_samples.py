"""Every documented exchange, replayed over a socket: what is asked, and what is understood."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TypedDict, cast

import pytest
from pydantic import SecretStr

from cashier.clock import WIB
from cashier.espay.merchant import Merchant
from cashier.espay.service import EspayService
from cashier.espay.wire import Bill, Exchange, PaymentRequest
from cashier.money import Rupiah
from cashier.payment import Answer, Delivery, Demands, Finality, Reason, Sent, State, Verdict, judge
from tests.espay.given import QUICK, Journal, no_pause
from tests.support.clock import ManualClock
from tests.support.raw_server import Peer, RawServer, Script, answering, headers_of, http_reply

KEY = "kunci-contoh"
BASIC = "Basic ZXNwYXktdGVzdDp0ZXN0"
"""``espay-test:test``, the header of the documented examples (protocol.md 2)."""


class Sample(TypedDict):
    """One exchange as it stands in the notes."""

    id: str
    service: str
    endpoint: str
    request: dict[str, str]
    response: dict[str, object] | None


SAMPLES = {
    sample["id"]: sample
    for sample in cast(
        "list[Sample]", json.loads(Path(__file__).with_name("samples.json").read_text("utf-8"))
    )
}
UNANSWERED = {
    "plnpostpaid-pay-negative-truncated",
    "prepaid-telkomsel50-pay",
    "ewallet-pay",
    "insurance-sinarmas-pay-negative-truncated",
}
INQUIRIES = [key for key, sample in SAMPLES.items() if sample["service"] == "inquiry"]
PAYMENTS = [key for key, sample in SAMPLES.items() if sample["service"] == "payment"]

BILLS: dict[str, tuple[str, int, int, int]] = {
    # id: amount as text, then amount, bill_amount and admin_fee in rupiah
    "bpjs-inq-ok": ("10500000", 105_000, 105_000, 5_000),
    "prepaid-telkomsel50-inq-ok": ("5300000", 53_000, 49_500, 3_500),
    "plnprepaid-old-inq-ok": ("20250000", 202_500, 200_000, 2_500),
    "postpaid-smartfren-inq-ok": ("12540000", 125_400, 125_400, 0),
}
ANSWERED_FOR_ANOTHER = {
    "plnprepaid-inq-ok": Reason.OTHER_UUID,
    "pdam-aetra-inq-ok": Reason.OTHER_UUID,
    "postpaid-smartfren-inq-ok-new": Reason.OTHER_UUID,
    "ewallet-inq-ok": Reason.OTHER_NUMBER,
}
"""Documented successes whose answer was copied from another exchange: no bill for this number."""

REFUSED_INQUIRIES = {
    "bpjs-inq-405": ("405", Reason.REFUSED_BY_CODE, "product denied"),
    "prepaid-telkomsel50-inq-405": ("405", Reason.REFUSED_BY_CODE, "product denied"),
    "ewallet-inq-405": ("405", Reason.REFUSED_BY_CODE, "product denied"),
    "plnprepaid-inq-610": (
        "610",
        Reason.SAME_TRANSACTION,
        "Anda bisa melakukan transaksi yang sama setelah 5 menit",
    ),
    "plnpostpaid-inq-9999": ("9999", Reason.SUSPECT, "Suspect"),
    "plnnontaglis-inq-33": (
        "33",
        Reason.REFUSED_BY_CODE,
        "IDPEL YANG ANDA MASUKKAN SALAH, MOHON TELITI KEMBALI",
    ),
    "pdam-aetra-inq-210": ("210", Reason.UUID_EXISTS, "UUID already exist"),
    "postpaid-smartfren-inq-EX": ("EX", Reason.SUSPECT, "Timeout while execution"),
}
PAYMENT_STATES = {
    "internet-cbn-pay-ok": (State.PAID, Reason.PAID, "20250214142517"),
    "insurance-sinarmas-pay-ok": (State.PAID, Reason.PAID, "20250214144025"),
    "cabletv-indovision-pay-ok": (State.PAID, Reason.PAID, "20250214140841"),
    "instalment-sccanz-pay-ok": (State.IN_DOUBT, Reason.OTHER_UUID, "20250214155540"),
    "internet-cbn-pay-210": (State.IN_DOUBT, Reason.UUID_EXISTS, None),
    "instalment-sccanz-pay-210": (State.IN_DOUBT, Reason.UUID_EXISTS, None),
    "cabletv-indovision-pay-610": (State.IN_DOUBT, Reason.SAME_TRANSACTION, None),
    "postpaid-smartfren-pay-inproses": (
        State.PROCESSING,
        Reason.IN_PROCESS,
        "TX20190918155254952",
    ),
}


def line_for(sample: Sample, base_url: str) -> EspayService:
    """The line of the documented merchant, at the moment of the documented request."""
    request = sample["request"]
    at = datetime.strptime(request["rq_datetime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=WIB)
    shop = Merchant(
        "sandbox",
        base_url,
        request["sender_id"],
        SecretStr("espay-test"),
        SecretStr("test"),
        SecretStr(request["password"]),
        SecretStr(KEY),
    )
    clock = ManualClock(int(at.timestamp() * 1000))
    return EspayService(shop, clock, QUICK, no_pause, lambda _: request["rq_uuid"])


def data_of(sample: Sample) -> str | None:
    data = sample["request"].get("data")
    if data is not None and sample["id"] == "ewallet-pay":
        return data.replace("+", " ")  # printed in its form encoding
    return data


def signature_of(sample: Sample) -> str:
    """The signature, computed apart from the till: the printed ones are placeholders."""
    request = sample["request"]
    amount = [request["amount"]] if sample["service"] == "payment" else []
    parts = [request["sender_id"], request["order_id"], request["product_code"], *amount]
    joined = "##" + "##".join([*parts, request["rq_uuid"], KEY]) + "##"
    return hashlib.sha256(joined.upper().encode()).hexdigest()


async def _silence(peer: Peer) -> None:
    await peer.request()
    peer.close()


def reply_script(sample: Sample) -> Script:
    if sample["id"] in UNANSWERED:
        return _silence
    return answering(http_reply(sample["response"] or {}, framing="close"))


def check_request(sample: Sample, server: RawServer) -> None:
    """Every documented field arrived as documented, once, and nothing else did."""
    assert len(server.requests) == 1
    request = server.requests[0]
    assert request.startswith(f"POST {sample['endpoint']} HTTP/1.1\r\n".encode())
    headers = headers_of(request)
    assert headers["authorization"] == BASIC
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["accept"] == "*/*"
    expected = dict(sample["request"], signature=signature_of(sample))
    data = data_of(sample)
    if data is not None:
        expected["data"] = data
    assert server.forms == [expected]


async def inquire(sample: Sample) -> tuple[Bill | None, Answer, RawServer]:
    request = sample["request"]
    async with RawServer(reply_script(sample)) as server:
        line = line_for(sample, server.base_url)
        reply = await line.inquire(
            request["order_id"], request["product_code"], request.get("additional_data")
        )
        await line.aclose()
    assert len(reply.exchanges) == 1
    return reply.bill, reply.answer, server


async def pay(sample: Sample) -> tuple[Exchange, RawServer]:
    request = sample["request"]
    payment = PaymentRequest(
        request["rq_uuid"],
        request["order_id"],
        request["product_code"],
        request["amount"],
        data_of(sample),
    )
    async with RawServer(reply_script(sample)) as server:
        exchange = await line_for(sample, server.base_url).pay(payment, Journal().release)
    return exchange, server


def test_every_sample_is_accounted_for() -> None:
    understood = {*BILLS, *ANSWERED_FOR_ANOTHER, *REFUSED_INQUIRIES, *PAYMENT_STATES, *UNANSWERED}
    assert understood == set(SAMPLES)
    assert len(understood) == 28


@pytest.mark.parametrize("key", INQUIRIES)
async def test_an_inquiry_is_asked_as_documented(key: str) -> None:
    _, _, server = await inquire(SAMPLES[key])
    check_request(SAMPLES[key], server)


@pytest.mark.parametrize("key", PAYMENTS)
async def test_a_payment_is_sent_as_documented(key: str) -> None:
    exchange, server = await pay(SAMPLES[key])
    check_request(SAMPLES[key], server)
    assert exchange.request == {
        name: value
        for name, value in server.forms[0].items()
        if name not in ("sender_id", "password", "signature")
    }


@pytest.mark.parametrize("key", BILLS)
async def test_a_documented_bill_is_understood(key: str) -> None:
    bill, answer, _ = await inquire(SAMPLES[key])
    text, amount, bill_amount, admin_fee = BILLS[key]
    response = SAMPLES[key]["response"]
    assert bill is not None
    assert response is not None
    assert bill.amount_text == text
    assert bill.amount == Rupiah.of(amount)
    assert bill.bill_amount == Rupiah.of(bill_amount)
    assert bill.admin_fee == Rupiah.of(admin_fee)
    assert bill.data_text == json.dumps(response["data"])
    data = cast("dict[str, object]", response["data"])
    assert bill.facts == {name: str(value) for name, value in data.items()}
    assert (answer.code, answer.trouble, answer.finality) == ("0000", None, Finality.FINAL)


@pytest.mark.parametrize(("key", "reason"), ANSWERED_FOR_ANOTHER.items())
async def test_s21_a_documented_answer_for_another_request_is_no_bill(
    key: str, reason: Reason
) -> None:
    bill, answer, _ = await inquire(SAMPLES[key])
    assert (bill, answer.trouble, answer.code) == (None, reason, "0000")


@pytest.mark.parametrize(("key", "expected"), REFUSED_INQUIRIES.items())
async def test_a_documented_refusal_is_understood(
    key: str, expected: tuple[str, Reason, str]
) -> None:
    bill, answer, _ = await inquire(SAMPLES[key])
    assert bill is None
    assert (answer.code, answer.trouble, answer.text) == expected
    assert answer.verdict is not Verdict.PAID


@pytest.mark.parametrize(("key", "expected"), PAYMENT_STATES.items())
async def test_a_documented_payment_is_judged_by_the_law(
    key: str, expected: tuple[State, Reason, str | None]
) -> None:
    sample = SAMPLES[key]
    exchange, _ = await pay(sample)
    request = sample["request"]
    amount = Rupiah.from_minor(request["amount"])
    sent = Sent(request["rq_uuid"], request["order_id"], amount)
    found = judge(sent, exchange.answer, Demands(reply_amount="note"))
    assert (found.state, found.reason, found.ref_id) == expected
    assert exchange.answer.delivery is Delivery.WHOLE
    assert json.dumps(sample["response"]).encode() in exchange.reply


@pytest.mark.parametrize("key", ["internet-cbn-pay-ok", "insurance-sinarmas-pay-ok"])
async def test_the_canned_total_of_direct_payments_is_read_as_rupiah(key: str) -> None:
    exchange, _ = await pay(SAMPLES[key])
    assert exchange.answer.amounts == (Rupiah.of(100_000),)
    assert set(exchange.answer.facts) == {"customer_id", "amount", "mwData.ftbpTraceNo"}


async def test_a_payment_in_process_compares_nothing_and_shows_the_bill() -> None:
    exchange, _ = await pay(SAMPLES["postpaid-smartfren-pay-inproses"])
    assert exchange.answer.amounts == ()
    assert exchange.answer.facts["customer_name"] == "SMARTFREN CUSTOMER POSTPAID"
    assert exchange.answer.finality is Finality.IN_PROCESS


@pytest.mark.parametrize("key", sorted(UNANSWERED))
async def test_a_payment_without_an_answer_is_in_doubt(key: str) -> None:
    exchange, _ = await pay(SAMPLES[key])
    assert exchange.answer.delivery is Delivery.UNUSABLE
    assert exchange.answer.trouble is Reason.NO_REPLY


async def test_a_slash_that_was_escaped_goes_back_escaped() -> None:
    data = '{"class": "R1  \\/000001300", "price": 1.50}'
    body = (
        '{"error_code":"0000","error_message":"Success ","amount":20250000,'
        f'"bill_amount":20000000,"admin_fee":250000,"data":{data}}}'
    )
    sample = SAMPLES["plnprepaid-inq-ok"]
    async with RawServer(answering(http_reply(body))) as server:
        line = line_for(sample, server.base_url)
        reply = await line.inquire("520520795556", "SLYLPR200")
        await line.aclose()
    assert reply.bill is not None
    assert reply.bill.data_text == data
    assert reply.bill.facts["class"] == "R1  /000001300"
    async with RawServer(answering(http_reply({}))) as server:
        payment = PaymentRequest(
            "U1", "520520795556", "SLYLPR200", reply.bill.amount_text, reply.bill.data_text
        )
        await line_for(sample, server.base_url).pay(payment, Journal().release)
    assert server.forms[0]["data"] == data
    assert server.forms[0]["amount"] == "20250000"
