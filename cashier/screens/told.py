"""What is known of a payment that is still to be done with, and what may be done, as sentences.

Nobody has to know what a reference or an id is to read them.
"""

from collections.abc import Iterator
from typing import Final

from cashier.payment import Cash, State
from cashier.screens.front import Front
from cashier.screens.outcome import reason_of, verdict_of
from cashier.screens.payment_words import answer_to, escalated, moment, who
from cashier.till import FollowUp, May, hint_sentence
from cashier.widgets.paragraphs import Kind, Paragraph

_KINDS: Final[dict[State, Kind]] = {
    State.PAID: "good",
    State.UNPAID: "bad",
    State.REFUNDED: "bad",
}
_HINTS_SHOWN: Final = 4
"""The newest; the story tells all of them."""


def told(front: Front, follow: FollowUp) -> Iterator[Paragraph]:
    """Tell what a follow-up is about: what to do with the money, why, what is known, what next."""
    payment = follow.payment
    yield Paragraph(verdict_of(front, payment), _KINDS.get(payment.state, "open"))
    yield Paragraph(who(front, payment))
    yield from (Paragraph(words) for words in (*_known(front, follow), *_next(front, follow)))
    yield from _hints(front, follow)


def _known(front: Front, follow: FollowUp) -> Iterator[str]:
    payment = follow.payment
    reason = reason_of(front, payment)
    if reason:
        yield reason
    if payment.state.is_open and follow.last_asked_at is not None:
        yield front.say(
            "follow.asked",
            count=str(payment.asked),
            at=moment(front, follow.last_asked_at),
            answer=answer_to(front, payment),
        )
    if payment.state is State.ESCALATED and payment.escalated_at is not None:
        at = moment(front, payment.escalated_at)
        yield front.say("follow.escalated", at=at, why=escalated(front, payment))


def _next(front: Front, follow: FollowUp) -> Iterator[str]:
    if follow.next_at is not None:
        at = moment(front, max(follow.next_at, front.clock.utc_ms()))
        name = "next_hints" if May.GATHER in follow.may else "next_question"
        yield front.say(f"follow.{name}", at=at)
    elif follow.payment.state is State.ESCALATED:
        yield front.say("follow.next_document")
    if follow.payment.cash is Cash.OWED_BACK:
        yield front.say("follow.cash_waits")


def _hints(front: Front, follow: FollowUp) -> Iterator[Paragraph]:
    if not follow.payment.state.is_open:
        return
    if follow.hints:
        yield Paragraph(front.say("follow.hints"), "strong")
    elif May.GATHER in follow.may:
        yield Paragraph(front.say("follow.no_hints"))
    for hint in follow.hints[-_HINTS_SHOWN:]:
        yield Paragraph(hint_sentence(hint, front.language), bullet=True)
