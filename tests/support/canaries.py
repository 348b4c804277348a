"""Secrets that are looked for, in the ways in which a secret is written by accident."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

Encodings = Mapping[str, frozenset[bytes]]


def encodings(secret: str) -> Encodings:
    """A secret in seven encodings, each with its own spellings."""
    raw = secret.encode()
    return {
        "plain": frozenset({raw}),
        "base64": frozenset(_base64(raw, b"+/")),
        "base64 for addresses": frozenset(_base64(raw, b"-_")),
        "hex": frozenset({raw.hex().encode()}),
        "HEX": frozenset({raw.hex().upper().encode()}),
        "percent": frozenset(
            {
                quote(secret, safe="").encode(),
                quote_plus(secret).encode(),
                "".join(f"%{byte:02X}" for byte in raw).encode(),
            }
        ),
        "escaped": frozenset(
            {
                json.dumps(secret)[1:-1].encode(),
                "".join(f"\\u{ord(character):04x}" for character in secret).encode(),
                repr(secret)[1:-1].encode(),
                secret.encode("utf-16-le"),
            }
        ),
    }


def _base64(raw: bytes, others: bytes) -> Iterable[bytes]:
    """The part of the encoding that is the same whatever stands around, at each of three places."""
    for before in range(3):
        written = base64.b64encode(b"\0" * before + raw, others)
        whole = len(raw) + before - (len(raw) + before) % 3
        yield written[-(-before * 8 // 6) : whole * 8 // 6]


class Canaries:
    """Secrets by name, and every spelling of each."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._spellings: Final = [
            (name, encoding, spelling)
            for name, secret in secrets.items()
            for encoding, spellings in encodings(secret).items()
            for spelling in spellings
        ]

    def found_in(self, data: bytes) -> set[str]:
        """Which secrets stand in some bytes, each with its encoding."""
        return {f"{name}, {encoding}" for name, encoding, each in self._spellings if each in data}

    def found_below(self, folder: Path, but: frozenset[str] = frozenset()) -> dict[str, set[str]]:
        """What stands in the files below a folder, and in their names; ``but`` some file names."""
        found: dict[str, set[str]] = {}
        for path in sorted(folder.rglob("*")):
            here = self.found_in(str(path.relative_to(folder)).encode())
            if path.is_file() and path.name not in but:
                here |= self.found_in(path.read_bytes())
            if here:
                found[str(path.relative_to(folder))] = here
        return found
