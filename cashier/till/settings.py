"""What a till has to be told about its shop; made by the command line from config and secrets."""

import hashlib
import hmac
from collections.abc import Callable
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
    service_fee_of: Callable[[str], Rupiah] = field(default=lambda _: ZERO)
    """The shop's own fee by category id."""
    largest_payment: Rupiah | None = None

    def bill_key_of(self, product_code: str, number: str) -> str:
        """The bill key of DESIGN 2 as a keyed hash, so that no number can be read from it."""
        return self._hashed(f"{self.environment}\n{product_code}\n{number}")

    @property
    def bill_key_print(self) -> str:
        """A fingerprint of the key, so that a journal is never continued with another one."""
        return self._hashed("bill key")

    def _hashed(self, text: str) -> str:
        secret = self.bill_key.get_secret_value().encode()
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
