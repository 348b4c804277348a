"""Mobile operators: whose number this is, and whose product that is (``receipts.md 4.8``)."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from cashier.catalogue.model import Frozen, Line, Many
from cashier.catalogue.number import national


class Prefix(Frozen):
    """The first digits of an operator's numbers, and who says so (``receipts.md 4.8``)."""

    digits: Annotated[str, Field(pattern=r"^08[0-9]{2,6}$")]
    sources: Many[Literal["a", "b", "c", "shop"]]


class MobileOperator(Frozen):
    """A mobile operator."""

    id: Line
    name: Line
    letters: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    """What stands between ``SVH`` and the thousands in the codes of its prepaid products."""
    invented: bool
    """Whether the letters are ours: then they prove nothing by themselves."""
    words: Many[Line]
    """Names by which product names and ``getmno`` may call it, in lower case."""
    nicknames: Many[Line] = ()
    """What people at a counter call it, in small letters; only the search box knows these."""
    prefixes: Many[Prefix]

    def is_named_in(self, text: str) -> bool:
        """Tell whether a text calls the operator by one of its names, as a whole word."""
        lower = text.casefold()
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lower) for word in self.words)


class OperatorTable(Frozen):
    """The file of operators."""

    operator: Many[MobileOperator]

    def of_number(self, number: str) -> MobileOperator | None:
        """Give the operator of a phone number in any usual form; the longest prefix wins.

        The first digits are enough. ``None`` means that the cashier is asked, not that the
        number is wrong.
        """
        digits = national(number)
        known = (
            (len(prefix.digits), index)
            for index, operator in enumerate(self.operator)
            for prefix in operator.prefixes
            if digits.startswith(prefix.digits)
        )
        longest = max(known, default=None)
        return None if longest is None else self.operator[longest[1]]

    def of_product(self, letters: str, name: str) -> MobileOperator | None:
        """Give the operator of a prepaid product by its code's letters and its name.

        Documented letters decide. Otherwise the name has to call exactly one operator, or
        several of which the letters pick one (``by.U (Telkomsel)``).
        """
        by_letters = next((one for one in self.operator if one.letters == letters), None)
        if by_letters is not None and not by_letters.invented:
            return by_letters
        named = self._named_in(name)
        return by_letters if by_letters in named else _only(named)

    def of_name(self, text: str) -> MobileOperator | None:
        """Give the one operator that a text calls by name, for example an answer of ``getmno``."""
        return _only(self._named_in(text))

    def _named_in(self, text: str) -> Sequence[MobileOperator]:
        return [operator for operator in self.operator if operator.is_named_in(text)]


def _only(operators: Sequence[MobileOperator]) -> MobileOperator | None:
    return operators[0] if len(operators) == 1 else None
