"""Turns what came back into an ``Answer``: Espay's spellings end here.

Texts and numbers are taken alike, both spellings of the error text are read, and everything
that is shown or kept passes ``text.clean`` (``protocol.md 4`` to ``6`` and ``8``).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cashier.clock import wib_ms
from cashier.espay.codes import finality, look_up
from cashier.espay.json_text import Json, JsonObject, NotStrict, parse, parse_text
from cashier.espay.reception import Reception
from cashier.espay.wire import Service
from cashier.money import NotMoney, Rupiah
from cashier.payment import Answer, Delivery, Finality, Reason, Verdict
from cashier.text import CleanText, clean

_TEXTS: Final = ("error_message", "error_desc")
_CODE_FORM: Final = re.compile(r"[0-9A-Za-z]{1,16}", re.ASCII)
_STAMP_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_UNREADABLE: Final = "?"
_LONGEST_NAME: Final = 64
_REFERENCE: Final = re.compile(
    rb'"ref_id"[ \t\r\n]*:[ \t\r\n]*(?:"([^"\\\x00-\x1f]{1,64})"|([0-9]{1,32})(?=[ \t\r\n]*[,}]))'
)


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer, and the object it was read from where there was a readable one."""

    answer: Answer
    reply: JsonObject | None = None


def understand(service: Service, reception: Reception, *, practice: bool) -> Understood:
    """Say what came back from a service; never raises.

    Args:
        service: Which service was asked.
        reception: What came back.
        practice: Whether codes invented for the practice Espay count.
    """
    if reception.delivery is not Delivery.WHOLE:
        return Understood(_unusable(reception))
    try:
        reply = parse(reception.body)
        return Understood(_answer(service, reply, practice=practice), reply)
    except NotStrict as why:
        hint = torn_reference(reception.body)
        return Understood(Answer(Delivery.UNUSABLE, Reason.NOT_JSON, str(why), ref_id=hint))


def torn_reference(body: bytes) -> str | None:
    """Find the one whole ``ref_id`` in a torn or unreadable reply: a hint, never a proof."""
    found = {_torn_token(quoted or bare) for quoted, bare in _REFERENCE.findall(body)}
    return found.pop() if len(found) == 1 else None


