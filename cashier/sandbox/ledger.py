"""The practice Espay's own ledger on disk: append-only JSON lines, fsynced, replayed at start.

It is the judge: whatever a till's journal says, this is what "Espay" was asked and paid for.
A line that was torn by a crash was never acted on, so it is cut off; any other damage is refused.
"""

import fcntl
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.sandbox.book import Book, Booking, BookingState, Line, Request
from cashier.sandbox.settings import OPENING_BALANCE

_OWNER_ONLY: Final = 0o600


class Ledger:
    """A ledger that one server writes; everybody else reads it with ``read_book``."""

    def __init__(
        self, path: Path, opening: Rupiah = OPENING_BALANCE, *, wait: bool = False
    ) -> None:
        """Open or make the ledger and replay it.

        Args:
            path: The file; made with mode 0600, its folder must exist.
            opening: The deposit that a new ledger begins with.
            wait: Whether to wait for a server that has the ledger to let it go.

        Raises:
            Refusal: ``sandbox.ledger_in_use`` or ``sandbox.ledger_damaged``.
        """
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
        try:
            self._lock(wait)
            self.book = self._replayed()
        except BaseException:
            os.close(self._file)
            raise
        if os.fstat(self._file).st_size == 0:
            self._begin(opening)

    def close(self) -> None:
        """Let the file go; another server may take it."""
        os.close(self._file)

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """Every booking, oldest first."""
        return self.book.bookings

    @property
    def balance(self) -> Rupiah:
        """What is left of the deposit."""
        return self.book.balance

    def requests(self, rq_uuid: str) -> int:
        """How many payment requests carried this id."""
        return self.book.requests(rq_uuid)

    def received(self, request: Request) -> None:
        """Keep a request, before anything is done about it."""
        self._append({"kind": "request", **_plain(request)})

    def book_payment(self, booking: Booking) -> None:
        """Keep a payment; from here on the money is Espay's."""
        line: Line = {
            "kind": "booking",
            "at": booking.at,
            "rq_uuid": booking.rq_uuid,
            "order_id": booking.order_id,
            "product_code": booking.product_code,
            "sen": booking.amount.sen,
            "ref_id": booking.ref_id,
            "state": booking.state,
            "trouble": booking.trouble,
            "reply": booking.reply,
        }
        self._append(line)

    def settle(self, ref_id: str, state: BookingState, at: int) -> None:
        """Change what became of a booking, for example ``failed``: the money goes back."""
        self._append({"kind": "settled", "at": at, "ref_id": ref_id, "state": state})

    def top_up(self, to: Rupiah) -> None:
        """Fill the deposit up to an amount, so that practice never runs dry."""
        if self.balance < to:
            self._append({"kind": "opening", "sen": (to - self.balance).sen})

    def _begin(self, opening: Rupiah) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._append({"kind": "opening", "sen": opening.sen})

    def _append(self, line: Line) -> None:
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)
        self.book.apply(line)

    def _lock(self, wait: bool) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Refusal("sandbox.ledger_in_use", file=str(self.path)) from None

    def _replayed(self) -> Book:
        whole, torn = _split(self.path.read_bytes())
        if torn:
            os.ftruncate(self._file, len(whole))
            os.fsync(self._file)
        return _replay(self.path, whole)


def read_book(path: Path) -> Book:
    """Read a ledger that a server may be writing; a missing one is empty.

    Raises:
        Refusal: ``sandbox.ledger_damaged``.
    """
    if not path.exists():
        return Book()
    whole, _ = _split(path.read_bytes())
    return _replay(path, whole)


def _split(data: bytes) -> tuple[bytes, bytes]:
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _replay(path: Path, whole: bytes) -> Book:
    book = Book()
    for number, raw in enumerate(whole.splitlines(), start=1):
        try:
            line = json.loads(raw)
            book.apply(line)
        except (ValueError, KeyError, TypeError):
            raise Refusal("sandbox.ledger_damaged", file=str(path), line=str(number)) from None
    return book


def _plain(request: Request) -> Line:
    return asdict(request)
