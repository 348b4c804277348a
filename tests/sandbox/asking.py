"""A client of the practice Espay for its own tests: plain httpx, and a signature of its own."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.sandbox import RunningSandbox

INQUIRY = "/rest/biller/inquirytransaction"
PAYMENT = "/rest/biller/paymentreport"
STATUS = "/rest/billertools/gettransactioninfo"
BALANCE = "/rest/billertools/getbalance"
PRODUCTS = "/rest/billertools/getregisteredproducts"
OPERATOR = "/rest/billertools/getmno"

SIGNED: Mapping[str, tuple[str, ...]] = {
    INQUIRY: ("sender_id", "order_id", "product_code", "rq_uuid"),
    PAYMENT: ("sender_id", "order_id", "product_code", "amount", "rq_uuid"),
    STATUS: ("sender_id", "ref_id", "rq_uuid"),
    BALANCE: ("sender_id", "rq_uuid"),
    PRODUCTS: ("sender_id", "rq_uuid"),
}

Answer = dict[str, Any]
_numbers = itertools.count(1)


def fresh_uuid() -> str:
    return f"PRACTICESENDER{next(_numbers):06d}"


def signature(parts: list[str]) -> str:
    return hashlib.sha256(f"##{'##'.join(parts)}##".upper().encode()).hexdigest()


class Asker:
    """Asks one sandbox; each question has a fresh id unless told otherwise."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.client = httpx.Client(
            base_url=sandbox.base_url,
            auth=(sandbox.username, sandbox.password),
            timeout=10,
            trust_env=False,
        )

    def form(self, path: str, **fields: str) -> dict[str, str]:
        """A right form for a service; fields given replace or join the right ones."""
        form = {
            "rq_uuid": fresh_uuid(),
            "rq_datetime": "2026-11-22 10:41:03",
            "sender_id": self.sandbox.sender_id,
            "password": self.sandbox.form_password,
            **fields,
        }
        if path in SIGNED and "signature" not in form:
            parts = [form.get(name, "") for name in SIGNED[path]]
            form["signature"] = signature([*parts, self.sandbox.key])
        return form

    def post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        return self.client.post(path, data=dict(form))

    def ask(self, path: str, **fields: str) -> Answer:
        """Ask and read the answer, which has to be HTTP 200 and a JSON object."""
        response = self.post(path, self.form(path, **fields))
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        answer = json.loads(response.content)
        assert isinstance(answer, dict)
        return answer

    def inquire(self, order_id: str, product_code: str, **fields: str) -> Answer:
        return self.ask(INQUIRY, order_id=order_id, product_code=product_code, **fields)

    def top_up(self, order_id: str, product_code: str, minor: str) -> Answer:
        additional = json.dumps({"amount": minor})
        return self.inquire(order_id, product_code, additional_data=additional)

    def pay(self, order_id: str, product_code: str, amount: str, **fields: str) -> Answer:
        return self.ask(
            PAYMENT, order_id=order_id, product_code=product_code, amount=amount, **fields
        )

    def pay_quote(self, order_id: str, product_code: str, quote: Answer, **fields: str) -> Answer:
        """Pay what an inquiry answered, its amount and data sent back."""
        data = json.dumps(quote["data"])
        return self.pay(order_id, product_code, str(quote["amount"]), **{"data": data, **fields})

    def buy(self, order_id: str, product_code: str) -> Answer:
        """Inquire and pay; the payment's answer."""
        quote = self.inquire(order_id, product_code)
        assert quote["error_code"] == "0000"
        return self.pay_quote(order_id, product_code, quote)

    def status(self, ref_id: str) -> Answer:
        return self.ask(STATUS, ref_id=ref_id)

    def balance(self) -> Answer:
        return self.ask(BALANCE)
