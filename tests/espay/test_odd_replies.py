"""Replies that are complete and yet no answer, or an answer that is not ours (F20 to F43)."""

import asyncio
import gzip
import json
from typing import Literal

import pytest

from cashier.payment import Delivery, Demand, Demands, Evidence, Reason, State
from tests.espay.given import NUMBER, SHORT, Journal, espay, judged, pay, success
from tests.support.raw_server import Peer, RawServer, answering, http_reply

OK = http_reply(success())
HEAD, BODY = OK.split(b"\r\n\r\n")
HTML = "<html><body>Maintenance</body></html>"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 400, 403, 404, 405, 408, 413, 429, 451])
@pytest.mark.parametrize("body", [HTML, json.dumps(success())])
async def test_f20_f24_an_http_error_is_in_doubt_whatever_it_says(status: int, body: str) -> None:
    journal = Journal()
    async with RawServer(answering(http_reply(body, status=f"{status} Odd"))) as server:
        exchange = await pay(server.base_url, journal)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.HTTP_STATUS)
    assert (found.detail, exchange.http_status) == (str(status), status)
    assert journal.released == len(server.requests) == 1


async def test_f20_a_reference_in_an_http_error_is_a_hint() -> None:
    async with RawServer(answering(http_reply(success(), status="500 Oops"))) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.ref_id) == (State.IN_DOUBT, "20250214142517")


async def test_f21_a_page_instead_of_an_answer_is_in_doubt() -> None:
    async with RawServer(answering(http_reply(HTML))) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason, found.detail) == (
        State.IN_DOUBT,
        Reason.NOT_JSON,
        "syntax",
    )


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
async def test_f22_a_complete_401_proves_that_nothing_was_paid(
    framing: Literal["length", "chunked", "close"],
) -> None:
    reply = http_reply(
        HTML,
        status="401 Unauthorized",
        headers=('WWW-Authenticate: Basic realm="x"',),
        framing=framing,
    )
    async with RawServer(answering(reply)) as server:
        exchange = await pay(server.base_url)
    found = judged(exchange)
    assert (found.state, found.evidence) == (State.UNPAID, Evidence.REFUSED)
    assert found.reason is Reason.UNAUTHORISED
    assert len(server.requests) == 1


async def test_f22_a_torn_401_proves_nothing() -> None:
    reply = http_reply(HTML, status="401 Unauthorized")
    async with RawServer(answering(reply[:-1])) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.TORN_REPLY)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f25_s10_a_redirect_is_not_followed(status: int) -> None:
    async with RawServer(answering(OK)) as elsewhere:
        to = f"Location: {elsewhere.base_url}/rest/biller/paymentreport"
        reply = http_reply("", status=f"{status} Moved", headers=(to,))
        async with RawServer(answering(reply, OK)) as server:
            found = judged(await pay(server.base_url))
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.HTTP_STATUS)
    assert elsewhere.peers == []
    assert len(server.requests) == 1


LENGTH = b"Content-Length: %d" % len(BODY)
ODD = {
    "100 only": b"HTTP/1.1 100 Continue\r\n\r\n",
    "103 only": b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n",
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + BODY,
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "204 with body": b"HTTP/1.1 204 No Content\r\n" + LENGTH + b"\r\n\r\n" + BODY,
    "205": http_reply("", status="205 Reset Content"),
    "206": http_reply(success(), status="206 Partial Content"),
    "201": http_reply(success(), status="201 Created"),
    "no body": http_reply(""),
    "length twice": HEAD + b"\r\n" + LENGTH + b"\r\n\r\n" + BODY,
    "length twice in one line": OK.replace(LENGTH, LENGTH + b", %d" % len(BODY)),
    "lengths that differ": HEAD + b"\r\nContent-Length: 10\r\n\r\n" + BODY,
    "length and chunks": HEAD
    + b"\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY),
    "length too short": OK.replace(LENGTH, b"Content-Length: %d" % (len(BODY) - 1)),
    "length too long": OK.replace(LENGTH, b"Content-Length: %d" % (len(BODY) + 1)),
    "length negative": OK.replace(LENGTH, b"Content-Length: -1"),
    "length in words": OK.replace(LENGTH, b"Content-Length: many"),
    "chunked gzip": http_reply(success(), framing="chunked").replace(b"chunked", b"gzip, chunked"),
    "chunk size garbage": HEAD.replace(LENGTH, b"Transfer-Encoding: chunked") + b"\r\n\r\nzz\r\n{}",
    "gzip": http_reply(gzip.compress(BODY), headers=("Content-Encoding: gzip",)),
    "gzip that is none": http_reply(BODY, headers=("Content-Encoding: gzip",)),
    "gzip bomb": http_reply(gzip.compress(b"0" * 5_000_000), headers=("Content-Encoding: gzip",)),
    "two encodings": http_reply(
        BODY, headers=("Content-Encoding: identity", "Content-Encoding: br")
    ),
    "garbage": bytes(range(256)),
    "http/0.9": BODY,
    "http/2 preface": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00",
    "http/3.0": OK.replace(b"HTTP/1.1", b"HTTP/3.0"),
    "no status": OK.replace(b" 200 OK", b""),
    "status of letters": OK.replace(b" 200 ", b" abc "),
    "header without colon": HEAD + b"\r\nodd line\r\n\r\n" + BODY,
    "nul in header": HEAD + b"\r\nX: a\x00b\r\n\r\n" + BODY,
    "huge header": HEAD + b"\r\nX: " + b"a" * 200_000 + b"\r\n\r\n" + BODY,
    "many headers": HEAD + b"\r\n" + b"X: a\r\n" * 40_000 + b"\r\n" + BODY,
    "tls alert": b"\x15\x03\x03\x00\x02\x02\x28",
}


