"""How the commands show quotes and payments: lines for people, JSON for programs."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from cashier.catalogue import Rules
from cashier.clock import wib_time
from cashier.journal.rows import Payment, Quote
from cashier.language import LanguageCode, say
from cashier.money import ZERO
from cashier.payment import Cash, Reason, State
from cashier.till import UNANSWERED, FollowUp, hint_sentence

JsonValue = str | int | bool | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]

_LABEL_WIDTH = 22
_TOKEN_GROUP = 4
_EARLIER_SHOWN: Final = 3


def print_json(value: JsonValue) -> None:
    """Print one value as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


def complain(sentence: str) -> None:
    """Print a sentence for the operator where it does not mix with results.

    Where nobody can read it any more, the command goes on: its exit code still tells.
    """
    if sys.stderr is not None:
        with suppress(OSError):
            print(sentence, file=sys.stderr, flush=True)


@contextmanager
def perhaps_unread() -> Iterator[None]:
    """Print inside, of something that has happened whether or not anybody can still read it."""
    with suppress(OSError):
        yield
        if sys.stdout is not None:
            sys.stdout.flush()


def quote_json(quote: Quote) -> dict[str, JsonValue]:
    """The quote as ``inquire --json`` prints it; amounts in sen."""
    return {
        "quote": quote.id,
        "product": quote.product,
        "number": quote.number,
        "name": quote.name,
        "bill_sen": quote.bill.sen,
        "admin_fee_sen": quote.admin_fee.sen,
        "service_fee_sen": quote.service_fee.sen,
        "total_sen": quote.total.sen,
        "facts": dict(quote.facts),
    }


def payment_json(payment: Payment) -> dict[str, JsonValue]:
    """The payment as ``pay --json`` prints it; amounts in sen."""
    return {
        "payment": payment.id,
        "quote": payment.quote.id,
        "state": payment.state,
        "evidence": payment.evidence,
        "reason": reason_word(payment),
        "rq_uuid": payment.rq_uuid,
        "ref_id": payment.ref_id,
        "total_sen": payment.quote.total.sen,
        "cash_sen": payment.tendered.sen,
        "change_sen": payment.change.sen,
        "token": payment.token,
    }


def follow_up_json(follows: FollowUp) -> dict[str, JsonValue]:
    """An open payment as ``open --json`` prints it: as a payment, and what is known of it."""
    hints: list[JsonValue] = [
        {"kind": hint.kind, "detail": hint.detail, "at": hint.at} for hint in follows.hints
    ]
    return {
        **payment_json(follows.payment),
        "hints": hints,
        "may": sorted(follows.may),
        "asked": follows.payment.asked,
        "asked_at": follows.last_asked_at,
        "ask_at": follows.next_at,
        "document": follows.payment.document,
    }


def follow_up_lines(language: LanguageCode, follows: FollowUp, command: str) -> Iterator[str]:
    """An open payment for people: as a payment, then hints, and when it is asked about again."""
    payment = follows.payment
    yield from payment_lines(language, payment, command)
    if payment.escalated_for is not None and payment.state.is_open:
        by = payment.escalated_by or "-"
        why = say(language, f"cli.why_{payment.escalated_for}", by=by)
        yield say(language, "cli.escalated_to", why=why)
    if follows.hints:
        yield say(language, "cli.hints_of", payment=payment.receipt_no)
    elif payment.state is State.IN_DOUBT:
        yield say(language, "cli.no_hints", payment=payment.receipt_no)
    yield from (f"    {hint_sentence(hint, language)}" for hint in follows.hints)
    for each in follows.earlier[-_EARLIER_SHOWN:]:
        name = say(language, f"state.name_{each.state}")
        yield say(language, "cli.earlier", receipt=each.receipt_no, state=name)
    if follows.next_at is not None:
        yield say(language, "cli.next_question", at=wib_time(follows.next_at))


OPEN: Final = 3
"""Exit code where something is still to be found out (DESIGN 8)."""

NO_QUOTE: Final[Mapping[str, JsonValue]] = {"quote": None}
"""What ``inquire --json`` prints where there is no quote; the reason is added."""

NO_PAYMENT: Final[Mapping[str, JsonValue]] = dict.fromkeys(
    (
        "payment",
        "quote",
        "state",
        "evidence",
        "reason",
        "rq_uuid",
        "ref_id",
        "total_sen",
        "cash_sen",
        "change_sen",
        "token",
    )
)
"""What ``pay --json`` prints where nothing was kept; the reason is filled in."""


