"""Where slips go: nowhere, or each into a text file of its own.

A printer never changes a payment: what goes wrong here is told, and the slip can be printed
again. Printing blocks, so whoever must not wait calls it in a thread.
"""

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cashier.config import FilePrinter, NoPrinter
from cashier.config import Printer as Settings
from cashier.language import Refusal
from cashier.receipt.document import Document
from cashier.receipt.plain_text import plain_text

_FOR_US_ALONE: Final = 0o600
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_OF_ONE_NAME: Final = 1000


class NotPrinted(Refusal):
    """A slip did not reach the paper; nothing else has changed."""

    def __init__(self, name: str, where: str, reason: str) -> None:
        """Remember which slip, where it should have gone, and the system's reason."""
        super().__init__("receipt.not_printed", name=name, where=where, reason=reason)


class Printer(Protocol):
    """What takes a document to paper."""

    def print(self, document: Document) -> str | None:
        """Print a document; blocks until the device has taken it.

        Returns:
            Where it went, in a word for people; ``None`` where there is no printer, so that
            nothing was printed.

        Raises:
            NotPrinted: It did not get there.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoPaper:
    """A shop without a printer."""

    def print(self, document: Document) -> str | None:
        """Print nothing."""
        del document
        return None


@dataclass(frozen=True, slots=True)
class Files:
    """Every slip becomes a text file of its own, for this user alone (``attacks.md S18``)."""

    folder: Path
    """Where the files lie; it must be there."""
    columns: int

    def print(self, document: Document) -> str | None:
        """Write the slip into a new file and give its path; no file is ever replaced.

        Raises:
            NotPrinted: The folder is not there or full, or the system refuses.
        """
        text = plain_text(document, self.columns).encode()
        try:
            folder = os.open(self.folder, _FOLDER)
            try:
                name = _write(folder, document.name, text)
            finally:
                os.close(folder)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise NotPrinted(document.name, str(self.folder), reason) from None
        return str(self.folder / name)


def printer_for(settings: Settings, columns: int) -> Printer:
    """Give the printer that the configuration names.

    Raises:
        Refusal: ``receipt.no_such_printer`` for a kind that is not built in.
    """
    match settings:
        case NoPrinter():
            return NoPaper()
        case FilePrinter():
            return Files(settings.folder, columns)
        case _:
            raise Refusal("receipt.no_such_printer", kind=settings.kind)


def _write(folder: int, name: str, text: bytes) -> str:
    """Write a new file and give its name; what could not be written whole is taken away."""
    file_name, handle = _new_file(folder, name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
    except OSError:
        with suppress(OSError):
            os.unlink(file_name, dir_fd=folder)
        raise
    return file_name


def _new_file(folder: int, name: str) -> tuple[str, int]:
    """Open a file that was not there: ``struk-261122-0007.txt``, then ``…-2.txt``, and so on."""
    for turn in range(1, _MOST_OF_ONE_NAME):
        file_name = f"{name}.txt" if turn == 1 else f"{name}-{turn}.txt"
        with suppress(FileExistsError):
            return file_name, os.open(file_name, _NEW_FILE, _FOR_US_ALONE, dir_fd=folder)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
