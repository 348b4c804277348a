"""What a start makes of the sales that a dead session left behind (T3, T4 to T10).

``prepared`` proves that nothing left. ``sent`` with a whole reply on record is judged by that
reply, as the dead session would have done in its next transaction (T4); any other ``sent`` is
in doubt. Recovery can be killed anywhere and run again.
"""

from collections.abc import Sequence
from dataclasses import replace

from cashier.espay.kept import answer_of
from cashier.journal.rows import Message, Payment
from cashier.language import Refusal
from cashier.payment import Demands, Evidence, Judgement, Reason, State, judge
from cashier.till.counter import Counter
from cashier.till.selling import sent_of


async def recover(counter: Counter) -> tuple[Payment, ...]:
    """Bring every sale of a dead session to the state its traces prove; give those payments."""
    async with counter.journal.recovering():
        orphans = await counter.journal.orphans()
        kept_replies = await counter.journal.replies_of_all(orphans)
        judged = [
            (payment, _judge_traces(counter, payment, kept_replies.get(payment.id, ())))
            for payment in orphans
        ]
        return await counter.journal.conclude_all(judged)


def _judge_traces(counter: Counter, payment: Payment, messages: Sequence[Message]) -> Judgement:
    if payment.state is State.PREPARED:
        return Judgement(State.UNPAID, Reason.SESSION_DIED, Evidence.NOT_SENT)
    crash = Judgement(State.IN_DOUBT, Reason.CRASH)
    replies = [message for message in messages if message.rq_uuid == payment.rq_uuid]
    reply = replies[-1] if replies else None
    if reply is None:
        return crash
    answer = answer_of(reply, counter.settings.environment)
    sent = sent_of(payment, payment.quote.number)
    try:
        demands = counter.rules_of(payment.quote).demands
    except Refusal:
        return _with_reference(crash, judge(sent, answer, Demands()))
    judged = judge(sent, answer, demands)
    return judged if reply.whole else _with_reference(crash, judged)


def _with_reference(crash: Judgement, judged: Judgement) -> Judgement:
    """Keep of what cannot be judged the reference, and whether it is surely ours."""
    return replace(crash, ref_id=judged.ref_id, ref_is_hint=judged.ref_is_hint)
