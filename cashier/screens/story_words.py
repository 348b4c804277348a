"""A payment's story for people: one sentence for each thing that happened, none for machinery."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cashier.clock import wib_stamp
from cashier.language import say
from cashier.money import Rupiah
from cashier.payment import Hint, State
from cashier.screens.front import Front
from cashier.screens.payment_words import answer_to, escalated
from cashier.till import UNANSWERED, Entry, KeptHint, Payment, Story, hint_sentence

_SILENT: Final = frozenset({"scheduled"})
"""Plans of the till, which the next question tells by itself."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened; ``at`` is UTC milliseconds."""

    at: int
    words: str


def happened(front: Front, story: Story) -> Iterator[Happened]:
    """Tell a story, oldest first; questions that were answered the same are told as one."""
    same: list[Entry] = []
    for entry in story.entries:
        if entry.part == "event" and entry.name == "asked" and "asked_reason" not in _facts(entry):
            same.append(entry)
            continue
        if entry.part in ("quote", "event") and entry.name not in _SILENT:
            yield from _asked_again(front, same)
            same = []
            yield Happened(entry.at, _words(front, story.payment, entry))
    yield from _asked_again(front, same)


def technical(entry: Entry, front: Front) -> Iterator[str]:
    """Tell an entry with everything the journal holds of it, for a technician or Espay."""
    heading = say(front.language, f"pack.part_{entry.part}", name=entry.name)
    yield f"{wib_stamp(entry.at)}  {heading}"
    yield from (f"    {name}: {value}" for name, value in entry.facts)
    yield from (f"    | {line}" for line in entry.lines)


def _asked_again(front: Front, entries: list[Entry]) -> Iterator[Happened]:
    if entries:
        count = str(len(entries))
        yield Happened(entries[-1].at, front.say("follow.told_same", count=count))


def _words(front: Front, payment: Payment, entry: Entry) -> str:
    facts = _facts(entry)
    if entry.part == "quote":
        name, total = payment.quote.name or "-", str(payment.quote.total)
        return front.say("follow.told_quote", name=name, total=total)
    if entry.name == "hint":
        kept = KeptHint(payment.id, entry.at, Hint(facts["kind"]), facts.get("detail", ""))
        return front.say("follow.told_hint", hint=hint_sentence(kept, front.language))
    if entry.name == "asked":
        return front.say("follow.told_asked", answer=_answer(front, payment, facts))
    if entry.name in set(State) - {State.PREPARED, State.SENT}:
        return _reached(front, payment, entry.name, facts)
    told = _OTHERS.get(entry.name)
    if told is None:
        return front.say("follow.told_other", kind=entry.name)
    return front.say(f"follow.told_{told}", **_values(payment, facts))


_OTHERS: Final = {
    "prepared": "prepared",
    "sent": "sent",
    "returned": "returned",
    "corrected": "corrected",
    "late_reply": "late_reply",
    "erased": "erased",
}
"""Kinds of events with a sentence of their own."""


def _values(payment: Payment, facts: Mapping[str, str]) -> dict[str, str]:
    return {
        "total": str(payment.quote.total),
        "cash": str(payment.tendered),
        "change": str(payment.change),
        "operator": payment.operator,
        "by": payment.returned_by or "-",
        "document": facts.get("document", ""),
        "loss": str(Rupiah(int(facts.get("loss_sen", "0")))),
    }


def _reached(front: Front, payment: Payment, state: str, facts: Mapping[str, str]) -> str:
    name = say(front.language, f"state.name_{state}")
    if state == State.ESCALATED:
        return front.say("follow.told_state", state=name, why=escalated(front, payment))
    if "document" in facts:
        return front.say(
            "follow.told_decided",
            state=name,
            document=facts["document"],
            by=payment.resolved_by or "-",
            second=payment.approved_by or "-",
        )
    reason = facts.get("reason", "")
    if not reason or reason == State.PAID:
        return front.say("follow.told_reached", state=name)
    why = front.say(f"reason.{reason}", detail=facts.get("detail", ""))
    return front.say("follow.told_state", state=name, why=why)


def _answer(front: Front, payment: Payment, facts: Mapping[str, str]) -> str:
    reason = facts["asked_reason"]
    if reason in UNANSWERED:
        return front.say("follow.unanswered")
    if reason == payment.asked_reason:
        return answer_to(front, payment)
    return front.say(f"reason.{reason}", detail=facts.get("asked_detail", ""))


def _facts(entry: Entry) -> dict[str, str]:
    return dict(entry.facts)
