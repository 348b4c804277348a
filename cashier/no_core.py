"""Keeps the memory of this process out of files: no core dump holds a secret (S34).

Two locks. A limit of zero stops the kernel from writing a core file; it costs nothing, is set
before anything is read, and holds for every child too. A process that is not dumpable is left
alone even by a collector of cores that takes them through a pipe, which heeds no limit, and its
memory and environment cannot be read by other programs of the same user.
"""

import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""``prctl(2)``."""


def write_no_core() -> None:
    """Set the limit of core files to zero, for this process and its children."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def stay_unreadable() -> None:
    """Let nobody dump or trace this process; where the system has no such wish, do nothing."""
    if sys.platform != "linux":
        return
    # Loaded here and not above: the first screen is painted without it (DESIGN 10).
    import ctypes  # noqa: PLC0415

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
