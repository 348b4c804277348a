"""What came back over the wire, before anybody reads what it says; loads no HTTP library."""

import re
from dataclasses import dataclass
from typing import Final

from cashier.payment import Delivery, Reason

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_FRAMING: Final = re.compile(
    rb"^(?:content-length|transfer-encoding)[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE
)
_INFORMATIONAL: Final = re.compile(rb"HTTP/1\.1 1[0-9]{2}\b")
_HTTP_1: Final = re.compile(rb"HTTP/1\.[01] ")
_IDENTITY: Final = frozenset({"", "identity"})


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one request, and every byte that was read for it."""

    delivery: Delivery
    """``WHOLE`` here means a complete HTTP 200; whether it is JSON is not known yet."""
    trouble: Reason | None = None
    detail: str = ""
    http_status: int | None = None
    raw: bytes = b""
    """Every byte that was read, header lines too."""
    body: bytes = b""
    """The body as far as it was read, without the framing of HTTP."""


def weigh(status: int, content_encoding: str, raw: bytes, body: bytes) -> Reception:
    """Say what a complete HTTP message is worth.

    Only HTTP 200 can carry an answer, and HTTP 401 proves that nothing was executed
    (``protocol.md 2``). A message whose length is told twice, or that is packed although
    ``identity`` was asked, is not trusted (``faults.md F26``).
    """
    unusable = Delivery.UNUSABLE
    if not _well_framed(raw):
        return Reception(unusable, Reason.NOT_JSON, "framing", status, raw, body)
    if status == 401:
        return Reception(Delivery.UNAUTHORISED, Reason.UNAUTHORISED, "401", status, raw, body)
    if status != 200:
        return Reception(unusable, Reason.HTTP_STATUS, str(status), status, raw, body)
    if content_encoding.strip().lower() not in _IDENTITY:
        return Reception(unusable, Reason.NOT_JSON, "encoding", status, raw, body)
    return Reception(Delivery.WHOLE, None, "", status, raw, body)


def _well_framed(raw: bytes) -> bool:
    """Whether the final head is of HTTP/1 and tells the length of its body at most once."""
    start = 0
    for end in _END_OF_HEAD.finditer(raw):
        head = raw[start : end.start()]
        if _INFORMATIONAL.match(head) is None:
            told = _FRAMING.findall(head)
            once = len(told) <= 1 and not any(b"," in value for value in told)
            return once and _HTTP_1.match(head) is not None
        start = end.end()
    return False
