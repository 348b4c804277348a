"""What a struk says, without any width: blocks of lines, in the order of the paper.

All text in a document is ``CleanText``, so that no renderer can meet a control character that
came from outside (``attacks.md S15``). A renderer adds what its paper can do, never words.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from cashier.text import CleanText

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class Centred:
    """Text in the middle of the paper, on as many rows as it needs."""

    text: CleanText
    large: bool = False
    """Whether it is printed in double size, where the paper can."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences from edge to edge, wrapped on words."""

    text: CleanText


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value; a value that does not fit beside the label stands below it."""

    label: CleanText
    value: CleanText
    large: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """A label on the left, an amount of money on the right."""

    label: CleanText
    value: CleanText
    """The amount as people read it, ``Rp125.400``."""
    large: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A PLN token below its label, large, on one row of five groups (``receipts.md 4.1``)."""

    label: CleanText
    digits: str
    """Exactly twenty ASCII digits; see ``token.is_token``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a slip: paper is fed past the knife and cut, where the device has one."""

    feed: int = 4
    """Rows to feed first."""


Line = Centred | Paragraph | Pair | Amount | Token | Rule | Cut

Part = Literal[
    "practice",
    "reprint",
    "shop",
    "title",
    "biller",
    "facts",
    "legal",
    "slip",
    "money",
    "verdict",
    "footer",
    "end",
]
"""``biller``, ``facts`` and ``legal`` together are the biller's block, untouched by the shop."""

BILLERS_PARTS: Final[frozenset[Part]] = frozenset({"biller", "facts", "legal"})


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; the values of its pairs begin in one column."""

    part: Part
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole slip of paper."""

    name: str
    """What it may be called as a file or a print job: small letters, digits and dashes."""
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        """Refuse a name that could be anything but a plain word (``attacks.md S18``).

        Raises:
            ValueError: The name has another form: a defect, not an input.
        """
        if _NAME.fullmatch(self.name) is None:
            raise ValueError("the name of a document is small letters, digits and dashes")

    @property
    def billers_block(self) -> tuple[Block, ...]:
        """The part that no fee, cash or name of the shop changes (``receipts.md 4.0``)."""
        return tuple(block for block in self.blocks if block.part in BILLERS_PARTS)
