"""What an exchange with Espay gives, as plain values; loads no HTTP library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cashier.money import Rupiah
from cashier.payment import Answer
from cashier.text import CleanText


class Service(StrEnum):
    """The six services of the Biller Product API (``protocol.md 1``)."""

    PRODUCTS = "products"
    OPERATOR = "operator"
    INQUIRY = "inquiry"
    PAYMENT = "payment"
    STATUS = "status"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment as it is transmitted, once; every text goes over the wire unchanged."""

    rq_uuid: str
    order_id: str
    """The customer number; of a card the whole number."""
    product_code: str
    amount_text: str
    """Minor units, as the inquiry gave them (``protocol.md 5``)."""
    data_text: str | None = None
    """The exact text span of the inquiry's ``data``, where there was an inquiry."""
    additional_data: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back; what the journal keeps of it.

    ``request`` holds only fields of the allow list: never a password, a signature or the key.
    ``reply`` holds every byte that was read, header lines too, and may be torn or empty.
    """

    service: Service
    rq_uuid: str
    started_at: int
    """UTC milliseconds."""
    ended_at: int
    request: Mapping[str, str]
    reply: bytes
    http_status: int | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Bill:
    """A successful inquiry: what is owed, and what has to be sent back with the payment."""

    amount_text: str
    """The exact text of ``amount``; sent back unchanged."""
    amount: Rupiah
    bill_amount: Rupiah
    admin_fee: Rupiah
    data_text: str | None
    """The exact text span of ``data``; sent back unchanged."""
    facts: Mapping[str, CleanText] = field(default_factory=dict)
    """The fields of ``data`` as cleaned text, nested names joined by dots."""


@dataclass(frozen=True, slots=True)
class InquiryReply:
    """All tries of one inquiry; ``bill`` is set where the last one succeeded and can be read."""

    exchanges: tuple[Exchange, ...]
    bill: Bill | None

    @property
    def answer(self) -> Answer:
        """The answer of the last try."""
        return self.exchanges[-1].answer


@dataclass(frozen=True, slots=True)
class StatusReply:
    """All tries of one status question; each is kept, and the last one counts."""

    exchanges: tuple[Exchange, ...]

    @property
    def last(self) -> Exchange:
        """The last try."""
        return self.exchanges[-1]


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """A product that this merchant is registered for."""

    code: CleanText
    name: CleanText


@dataclass(frozen=True, slots=True)
class ProductsReply:
    """The registered products; ``None`` where the list could not be read."""

    exchanges: tuple[Exchange, ...]
    products: tuple[LiveProduct, ...] | None


@dataclass(frozen=True, slots=True)
class OperatorReply:
    """The operator of a phone number; ``None`` where the answer could not be read."""

    exchanges: tuple[Exchange, ...]
    operator: CleanText | None


@dataclass(frozen=True, slots=True)
class BalanceReply:
    """The deposit balance; ``None`` where the answer could not be read."""

    exchanges: tuple[Exchange, ...]
    balance: Rupiah | None
