"""Money as an integer number of sen, read from every form that Espay and people write.

Espay writes top-level amounts with two implied decimals, amounts inside ``data`` in whole
rupiah, and the balance in rupiah, sometimes with decimals (``protocol.md 5``). Each form has
its own constructor, so that a reader of the calling code sees which one is meant. Only ASCII
digits are digits, and no float ever takes part.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

_SEN_IN_RUPIAH: Final = 100
_LONGEST: Final = 17
"""Digits of the longest amount on the wire, ``String(17)`` (``protocol.md 4.5``)."""

_DIGITS: Final = re.compile(rf"[0-9]{{1,{_LONGEST}}}")
_BALANCE: Final = re.compile(r"([0-9]{1,15})(?:\.([0-9]{2}))?")
_TYPED: Final = re.compile(r"(?:[Rr][Pp]\.? ?)?([0-9]{1,15}|[0-9]{1,3}(?:\.[0-9]{3}){1,4})")


class NotMoney(ValueError):
    """The text is not an amount in the form that was expected."""


@dataclass(frozen=True, order=True, slots=True)
class Rupiah:
    """An exact amount; ``sen`` is a hundredth of a rupiah and may be negative (a difference)."""

    sen: int

    def __post_init__(self) -> None:
        """Refuse anything but a true integer, above all a float or a bool."""
        if type(self.sen) is not int:
            raise NotMoney(f"sen must be an integer, not {type(self.sen).__name__}")

    @classmethod
    def of(cls, rupiah: int) -> Self:
        """Make an amount from whole rupiah."""
        return cls(rupiah * _SEN_IN_RUPIAH)

    @classmethod
    def from_minor(cls, text: str) -> Self:
        """Read a top-level amount of Espay: ``12540000`` is Rp125.400 (``protocol.md 5``).

        Raises:
            NotMoney: The text is not 1 to 17 ASCII digits.
        """
        return cls(_digits(text))

    @classmethod
    def from_whole(cls, text: str) -> Self:
        """Read an amount inside ``data``: ``000000125400`` is Rp125.400 (``protocol.md 5``).

        Raises:
            NotMoney: The text is not 1 to 17 ASCII digits.
        """
        return cls.of(_digits(text))

    @classmethod
    def from_balance(cls, text: str) -> Self:
        """Read a deposit balance: ``1000000`` or ``1000000.00`` rupiah (``gaps.md 5``).

        Raises:
            NotMoney: The text has another form.
        """
        match = _BALANCE.fullmatch(text)
        if match is None:
            raise NotMoney(f"not a balance: {text[:40]!r}")
        return cls(int(match[1]) * _SEN_IN_RUPIAH + int(match[2] or "0"))

    @classmethod
    def typed(cls, text: str) -> Self:
        """Read what a person types: ``125400``, ``125.400`` or ``Rp125.400``, whole rupiah.

        A dot is only ever a separator of thousands, so ``14.00`` is refused, never read as 14.

        Raises:
            NotMoney: The text has another form.
        """
        match = _TYPED.fullmatch(text.strip(" "))
        if match is None:
            raise NotMoney(f"not an amount of rupiah: {text[:40]!r}")
        return cls.of(int(match[1].replace(".", "")))

    @property
    def minor(self) -> str:
        """The amount as Espay's top-level fields write it; only for amounts from zero up."""
        if self.sen < 0:
            raise NotMoney("a negative amount is never sent")
        return str(self.sen)

    @property
    def whole_up(self) -> int:
        """The smallest number of whole rupiah that covers the amount: what cash can be."""
        return -(-self.sen // _SEN_IN_RUPIAH)

    def __add__(self, other: "Rupiah") -> "Rupiah":
        """Add two amounts."""
        return Rupiah(self.sen + other.sen)

    def __sub__(self, other: "Rupiah") -> "Rupiah":
        """Subtract an amount; the result may be negative."""
        return Rupiah(self.sen - other.sen)

    def __str__(self) -> str:
        """Show as ``Rp125.400``, with ``,50`` behind it only where there are sen."""
        rupiah, sen = divmod(abs(self.sen), _SEN_IN_RUPIAH)
        grouped = f"{rupiah:,}".replace(",", ".")
        return f"{'-' if self.sen < 0 else ''}Rp{grouped}{f',{sen:02d}' if sen else ''}"


ZERO: Final = Rupiah(0)


def _digits(text: str) -> int:
    if _DIGITS.fullmatch(text) is None:
        raise NotMoney(f"not an amount in digits: {text[:40]!r}")
    return int(text)
