"""A disk that remembers every write and flush, and what it could hold after a power cut."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

_SECTOR: Final = 512


@dataclass(frozen=True)
class Write:
    """Bytes at a place of a file."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file cut to a size."""

    file: str
    size: int


@dataclass(frozen=True)
class Flush:
    """What was done to a file before this is on the disk."""

    file: str


@dataclass(frozen=True)
class Delete:
    """A file taken away."""

    file: str


@dataclass(frozen=True)
class Acknowledged:
    """The journal told its caller that so many events are kept."""

    seq: int


Deed = Write | Truncate | Flush | Delete | Acknowledged


class RecordingDisk(apsw.VFS):
    """The system's files, every deed noted; becomes the default of the database library."""

    def __init__(self) -> None:
        super().__init__("recording", "unix", makedefault=True)
        self.deeds: list[Deed] = []

    def xOpen(  # noqa: N802 - the library's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File(self, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:  # noqa: N802 - the library's
        self.deeds.append(Delete(Path(name).name))
        super().xDelete(name, sync_folder)


class _File(apsw.VFSFile):
    def __init__(
        self, disk: RecordingDisk, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        self._disk = disk
        full = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(full or "").name
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - the library's name
        self._disk.deeds.append(Write(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - the library's name
        self._disk.deeds.append(Truncate(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - the library's name
        super().xSync(flags)
        self._disk.deeds.append(Flush(self._name))


@contextmanager
def recording_disk() -> Iterator[RecordingDisk]:
    """Let every database that is opened in the block live on a recording disk."""
    disk = RecordingDisk()
    try:
        yield disk
    finally:
        disk.unregister()


def images(deeds: list[Deed], cut: int, seed: int) -> Iterator[dict[str, bytes]]:
    """Give what the disk may hold when the power goes before the deed number ``cut``.

    Everything flushed is there; of the rest nothing, all, or some, the last of it torn.
    """
    chance = random.Random(f"{seed} {cut}")
    done = deeds[:cut]
    safe = [_is_safe(done, at) for at in range(len(done))]
    unsafe = [at for at, is_safe in enumerate(safe) if not is_safe]
    some = {at for at in unsafe if chance.random() < 0.5}
    for lucky in ({*unsafe}, set(), some)[: 3 if unsafe else 1]:
        torn = max(lucky) if lucky and lucky is some else None
        yield _image(done, {at for at, is_safe in enumerate(safe) if is_safe} | lucky, torn)


def _is_safe(done: list[Deed], at: int) -> bool:
    deed = done[at]
    if isinstance(deed, Acknowledged | Flush | Delete):
        return True
    return any(isinstance(later, Flush) and later.file == deed.file for later in done[at + 1 :])


def _image(done: list[Deed], kept: set[int], torn: int | None) -> dict[str, bytes]:
    files: dict[str, bytearray] = {}
    for at in sorted(kept):
        match done[at]:
            case Write(file, offset, data):
                if at == torn:
                    data = data[: len(data) // 2 // _SECTOR * _SECTOR]
                content = files.setdefault(file, bytearray())
                content.extend(bytes(max(0, offset + len(data) - len(content))))
                content[offset : offset + len(data)] = data
            case Truncate(file, size):
                del files.setdefault(file, bytearray())[size:]
            case Delete(file):
                files.pop(file, None)
            case _:
                pass
    return {name: bytes(content) for name, content in files.items()}
