"""Who may ask, and is the question well formed: basic auth, form, password, signature.

Every check is strict, in this order: HTTP basic auth (401), fields there (0010) and well formed
(0011), sender and form password (0012), signature (0014). Written from ``protocol.md`` 2 to 4
alone; nothing is shared with the client's own code, so that one can find the other wrong.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from urllib.parse import parse_qsl

from cashier.sandbox.codes import (
    FIELD_INVALID,
    FIELD_MISSING,
    WRONG_PASSWORD,
    WRONG_SIGNATURE,
    Code,
)
from cashier.sandbox.settings import SandboxSettings

ServiceName = Literal["products", "operator", "inquiry", "payment", "status", "balance"]

_COMMON: Final = ("rq_uuid", "rq_datetime", "sender_id", "password")


@dataclass(frozen=True, slots=True)
class Service:
    """One of the six services: its path, the fields it needs, and what its signature covers."""

    name: ServiceName
    path: str
    needs: tuple[str, ...] = ()
    signed: tuple[str, ...] | None = ("sender_id", "rq_uuid")
    """Signed fields in order, the key last; ``None`` where no signature is asked for."""
    stamp: str = "rq_datetime"
    """What the answer calls its time: the tables and the samples differ (``protocol.md 8``)."""


SERVICES: Final = (
    Service("products", "/rest/billertools/getregisteredproducts"),
    Service("operator", "/rest/billertools/getmno", ("phone_num",), signed=None),
    Service(
        "inquiry",
        "/rest/biller/inquirytransaction",
        ("order_id", "product_code"),
        ("sender_id", "order_id", "product_code", "rq_uuid"),
        "rs_datetime",
    ),
    Service(
        "payment",
        "/rest/biller/paymentreport",
        ("order_id", "product_code", "amount"),
        ("sender_id", "order_id", "product_code", "amount", "rq_uuid"),
        "rs_datetime",
    ),
    Service(
        "status",
        "/rest/billertools/gettransactioninfo",
        ("ref_id",),
        ("sender_id", "ref_id", "rq_uuid"),
    ),
    Service("balance", "/rest/billertools/getbalance"),
)

_WELL_FORMED: Final = {
    "rq_uuid": re.compile(r"[!-~]{1,255}"),
    "sender_id": re.compile(r"[!-~]{1,32}"),
    "order_id": re.compile(r"[!-~]{1,32}"),
    "product_code": re.compile(r"[!-~]{1,16}"),
    "amount": re.compile(r"[0-9]{1,17}"),
    "ref_id": re.compile(r"[!-~]{1,32}"),
    "phone_num": re.compile(r"\+?[0-9]{8,15}"),
    "additional_data": re.compile(r"(?s).{0,999}"),
}
"""Forms and lengths of ``protocol.md 4``, where a field has a believable one."""

_MOST_FIELDS: Final = 200
_STAMP: Final = "%Y-%m-%d %H:%M:%S"
_NESTED: Final = re.compile(r"(data|additional_data)\[([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a request; ``nested`` holds those written as ``data[name]=value``."""

    fields: Mapping[str, str]
    nested: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    doubled: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> str:
        """The value of a field, empty where it was not sent."""
        return self.fields.get(name, "")


def read_form(body: bytes) -> Form:
    """Read a form body; an empty part, as in ``a=1&&b=2``, is passed over (``protocol.md 8``).

    What is no form, or has far too many fields, reads as an empty one.
    """
    fields: dict[str, str] = {}
    nested: dict[str, dict[str, str]] = {}
    doubled: set[str] = set()
    try:
        text = body.decode("latin-1")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Form({})
    for name, value in pairs:
        match = _NESTED.fullmatch(name)
        if match:
            nested.setdefault(match[1], {})[match[2]] = value
        elif name in fields:
            doubled.add(name)
        else:
            fields[name] = value
    return Form(fields, nested, frozenset(doubled))


def is_known(authorization: str, settings: SandboxSettings) -> bool:
    """Whether the ``Authorization`` header is this merchant's (RFC 7617)."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        given = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{settings.username}:{settings.password}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, expected)


def refusal(service: Service, form: Form, settings: SandboxSettings) -> Code | None:
    """Say why a form is not let in, or ``None`` where it is."""
    if _missing(service, form):
        return FIELD_MISSING
    if _malformed(form):
        return FIELD_INVALID
    if not _is_merchant(form, settings):
        return WRONG_PASSWORD
    if service.signed is not None and not _is_signed(service.signed, form, settings):
        return WRONG_SIGNATURE
    return None


def _missing(service: Service, form: Form) -> bool:
    signature = () if service.signed is None else ("signature",)
    return any(not form[name] for name in (*_COMMON, *service.needs, *signature))


def _malformed(form: Form) -> bool:
    if form.doubled or not _is_stamp(form["rq_datetime"]):
        return True
    return any(
        pattern.fullmatch(form[name]) is None
        for name, pattern in _WELL_FORMED.items()
        if form[name]
    )


def _is_stamp(text: str) -> bool:
    try:
        return datetime.strptime(text, _STAMP).strftime(_STAMP) == text  # noqa: DTZ007 - it has no zone
    except ValueError:
        return False


def _is_merchant(form: Form, settings: SandboxSettings) -> bool:
    same_sender = _same(form["sender_id"], settings.sender_id)
    same_password = _same(form["password"], settings.form_password)
    return same_sender and same_password


def _is_signed(signed: tuple[str, ...], form: Form, settings: SandboxSettings) -> bool:
    parts = ["", *(form[name] for name in signed), settings.key, ""]
    text = "##".join(parts).upper()
    return _same(form["signature"], hashlib.sha256(text.encode()).hexdigest())


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
