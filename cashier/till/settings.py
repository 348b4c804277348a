"""What a till has to be told about its shop; made by the command line from config and secrets."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from cashier.money import ZERO, Rupiah


@dataclass(frozen=True, slots=True)
class TillSettings:
    """The shop's side of a sale."""

    environment: str
    sender_id: str
    bill_key: SecretStr
    """Key of the hashes that stand for a customer's bill and for a card number."""
    mode: Literal["deposit", "invoicing"] = "deposit"
    service_fee: Rupiah = ZERO
    """The shop's own fee where its category has no other."""
    service_fee_of: Mapping[str, Rupiah] = field(default_factory=dict)
    """The shop's own fee by category id."""
    largest_payment: Rupiah | None = None

    def bill_key_of(self, product_code: str, number: str) -> str:
        """The bill key of DESIGN 2 as a keyed hash, so that no number can be read from it."""
        bill = "\n".join((self.environment, product_code, number))
        secret = self.bill_key.get_secret_value().encode()
        return hmac.new(secret, bill.encode(), hashlib.sha256).hexdigest()
