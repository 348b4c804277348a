"""Strict JSON that keeps the very text of what was received.

Python's own reader takes the last of two equal names, makes floats of amounts, accepts NaN,
and runs out of stack on deep nesting (``faults.md F27``). Here each of these is refused, and a
number stays the text that stood in the reply.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

LARGEST_BYTES: Final = 1024 * 1024
"""A longer reply is refused (``attacks.md S19``)."""

DEEPEST: Final = 20
"""Levels of objects and lists; the deepest documented reply has two."""

_BOM: Final = "\ufeff"
_BRACKETS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|([\[{])|([\]}])', re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t\n\r]*")


class NumberText(str):
    """A JSON number as it was written, for example ``1.50``."""

    __slots__ = ()


Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
"""A value; a number is a ``NumberText``, so every scalar but true, false and null is text."""


class NotStrict(ValueError):
    """The text is not one JSON object under these rules; ``args[0]`` is one word that says why."""


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object and the text that it was read from."""

    text: str
    fields: dict[str, Json]

    def span(self, name: str) -> str | None:
        """The exact text of a top-level value, or ``None`` where there is no such name."""
        start, end = _spans(self.text).get(name, (0, 0))
        return self.text[start:end] or None


def parse(body: bytes) -> JsonObject:
    """Read a body that must be one JSON object in UTF-8, with only blanks around it.

    An object that was cut short cannot pass: only its last character closes it. So this is also
    the proof that a reply which ends with its connection is complete (``faults.md F19``).

    Raises:
        NotStrict: ``large``, ``utf8``, ``bom``, ``deep``, ``syntax``, ``double`` or ``object``.
    """
    if len(body) > LARGEST_BYTES:
        raise NotStrict("large")
    try:
        return parse_text(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise NotStrict("utf8") from None


def parse_text(text: str) -> JsonObject:
    """Read a text that must be one JSON object.

    Raises:
        NotStrict: As for ``parse``.
    """
    if text.startswith(_BOM):
        raise NotStrict("bom")
    if _depth(text) > DEEPEST:
        raise NotStrict("deep")
    try:
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError:
        raise NotStrict("syntax") from None
    if not isinstance(value, dict):
        raise NotStrict("object")
    return JsonObject(text, value)


def _depth(text: str) -> int:
    """The deepest nesting, counted without recursion; brackets inside strings do not count."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[1] is not None) - (match[2] is not None)
        deepest = max(deepest, depth)
    return deepest


def _no_double(pairs: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for name, value in pairs:
        if name in fields:
            raise NotStrict("double")
        fields[name] = value
    return fields


def _no_constant(_: str) -> Json:
    raise NotStrict("syntax")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_no_double,
    parse_int=NumberText,
    parse_float=NumberText,
    parse_constant=_no_constant,
)


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """Where each top-level value of a well-formed object begins and ends in its text."""
    spans: dict[str, tuple[int, int]] = {}
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, start)
        spans[name] = (start, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at
    return spans


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
