"""Takes the shop's own secrets out of what comes back, before anybody reads or keeps it.

A proxy, a debug page or a hostile Espay may echo what it was sent, the ``Authorization`` header
and the form's password with it. The journal keeps every byte of a reply, and a text of it may
be shown (``attacks.md S03``, ``S06``; I12). Each secret is therefore covered by as many stars as
it has bytes: lengths, and so the framing of HTTP, stay true.

A secret that might as well be a part of an honest answer is left alone, for to lose a digit of
a token is worse: one under eight characters, or of digits alone.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from cashier.espay.reception import Reception

_SHORTEST: Final = 8


class Hider:
    """Knows every usual spelling of some secrets."""

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        """Spell them out once; the longest spelling is found first."""
        values = [secret.get_secret_value() for secret in secrets]
        telling = [value for value in values if len(value) >= _SHORTEST and not value.isdigit()]
        spelled = {spelling for value in telling for spelling in _spellings(value)}
        longest_first = sorted(spelled, key=lambda spelling: (-len(spelling), spelling))
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first))) if spelled else None

    def hide(self, reception: Reception) -> Reception:
        """Cover the secrets in what came back."""
        raw, body = self._covered(reception.raw), self._covered(reception.body)
        if (raw, body) == (reception.raw, reception.body):
            return reception
        return replace(reception, raw=raw, body=body)

    def _covered(self, data: bytes) -> bytes:
        return data if self._pattern is None else self._pattern.sub(_stars, data)


def _stars(match: re.Match[bytes]) -> bytes:
    return b"*" * len(match[0])


def _spellings(value: str) -> Iterator[bytes]:
    """As it is, quoted for JSON, a form, an address, or Python, and in hex, base64 and UTF-16."""
    raw = value.encode()
    yield raw
    yield json.dumps(value)[1:-1].encode()
    yield json.dumps(value, ensure_ascii=False)[1:-1].replace("/", "\\/").encode()
    yield repr(value)[1:-1].encode()
    yield json.dumps(repr(value)[1:-1])[1:-1].encode()
    yield "".join(f"\\u{unit:04x}" for unit in _units(value)).encode()
    yield from (quote(value, safe="").encode(), quote(value).encode(), quote_plus(value).encode())
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    yield from (value.encode("utf-16-le"), value.encode("utf-16-be"))
    for others in (b"+/", b"-_"):
        yield from _in_base64(raw, others)


def _units(value: str) -> Iterator[int]:
    data = value.encode("utf-16-be", "surrogatepass")
    return (data[at] << 8 | data[at + 1] for at in range(0, len(data), 2))


def _in_base64(raw: bytes, others: bytes) -> Iterator[bytes]:
    """What of its base64 is the same whatever stands around it, at each of three places."""
    for before in range(3):
        written = base64.b64encode(bytes(before) + raw, others)
        whole = (len(raw) + before) // 3 * 4
        yield written[-(-before * 8 // 6) : whole]
