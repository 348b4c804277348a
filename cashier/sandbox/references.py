"""The ``ref_id`` of a payment in its two documented forms, both made of the time in WIB."""

from datetime import timedelta
from typing import Final, Literal

from cashier.clock import wib
from cashier.sandbox.book import Book

Form = Literal["seconds", "tx"]

_STEP_MS: Final[dict[Form, int]] = {"seconds": 1000, "tx": 1}


class References:
    """Makes references that no booking has: a status question needs one booking, not two."""

    def __init__(self, book: Book) -> None:
        """Look for free references in a book."""
        self._book = book
        self._latest: dict[Form, int] = {"seconds": 0, "tx": 0}

    def new(self, form: Form, at: int) -> str:
        """Make a reference of the moment ``at``, or of the next one that is free.

        ``seconds`` is ``20250214142517``, one second before the answer's own time as two samples
        show it; ``tx`` is ``TX20190918155254952`` with milliseconds (``protocol.md`` 4.5, 8).
        """
        moment = max(at, self._latest[form] + _STEP_MS[form])
        while self._book.booking(_written(form, moment)) is not None:
            moment += _STEP_MS[form]
        self._latest[form] = moment
        return _written(form, moment)


def _written(form: Form, at: int) -> str:
    if form == "tx":
        return f"TX{wib(at):%Y%m%d%H%M%S}{at % 1000:03d}"
    return f"{wib(at) - timedelta(seconds=1):%Y%m%d%H%M%S}"
