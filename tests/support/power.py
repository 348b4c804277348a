"""A disk that remembers every write and flush, and what it could hold after a power cut.

Only what was flushed is sure to be there. Of the rest any part may be, in any order, in sectors
of 512 bytes; a file may have grown without its new content, or have content without its growth;
a file that was taken away may be back, unless its folder was flushed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """A file taken away; ``sure`` where its folder was flushed with it."""

    file: str
    sure: bool


@dataclass(frozen=True)
class Acknowledged:
    """The journal told its caller that so many events are kept; so much had Espay booked then."""

    seq: int
    booked: int = 0


Deed = Write | Truncate | Flush | Delete | Acknowledged
Files = dict[str, bytes]


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
        super().xDelete(name, sync_folder)
        self.deeds.append(Delete(Path(name).name, sync_folder))


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


@dataclass
class Platter:
    """What is sure to be on the disk, and what may be, after so many deeds."""

    sure: dict[str, bytearray] = field(default_factory=dict)
    waiting: dict[str, list[Write | Truncate | Delete]] = field(default_factory=dict)
    """What was done to each file since its last flush, in order."""
    seq: int = 0
    """The last event that was acknowledged."""
    booked: int = 0

    def take(self, deed: Deed) -> None:
        """Let one more deed be done."""
        match deed:
            case Acknowledged(seq, booked):
                self.seq, self.booked = max(self.seq, seq), booked
            case Flush(file):
                _apply(self.sure, file, self.waiting.pop(file, []))
            case Delete(file, sure=True):
                self.waiting.pop(file, None)
                self.sure.pop(file, None)
            case Write(file) | Truncate(file) | Delete(file):
                self.waiting.setdefault(file, []).append(deed)

    @property
    def at_risk(self) -> int:
        """How many deeds may be lost."""
        return sum(len(deeds) for deeds in self.waiting.values())

    def images(self, number: int, chance: random.Random) -> Iterator[Files]:
        """Give so many of the images that a power cut may leave now; one where nothing is lost."""
        yield self._image(_all, chance)
        if not self.at_risk:
            return
        for turn in range(number - 1):
            yield self._image(_KINDS[turn % len(_KINDS)], chance)

    def _image(self, kind: "_Kind", chance: random.Random) -> Files:
        files = {name: bytearray(content) for name, content in self.sure.items()}
        for file, deeds in self.waiting.items():
            kind(files, file, deeds, chance)
        return {name: bytes(content) for name, content in files.items()}


_Waiting = Sequence[Write | Truncate | Delete]
_Kind = Callable[[dict[str, bytearray], str, _Waiting, random.Random], None]


def _apply(files: dict[str, bytearray], file: str, deeds: _Waiting) -> None:
    for deed in deeds:
        match deed:
            case Write(_, offset, data):
                content = files.setdefault(file, bytearray())
                content.extend(bytes(max(0, offset + len(data) - len(content))))
                content[offset : offset + len(data)] = data
            case Truncate(_, size):
                del files.setdefault(file, bytearray())[size:]
            case Delete():
                files.pop(file, None)


def _all(files: dict[str, bytearray], file: str, deeds: _Waiting, _: random.Random) -> None:
    _apply(files, file, deeds)


def _none(files: dict[str, bytearray], file: str, deeds: _Waiting, _: random.Random) -> None:
    """Lose all of it; deletions are undone."""


def _some(files: dict[str, bytearray], file: str, deeds: _Waiting, chance: random.Random) -> None:
    _apply(files, file, _chosen(deeds, chance))


def _first(files: dict[str, bytearray], file: str, deeds: _Waiting, chance: random.Random) -> None:
    _apply(files, file, deeds[: chance.randrange(len(deeds) + 1)])


def _shuffled(
    files: dict[str, bytearray], file: str, deeds: _Waiting, chance: random.Random
) -> None:
    """Some of it, and where two were at the same place, either may have been the last."""
    chosen = _chosen(deeds, chance)
    if not any(isinstance(deed, Delete) for deed in deeds):
        chance.shuffle(chosen)
    _apply(files, file, chosen)


def _torn(files: dict[str, bytearray], file: str, deeds: _Waiting, chance: random.Random) -> None:
    """Of each write only some of its sectors."""
    for deed in _chosen(deeds, chance):
        if not isinstance(deed, Write):
            _apply(files, file, [deed])
            continue
        for begin in _sectors(deed):
            if chance.random() < 0.5:
                end = begin + _SECTOR - (deed.offset + begin) % _SECTOR
                part = Write(file, deed.offset + begin, deed.data[begin:end])
                _apply(files, file, [part])


def _not_grown(files: dict[str, bytearray], file: str, deeds: _Waiting, _: random.Random) -> None:
    """All of it, but the file's size is still the old one."""
    size = len(files.get(file, b""))
    _apply(files, file, deeds)
    del files.get(file, bytearray())[size:]


def _only_grown(files: dict[str, bytearray], file: str, deeds: _Waiting, _: random.Random) -> None:
    """Nothing of it but the file's new size."""
    grown = dict(files)
    grown[file] = bytearray(files.get(file, b""))
    _apply(grown, file, deeds)
    if file in grown:
        content = files.setdefault(file, bytearray())
        content.extend(bytes(max(0, len(grown[file]) - len(content))))


_KINDS: Final[Sequence[_Kind]] = (
    *(_none, _some, _torn, _first, _shuffled, _not_grown, _only_grown, _torn, _some),
)


def _chosen(deeds: _Waiting, chance: random.Random) -> list[Write | Truncate | Delete]:
    """Choose some; behind a deletion that is undone nothing is of the file that is back."""
    chosen = []
    for deed in deeds:
        if chance.random() < 0.5:
            chosen.append(deed)
        elif isinstance(deed, Delete):
            break
    return chosen


def _sectors(write: Write) -> Iterator[int]:
    """Give where in its data each sector of a write begins."""
    begin = 0
    while begin < len(write.data):
        yield begin
        begin += _SECTOR - (write.offset + begin) % _SECTOR