def reason_word(payment: Payment) -> str | None:
    """The reason as one machine word, with its detail behind a colon."""
    if payment.reason is None:
        return None
    return f"{payment.reason}:{payment.detail}" if payment.detail else str(payment.reason)


def quote_lines(language: LanguageCode, quote: Quote, rules: Rules) -> Iterator[str]:
    """The quote for people: who, what, and every amount that makes up the total."""
    yield _line(say(language, "cli.product_label"), f"{quote.product_name} ({quote.product})")
    yield _line(rules.number.label.say(language), quote.number)
    for fact in rules.confirm:
        if quote.facts.get(fact.field):
            yield _line(fact.label.say(language), fact.shown(quote.facts[fact.field]))
    yield from _amount_lines(language, quote)
    for caution in rules.warn:
        if caution.applies(quote.facts):
            yield caution.words.say(language)


def _amount_lines(language: LanguageCode, quote: Quote) -> Iterator[str]:
    yield _line(say(language, "cli.bill"), str(quote.bill))
    yield _line(say(language, "cli.admin_fee"), str(quote.admin_fee))
    if quote.service_fee != ZERO:
        yield _line(say(language, "cli.service_fee"), str(quote.service_fee))
    yield _line(say(language, "cli.total"), str(quote.total))


def payment_lines(language: LanguageCode, payment: Payment, command: str) -> Iterator[str]:
    """What happened to the money, in one sentence first, then the facts worth reading out.

    Args:
        language: The operator's language.
        payment: The payment.
        command: How this program is called, for the next thing to type.
    """
    yield state_sentence(language, payment, command)
    yield from _reason_lines(language, payment)
    quote = payment.quote
    yield _line(say(language, "cli.receipt_label"), payment.receipt_no)
    yield _line(say(language, "cli.product_label"), quote.product_name)
    yield _line(say(language, "cli.number_label"), quote.number)
    if quote.name:
        yield _line(say(language, "cli.name_label"), quote.name)
    if payment.token is not None:
        yield _line(say(language, "cli.token_label"), grouped(payment.token))
    if payment.ref_id is not None:
        yield _line(say(language, "cli.reference_label"), payment.ref_id)
    if payment.state.is_open:
        yield _line(say(language, "cli.uuid_label"), payment.rq_uuid)
    yield _line(say(language, "cli.total"), str(quote.total))
    yield _line(say(language, "cli.cash_label"), str(payment.tendered))
    yield _line(say(language, "cli.change_label"), str(payment.change))


_EXPLAINED_CODES: Final = frozenset({"800", "802"})
"""Refusals that the shop itself can do something about (``protocol.md 6``)."""


def _reason_lines(language: LanguageCode, payment: Payment) -> Iterator[str]:
    reason, detail = payment.reason, payment.detail
    if reason is Reason.REFUSED_BY_CODE and detail in _EXPLAINED_CODES:
        yield say(language, f"reason.refused_{detail}")
    elif reason not in (None, Reason.PAID):
        yield say(language, f"reason.{reason}", detail=detail)
    if not payment.state.is_open or payment.asked_reason in (None, reason):
        return
    if payment.asked_reason in UNANSWERED:
        yield say(language, "reason.not_answered")
    else:
        yield say(language, f"reason.{payment.asked_reason}", detail=payment.asked_detail)


def state_sentence(language: LanguageCode, payment: Payment, command: str) -> str:
    """One sentence that says what to do with the money now."""
    what = str(payment.state)
    if payment.cash is Cash.RETURNED:
        what = f"{what}_returned"
    if payment.state is State.IN_DOUBT and payment.ref_id is None:
        what = "in_doubt_unasked"
    return say(
        language,
        f"state.{what}",
        total=str(payment.quote.total),
        change=str(payment.change),
        payment=str(payment.id),
        command=command,
    )


def grouped(token: str) -> str:
    """A token in groups of four digits, for reading aloud."""
    return " ".join(
        token[start : start + _TOKEN_GROUP] for start in range(0, len(token), _TOKEN_GROUP)
    )


def exit_code(state: State) -> int:
    """What ``pay`` ends with: 0 paid, 1 unpaid, 3 open (DESIGN 8)."""
    if state.is_open:
        return OPEN
    return 0 if state is State.PAID else 1


def _line(label: str, value: str) -> str:
    return f"{label:<{_LABEL_WIDTH}} {value}"
