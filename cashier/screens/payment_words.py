"""Words and sentences about a payment that several screens share."""

from collections.abc import Iterator

from cashier.clock import wib, wib_day, wib_time
from cashier.language import say
from cashier.payment import Cash
from cashier.screens.front import Front
from cashier.till import UNANSWERED, FollowUp, Payment


def who(front: Front, payment: Payment) -> str:
    """Name product, customer, operator and time of a payment in one line."""
    quote = payment.quote
    return front.say(
        "follow.who",
        product=quote.product_name,
        number=quote.number,
        name=quote.name or "-",
        operator=payment.operator,
        at=moment(front, payment.prepared_at),
    )


def moment(front: Front, at: int) -> str:
    """Write a moment (UTC milliseconds) as the shop reads it; the day only where it is another."""
    if wib_day(at) == wib_day(front.clock.utc_ms()):
        return wib_time(at)
    return wib(at).strftime("%d-%m %H:%M")


def answer_to(front: Front, payment: Payment) -> str:
    """Say what the last question about a payment was answered."""
    if payment.asked_reason is None or payment.asked_reason in UNANSWERED:
        return front.say("follow.unanswered")
    return front.say(f"reason.{payment.asked_reason}", detail=payment.asked_detail)


def escalated(front: Front, payment: Payment) -> str:
    """Say why a payment waits for the supervisor."""
    by = payment.escalated_by or front.say("follow.nobody_named")
    return front.say(f"follow.escalated_{payment.escalated_for}", by=by)


def earlier(front: Front, follow: FollowUp) -> Iterator[str]:
    """Tell of earlier payments of the same bill (F37)."""
    for payment in follow.earlier:
        state = say(front.language, f"state.name_{payment.state}")
        yield front.say("follow.earlier", receipt=payment.receipt_no, state=state)


def state_word(payment: Payment) -> str:
    """Name the state of a payment in the list; final ones differ by where the cash is."""
    return "owed_back" if payment.cash is Cash.OWED_BACK else str(payment.state)
