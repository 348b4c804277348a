"""Facts of a bill: which of them people see, under which name, and which ask for caution."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from cashier.catalogue.model import Frozen, Line, Words
from cashier.money import NotMoney, Rupiah

FactKind = Literal["text", "rupiah", "number", "period"]
"""``rupiah`` is whole rupiah inside ``data``, often zero-padded (``protocol.md 5``)."""

_MONTH: Final = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])")


class Fact(Frozen):
    """One field of the reply's ``data`` that the customer confirms before paying."""

    field: Line
    label: Words
    kind: FactKind = "text"

    def shown(self, value: str) -> str:
        """Give a cleaned value as people read it; what has another form stays as it came."""
        return show(self.kind, value)


class Caution(Frozen):
    """A field that is to be pointed out before cash is taken, unless it says zero or nothing."""

    field: Line
    words: Words

    def applies(self, facts: Mapping[str, str]) -> bool:
        """Tell whether the field is there and is anything but zeros."""
        return facts.get(self.field, "").strip(" 0") != ""


def show(kind: FactKind, value: str) -> str:
    """Show the value of a fact; what is not of its kind is shown as it came."""
    match kind:
        case "text":
            return value
        case "rupiah":
            return _as_rupiah(value)
        case "number":
            digits = value.isascii() and value.isdigit()
            return (value.lstrip("0") or "0") if digits else value
        case "period":
            month = _MONTH.fullmatch(value)
            return f"{month[2]}/{month[1]}" if month else value


def _as_rupiah(value: str) -> str:
    try:
        return str(Rupiah.from_whole(value))
    except NotMoney:
        return value
