"""Bill Payment Status Inquiry: what became of a payment (``protocol.md 4.6``, ``gaps.md 4``).

No document shows an answer of this service. This one repeats the payment's answer and adds the
``ref_id``; a failure is code 0099, an unknown reference 0098. All of it is invented.
"""

from cashier.sandbox import codes
from cashier.sandbox.book import Booking, BookingState
from cashier.sandbox.desk import Arrival, Desk, Fields, Reply, head_of
from cashier.sandbox.distort import distort
from cashier.sandbox.products import products
from cashier.sandbox.troubles import Step, Trouble, trouble_called


def tell_status(desk: Desk, arrival: Arrival) -> Reply:
    """Answer a status question, the first, second, … one as the payment's trouble says."""
    ref_id = arrival.form["ref_id"]
    booking = desk.ledger.book.booking(ref_id)
    if booking is None:
        return Reply(head_of(arrival, codes.NOT_FOUND))
    if not booking.stands:
        return Reply({**head_of(arrival, codes.FAILED), **_about(booking)})
    if not booking.trouble:
        return _step(desk, arrival, booking, "paid", None)
    trouble = trouble_called(booking.trouble)
    asked = desk.ledger.book.questions_about(ref_id)
    step = trouble.status[min(asked, len(trouble.status)) - 1]
    return _step(desk, arrival, booking, step, trouble)


def _step(
    desk: Desk, arrival: Arrival, booking: Booking, step: Step, trouble: Trouble | None
) -> Reply:
    about = _about(booking)
    success = {**head_of(arrival, codes.SUCCESS), **about, **booking.reply}
    match step:
        case "paid":
            _settle(desk, booking, "booked")
            return Reply(success)
        case "same":
            return Reply(distort(success, trouble, booking.amount) if trouble else success)
        case "in_process":
            return Reply({**success, "error_desc": codes.IN_PROCESS.text})
        case "failed":
            _settle(desk, booking, "failed")
            return Reply({**head_of(arrival, codes.FAILED), **about})
        case "says_failed":
            return Reply({**head_of(arrival, codes.FAILED), **about})
        case "other_ref":
            return Reply({**success, "ref_id": f"{booking.ref_id[:-1]}X"})
        case "not_found":
            return Reply(head_of(arrival, codes.NOT_FOUND))
        case "html" | "hang" | "unauthorised":
            return Reply({}, step=step)


def _about(booking: Booking) -> Fields:
    """The ids of a booking; a card's number is not known any more, so it is left out."""
    masked = products()[booking.product_code].category.card or "*" in booking.order_id
    number: Fields = {} if masked else {"order_id": booking.order_id}
    return {**number, "ref_id": booking.ref_id}


def _settle(desk: Desk, booking: Booking, state: BookingState) -> None:
    if booking.state == "pending":
        desk.ledger.settle(booking.ref_id, state, desk.clock.utc_ms())
