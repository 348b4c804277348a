"""What goes to Espay: the form of each service, its address, and who it says it is from."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from cashier.clock import wib_stamp
from cashier.espay.merchant import Merchant
from cashier.espay.signature import SIGNED_FIELDS, sign
from cashier.espay.wire import PaymentRequest, Service
from cashier.language import Refusal

PATHS: Final[Mapping[Service, str]] = {
    Service.PRODUCTS: "/rest/billertools/getregisteredproducts",
    Service.OPERATOR: "/rest/billertools/getmno",
    Service.INQUIRY: "/rest/biller/inquirytransaction",
    Service.PAYMENT: "/rest/biller/paymentreport",
    Service.STATUS: "/rest/billertools/gettransactioninfo",
    Service.BALANCE: "/rest/billertools/getbalance",
}
"""Where each service is asked, by POST (``protocol.md 1``)."""

KEPT_FIELDS: Final = frozenset(
    {
        "rq_uuid",
        "rq_datetime",
        "order_id",
        "product_code",
        "amount",
        "data",
        "additional_data",
        "ref_id",
        "phone_num",
    }
)
"""The only fields of a request that may be kept or shown (``attacks.md S06``)."""


def authorization(merchant: Merchant) -> SecretStr:
    """Make the value of the ``Authorization`` header (RFC 7617, text in UTF-8).

    Raises:
        Refusal: ``espay.username_colon``: such a user name cannot be told from the password.
    """
    username = merchant.username
    user = username if isinstance(username, str) else username.get_secret_value()
    if ":" in user:
        raise Refusal("espay.username_colon")
    pair = f"{user}:{merchant.password.get_secret_value()}"
    return SecretStr(f"Basic {b64encode(pair.encode()).decode()}")


def payment_fields(request: PaymentRequest) -> dict[str, str]:
    """The own fields of a payment (``protocol.md 4.5``)."""
    fields = {
        "order_id": request.order_id,
        "product_code": request.product_code,
        "amount": request.amount_text,
    }
    if request.additional_data is not None:
        fields["additional_data"] = request.additional_data
    if request.data_text is not None:
        fields["data"] = request.data_text
    return fields


def build(
    merchant: Merchant, service: Service, rq_uuid: str, now: int, fields: Mapping[str, str]
) -> dict[str, str]:
    """Make the whole form of a request: common fields, own fields, signature.

    Args:
        merchant: Whose request it is.
        service: What is asked.
        rq_uuid: The id of this request, never used before.
        now: UTC milliseconds; the form shows them in WIB (``gaps.md 21``).
        fields: The fields that only this service has.
    """
    form = {
        "rq_uuid": rq_uuid,
        "rq_datetime": wib_stamp(now),
        "sender_id": merchant.sender_id,
        "password": merchant.form_password.get_secret_value(),
        **fields,
    }
    if service in SIGNED_FIELDS:
        form["signature"] = sign(service, form, merchant.key.get_secret_value())
    return form


def encode(form: Mapping[str, str]) -> bytes:
    """Write a form as Espay's samples do: UTF-8, a blank is ``%20`` and a colon ``%3A``."""
    return urlencode(form, quote_via=quote).encode("ascii")


def kept(form: Mapping[str, str]) -> dict[str, str]:
    """The part of a form that may be written down; no secret is in it."""
    return {name: value for name, value in form.items() if name in KEPT_FIELDS}
