"""What Espay's codes mean, for each service, and what they say about the customer's money.

A code that is not in the table proves nothing. The table of Espay itself is in no available
copy (``gaps.md 8``); every row here names where its meaning comes from.

Where the meaning of a code was only seen elsewhere (another service, another of Espay's
products), it counts at a payment only beside the words that were seen with it: the code alone
might be a biller's own, passed through.
"""

from collections.abc import Iterator, Mapping
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


_READS: Final = (Service.PRODUCTS, Service.OPERATOR, Service.INQUIRY, Service.BALANCE)
_PAID, _UNPAID, _UNKNOWN = Verdict.PAID, Verdict.UNPAID, Verdict.UNKNOWN
_NO_MONEY: Final = "a question that was refused; no money is involved"


def _payment_codes() -> Iterator[Code]:
    """What an answer to a payment means; everything but these rows is in doubt."""
    at = Service.PAYMENT
    yield Code(at, SUCCESS, _PAID, None, "accepted; the text says whether final", "samples.json")
    yield Code(
        at,
        "210",
        _UNKNOWN,
        Reason.UUID_EXISTS,
        "a delivery with this id arrived before, and may have been executed",
        "protocol.md 6; faults.md F40",
    )
    yield Code(
        at,
        "610",
        _UNKNOWN,
        Reason.SAME_TRANSACTION,
        "a same transaction arrived within 5 minutes; ours may be that one",
        "protocol.md 6; payment-states.md T9",
    )
    yield Code(at, "9999", _UNKNOWN, Reason.SUSPECT, "Suspect: ask", "protocol.md 6")
    yield Code(at, "EX", _UNKNOWN, Reason.SUSPECT, "Timeout while execution: ask", "protocol.md 6")
    yield Code(
        at,
        "800",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the deposit is too small; final for this attempt",
        "protocol.md 6 (integration, V1 change list); faults.md F42",
    )
    yield Code(
        at,
        "802",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the amount is over the maximum or under the minimum; final",
        "protocol.md 6 (integration, V1 change list); faults.md F42",
    )
    yield Code(
        at,
        "405",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the product is not enabled for this sender; final",
        "protocol.md 6, seen at inquiry with these words",
        words="product denied",
    )
    yield Code(
        at,
        "0601",
        _UNPAID,
        Reason.REFUSED_BY_CODE,
        "the caller's IP address is not registered; not executed",
        "protocol.md 2 and 6, seen at another service of Espay with these words",
        words="ip address",
    )


def _inquiry_codes() -> Iterator[Code]:
    at = Service.INQUIRY
    yield Code(at, "210", _UNPAID, Reason.UUID_EXISTS, _NO_MONEY, "protocol.md 6")
    yield Code(
        at,
        "610",
        _UNPAID,
        Reason.SAME_TRANSACTION,
        "a same transaction was paid within 5 minutes, here or elsewhere",
        "protocol.md 6 and 7",
    )
    yield Code(at, "405", _UNPAID, Reason.REFUSED_BY_CODE, "product denied", "protocol.md 6")
    yield Code(at, "33", _UNPAID, Reason.REFUSED_BY_CODE, "wrong PLN number", "protocol.md 6")
    yield Code(at, "9999", _UNKNOWN, Reason.SUSPECT, "may be asked again", "protocol.md 6")
    yield Code(at, "EX", _UNKNOWN, Reason.SUSPECT, "may be asked again", "protocol.md 6")


def _read_codes() -> Iterator[Code]:
    for at in _READS:
        yield Code(at, SUCCESS, _PAID, None, "answered", "protocol.md 6")
        yield Code(
            at, "0601", _UNPAID, Reason.REFUSED_BY_CODE, "IP not registered", "protocol.md 2"
        )


def _status_codes() -> Iterator[Code]:
    """No failure code of the status service is documented (``gaps.md 4``)."""
    at = Service.STATUS
    yield Code(at, SUCCESS, _PAID, None, "paid, where the text is final", "gaps.md 4")
    yield Code(at, "9999", _UNKNOWN, Reason.SUSPECT, "still not known", "protocol.md 6")
    yield Code(at, "EX", _UNKNOWN, Reason.SUSPECT, "still not known", "protocol.md 6")
    yield Code(at, "210", _UNKNOWN, Reason.UUID_EXISTS, "speaks of the question", "protocol.md 6")


def _invented_codes() -> Iterator[Code]:
    """Rows for the practice Espay only; a real one may mean something else by them."""
    source = "practice Espay"
    refusals = {
        "0010": "a field is missing",
        "0011": "a field is malformed",
        "0012": "wrong sender or form password",
        "0014": "wrong signature",
        "0015": "data or amount are not those of the inquiry",
    }
    for code, meaning in refusals.items():
        for at in (*_READS, Service.PAYMENT):
            yield Code(at, code, _UNPAID, Reason.REFUSED_BY_CODE, meaning, source, invented=True)
    for code, meaning in {"0088": "already paid", "0089": "no bill"}.items():
        yield Code(
            Service.INQUIRY,
            code,
            _UNPAID,
            Reason.REFUSED_BY_CODE,
            meaning,
            source,
            invented=True,
        )
    at = Service.STATUS
    yield Code(at, "0098", _UNKNOWN, None, "not found, which proves nothing", source, invented=True)
    yield Code(at, "0099", _UNPAID, None, "failed, the money was given back", source, invented=True)


CODES: Final = (
    *_payment_codes(),
    *_inquiry_codes(),
    *_read_codes(),
    *_status_codes(),
    *_invented_codes(),
)

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
