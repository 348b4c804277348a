"""Files of the shop that strangers must not change, and some that strangers must not read.

Every check looks at the file that was really opened, so that nothing can be swapped between the
check and the reading (``attacks.md S01``, ``S35``). Sentences name the file, never its content.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cashier.language import Refusal

_ROOT: Final = 0
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_MAY_ANYTHING: Final = stat.S_IRWXG | stat.S_IRWXO
_FOR_US_ALONE: Final = 0o600
_FOLDER_FOR_US_ALONE: Final = 0o700
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """What a file held, and who owned it and could reach it at that moment."""

    path: Path
    data: bytes
    owner: int
    mode: int


def read_trusted(path: Path) -> Contents:
    """Read a file that only its owner, this user or root, can have written.

    Raises:
        Refusal: It is not there, is a symlink or no regular file, belongs to somebody else,
            others may write it, or anybody may write the folder it lies in.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _cannot_read(path, error) from None
    try:
        _refuse_open_folder(path.parent, os.fstat(folder))
        contents = _read_in(folder, path)
    finally:
        os.close(folder)
    if contents.owner not in (os.geteuid(), _ROOT):
        raise Refusal("config.other_owner", file=str(path))
    if contents.mode & _OTHERS_MAY_WRITE:
        raise Refusal("config.others_can_write", file=str(path))
    return contents


def refuse_exposed(contents: Contents) -> None:
    """Refuse a file with secrets that anybody but this user can read.

    Raises:
        Refusal: Group or others have any right to it, or it is not this user's own.
    """
    if contents.owner != os.geteuid():
        raise Refusal("config.other_owner", file=str(contents.path))
    if contents.mode & _OTHERS_MAY_ANYTHING:
        raise Refusal("config.others_can_read", file=str(contents.path))


def write_private(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Write a file for this user alone (0600), whole or not at all.

    Missing folders are made for this user alone (0700).

    Args:
        path: Where it shall lie.
        data: What it shall hold.
        replace: Whether an old file makes way; otherwise the old one stays as it is.

    Raises:
        Refusal: The folder is open to anybody, a symlink stands in the place of the file, or
            the system refuses to write.
    """
    try:
        make_folder(path.parent)
        _refuse_open_folder(path.parent, path.parent.stat())
        if path.is_symlink():
            raise Refusal("config.is_symlink", file=str(path))
        with contextlib.nullcontext() if replace else contextlib.suppress(FileExistsError):
            write_whole(path, data, replace=replace)
    except OSError as error:
        reason = error.strerror or ""
        raise Refusal("config.cannot_write", file=str(path), reason=reason) from None


def make_folder(folder: Path) -> None:
    """Make a folder, and missing ones above it, that only this user may enter (0700).

    A folder that is there already keeps its mode.

    Raises:
        OSError: The system refuses.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=_FOLDER_FOR_US_ALONE, exist_ok=True)
        each.chmod(_FOLDER_FOR_US_ALONE)


def beside(path: Path) -> Path:
    """Give an unguessable name for work in progress, in the folder of the result."""
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")


def new_file(path: Path) -> int:
    """Make a file for this user alone, whatever the umask; give its descriptor.

    Raises:
        FileExistsError: Something, a link too, has this name already.
        OSError: The system refuses.
    """
    descriptor = os.open(path, _NEW, _FOR_US_ALONE)
    os.fchmod(descriptor, _FOR_US_ALONE)
    return descriptor


def publish(part: Path, path: Path) -> None:
    """Give finished work its name, durably.

    Raises:
        FileExistsError: Something, a link too, has this name already.
        OSError: The system refuses.
    """
    path.hardlink_to(part)
    _sync_folder(path.parent)


def write_whole(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Write a private file durably: a crash leaves the old one or the new.

    Raises:
        FileExistsError: It is there already, and shall not be replaced.
        OSError: The system refuses.
    """
    with whole_file(path, replace=replace) as file:
        file.write(data)


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Write a private file piece by piece; it appears whole, durably, at the end of the block.

    Raises:
        FileExistsError: Something, a link too, has this name and shall not be replaced.
        OSError: The system refuses.
    """
    part = beside(path)
    try:
        with os.fdopen(new_file(part), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
            _sync_folder(path.parent)
        else:
            publish(part, path)
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_in(folder: int, path: Path) -> Contents:
    # O_NONBLOCK: opening a pipe that lies in the place of the file must not wait for a writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path.name, flags, dir_fd=folder), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Refusal("config.not_regular", file=str(path))
            return Contents(path, file.read(), status.st_uid, stat.S_IMODE(status.st_mode))
    except OSError as error:
        raise _cannot_read(path, error) from None


def _refuse_open_folder(folder: Path, status: os.stat_result) -> None:
    if status.st_mode & stat.S_IWOTH:
        raise Refusal("config.open_folder", folder=str(folder))


def _cannot_read(path: Path, error: OSError) -> Refusal:
    if isinstance(error, FileNotFoundError):
        return Refusal("config.not_found", file=str(path))
    if error.errno == errno.ELOOP:  # what O_NOFOLLOW answers for a symlink
        return Refusal("config.is_symlink", file=str(path))
    return Refusal("config.cannot_read", file=str(path), reason=error.strerror or "")
