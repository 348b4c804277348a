"""A disk that counts its flushes, and fails when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


class Disk(apsw.VFS):
    """The system's files, watched; becomes the default of the database library."""

    def __init__(self) -> None:
        super().__init__("watched", "unix", makedefault=True)
        self.flushes = 0
        self.error: type[apsw.Error] | None = None
        self.write_error: type[apsw.Error] | None = None

    def xOpen(  # noqa: N802 - the library's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File(self, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("unix", name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802 - the library's name
        self._disk.flushes += 1
        if self._disk.error is not None:
            raise self._disk.error
        super().xSync(flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - the library's name
        if self._disk.write_error is not None:
            raise self._disk.write_error
        super().xWrite(data, offset)


@contextmanager
def watched_disk() -> Iterator[Disk]:
    """Let every database that is opened in the block live on a watched disk."""
    disk = Disk()
    try:
        yield disk
    finally:
        disk.unregister()