@pytest.mark.parametrize("case", ODD)
async def test_f26_odd_http_is_in_doubt_and_no_exception_escapes(case: str) -> None:
    journal = Journal()
    async with RawServer(answering(ODD[case])) as server:
        exchange = await pay(server.base_url, journal)
    found = judged(exchange)
    assert (found.state, exchange.answer.delivery) == (State.IN_DOUBT, Delivery.UNUSABLE)
    assert exchange.reply
    assert ODD[case].startswith(exchange.reply)
    assert journal.released == len(server.peers) == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\n" + OK,
        OK.replace(b"HTTP/1.1", b"HTTP/1.0"),
        http_reply(success(), framing="close").replace(b"HTTP/1.1", b"HTTP/1.0"),
        http_reply(success(), framing="chunked"),
        http_reply(success(), headers=("Content-Encoding: identity",)),
        OK.replace(b"application/json", b"text/html"),
        OK.replace(b"\r\n", b"\n"),
    ],
)
async def test_f29_a_whole_answer_counts_in_every_honest_form_of_http(reply: bytes) -> None:
    async with RawServer(answering(reply)) as server:
        exchange = await pay(server.base_url)
    assert judged(exchange).state is State.PAID
    assert exchange.reply == reply


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"error_code":"0000"', "syntax"),
        (b"\xef\xbb\xbf" + BODY, "bom"),
        (b'{"name":"Andr\xe9"}', "utf8"),
        (b'{"amount":NaN}', "syntax"),
        (b'{"error_code":"210","error_code":"0000"}', "double"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b"[" + BODY + b"]", "object"),
        (b'"0000"', "object"),
        (b"null", "object"),
    ],
)
async def test_f27_f28_a_body_that_is_no_clean_object_is_in_doubt(body: bytes, detail: str) -> None:
    async with RawServer(answering(http_reply(body))) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason, found.detail) == (
        State.IN_DOUBT,
        Reason.NOT_JSON,
        detail,
    )


async def test_f27_a_number_of_5000_digits_is_only_text() -> None:
    body = json.dumps(success()).replace('"bankFee": 0', f'"bankFee": {"9" * 5_000}')
    async with RawServer(answering(http_reply(body))) as server:
        exchange = await pay(server.base_url)
    assert judged(exchange).state is State.PAID
    doubtful = json.dumps(success()).replace('"000001000000"', "9" * 5_000)
    async with RawServer(answering(http_reply(doubtful))) as server:
        exchange = await pay(server.base_url)
    compared = judged(exchange, Demands())
    assert (compared.state, compared.reason) == (State.INCOMPLETE, Reason.AMOUNT_DIFFERS)


