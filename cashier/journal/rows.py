"""What the journal holds, as plain values that till, screens and commands may carry around."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cashier.money import Rupiah
from cashier.payment import Cash, Escalation, Evidence, Hint, Reason, State, cash_of


@dataclass(frozen=True, slots=True)
class NewQuote:
    """A quote that is about to be kept; times are UTC milliseconds."""

    category: str
    product: str
    product_name: str
    bill_key: str
    """Keyed hash over environment, product and canonical customer number (hex)."""
    number: str
    """Canonical customer number; the journal keeps, and gives back, only the mask of a card's."""
    is_card: bool
    name: str | None
    """The customer's name, where the reply tells it."""
    amount_text: str
    """The exact text that Espay gave or that will be sent as ``amount``."""
    bill: Rupiah
    admin_fee: Rupiah
    service_fee: Rupiah
    data_text: str | None
    """The exact span of ``data`` to send back; a card's number in it is masked when kept."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quote(NewQuote):
    """A kept quote."""

    id: str = ""
    at: int = 0
    environment: str = ""
    operator: str = ""

    @property
    def espay_amount(self) -> Rupiah:
        """What Espay receives: bill and admin fee, without the shop's own fee."""
        return self.bill + self.admin_fee

    @property
    def total(self) -> Rupiah:
        """What the customer pays."""
        return self.espay_amount + self.service_fee


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment that the operator has just confirmed (T1)."""

    quote_id: str
    rq_uuid: str
    tendered: Rupiah
    """Cash that the customer handed over; at least the total."""
    sequence: int | None = None
    """What was typed to confirm a second purchase of the same day; ``None`` where nothing was."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay one quote; times are UTC milliseconds."""

    id: int
    quote: Quote
    rq_uuid: str
    receipt_no: str
    """Shop day and number within it, ``261122-0007``."""
    sequence: int
    """1 for the first purchase of this bill key on its day, 2 for the second, and so on."""
    state: State
    evidence: Evidence | None
    reason: Reason | None
    """Why it is in its state; what a later question was answered is ``asked_reason``."""
    detail: str
    """What goes with the reason of the state: a code, an HTTP status, a field."""
    ref_id: str | None
    token: str | None
    tendered: Rupiah
    operator: str
    prepared_at: int
    sent_at: int | None
    final_at: int | None
    """When the final state was reached; a refund after ``paid`` moves it."""
    returned_at: int | None
    asked: int
    """How often Espay was asked for the status."""
    ask_at: int | None
    """When the next question is due, where there is one."""
    failed_at: int | None
    """When a first status "failed" that counts was seen."""
    ref_is_hint: bool = False
    """Whether the reference may be somebody else's: never where a reply or state proves it."""
    asked_at: int | None = None
    """When the answer to the last status question was kept; ``None`` before the first."""
    asked_reason: Reason | None = None
    """What the last status question was answered; ``None`` before the first."""
    asked_detail: str = ""
    paid_at: int | None = None
    """When it was found paid; kept when it is refunded later."""
    returned_by: str | None = None
    """Name of the operator who handed the cash back."""
    document: str | None = None
    """The document that decided, exactly where the evidence is one."""
    resolved_by: str | None = None
    """Name of the operator who decided on the document."""
    approved_by: str | None = None
    """Name of the other operator who agreed."""
    asking_since: int | None = None
    """When the state was reached that Espay is asked about; the schedule counts from here."""
    escalated_at: int | None = None
    """When it was handed to the supervisor."""
    escalated_for: Escalation | None = None
    """Why it was."""
    escalated_by: str | None = None
    """Name of who handed it over; ``None`` where the till did."""

    @property
    def change(self) -> Rupiah:
        """What the customer got back when the cash was taken."""
        return self.tendered - self.quote.total

    @property
    def cash(self) -> Cash:
        """Where the customer's money is."""
        return cash_of(self.state, self.returned_at is not None)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What two people decided on: needed exactly where the evidence is a document (T14, T15)."""

    document: str
    """What it is known by: Espay's ticket, a letter; never empty."""
    resolved_by: int
    """Operator id of who decided."""
    approved_by: int
    """Operator id of who agreed; somebody else."""


@dataclass(frozen=True, slots=True)
class KeptHint:
    """Something that speaks for or against a payment and proves nothing."""

    payment_id: int
    at: int
    """UTC milliseconds."""
    kind: Hint
    detail: str
    """What goes with it: a code, a reference, or two amounts in sen parted by a blank."""


@dataclass(frozen=True, slots=True)
class Others:
    """What else of this shop's may have moved the deposit since it was read."""

    sent_after: tuple[Payment, ...]
    """Left when the reading was over."""
    under_way: tuple[Payment, ...]
    """Had left by then and was not final when it began: on which side it counts, nobody knows."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A document that shows an unpaid payment to have been paid after all (F78)."""

    payment_id: int
    at: int
    """UTC milliseconds."""
    found: State
    loss: Rupiah
    """What Espay took for cash that goes back to the customer."""
    document: str
    resolved_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One exchange to be kept; cards are masked by the journal before anything is written."""

    service: str
    rq_uuid: str
    started_at: int
    ended_at: int
    request: Mapping[str, str]
    reply: bytes
    http_status: int | None
    whole: bool
    """Whether the reply is complete and came over a trusted channel."""


@dataclass(frozen=True, slots=True)
class Message(NewMessage):
    """A kept exchange."""

    id: int = 0
    payment_id: int | None = None
    quote_id: str | None = None
    erased_at: int | None = None


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Somebody who was served before; times are UTC milliseconds."""

    category: str
    product: str
    number: str
    name: str | None
    times: int
    """How many paid payments there were."""
    last_at: int


@dataclass(frozen=True, slots=True)
class Size:
    """How much room the journal takes and has, in bytes."""

    used: int
    free: int


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the chain (DESIGN 5)."""

    seq: int
    at: int
    kind: str
    payment_id: int | None
    body: str
    """Canonical JSON."""
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor has read in a document of Espay's, and who agrees."""

    outcome: State
    """``paid``, ``unpaid`` or ``refunded``."""
    document: str
    """Number of the ticket, the settlement line or the dashboard entry."""
    by: str
    """Name of the supervisor; not who sold."""
    second: str
    """Name of who agrees; somebody else."""
    token: str | None = None
    """The token that the document tells, where there is one."""


Part = Literal["quote", "request", "reply", "event"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; ``at`` is UTC milliseconds, all text is clean."""

    at: int
    part: Part
    name: str
    """The service of a request or reply, the kind of an event."""
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    """The reply as it came, line by line."""


@dataclass(frozen=True, slots=True)
class Story:
    """A payment and everything the journal knows of it, oldest first."""

    payment: Payment
    entries: tuple[Entry, ...]
