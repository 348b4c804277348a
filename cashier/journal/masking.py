"""What must not be kept is taken out here, before anything is written (S06, S38).

Requests are kept by an allow list of fields. The known number of a card is masked wherever
and however it is spelled. What merely looks like a card is masked where a card may be: in the
whole of a card's sale, and otherwise in fields that hold the customer's number. Ids,
references, signatures, codes, tokens and serial numbers are never guessed at: one in fifty of
those that begin like a card would pass for one, and they exist nowhere else.
"""

import re
from collections.abc import Mapping
from typing import Final

from cashier.text import looks_like_card, mask_card, mask_cards_in

REQUEST_FIELDS: Final = frozenset(
    {
        "rq_uuid",
        "rq_datetime",
        "sender_id",
        "channel_code",
        "order_id",
        "product_code",
        "amount",
        "data",
        "additional_data",
        "ref_id",
        "phone_num",
    }
)
"""Request fields that may be kept (``protocol.md 4``): no password, no signature, no header."""

LONGEST_REPLY: Final = 1024 * 1024 + 64 * 1024
"""Bytes of a reply that are kept: 1 MiB of body and room for its header lines (S19, S37)."""

_CUSTOMER_NUMBER: Final = re.compile(
    r"(?:.*card(?:no|num|number)?|pan|orderid|customer(?:id|no|number)|cust(?:id|no)"
    r"|account(?:no|number)|(?:no|nomor)(?:kartu|rekening|pelanggan))"
)
"""Names, without case and separators, of fields that hold what the customer is known by."""

_PROTECTED: Final = re.compile(
    r".*(?:uuid|ref|sign|code|token|stroom|serial|voucher|hash|date|time).*|.*sn"
)
"""Names of fields whose values are never guessed at."""

_FIELD: Final = re.compile(
    r'"(?P<name>[A-Za-z0-9_. -]{1,40})\\{0,7}"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}'
    r'(?P<value>\\{0,7}"(?:[^"\\]|\\u[0-9A-Fa-f]{4}|\\/)*|[^"\\,}]*)'
)
"""A JSON field with a simple value, also inside a JSON text and where it was torn off."""

_SHORTEST_CARD: Final = 11
_APART: Final = r"(?:[ +.\-]|%20|%2[Dd])?"
_BARE: Final = str.maketrans("", "", " -")
_BETWEEN_WORDS: Final = str.maketrans("", "", "_. -")
_ESCAPED_DIGIT: Final = re.compile(r"\\u003([0-9])")


class Mask:
    """What hides cards in the text of one exchange."""

    def __init__(self, card: str | None) -> None:
        """Know the card of the sale, as a number or as its mask; ``None`` where there is none."""
        self._is_card = card is not None
        self._card = _spellings(card) if card is not None else None

    def exact(self, text: str) -> str:
        """Mask the known card only: for text that is sent back and must not change otherwise."""
        return text if self._card is None else self._card.sub(_masked, text)

    def text(self, text: str) -> str:
        """Mask the known card, and what looks like one where cards may be."""
        known = self.exact(text)
        pieces: list[str] = []
        end = 0
        for field in _FIELD.finditer(known):
            between = known[end : field.start()]
            pieces += [self._swept(between), self._guessed(field["name"], field[0])]
            end = field.end()
        return "".join([*pieces, self._swept(known[end:])])

    def field(self, name: str, value: str) -> str:
        """Mask the value of a field of this name."""
        if _is_simple(value):
            return self._guessed(name, self.exact(value))
        return self.text(value)

    def raw(self, reply: bytes) -> bytes:
        """Mask cards in bytes; other bytes stay as they are."""
        return self.text(reply.decode("latin-1")).encode("latin-1")

    def request(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Take the allowed fields of a request, masked."""
        allowed = ((name, value) for name, value in fields.items() if name in REQUEST_FIELDS)
        return {name: self.field(name, value) for name, value in allowed}

    def _guessed(self, name: str, text: str) -> str:
        """Mask what looks like a card in a field, as far as its name allows guessing."""
        plain = name.lower().translate(_BETWEEN_WORDS)
        if _CUSTOMER_NUMBER.fullmatch(plain) is not None:
            return _without_cards(text)
        return text if _PROTECTED.fullmatch(plain) is not None else self._swept(text)

    def _swept(self, text: str) -> str:
        return _without_cards(text) if self._is_card else text


NO_CARD: Final = Mask(None)
"""For what has nothing to do with a card, as far as anybody knows."""


def mask_for(order_id: str | None, is_card: bool) -> Mask:
    """Give the mask for an exchange about this customer number.

    A number that looks like a card is masked even where nobody said that it is one.
    """
    if order_id is None or not (is_card or looks_like_card(order_id.translate(_BARE))):
        return NO_CARD
    return Mask(order_id.translate(_BARE))


def masked_number(number: str) -> str:
    """Give the mask of a card's number; what is masked already stays."""
    return mask_card(number) if number.isdigit() else number


def _is_simple(value: str) -> bool:
    """Tell whether a value is one plain text, and no JSON text with fields of its own."""
    return '"' not in value


def _without_cards(text: str) -> str:
    """Mask what looks like a card, also where its digits are written as JSON escapes."""
    plain = _ESCAPED_DIGIT.sub(r"\1", text)
    masked = mask_cards_in(plain)
    return text if masked == plain else masked


def _spellings(card: str) -> re.Pattern[str] | None:
    """Find the number written plainly, in groups, percent-encoded or as JSON escapes."""
    if len(card) < _SHORTEST_CARD or not set(card) <= set("0123456789*"):
        return None
    return re.compile(_APART.join(_spelled(character) for character in card))


def _spelled(character: str) -> str:
    digit = "[0-9]" if character == "*" else character
    return rf"(?:{digit}|%3{digit}|\\u003{digit})"


def _masked(match: re.Match[str]) -> str:
    plain = re.sub(r"%3([0-9])|\\u003([0-9])", r"\1\2", match[0])
    return mask_card(re.sub(r"%20|%2[Dd]|[^0-9]", "", plain))
