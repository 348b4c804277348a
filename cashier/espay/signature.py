"""The signature of a request (``protocol.md 3``)."""

import hashlib
from collections.abc import Mapping
from typing import Final

from cashier.espay.wire import Service

_JOINT: Final = "##"

SIGNED_FIELDS: Final[Mapping[Service, tuple[str, ...]]] = {
    Service.PRODUCTS: ("sender_id", "rq_uuid"),
    Service.INQUIRY: ("sender_id", "order_id", "product_code", "rq_uuid"),
    Service.PAYMENT: ("sender_id", "order_id", "product_code", "amount", "rq_uuid"),
    Service.STATUS: ("sender_id", "ref_id", "rq_uuid"),
    Service.BALANCE: ("sender_id", "rq_uuid"),
}
"""The form fields that a service signs, in their order; the key always comes last.

The combination of ``PRODUCTS`` is in no visible table; it is assumed to be the one of the
balance (``gaps.md 2``). The operator question has no signature (``gaps.md 3``).
"""


def sign(service: Service, fields: Mapping[str, str], key: str) -> str:
    """Sign the fields of a request: 64 lower-case hex digits of SHA-256.

    The texts are signed exactly as they stand in the form. The whole string is upper-cased
    before it is hashed, the key included, so letters of either case sign alike.

    Raises:
        KeyError: A signed field is missing, or the service is not signed: a defect.
    """
    parts = [fields[name] for name in SIGNED_FIELDS[service]]
    return digest((*parts, key))


def digest(parts: tuple[str, ...]) -> str:
    """Hash parts by Espay's recipe: joined, upper-cased, SHA-256 in lower-case hex."""
    joined = _JOINT.join(("", *parts, ""))
    return hashlib.sha256(joined.upper().encode()).hexdigest()
