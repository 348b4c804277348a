"""The black box: where a reply goes that the journal cannot take any more (T4, F67, F69).

Each session has a file of its own outside the journal's folder, whose room on the disk was
taken when the session began, so that it can be written when the disk is full. A reply is put
into it masked as the journal would have it. The next opening of the journal puts it where it
belongs, before anything is recovered, and takes the file away.
"""

import base64
import binascii
import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from cashier.journal.chain import canonical
from cashier.journal.file_errors import OutputFailed
from cashier.journal.files import outside_name, own_folder, private_descriptor
from cashier.journal.rows import NewMessage

_ROOM: Final = 3 * 2**20
"""Bytes taken in advance: the largest reply that is kept, as text, and some smaller ones."""

_LENGTH_BYTES: Final = 8
_HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Boxed:
    """A reply on its way into the journal."""

    journal: str
    """The id of the journal that it belongs to."""
    payment_id: int
    message: NewMessage
    """Masked already."""


class BlackBox:
    """The box of one session; written rarely, and always durably."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file = file
        self._descriptor = descriptor
        self._end = 0

    @classmethod
    def prepare(cls, file: Path) -> Self:
        """Take the room for a box on the disk.

        Raises:
            OutputFailed: There is no room, or the folder cannot be written.
        """
        try:
            own_folder(file.parent)
            descriptor = private_descriptor(file)
        except OSError as error:
            raise OutputFailed(file, error.strerror or type(error).__name__) from error
        try:
            os.posix_fallocate(descriptor, 0, _ROOM)
            os.fsync(descriptor)
        except OSError as error:
            os.close(descriptor)
            file.unlink(missing_ok=True)
            raise OutputFailed(file, error.strerror or type(error).__name__) from error
        return cls(file, descriptor)

    def keep(self, boxed: Boxed) -> None:
        """Put a reply behind those that are in the box; it is durable on return. Blocking.

        Raises:
            OutputFailed: The box cannot be written either.
        """
        record = _record(boxed)
        try:
            written = 0
            while written < len(record):
                left = memoryview(record)[written:]
                written += os.pwrite(self._descriptor, left, self._end + written)
            os.fsync(self._descriptor)
        except OSError as error:
            raise OutputFailed(self.file, error.strerror or type(error).__name__) from error
        self._end += len(record)

    def leave(self) -> None:
        """Let go of the box; an empty one is taken away."""
        if self._end == 0:
            with contextlib.suppress(OSError):  # the next opening takes it away
                self.file.unlink(missing_ok=True)
        os.close(self._descriptor)


def box_file(folder: Path, journal: Path, token: str) -> Path:
    """Give the place of a session's box: one file per journal path and session."""
    return folder / f"{outside_name(journal)}-{token}.blackbox"


def boxes(folder: Path, journal: Path) -> list[tuple[str, Path]]:
    """Name the boxes of a journal, each with the session that it belongs to."""
    stem = f"{outside_name(journal)}-"
    found = sorted(folder.glob(f"{stem}*.blackbox"))
    return [(file.stem.removeprefix(stem), file) for file in found]


def contents(file: Path) -> Iterator[Boxed]:
    """Give what is in a box, in order; it ends before the first record that is not whole."""
    rest = memoryview(file.read_bytes())
    while len(rest) > _LENGTH_BYTES + _HASH_BYTES:
        length = int.from_bytes(rest[:_LENGTH_BYTES])
        body = bytes(rest[_LENGTH_BYTES + _HASH_BYTES :][:length])
        hashed = bytes(rest[_LENGTH_BYTES:][:_HASH_BYTES])
        if not length or hashlib.sha256(body).digest() != hashed:
            return
        yield _boxed(body)
        rest = rest[_LENGTH_BYTES + _HASH_BYTES + length :]


def set_aside(folder: Path, journal: Path, is_free: Callable[[str], bool]) -> None:
    """Rename the boxes of dead sessions, so that they raise no alarm and are not lost."""
    for token, file in boxes(folder, journal):
        if is_free(token):
            file.rename(file.with_suffix(".blackbox-kept"))


def _record(boxed: Boxed) -> bytes:
    message = asdict(boxed.message)
    message["request"] = dict(boxed.message.request)
    message["reply"] = base64.b64encode(boxed.message.reply).decode("ascii")
    told = {"journal": boxed.journal, "payment": boxed.payment_id, "message": message}
    body = canonical(told).encode()
    return len(body).to_bytes(_LENGTH_BYTES) + hashlib.sha256(body).digest() + body


def _boxed(body: bytes) -> Boxed:
    """Read a record whose hash was right; one that we did not write is a defect."""
    match json.loads(body):
        case {
            "journal": str(journal),
            "payment": int(payment_id),
            "message": {
                "service": str(service),
                "rq_uuid": str(rq_uuid),
                "started_at": int(started_at),
                "ended_at": int(ended_at),
                "request": dict(request),
                "reply": str(reply),
                "http_status": int() | None as http_status,
                "whole": bool(whole),
            },
        }:
            fields = {str(name): str(value) for name, value in request.items()}
            raw = _bytes(reply)
            message = NewMessage(
                service, rq_uuid, started_at, ended_at, fields, raw, http_status, whole
            )
            return Boxed(journal, payment_id, message)
        case _:
            raise ValueError("not a record of a black box")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not a record of a black box") from error
