"""Which facts may stand on a struk: those of the inquiry, and of answers that vouch for it."""

from collections.abc import Iterable, Mapping

from cashier.payment import Answer, Delivery, Verdict
from cashier.receipt.sale import Sale

Reply = tuple[str, Answer]
"""The id of a request, and what Espay answered to it: the payment's own, or a question's."""


def facts_of(sale: Sale, replies: Iterable[Reply] = ()) -> Mapping[str, str]:
    """Join the inquiry's facts with those of every answer that speaks of this very payment.

    A later answer counts more than an earlier one, but an empty value never hides one that
    says something. Answers that are torn, refuse, or name another payment are passed over
    (``payment-states.md``, Evidence).

    Args:
        sale: The payment.
        replies: What came back for it, oldest first.
    """
    facts = dict(sale.quote.facts)
    for asked, answer in replies:
        if _vouches(asked, answer, sale):
            told = answer.facts.items()
            facts.update((name, value) for name, value in told if value or name not in facts)
    return facts


def _vouches(asked: str, answer: Answer, sale: Sale) -> bool:
    quote = sale.quote
    of_this_sale = (
        answer.rq_uuid in (None, asked, sale.rq_uuid)
        and answer.ref_id in (None, sale.ref_id)
        # Of a card only the mask is known here, and an answer may hold another mask.
        and (quote.is_card or answer.order_id in (None, quote.number))
    )
    return of_this_sale and answer.delivery is Delivery.WHOLE and answer.verdict is Verdict.PAID
