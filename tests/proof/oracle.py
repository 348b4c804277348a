"""Whether a reply may end a payment, told a second time, from the documents alone.

Written from ``payment-states.md`` (Evidence, T5 to T12) and ``protocol.md`` (4 to 6), and it
shares nothing with ``cashier``: where the two disagree, one of them is wrong. It only forbids:
what it allows the till may still leave open.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

REFUSALS: Final = {"800": "", "802": "", "405": "product denied", "0601": "ip address"}
"""The definite refusals of a payment, with the words that must stand beside them."""

PRACTICE_REFUSALS: Final = dict.fromkeys(("0010", "0011", "0012", "0014", "0015"), "")
PRACTICE_FAILURE: Final = "0099"
"""What the practice Espay invented; no failure of the status service is documented."""


@dataclass(frozen=True)
class Asked:
    """What is known without the reply."""

    rq_uuids: tuple[str, ...]
    """Which requests a reply may name: the payment's, and the status question's own."""
    order_id: str
    sen: int
    compare: bool
    """Whether the category compares the amount."""
    digits: int = 0
    """How long the number is that has to come with it, if one has to."""
    ours: frozenset[str] = frozenset()
    """Values that we sent ourselves, which are no token."""
    practice: bool = False
    ref_id: str | None = None
    """What a status question asked by; ``None`` of a payment."""
    doubtful_ref: bool = False
    may_fail: bool = True
    """Whether the state is one that a failure may end."""
    age_ms: int = 0
    apart_ms: int | None = None
    """How long ago the payment was sent, and a failure was first seen, if it was."""


def may_end(final: str, status: int, body: bytes, asked: Asked, token: str | None = None) -> bool:
    """Whether a whole reply allows this end, ``paid`` or ``unpaid``, with this token."""
    if status == 401:
        return final == "unpaid" and asked.ref_id is None
    try:
        reply: Any = json.loads(
            body.decode("utf-8"), parse_int=str, parse_float=str, object_pairs_hook=_once
        )
    except (ValueError, RecursionError):
        return False
    if status != 200 or not isinstance(reply, dict) or not _ours(reply, asked):
        return False
    texts = [reply[name] for name in ("error_message", "error_desc") if reply.get(name) is not None]
    code = reply.get("error_code")
    if final == "unpaid":
        return isinstance(code, str) and _refused(code, str(texts).lower(), asked)
    success = bool(texts) and all(str(text).strip(" ") == "Success" for text in texts)
    if asked.ref_id is not None:  # 0000 may only mean that the question was understood
        success = success and all(said == "Success" for said in _states(reply))
    referred = asked.ref_id is not None or bool(_text(reply, "ref_id"))
    return code == "0000" and success and referred and _complete(reply, asked, token)


def _refused(code: str, words: str, asked: Asked) -> bool:
    if asked.ref_id is None:
        known = {**REFUSALS, **(PRACTICE_REFUSALS if asked.practice else {})}
        return code in known and known[code] in words
    twice = asked.apart_ms is not None and asked.apart_ms >= 60_000
    listed = asked.practice and code == PRACTICE_FAILURE
    return listed and twice and asked.age_ms >= 600_000 and asked.may_fail


def _ours(reply: Mapping[str, Any], asked: Asked) -> bool:
    uuid, number = _text(reply, "rq_uuid"), _text(reply, "order_id")
    named = number == asked.order_id or uuid == asked.rq_uuids[0]
    other = asked.ref_id is not None and _text(reply, "ref_id") not in (None, asked.ref_id)
    same = uuid in (None, *asked.rq_uuids) and number in (None, asked.order_id) and not other
    return same and (named or not asked.doubtful_ref)


def _complete(reply: Mapping[str, Any], asked: Asked, token: str | None) -> bool:
    data = reply.get("data")
    inner = data.get("amount") if isinstance(data, dict) else None
    stated = [(reply.get("amount"), 1), (inner, 100)]
    sums = [
        isinstance(text, str) and re.fullmatch("[0-9]+", text) and int(text) * unit == asked.sen
        for text, unit in stated
        if text not in (None, "")
    ]
    leaves = {re.sub(r"[\W_]", "", leaf) for leaf in _leaves(reply)} - asked.ours
    came = token in leaves and re.fullmatch(f"[0-9]{{{asked.digits}}}", token or "") is not None
    return (all(sums) or not asked.compare) and (came or not asked.digits)


def _text(reply: Mapping[str, Any], name: str) -> str | None:
    value = reply.get(name)
    return None if value is None else str(value).strip(" ") or None


def _states(value: Any, named: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _states(item, named or "status" in name.lower())
    elif named and value is not None:
        yield re.sub(r"[\W_]", "", str(value))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value
        if value.strip().startswith("{"):  # ``mwData`` is a text that holds an object
            yield from re.findall(r"[0-9 -]+", value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
