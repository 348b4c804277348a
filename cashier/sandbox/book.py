"""What the practice Espay believes happened: requests and bookings, as the ledger's lines tell it.

A line is a JSON object with ``kind`` ``opening``, ``request``, ``booking`` or ``settled``;
times are UTC milliseconds, amounts sen. No line holds a secret; card numbers are masked.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cashier.clock import wib_day
from cashier.money import ZERO, Rupiah
from cashier.text import looks_like_card, mask_card

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Line = Mapping[str, Json]
BookingState = Literal["booked", "pending", "failed"]

SAME_TRANSACTION_MS = 5 * 60 * 1000
"""For this long after a success the same number and product is refused with 610."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was read, whatever became of it."""

    at: int
    service: str
    rq_uuid: str
    order_id: str
    product_code: str
    amount: str
    ref_id: str
    gate: str
    """Code with which it was turned away before anything was looked up; empty if let in."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One payment that Espay took money for; ``failed`` means the money was given back."""

    rq_uuid: str
    order_id: str
    product_code: str
    amount: Rupiah
    ref_id: str
    at: int
    state: BookingState
    trouble: str
    """Key of the trouble that the number asked for; empty for none."""
    reply: Mapping[str, Json]
    """The body of the payment's answer that a status question repeats."""

    @property
    def stands(self) -> bool:
        """Whether Espay keeps the money."""
        return self.state != "failed"

    @property
    def kept(self) -> Rupiah:
        """What Espay keeps of the deposit."""
        return self.amount if self.stands else ZERO


def kept_number(order_id: str, card: bool = False) -> str:
    """A customer number as the ledger keeps it: whole, but a card's masked (``attacks.md S38``)."""
    return mask_card(order_id) if card or looks_like_card(order_id) else order_id


class Book:
    """The ledger in memory; may be read from any thread while one writes."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._bookings: dict[str, Booking] = {}
        self._of_bill: dict[tuple[str, str], list[str]] = {}
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._balance = ZERO

    def apply(self, line: Line) -> None:
        """Take one line in.

        Raises:
            KeyError, TypeError, ValueError: It is no line of a ledger.
        """
        with self._lock:
            match line["kind"]:
                case "opening":
                    self._balance = self._balance + Rupiah(_whole(line["sen"]))
                case "request":
                    self._take_request(_request(line))
                case "booking":
                    self._take_booking(_booking(line))
                case "settled":
                    self._settle(str(line["ref_id"]), _state(line["state"]))
                case kind:
                    raise ValueError(f"no such line: {kind}")

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """Every booking, oldest first."""
        with self._lock:
            return tuple(self._bookings.values())

    @property
    def all_requests(self) -> tuple[Request, ...]:
        """Every request, oldest first."""
        with self._lock:
            return tuple(self._requests)

    @property
    def balance(self) -> Rupiah:
        """What is left of the deposit."""
        return self._balance

    def requests(self, rq_uuid: str) -> int:
        """How many payment requests carried this id."""
        return self._seen["payment", rq_uuid]

    def count(self, service: str) -> int:
        """How many requests of a service were read."""
        return self._seen[(service,)]

    def booked(self, rq_uuid: str) -> tuple[Booking, ...]:
        """The bookings of one payment: at most one, unless something is very wrong."""
        return tuple(booking for booking in self.bookings if booking.rq_uuid == rq_uuid)

    def booking(self, ref_id: str) -> Booking | None:
        """The booking with this reference."""
        return self._bookings.get(ref_id)

    def of_bill(self, order_id: str, product_code: str) -> tuple[Booking, ...]:
        """The standing bookings of a number and product, the number as it is kept."""
        with self._lock:
            every = [self._bookings[ref] for ref in self._of_bill.get((order_id, product_code), ())]
        return tuple(booking for booking in every if booking.stands)

    def paid_lately(self, order_id: str, product_code: str, now: int) -> bool:
        """Whether 610 is due (``gaps.md 10``): a success less than five minutes ago."""
        return any(
            0 <= now - booking.at < SAME_TRANSACTION_MS
            for booking in self.of_bill(order_id, product_code)
        )

    def paid_this_month(self, order_id: str, product_code: str, now: int) -> bool:
        """Whether the bill of the current month in WIB is paid."""
        month = wib_day(now) // 100
        return any(
            wib_day(booking.at) // 100 == month for booking in self.of_bill(order_id, product_code)
        )

    def uuid_used(self, rq_uuid: str) -> bool:
        """Whether 210 is due: an inquiry or payment with this id was let in before."""
        return self._seen["uuid", rq_uuid] > 0

    def inquiries_of(self, order_id: str, product_code: str) -> int:
        """How many inquiries about a bill were let in."""
        return self._seen["inquired", order_id, product_code]

    def questions_about(self, ref_id: str) -> int:
        """How many status questions about a reference were let in."""
        return self._seen["asked", ref_id]

    def _take_request(self, request: Request) -> None:
        self._requests.append(request)
        self._seen[(request.service,)] += 1
        self._seen[request.service, request.rq_uuid] += 1
        if request.gate:
            return
        match request.service:
            case "inquiry":
                self._seen["uuid", request.rq_uuid] += 1
                self._seen["inquired", request.order_id, request.product_code] += 1
            case "payment":
                self._seen["uuid", request.rq_uuid] += 1
            case "status":
                self._seen["asked", request.ref_id] += 1
            case _:
                pass

    def _take_booking(self, booking: Booking) -> None:
        if booking.ref_id in self._bookings:
            raise ValueError("two bookings with one reference")
        self._bookings[booking.ref_id] = booking
        bill = (booking.order_id, booking.product_code)
        self._of_bill.setdefault(bill, []).append(booking.ref_id)
        self._balance = self._balance - booking.kept

    def _settle(self, ref_id: str, state: BookingState) -> None:
        before = self._bookings[ref_id]
        after = replace(before, state=state)
        self._bookings[ref_id] = after
        self._balance = self._balance + before.kept - after.kept


def _request(line: Line) -> Request:
    return Request(
        at=_whole(line["at"]),
        service=str(line["service"]),
        rq_uuid=str(line["rq_uuid"]),
        order_id=str(line["order_id"]),
        product_code=str(line["product_code"]),
        amount=str(line["amount"]),
        ref_id=str(line["ref_id"]),
        gate=str(line["gate"]),
    )


def _booking(line: Line) -> Booking:
    reply = line["reply"]
    if not isinstance(reply, Mapping):
        raise TypeError("reply is no object")
    return Booking(
        rq_uuid=str(line["rq_uuid"]),
        order_id=str(line["order_id"]),
        product_code=str(line["product_code"]),
        amount=Rupiah(_whole(line["sen"])),
        ref_id=str(line["ref_id"]),
        at=_whole(line["at"]),
        state=_state(line["state"]),
        trouble=str(line["trouble"]),
        reply=reply,
    )


def _whole(value: Json) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _state(value: Json) -> BookingState:
    match value:
        case "booked" | "pending" | "failed":
            return value
        case _:
            raise ValueError("no such state")