def _torn_token(token: bytes) -> str | None:
    try:
        return reference(token.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _unusable(reception: Reception) -> Answer:
    hint = torn_reference(reception.body) if reception.delivery is Delivery.UNUSABLE else None
    return Answer(reception.delivery, reception.trouble, reception.detail, ref_id=hint)


def _answer(service: Service, reply: JsonObject, *, practice: bool) -> Answer:
    fields = reply.fields
    facts = facts_of(reply)
    code = _scalar(fields.get("error_code"))
    texts = _texts(fields)
    row = None if code is None else look_up(service, code, " ".join(texts), practice=practice)
    said = texts + _states(fields, facts) if texts and service is Service.STATUS else texts
    return Answer(
        Delivery.WHOLE,
        trouble=Reason.UNKNOWN_CODE if row is None else row.doubt,
        code=None if code is None else _shown_code(code),
        text=clean(next((text for text in texts if text.strip()), "")),
        verdict=Verdict.UNKNOWN if row is None else row.verdict,
        finality=finality(said) if row and row.verdict is Verdict.PAID else Finality.UNKNOWN,
        rq_uuid=identity(fields.get("rq_uuid")),
        order_id=identity(fields.get("order_id")),
        ref_id=_echoed_or_new(service, fields.get("ref_id")),
        amounts=_amounts(fields),
        facts=facts,
        stamped_at=_stamped_at(fields),
    )


def _echoed_or_new(service: Service, value: Json) -> str | None:
    """Espay's reference. A status answer only echoes ours: there a disguised one is another one.

    Everywhere else it is new to us, and one that could not be sent back is no reference at all.
    """
    return identity(value) if service is Service.STATUS else reference(value)


def _stamped_at(fields: Mapping[str, Json]) -> int | None:
    """When Espay says that it answered, UTC milliseconds; some stamps are malformed.

    Only ``rs_datetime`` is read: ``rq_datetime`` may be our own, echoed (``protocol.md 8``).
    """
    text = fields.get("rs_datetime")
    if not isinstance(text, str) or _STAMP_FORM.fullmatch(text) is None:
        return None
    try:
        return wib_ms(text)
    except ValueError:
        return None


def _scalar(value: Json) -> str | None:
    """A text or number as text; true, false and structures are no text that Espay ever sends."""
    if value is None or isinstance(value, str):
        return value
    return _UNREADABLE


def _shown_code(code: str) -> str:
    """A code fit to be shown: one of another form must not look like one that is known."""
    return str(code) if _CODE_FORM.fullmatch(code) else _UNREADABLE


def _texts(fields: Mapping[str, Json]) -> tuple[str, ...]:
    texts = (_scalar(fields.get(name)) for name in _TEXTS)
    return tuple(text for text in texts if text is not None)


def _states(fields: Mapping[str, Json], facts: Mapping[str, str]) -> tuple[str, ...]:
    """What any field named like a status says.

    The words of a status answer are in no document (``gaps.md 4``): ``0000`` may only mean that
    the question was understood. So a status field that is there has to say success, too; it
    never takes the place of the text.
    """
    on_top = ((name, _scalar(value) or "") for name, value in fields.items())
    # Both, where one name stands on top and inside; a structure with nothing in it is no fact.
    said = (*on_top, *facts.items(), *_hollow(fields.get("data")))
    return tuple(text for name, text in said if "status" in name.casefold())


def _hollow(value: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """The names below which an empty structure stands, which says nothing."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _hollow(item, f"{name}.{key}")
        if not value:
            yield name, _UNREADABLE


def identity(value: Json) -> str | None:
    """An echoed id as text; ``None`` where it is absent, null or empty.

    Blanks around it are padding. Any other character that cleaning would change is kept visible
    as a difference, so that a disguised id is never taken for ours.
    """
    text = (_scalar(value) or "").strip(" ")
    if not text:
        return None
    cleaned = clean(text)
    return cleaned if cleaned == text else f"{_UNREADABLE}{cleaned}"


def reference(value: Json) -> str | None:
    """Espay's reference, where it can be sent back in a question exactly as it was given."""
    text = identity(value)
    return None if text is None or text.startswith(_UNREADABLE) else text


def _amounts(fields: Mapping[str, Json]) -> tuple[Rupiah | None, ...]:
    """The totals that an answer states: minor units on top, whole rupiah inside ``data``."""
    data = fields.get("data")
    inner = data.get("amount") if isinstance(data, dict) else None
    stated = ((fields.get("amount"), Rupiah.from_minor), (inner, Rupiah.from_whole))
    return tuple(money(value, read) for value, read in stated if value is not None and value != "")


def money(value: Json, read: Callable[[str], Rupiah]) -> Rupiah | None:
    """Read an amount in a form; ``None`` where it cannot be read."""
    try:
        return read(_scalar(value) or "")
    except NotMoney:
        return None


def facts_of(reply: JsonObject) -> dict[str, CleanText]:
    """The fields of ``data``, ``mwData`` and ``receipt`` as clean text, nested names with dots.

    ``mwData`` is an object, or a text that holds one (``protocol.md 4.5``).

    Raises:
        NotStrict: ``double``: two fields have one name once they are cleaned.
    """
    facts: dict[str, CleanText] = {}
    _flatten("data", reply.fields.get("data"), facts, root="data")
    _flatten("mwData", _unpacked(reply.fields.get("mwData")), facts)
    _flatten("receipt", reply.fields.get("receipt"), facts)
    return facts


def _unpacked(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return parse_text(value).fields
    except NotStrict:
        return value


def _flatten(name: str, value: Json, facts: dict[str, CleanText], root: str = "") -> None:
    """Add a value to the facts; the name of the root is left out of the names below it."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        prefix = "" if name == root else f"{name}."
        for key, item in items:
            _flatten(f"{prefix}{key}", item, facts)
    elif value is not None:
        key = clean(name, _LONGEST_NAME)
        if key in facts:
            raise NotStrict("double")
        facts[key] = clean(str(value).lower() if isinstance(value, bool) else value)
