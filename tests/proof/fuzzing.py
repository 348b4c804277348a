"""One execution: a mutant goes the way of every reply, and an oracle checks where it ends."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cashier.espay.lists import read_balance, read_bill, read_operator, read_products
from cashier.espay.reception import Reception, weigh
from cashier.espay.replay import replay
from cashier.espay.replies import Understood, understand
from cashier.espay.wire import Service
from cashier.payment import Answer, Asked, Delivery, Demands, Evidence, Judgement, Sent, State
from cashier.payment import judge as the_judge
from cashier.payment import judge_status as the_status_judge
from tests.proof import oracle
from tests.proof.mutation import Mutant, Mutator
from tests.proof.replies import Reply
from tests.support.clock import START_MS

_MINUTE = 60_000

Judge = Callable[[Sent, Answer, Demands], Judgement]
StatusJudge = Callable[[Asked, Answer, Demands], Judgement]


@dataclass(frozen=True, slots=True)
class Judges:
    """Who judges; a self-test puts others here."""

    payment: Judge = the_judge
    status: StatusJudge = the_status_judge


@dataclass(frozen=True, slots=True)
class Moment:
    """When a reply comes, and to what kind of till."""

    practice: bool
    state: State
    age_ms: int
    apart_ms: int | None
    doubtful_ref: bool


@dataclass(slots=True)
class Outcome:
    """What a number of executions came to."""

    executions: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def some_moment(dice: random.Random) -> Moment:
    """Draw a moment, most of them just before or just after one that counts."""
    return Moment(
        practice=dice.random() < 0.5,
        state=dice.choice(
            (State.IN_DOUBT, State.PROCESSING, State.INCOMPLETE, State.ESCALATED, State.PAID)
        ),
        age_ms=dice.choice((0, 10 * _MINUTE - 1, 10 * _MINUTE, 60 * _MINUTE)),
        apart_ms=dice.choice((None, 0, _MINUTE - 1, _MINUTE, 30 * _MINUTE)),
        doubtful_ref=dice.random() < 0.3,
    )


def fuzz(
    seed: int, executions: int, replies: Sequence[Reply], judges: Judges, *, enough: int = 5
) -> Outcome:
    """Execute so many mutants of a seed; stop when enough of them went wrong."""
    dice, mutator = random.Random(~seed), Mutator(seed, replies)
    outcome = Outcome()
    for number in range(executions):
        execute(mutator.next(), some_moment(dice), judges, outcome, f"seed {seed}, {number}")
        if len(outcome.wrong) >= enough:
            break
    return outcome


def execute(mutant: Mutant, moment: Moment, judges: Judges, outcome: Outcome, where: str) -> None:
    """Bring one mutant in, judge it, and ask the oracle about its end."""
    outcome.executions += 1
    try:
        reception = received(mutant)
        found = understand(mutant.reply.service, reception, practice=moment.practice)
        end, token = judged(mutant.reply, found, moment, judges)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        outcome.wrong.append(f"{where}: raised {error!r}: {mutant.raw!r}")
        return
    if end is None:
        return
    outcome.ends[f"{mutant.reply.service} {end}"] += 1
    status = reception.http_status or 0
    if not oracle.may_end(end, status, reception.body, _known(mutant.reply, moment), token):
        outcome.wrong.append(f"{where}: {end} as {moment}: {mutant.raw!r}")


def received(mutant: Mutant) -> Reception:
    """What the line makes of it; only where the framing was hit does HTTP have to be read."""
    if mutant.wild:
        return replay(mutant.raw)
    return weigh(mutant.status, mutant.encoding, mutant.raw, mutant.body)


def judged(
    reply: Reply, understood: Understood, moment: Moment, judges: Judges
) -> tuple[str | None, str | None]:
    """How a payment ends by an answer, ``paid`` or ``unpaid`` or not at all, and its token."""
    answer = understood.answer
    if reply.sent is None:
        if understood.reply is not None:
            for read in (read_bill, read_balance, read_products, read_operator):
                read(understood.reply)
        return None, None
    if reply.service is Service.PAYMENT:
        found = judges.payment(reply.sent, answer, reply.demands)
        before = State.SENT
    else:
        now = START_MS + moment.age_ms
        asked = replace(
            reply.asked(failed_before=False, state=moment.state),
            now=now,
            failed_at=None if moment.apart_ms is None else now - moment.apart_ms,
            ref_is_hint=moment.doubtful_ref,
        )
        found = judges.status(asked, answer, reply.demands)
        before = moment.state
    if found.state is before or found.evidence is None:
        return None, None
    return "paid" if found.state is State.PAID else "unpaid", found.token


def _known(reply: Reply, moment: Moment) -> oracle.Asked:
    """What the oracle knows without the reply."""
    assert reply.sent is not None
    follows = reply.service is Service.STATUS
    uuids = (reply.sent.rq_uuid, reply.rq_uuid) if follows else (reply.sent.rq_uuid,)
    return oracle.Asked(
        uuids,
        reply.sent.order_id,
        reply.sent.amount.sen,
        compare=reply.demands.reply_amount == "compare",
        digits=max((demand.digits for demand in reply.demands.numbers), default=0),
        ours=reply.sent.data_values,
        practice=moment.practice,
        ref_id=reply.ref_id if follows else None,
        doubtful_ref=follows and moment.doubtful_ref,
        may_fail=moment.state is not State.INCOMPLETE,
        age_ms=moment.age_ms,
        apart_ms=moment.apart_ms,
    )


def any_0000(sent: Sent, answer: Answer, demands: Demands) -> Judgement:
    """A judge who takes any ``0000`` for paid: what the proof has to find."""
    if answer.delivery is Delivery.WHOLE and answer.code == "0000":
        return replace(the_judge(sent, answer, demands), state=State.PAID, evidence=Evidence.REPLY)
    return the_judge(sent, answer, demands)


def failed_once(asked: Asked, answer: Answer, demands: Demands) -> Judgement:
    """A judge who believes the first "failed"."""
    return the_status_judge(replace(asked, failed_at=0), answer, demands)
