"""What the tests of the line to Espay start from: a made-up shop, and its payment."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from cashier.clock import Clock
from cashier.espay.merchant import Environment, Merchant, Times
from cashier.espay.service import EspayService
from cashier.espay.uuid import new_uuid
from cashier.espay.wire import Exchange, PaymentRequest
from cashier.money import Rupiah
from cashier.payment import Demands, Judgement, Sent, State, judge
from tests.support.clock import ManualClock

SENDER: Final = "TOKOCONTOH"
UUID: Final = "TOKOCONTOHPAYMENT01"
NUMBER: Final = "4333333333"
SECRETS: Final = {
    "username": "nama-contoh",
    "password": "kata-sandi-contoh",
    "form_password": "sandi-form-contoh",
    "key": "kunci-contoh",
}
QUICK: Final = Times(connect_s=15.0, exchange_s=30.0, read_s=30.0, backoff_s=(0.0,))
"""Long enough to never end a test that works, short enough to end one that does not."""

SHORT: Final = replace(QUICK, exchange_s=1.0, read_s=1.0)
"""Ends an exchange that hangs, and leaves time enough to get as far as hanging."""

PAYMENT: Final = PaymentRequest(UUID, NUMBER, "SINCBN", "100000000")


def merchant(
    base_url: str, *, environment: Environment = "sandbox", ca_file: Path | None = None
) -> Merchant:
    return Merchant(
        environment,
        base_url,
        SENDER,
        SecretStr(SECRETS["username"]),
        SecretStr(SECRETS["password"]),
        SecretStr(SECRETS["form_password"]),
        SecretStr(SECRETS["key"]),
        ca_file,
    )


def espay(
    base_url: str,
    *,
    times: Times = QUICK,
    clock: Clock | None = None,
    environment: Environment = "sandbox",
    ca_file: Path | None = None,
    uuids: Callable[[str], str] = new_uuid,
) -> EspayService:
    shop = merchant(base_url, environment=environment, ca_file=ca_file)
    return EspayService(shop, clock or ManualClock(), times, no_pause, uuids)


async def no_pause(_: float) -> None:
    """Wait for nothing."""


class Journal:
    """Counts the releases that it gave, or refuses them."""

    def __init__(self, refusal: BaseException | None = None) -> None:
        self.refusal = refusal
        self.released = 0

    async def release(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.released += 1


async def pay(line: EspayService | str, journal: Journal | None = None) -> Exchange:
    """Make the usual payment, over this line or over a new one to this address."""
    over = espay(line) if isinstance(line, str) else line
    return await over.pay(PAYMENT, (journal or Journal()).release)


def success(**changes: object) -> dict[str, object]:
    """The documented answer to a direct payment, as an object to be changed."""
    return {
        "rq_uuid": UUID,
        "rs_datetime": "2025-02-14 14:25:17",
        "error_code": "0000",
        "error_desc": "Success",
        "order_id": NUMBER,
        "ref_id": "20250214142517",
        "data": {"customer_id": NUMBER, "amount": "000001000000"},
        "bankFee": 0,
        "mwData": json.dumps({"ftbpTraceNo": "688016"}),
        "barcode_fee": "",
        **changes,
    }


def judged(exchange: Exchange, demands: Demands | None = None) -> Judgement:
    """What the law makes of an exchange about the usual payment."""
    sent = Sent(UUID, NUMBER, Rupiah.from_minor(PAYMENT.amount_text))
    return judge(sent, exchange.answer, demands or Demands(reply_amount="note"))


def state(exchange: Exchange) -> State:
    return judged(exchange).state
