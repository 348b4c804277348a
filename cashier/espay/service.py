"""Espay's six services, as the till calls them (``protocol.md 1``)."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pydantic import SecretStr

from cashier.address import check_base_url
from cashier.clock import Clock
from cashier.espay import forms
from cashier.espay.codes import SUCCESS
from cashier.espay.exchange import Line
from cashier.espay.gate import Release
from cashier.espay.hiding import Hider
from cashier.espay.json_text import JsonObject
from cashier.espay.lists import read_balance, read_bill, read_operator, read_products
from cashier.espay.merchant import DEFAULT_TIMES, Merchant, Times
from cashier.espay.reception import Reception
from cashier.espay.replies import understand
from cashier.espay.uuid import new_uuid
from cashier.espay.wire import (
    BalanceReply,
    Exchange,
    InquiryReply,
    OperatorReply,
    PaymentRequest,
    ProductsReply,
    Service,
    StatusReply,
)
from cashier.payment import Answer, Delivery, Finality, Reason

_JITTER: Final = 0.1
_BROKEN_OFF: Final = frozenset({Reason.NO_REPLY, Reason.TORN_REPLY, Reason.DEADLINE})


@dataclass(frozen=True, slots=True)
class _Asked:
    """All tries of one question, and the readable reply of the last one."""

    exchanges: tuple[Exchange, ...]
    reply: JsonObject | None

    @property
    def accepted(self) -> JsonObject | None:
        """The reply, where it says success and is an answer to this very question."""
        answer = self.exchanges[-1].answer
        return self.reply if answer.code == SUCCESS and answer.trouble is None else None


class EspayService:
    """Speaks to Espay for one merchant; lives in one event loop.

    Nothing here raises for trouble on the way: what happened stands in the exchanges that each
    call gives. Questions are repeated on transport errors and HTTP 5xx, each time with a fresh
    ``rq_uuid``. A payment is transmitted at most once (``payment-states.md``, Re-send law).
    """

    def __init__(
        self,
        merchant: Merchant,
        clock: Clock,
        times: Times = DEFAULT_TIMES,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uuids: Callable[[str], str] = new_uuid,
    ) -> None:
        """Set up without connecting.

        Args:
            merchant: Who asks, where, and with which secrets.
            clock: Tells the time of the forms and of the deadlines.
            times: How long to wait.
            sleep: Waits between two tries of a question, for so many seconds.
            uuids: Makes the ids of questions from the sender's id.

        Raises:
            Refusal: The merchant's address or user name cannot be used.
        """
        self._merchant = merchant
        self._clock = clock
        self._times = times
        self._sleep = sleep
        self._uuids = uuids
        authorization = forms.authorization(merchant)
        # Of the header only what stands behind "Basic " is secret.
        pair = SecretStr(authorization.get_secret_value().partition(" ")[2])
        self._hider = Hider((merchant.password, merchant.form_password, merchant.key, pair))
        self._line = Line(
            check_base_url(merchant.base_url),
            authorization,
            merchant.ca_file,
            clock,
            times.connect_s,
        )

    async def products(self) -> ProductsReply:
        """Ask which products this merchant is registered for."""
        asked = await self._ask(Service.PRODUCTS, {})
        reply = asked.accepted
        return ProductsReply(asked.exchanges, None if reply is None else read_products(reply))

    async def operator_of(self, number: str) -> OperatorReply:
        """Ask which operator a phone number belongs to."""
        asked = await self._ask(Service.OPERATOR, {"phone_num": number})
        reply = asked.accepted
        return OperatorReply(asked.exchanges, None if reply is None else read_operator(reply))

    async def inquire(
        self, order_id: str, product_code: str, additional_data: str | None = None
    ) -> InquiryReply:
        """Ask what is owed for a customer number.

        There is a bill only where the answer says ``0000`` and success, names no other number
        and no other request, and its amounts can be read.

        Args:
            order_id: The customer number.
            product_code: Espay's code of the product.
            additional_data: JSON text that the product wants, for example the typed amount.
        """
        fields = {"order_id": order_id, "product_code": product_code}
        if additional_data is not None:
            fields["additional_data"] = additional_data
        asked = await self._ask(Service.INQUIRY, fields)
        final = asked.exchanges[-1].answer.finality is Finality.FINAL
        reply = asked.accepted if final else None
        return InquiryReply(asked.exchanges, None if reply is None else read_bill(reply))

    async def balance(self) -> BalanceReply:
        """Ask for the deposit; only merchants who pay from a deposit have one."""
        asked = await self._ask(Service.BALANCE, {})
        reply = asked.accepted
        return BalanceReply(asked.exchanges, None if reply is None else read_balance(reply))

    async def status(self, ref_id: str) -> StatusReply:
        """Ask what became of a payment.

        The echoes are left to ``payment.judge_status``, which knows the payment.
        """
        return StatusReply((await self._ask(Service.STATUS, {"ref_id": ref_id})).exchanges)

    async def pay(self, request: PaymentRequest, release: Release) -> Exchange:
        """Transmit a payment, once, and give what came back.

        Args:
            request: What to pay, with its own ``rq_uuid``.
            release: Awaited when the connection stands and before the first byte, to its end.
                If it raises ``NotReleased``, or anything else, Espay receives 0 bytes and the
                answer's delivery is ``NOT_SENT``.

        Raises:
            asyncio.CancelledError: The caller was cancelled. Nothing left if ``release`` had
                not returned by then; otherwise nothing is proved.
        """

        async def send(path: str, form: bytes) -> Reception:
            return await self._line.transmit(path, form, self._times.exchange_s, release)

        fields = forms.payment_fields(request)
        exchange, _ = await self._exchange(Service.PAYMENT, request.rq_uuid, fields, send)
        return exchange

    async def aclose(self) -> None:
        """Close the connections that questions kept open."""
        await self._line.aclose()

    async def _ask(self, service: Service, fields: Mapping[str, str]) -> _Asked:
        asked = await self._ask_once(service, fields, ())
        for pause in self._pauses():
            if not _worth_repeating(asked.exchanges[-1].answer):
                break
            await self._sleep(pause)
            asked = await self._ask_once(service, fields, asked.exchanges)
        return asked

    async def _ask_once(
        self, service: Service, fields: Mapping[str, str], before: tuple[Exchange, ...]
    ) -> _Asked:
        async def send(path: str, form: bytes) -> Reception:
            return await self._line.ask(path, form, self._times.read_s)

        rq_uuid = self._uuids(self._merchant.sender_id)
        exchange, reply = await self._exchange(service, rq_uuid, fields, send)
        if service is not Service.STATUS:
            answer = _compared(exchange.answer, rq_uuid, fields.get("order_id"))
            exchange = replace(exchange, answer=answer)
        return _Asked((*before, exchange), reply)

    async def _exchange(
        self,
        service: Service,
        rq_uuid: str,
        fields: Mapping[str, str],
        send: Callable[[str, bytes], Awaitable[Reception]],
    ) -> tuple[Exchange, JsonObject | None]:
        started_at = self._clock.utc_ms()
        form = forms.build(self._merchant, service, rq_uuid, started_at, fields)
        reception = self._hider.hide(await send(forms.PATHS[service], forms.encode(form)))
        practice = self._merchant.environment == "practice"
        understood = understand(service, reception, practice=practice)
        exchange = Exchange(
            service,
            rq_uuid,
            started_at,
            self._clock.utc_ms(),
            forms.kept(form),
            reception.raw,
            reception.http_status,
            understood.answer,
        )
        return exchange, understood.reply

    def _pauses(self) -> list[float]:
        """The waits between the tries, in seconds, each spread a little."""
        steps = self._times.backoff_s
        indexes = (min(index, len(steps) - 1) for index in range(self._times.read_tries - 1))
        return [steps[index] * _spread() for index in indexes]


def _spread() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - not a secret


def _worth_repeating(answer: Answer) -> bool:
    """Whether a question failed on the way, or by an HTTP 5xx; never 401 or a readable answer."""
    if answer.delivery is Delivery.NOT_SENT:
        return True
    if answer.delivery is not Delivery.UNUSABLE:
        return False
    server_error = answer.trouble is Reason.HTTP_STATUS and answer.detail.startswith("5")
    return server_error or answer.trouble in _BROKEN_OFF


def _compared(answer: Answer, rq_uuid: str, order_id: str | None) -> Answer:
    """Mark an answer that names another request or another number (``attacks.md S21``)."""
    if answer.rq_uuid not in (None, rq_uuid):
        return replace(answer, trouble=Reason.OTHER_UUID)
    if order_id is not None and answer.order_id not in (None, order_id):
        return replace(answer, trouble=Reason.OTHER_NUMBER)
    return answer