def flood(head: bytes, piece: bytes) -> bytes:
    return head + piece * (8 * 1024 * 1024 // len(piece))


FLOODS = {
    "long body": flood(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", b"0" * 65536),
    "endless body": flood(b"HTTP/1.1 200 OK\r\n\r\n", b'{"a":' * 13_000),
    "tiny chunks": flood(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;x=yyyyyyyyyyyyyyy\r\n0\r\n"
    ),
    "endless 1xx": flood(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
}


@pytest.mark.parametrize("case", FLOODS)
async def test_f27_s19_a_flood_is_cut_off_at_a_mebibyte(case: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(FLOODS[case])
        await peer.until_gone()

    async with RawServer(script) as server:
        exchange = await pay(server.base_url)
        await server.peers[0].until_gone()
    found = judged(exchange)
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.TOO_LARGE)
    assert len(exchange.reply) < 1.5 * 1024 * 1024
    assert FLOODS[case].startswith(exchange.reply)


async def test_s19_a_slow_loris_ends_at_the_deadline_of_the_whole_exchange() -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        while not peer.gone:
            peer.send(b"HTTP/1.1 102 Processing\r\n\r\n")
            await asyncio.sleep(0.02)

    async with RawServer(script) as server:
        found = judged(await pay(espay(server.base_url, times=SHORT)))
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.DEADLINE)


@pytest.mark.parametrize("name", ["rq_uuid", "order_id"])
@pytest.mark.parametrize("value", ["OTHER", 0, "", None, True, f"{NUMBER}\u200b", f" {NUMBER}"])
async def test_f34_s21_an_answer_that_names_another_is_never_paid(name: str, value: object) -> None:
    async with RawServer(answering(http_reply(success(**{name: value})))) as server:
        found = judged(await pay(server.base_url))
    same = value in (None, "") or (name, value) == ("order_id", f" {NUMBER}")
    reason = Reason.OTHER_UUID if name == "rq_uuid" else Reason.OTHER_NUMBER
    expected = (State.PAID, Reason.PAID) if same else (State.IN_DOUBT, reason)
    assert (found.state, found.reason) == expected
    assert found.ref_id == "20250214142517"


async def test_s21_an_older_reply_that_is_played_again_is_in_doubt() -> None:
    older = http_reply(success(rq_uuid="TOKOCONTOHPAYMENT00"))
    async with RawServer(answering(older)) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason) == (State.IN_DOUBT, Reason.OTHER_UUID)


TOKEN = Demands(numbers=(Demand("token", 20, ("token_no",), anywhere=True),))


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({}, State.PAID, Reason.PAID),
        ({"error_desc": "Inproses"}, State.PROCESSING, Reason.IN_PROCESS),
        ({"error_desc": "Inproses", "ref_id": None}, State.IN_DOUBT, Reason.NO_REFERENCE),
        ({"error_desc": "Sukses"}, State.PROCESSING, Reason.UNKNOWN_TEXT),
        ({"error_desc": "Sukses", "ref_id": ""}, State.IN_DOUBT, Reason.NO_REFERENCE),
        ({"error_code": "9999", "error_desc": "Suspect"}, State.IN_DOUBT, Reason.SUSPECT),
        ({"error_code": 610}, State.IN_DOUBT, Reason.SAME_TRANSACTION),
        ({"error_code": 210}, State.IN_DOUBT, Reason.UUID_EXISTS),
        ({"error_code": "800"}, State.UNPAID, Reason.REFUSED_BY_CODE),
        ({"error_code": 802}, State.UNPAID, Reason.REFUSED_BY_CODE),
        ({"error_code": 0}, State.IN_DOUBT, Reason.UNKNOWN_CODE),
        ({"error_code": "33"}, State.IN_DOUBT, Reason.UNKNOWN_CODE),
        ({"error_code": "0012"}, State.IN_DOUBT, Reason.UNKNOWN_CODE),
    ],
)
async def test_f30_to_f43_codes_and_texts_lead_to_the_states_of_the_law(
    changes: dict[str, object], state: State, reason: Reason
) -> None:
    async with RawServer(answering(http_reply(success(**changes)))) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason) == (state, reason)


async def test_f42_codes_of_the_practice_espay_refuse_in_practice() -> None:
    reply = http_reply(success(error_code="0014", error_desc="Invalid signature"))
    async with RawServer(answering(reply)) as server:
        found = judged(await pay(espay(server.base_url, environment="practice")))
    assert (found.state, found.reason) == (State.UNPAID, Reason.REFUSED_BY_CODE)


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"token_no": "1234 5678 9012 3456 7890"}, State.PAID),
        ({"stroom": "12345678901234567890"}, State.PAID),
        ({"token_no": "1234567890123456789"}, State.INCOMPLETE),
        ({"token_no": "1234567890123456789O"}, State.INCOMPLETE),
        ({"token_no": "0" * 20}, State.INCOMPLETE),
        ({"a": "1" * 20, "b": "2" * 20}, State.INCOMPLETE),
        ({}, State.INCOMPLETE),
    ],
)
async def test_f32_a_token_is_brought_home_or_missed(data: dict[str, object], state: State) -> None:
    async with RawServer(answering(http_reply(success(data=data)))) as server:
        found = judged(await pay(server.base_url), TOKEN)
    assert found.state is state
    assert (found.token is not None) is (state is State.PAID)


@pytest.mark.parametrize(
    "amount", ["99999900", "100000100", "10000000000", "1000000", "150.000,00", 1.5]
)
async def test_f33_another_amount_is_incomplete(amount: object) -> None:
    async with RawServer(answering(http_reply(success(amount=amount)))) as server:
        exchange = await pay(server.base_url)
    found = judged(exchange, Demands())
    assert (found.state, found.reason) == (State.INCOMPLETE, Reason.AMOUNT_DIFFERS)
    assert judged(exchange).state is State.PAID
