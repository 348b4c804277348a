"""Bugs that a till could have, planted to show that a proof finds them."""

import asyncio
from collections.abc import Callable
from typing import Final

import pytest

from cashier.espay.gate import Release
from cashier.espay.service import EspayService
from cashier.espay.wire import Exchange, PaymentRequest
from cashier.journal.rows import Payment
from cashier.payment import Answer, Demands, Evidence, Judgement, Reason, Sent, State
from cashier.payment import judge as judge_rightly
from cashier.till import selling
from cashier.till.selling import Sale

Plant = Callable[[pytest.MonkeyPatch], None]


def retries_on_500(patch: pytest.MonkeyPatch) -> None:
    """Pay again where Espay answers HTTP 500."""
    pay = EspayService.pay

    async def at_once() -> None:
        pass

    async def pay_again(self: EspayService, request: PaymentRequest, release: Release) -> Exchange:
        exchange = await pay(self, request, release)
        return await pay(self, request, at_once) if exchange.http_status == 500 else exchange

    patch.setattr(EspayService, "pay", pay_again)


def sends_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Let the first byte go, and commit ``sent`` meanwhile."""
    release = Sale._release

    async def release_at_once(self: Sale, payment: Payment) -> None:
        asyncio.get_running_loop().call_later(
            0.001, lambda: asyncio.ensure_future(release(self, payment))
        )

    patch.setattr(Sale, "_release", release_at_once)


def believes_any_0000(patch: pytest.MonkeyPatch) -> None:
    """Take every answer with code 0000 for a payment, whoever it was meant for."""

    def judge_by_code(sent: Sent, answer: Answer, demands: Demands) -> Judgement:
        if answer.code == "0000":
            judged = judge_rightly(sent, answer, demands)
            return Judgement(
                State.PAID, Reason.PAID, Evidence.REPLY, "", answer.ref_id, judged.token
            )
        return judge_rightly(sent, answer, demands)

    patch.setattr(selling, "judge", judge_by_code)


BUGS: Final[tuple[Plant, ...]] = (retries_on_500, sends_before_the_commit, believes_any_0000)
