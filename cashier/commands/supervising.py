"""``hints``, ``recheck``, ``escalate``, ``resolve``, ``resume``, ``clock``, ``journal pack``.

What is done about payments that the till itself cannot make certain, and by whom.
"""

from argparse import Namespace

from cashier.commands.desk import Desk, at_desk
from cashier.commands.output import (
    OPEN,
    exit_code,
    follow_up_json,
    follow_up_lines,
    print_json,
)
from cashier.language import say
from cashier.payment import State
from cashier.till import Decision, FollowUp, May, Payment


def hints(options: Namespace) -> int:
    """Look for hints about a payment in doubt and show them: 3 while it is open, else 0."""
    return at_desk(options, _hints, {})


async def _hints(desk: Desk, options: Namespace) -> int:
    follows = await desk.till.follow_up(options.payment)
    if May.GATHER in follows.may:
        gathered = await desk.till.gather(follows.payment.id)
        follows = await desk.till.follow_up(gathered.id)
    _show(desk, options, follows)
    return OPEN if follows.payment.state.is_open else 0


def recheck(options: Namespace) -> int:
    """Ask again about a paid payment: 0 while it is paid, 1 where Espay has reversed it."""
    return at_desk(options, _recheck, {})


async def _recheck(desk: Desk, options: Namespace) -> int:
    payment = await desk.till.payment(options.payment)
    return await _shown(desk, options, await desk.till.recheck(payment.id))


def escalate(options: Namespace) -> int:
    """Hand a payment to the supervisor, hints gathered first: 3, because it stays open."""
    return at_desk(options, _escalate, {})


async def _escalate(desk: Desk, options: Namespace) -> int:
    return await _shown(desk, options, await desk.till.escalate(options.payment, options.by))


def resolve(options: Namespace) -> int:
    """Decide a payment on a document: 0 paid, 1 unpaid or refunded, 1 where refused."""
    return at_desk(options, _resolve, {})


async def _resolve(desk: Desk, options: Namespace) -> int:
    decision = Decision(
        State(options.outcome), options.document, options.by, options.second, options.token
    )
    payment = await desk.till.resolve(options.payment, decision)
    if payment.state is not decision.outcome:
        return await _corrected(desk, payment)
    return await _shown(desk, options, payment)


async def _corrected(desk: Desk, payment: Payment) -> int:
    *_, last = await desk.till.corrections(payment.id)
    told = {"payment": payment.receipt_no, "document": last.document, "loss": str(last.loss)}
    print(say(desk.language, "cli.corrected", **told))
    return exit_code(payment.state)


def resume(options: Namespace) -> int:
    """Let selling go on that the circuit had stopped: 0, or 1 where nothing had."""
    return at_desk(options, _resume)


async def _resume(desk: Desk, options: Namespace) -> int:
    await desk.till.resume(options.by, options.reason)
    print(say(desk.language, "cli.resumed", by=options.by))
    return 0


def clock(options: Namespace) -> int:
    """Go on although earlier events are of a later time: 0, or 1 where that is not so."""
    return at_desk(options, _clock)


async def _clock(desk: Desk, options: Namespace) -> int:
    await desk.till.trust_clock(options.by, options.reason)
    print(say(desk.language, "cli.clock_trusted", by=options.by))
    return 0


def evidence(options: Namespace) -> int:
    """Print a payment's evidence for Espay's support."""
    return at_desk(options, _evidence)


async def _evidence(desk: Desk, options: Namespace) -> int:
    text = await desk.till.evidence_pack(options.payment, desk.language, masked=options.masked)
    print(text, end="")
    return 0


async def _shown(desk: Desk, options: Namespace, payment: Payment) -> int:
    _show(desk, options, await desk.till.follow_up(payment.id))
    return exit_code(payment.state)


def _show(desk: Desk, options: Namespace, follows: FollowUp) -> None:
    if options.json:
        print_json(follow_up_json(follows))
        return
    for line in follow_up_lines(desk.language, follows, desk.command):
        print(line)
