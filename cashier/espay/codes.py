"""What Espay's codes mean, for each service, and what they say about the customer's money.

A code that is not in the table proves nothing. The table of Espay itself is in no available
copy (``gaps.md 8``); every row here names where its meaning comes from.

Where the meaning of a code was only seen elsewhere (another service, another of Espay's
products), it counts at a payment only beside the words that were seen with it: the code alone
might be a biller's own, passed through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cashier.espay.wire import Service
from cashier.payment import Finality, Reason, Verdict

SUCCESS: Final = "0000"

_FINALITY: Final[Mapping[str, Finality]] = {
    "Success": Finality.FINAL,
    "Inproses": Finality.IN_PROCESS,
}
"""The words documented beside ``0000`` (``protocol.md 6``)."""


@dataclass(frozen=True, slots=True)
class Code:
    """One row: a code at one service."""

    service: Service
    code: str
    verdict: Verdict
    """``PAID``: done as asked. ``UNPAID``: refused, nothing was executed. Else ``UNKNOWN``.

    Only at a payment and a status question does this speak of money.
    """
    doubt: Reason | None
    """Why it did not do what was asked, where that has a name."""
    meaning: str
    source: str
    words: str = ""
    """Lower-case words that must stand in the error text for this row to count."""
    invented: bool = False
    """Made up for the practice Espay, and honoured nowhere else."""

    @property
    def key(self) -> tuple[Service, str]:
        """Under what the row is found."""
        return self.service, self.code


_PAY, _ASK, _FOLLOW = Service.PAYMENT, Service.INQUIRY, Service.STATUS
_READS: Final = (Service.PRODUCTS, Service.OPERATOR, Service.INQUIRY, Service.BALANCE)
_PAID, _UNPAID, _UNKNOWN = Verdict.PAID, Verdict.UNPAID, Verdict.UNKNOWN
_NO_MONEY: Final = "a question that was refused; no money is involved"


_PAYMENT: Final = (
    Code(_PAY, SUCCESS, _PAID, None, "accepted; the text says whether final", "samples.json"),
    Code(
        _PAY,
        "210",
        _UNKNOWN,
        Reason.UUID_EXISTS,
        "a delivery with this id arrived before, and may have been executed",
        "protocol.md 6; faults.md F40",
    ),
    Code(
        _PAY,
        "610",
        _UNKNOWN,
        Reason.SAME_TRANSACTION,
        "a same transaction arrived within 5 minutes; ours may be that one",
        "protocol.md 6; payment-states.md T9",
    ),
    Code(_PAY, "9999", _UNKNOWN, Reason.SUSPECT, "Suspect: ask", "protocol.md 6"),
    Code(_PAY, "EX", _UNKNOWN, Reason.SUSPECT, "Timeout while execution: ask", "protocol.md 6"),
    Code(
        _PAY,
        "800",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the deposit is too small; final for this attempt",
        "protocol.md 6 (integration, V1 change list); faults.md F42",
    ),
    Code(
        _PAY,
        "802",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the amount is over the maximum or under the minimum; final",
        "protocol.md 6 (integration, V1 change list); faults.md F42",
    ),
    Code(
        _PAY,
        "405",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the product is not enabled for this sender; final",
        "protocol.md 6, seen at inquiry with these words",
        words="product denied",
    ),
    Code(
        _PAY,
        "0601",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the caller's IP address is not registered; not executed",
        "protocol.md 2 and 6, seen at another service of Espay with these words",
        words="ip address",
    ),
)
"""What an answer to a payment proves; with any other code it is in doubt."""

_INQUIRY: Final = (
    Code(_ASK, "210", _UNPAID, Reason.UUID_EXISTS, _NO_MONEY, "protocol.md 6"),
    Code(
        _ASK,
        "610",
        _UNPAID,
        Reason.SAME_TRANSACTION,
        "a same transaction was paid within 5 minutes, here or elsewhere",
        "protocol.md 6 and 7",
    ),
    Code(_ASK, "405", _UNPAID, Reason.REFUSED_BY_CODE, "product denied", "protocol.md 6"),
    Code(_ASK, "33", _UNPAID, Reason.REFUSED_BY_CODE, "wrong PLN number", "protocol.md 6"),
    Code(_ASK, "9999", _UNKNOWN, Reason.SUSPECT, "may be asked again", "protocol.md 6"),
    Code(_ASK, "EX", _UNKNOWN, Reason.SUSPECT, "may be asked again", "protocol.md 6"),
)

_EVERY_READ: Final = (
    *(Code(at, SUCCESS, _PAID, None, "answered", "protocol.md 6") for at in _READS),
    *(
        Code(at, "0601", _UNPAID, Reason.REFUSED_BY_CODE, "IP not registered", "protocol.md 2")
        for at in _READS
    ),
)

_STATUS: Final = (
    Code(_FOLLOW, SUCCESS, _PAID, None, "paid, where the text is final", "gaps.md 4"),
    Code(_FOLLOW, "9999", _UNKNOWN, Reason.SUSPECT, "still not known", "protocol.md 6"),
    Code(_FOLLOW, "EX", _UNKNOWN, Reason.SUSPECT, "still not known", "protocol.md 6"),
    Code(_FOLLOW, "210", _UNKNOWN, Reason.UUID_EXISTS, "about the question", "protocol.md 6"),
)
"""No failure code of the status service is documented (``gaps.md 4``)."""


def _invented(
    at: Service,
    code: str,
    meaning: str,
    verdict: Verdict = _UNPAID,
    doubt: Reason | None = Reason.REFUSED_BY_CODE,
) -> Code:
    return Code(at, code, verdict, doubt, meaning, "practice Espay", invented=True)


_INVENTED_REFUSALS: Final[Mapping[str, str]] = {
    "0010": "a field is missing",
    "0011": "a field is malformed",
    "0012": "wrong sender or form password",
    "0014": "wrong signature",
    "0015": "data or amount are not those of the inquiry",
}

_INVENTED: Final = (
    *(
        _invented(at, code, meaning)
        for at in (*_READS, _PAY)
        for code, meaning in _INVENTED_REFUSALS.items()
    ),
    _invented(_ASK, "0088", "already paid"),
    _invented(_ASK, "0089", "no bill"),
    _invented(_FOLLOW, "0098", "not found, which proves nothing", _UNKNOWN, Reason.NOT_FOUND),
    _invented(_FOLLOW, "0099", "failed, the money was given back", doubt=None),
)
"""Rows of the practice Espay; a real one may mean something else by these codes."""

CODES: Final = (*_PAYMENT, *_INQUIRY, *_EVERY_READ, *_STATUS, *_INVENTED)

_TABLE: Final[Mapping[tuple[Service, str], Code]] = {row.key: row for row in CODES}


def look_up(service: Service, code: str, text: str, *, practice: bool) -> Code | None:
    """Find the row that an answer's code and text belong to; ``None`` proves nothing.

    Args:
        service: Which service answered.
        code: ``error_code`` exactly as it was written, a number as its digits.
        text: All error texts of the answer.
        practice: Whether the answer came from the practice Espay.
    """
    row = _TABLE.get((service, code))
    if row is None or (row.invented and not practice) or row.words not in text.casefold():
        return None
    return row


def finality(texts: tuple[str, ...]) -> Finality:
    """What the words beside ``0000`` say; where there are several, all must say final."""
    found = {_FINALITY.get(text.strip(" "), Finality.UNKNOWN) for text in texts}
    if found == {Finality.FINAL}:
        return Finality.FINAL
    return Finality.IN_PROCESS if Finality.IN_PROCESS in found else Finality.UNKNOWN
