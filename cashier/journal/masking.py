"""What must not be kept is taken out here, before anything is written (S06, S38).

Requests are kept by an allow list of fields. Card numbers are masked: the known number of a
card's quote wherever and however it is spelled, and everything else that looks like a card.
A token of twenty digits in groups of four is never taken for a card and its neighbour.
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

_TOKEN: Final = re.compile(r"(?<![0-9])[0-9]{4}(?:([ -])[0-9]{4})(?:\1[0-9]{4}){3}(?![0-9])")
_SHORTEST_CARD: Final = 11
_APART: Final = r"(?:[ +.\-]|%20|%2[Dd])?"
_BARE: Final = str.maketrans("", "", " -")


class Mask:
    """What hides cards in the text of one exchange."""

    def __init__(self, card: str | None) -> None:
        """Know the card of the sale, as a number or as its mask; ``None`` where there is none."""
        self._card = _spellings(card) if card is not None else None

    def exact(self, text: str) -> str:
        """Mask the known card only: for text that is sent back and must not change otherwise."""
        return text if self._card is None else self._card.sub(_masked, text)

    def text(self, text: str) -> str:
        """Mask the known card, and whatever else looks like one."""
        return _mask_beside_tokens(self.exact(text))

    def raw(self, reply: bytes) -> bytes:
        """Mask cards in bytes; other bytes stay as they are."""
        return self.text(reply.decode("latin-1")).encode("latin-1")

    def request(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Take the allowed fields of a request, masked."""
        return {name: self.text(value) for name, value in fields.items() if name in REQUEST_FIELDS}


def mask_for(order_id: str | None, is_card: bool) -> Mask:
    """Give the mask for an exchange about this customer number.

    A number that looks like a card is masked even where nobody said that it is one.
    """
    if order_id is None or not (is_card or looks_like_card(order_id.translate(_BARE))):
        return Mask(None)
    return Mask(order_id.translate(_BARE))


def masked_number(number: str) -> str:
    """Give the mask of a card's number; what is masked already stays."""
    return mask_card(number) if number.isdigit() else number


def _mask_beside_tokens(text: str) -> str:
    """Mask what looks like a card, but leave twenty digits in fives of four alone (W3)."""
    pieces: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces += [mask_cards_in(text[end : token.start()]), token[0]]
        end = token.end()
    return "".join([*pieces, mask_cards_in(text[end:])])


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
