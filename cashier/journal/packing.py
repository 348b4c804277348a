"""The evidence pack: one payment's story as a text for Espay's support. Pure.

What Espay has to find the payment by stands at the top. Secrets were never kept; a token is
worth money and is left out always; what tells who the customer is, by choice.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from cashier.clock import wib_stamp
from cashier.journal.rows import Entry, KeptHint, Payment, Story
from cashier.language import LanguageCode, say
from cashier.money import Rupiah
from cashier.payment import Hint

_TOKEN: Final = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]?){4}[0-9]{4}(?![0-9])")
_TOLD: Final = frozenset(
    {
        *("rq_uuid", "ref_id", "product_code", "amount", "error_code", "error_desc"),
        *("error_message", "rs_datetime", "rq_datetime", "http", "bytes", "whole", "erased_at"),
    }
)
"""Fields of requests and replies that say nothing about a person."""

_EVENT_FACTS: Final = frozenset(
    {
        *("event", "by_operator", "by_session", "state", "evidence", "reason", "detail", "ref_id"),
        *("sent_at", "paid_at", "final_at", "asked", "asked_at", "asked_reason", "asked_detail"),
        *("ask_at", "failed_at", "returned_at", "escalated_at", "escalated_for", "kind", "found"),
        *("document", "prepared_at", "asking_since", "at", "ref_hint"),
    }
)
_AMOUNTS: Final = frozenset({Hint.BALANCE_MOVED, Hint.BALANCE_STILL, Hint.BALANCE_OTHER})
_LEFT_OUT: Final = "***"
_SHOWN_DIGITS: Final = 3


def pack(story: Story, hints: Sequence[KeptHint], language: LanguageCode, *, masked: bool) -> str:
    """Write the pack; ``masked`` leaves out number, name and whatever else tells of a person."""
    lines = [*_head(story.payment, language, masked), "", *_hint_lines(hints, language)]
    for entry in story.entries:
        lines += ["", f"{wib_stamp(entry.at)}  {_heading(entry, language)}"]
        lines += _entry_lines(entry, masked)
    return "\n".join(_TOKEN.sub(_LEFT_OUT, line) for line in lines) + "\n"


def hint_sentence(hint: KeptHint, language: LanguageCode) -> str:
    """Say a hint as one sentence."""
    if hint.kind not in _AMOUNTS:
        return say(language, f"hint.{hint.kind}", detail=hint.detail)
    before, after = (str(Rupiah(int(sen))) for sen in hint.detail.split())
    return say(language, f"hint.{hint.kind}", before=before, after=after)


def _head(payment: Payment, language: LanguageCode, masked: bool) -> Iterator[str]:
    quote = payment.quote
    number = _masked_number(quote.number) if masked else quote.number
    facts = {
        "receipt": payment.receipt_no,
        "environment": quote.environment,
        "product": f"{quote.product} {quote.product_name}",
        "number": number,
        "amount": f"{quote.amount_text} ({quote.espay_amount})",
        "rq_uuid": payment.rq_uuid,
        "ref_id": payment.ref_id or "-",
        "sent_at": "-" if payment.sent_at is None else wib_stamp(payment.sent_at),
        "state": say(language, f"state.name_{payment.state}"),
    }
    yield say(language, "pack.title")
    yield ""
    for name, value in facts.items():
        yield f"{say(language, f'pack.{name}'):<22} {value}"
    if payment.reason is not None:
        yield say(language, f"reason.{payment.reason}", detail=payment.detail)


def _hint_lines(hints: Sequence[KeptHint], language: LanguageCode) -> Iterator[str]:
    yield say(language, "pack.hints" if hints else "pack.no_hints")
    for hint in hints:
        yield f"    {wib_stamp(hint.at)}  {hint_sentence(hint, language)}"


def _heading(entry: Entry, language: LanguageCode) -> str:
    return say(language, f"pack.part_{entry.part}", name=entry.name)


def _entry_lines(entry: Entry, masked: bool) -> Iterator[str]:
    for name, value in entry.facts:
        if name in ("token", "bill_key", "session_token"):
            continue
        open_to_all = name in (_EVENT_FACTS if entry.part == "event" else _TOLD)
        if open_to_all or not masked:
            yield f"    {name}: {value}"
    if masked:
        yield from (f"    | {name}: {value}" for name, value in _told_in(entry.lines))
    else:
        yield from (f"    | {line}" for line in entry.lines)


def _told_in(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the fields of a JSON reply that may be told to anybody."""
    text = "\n".join(lines)
    begin = text.find("{")
    try:
        reply = json.loads(text[begin:]) if begin >= 0 else {}
    except ValueError:
        return
    if isinstance(reply, dict):
        told = ((str(name), str(value)) for name, value in reply.items())
        yield from (each for each in told if each[0] in _TOLD)


def _masked_number(number: str) -> str:
    return f"{_LEFT_OUT}{number[-_SHOWN_DIGITS:]}" if len(number) > 2 * _SHOWN_DIGITS else _LEFT_OUT
