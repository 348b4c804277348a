"""A secret that Espay echoes is covered before anybody reads or keeps it (S03, S05, S06, I12)."""

import json

import pytest
from pydantic import SecretStr

from cashier.espay.hiding import Hider
from cashier.espay.reception import Reception
from cashier.payment import Delivery, State
from tests.espay.given import SECRETS, judged, pay, success
from tests.support.canaries import encodings
from tests.support.raw_server import RawServer, answering, headers_of, http_reply

SECRET = 'kata/sandi+"contoh"\\é'


def hidden(data: bytes, *secrets: str) -> Reception:
    whole = Reception(Delivery.WHOLE, http_status=200, raw=b"head " + data, body=data)
    return Hider(map(SecretStr, secrets)).hide(whole)


@pytest.mark.parametrize("encoding", encodings(SECRET))
def test_a_secret_is_covered_in_every_encoding_and_nothing_else_is(encoding: str) -> None:
    for spelling in encodings(SECRET)[encoding]:
        found = hidden(b"before " + spelling + b" after", SECRET)
        stars = b"*" * len(spelling)
        assert found.body == b"before " + stars + b" after"
        assert found.raw == b"head before " + stars + b" after"


@pytest.mark.parametrize("secret", ["test", "latihan", "38477016528", "12345678901234567890"])
def test_what_an_honest_answer_may_hold_is_never_covered(secret: str) -> None:
    """A token that lost a digit could not be got back (W3 before W5)."""
    data = json.dumps({"token_no": "63847701652800023656", "text": secret}).encode()
    assert hidden(data, secret).body == data


async def test_an_echo_of_header_and_form_is_kept_covered_and_judged_as_ever() -> None:
    async with RawServer(answering(http_reply(success()))) as server:
        await pay(server.base_url)
        sent = server.requests[0]
    header = headers_of(sent)["authorization"]
    body = success(echo=sent.decode(), key=SECRETS["key"], echoed=[header, SECRETS["password"]])
    reply = http_reply(body, headers=(f"X-Echo: {header}",))
    async with RawServer(answering(reply)) as server:
        exchange = await pay(server.base_url)
    assert judged(exchange).state is State.PAID
    assert len(exchange.reply) == len(reply)
    for secret in (SECRETS["password"], SECRETS["form_password"], SECRETS["key"], header[6:]):
        assert secret.encode() not in exchange.reply
