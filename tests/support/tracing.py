"""Stopping a child of one's own at its n-th system call: to kill it there, or to fail the call.

What ``strace -e inject=`` does, without a second program for each child: the child installs a
seccomp filter that stops it at the calls of interest alone, and its parent, attached by ptrace,
counts them over all its threads (ptrace(2), seccomp(2)). Linux on x86-64 only.
"""

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

NUMBERS: Final[Mapping[str, int]] = {
    "read": 0,
    "write": 1,
    "close": 3,
    "pread64": 17,
    "pwrite64": 18,
    "connect": 42,
    "sendto": 44,
    "recvfrom": 45,
    "sendmsg": 46,
    "recvmsg": 47,
    "fcntl": 72,
    "flock": 73,
    "fsync": 74,
    "fdatasync": 75,
    "ftruncate": 77,
    "rename": 82,
    "mkdir": 83,
    "link": 86,
    "unlink": 87,
    "chmod": 90,
    "fchmod": 91,
    "openat": 257,
    "unlinkat": 263,
    "renameat": 264,
    "fallocate": 285,
    "renameat2": 316,
}
"""The calls that can be counted, by their numbers on x86-64 (the kernel's syscall_64.tbl)."""

CALLS: Final = tuple(NUMBERS)

_MARK: Final = 146
"""sched_get_priority_max: nobody needs it, so a child tells by it that counting begins."""

KILL: Final = "KILL"
"""The fault that ends the child; every other fault is the name of an error."""

_ARCH: Final = 0xC000003E
_ALLOW: Final = 0x7FFF0000
_TRACE: Final = 0x7FF00000
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_RETURN: Final = 0x06

_NO_NEW_PRIVS: Final = 38
_SET_SECCOMP: Final = 22
_FILTER_MODE: Final = 2

_CONT: Final = 7
_GETREGS: Final = 12
_SETREGS: Final = 13
_SEIZE: Final = 0x4206
_GETEVENTMSG: Final = 0x4201
_OPTIONS: Final = 0x02 | 0x04 | 0x08 | 0x80 | 0x100000
"""Follow forks and threads, stop at the filter's calls, and let nobody outlive the tracer."""

_SECCOMP_STOP: Final = 7
_WALL: Final = 0x40000000
_REGISTERS: Final = 27
_RAX: Final = 10
_RSI: Final = 13
_RDI: Final = 14
_ORIG_RAX: Final = 15

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long


def can_trace() -> bool:
    """Tell whether this machine is one whose calls and registers are known here."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


@dataclass(frozen=True)
class Fault:
    """The ``when``-th call of a kind (from 1) is the child's last, or fails with an error."""

    call: str
    when: int
    what: str = KILL
    """``KILL``, or the name of an error: ``EIO``."""

    def __str__(self) -> str:
        """Say it as a person would."""
        return f"{self.call} {self.when} {self.what}"


@dataclass
class Watched:
    """What was seen of a child."""

    code: int = 0
    """Its exit status; minus a signal's number where one ended it."""
    struck: bool = False
    """Whether the fault came about; else the child made fewer such calls."""
    where: str = ""
    """The file that the struck call was about."""
    counts: dict[str, int] = field(default_factory=dict)
    """The calls since the mark."""


# --- in the child ---------------------------------------------------------------------------


def stop_at_calls(calls: Iterable[str]) -> None:
    """Let this process, and all threads it will have, stop at the calls of interest.

    Its parent must have seized it: without a tracer these calls fail from now on.
    """
    known = [_MARK, *(NUMBERS[call] for call in calls)]
    code = [_op(_LOAD, 4), _op(_EQUAL, _ARCH, 0, len(known) + 1), _op(_LOAD, 0)]
    # Where a number matches, jump over the rest of the comparisons and the plain return.
    for at, number in enumerate(known):
        code.append(_op(_EQUAL, number, len(known) - at, 0))
    code += [_op(_RETURN, _ALLOW), _op(_RETURN, _TRACE)]
    program = ctypes.create_string_buffer(b"".join(code))
    described = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(code), ctypes.addressof(program))
    )
    _check(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(_LIBC.prctl(_SET_SECCOMP, _FILTER_MODE, described, 0, 0))


def mark() -> None:
    """Tell the tracer, if there is one, that counting begins."""
    os.sched_get_priority_max(os.SCHED_OTHER)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _check(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


# --- in the parent --------------------------------------------------------------------------


def seize(pid: int) -> None:
    """Attach to a child, which goes on meanwhile."""
    _check(_LIBC.ptrace(_SEIZE, pid, None, _OPTIONS))


def watch(child: int, fault: Fault | None, tell: Callable[[], None]) -> Watched:
    """Let a seized child run to its end, counting its calls; ``tell`` as the fault strikes."""
    seen, names = Watched(), {number: name for name, number in NUMBERS.items()}
    marked = False
    while True:
        pid, status = os.waitpid(-1, _WALL)
        if not os.WIFSTOPPED(status):
            if pid == child:
                seen.code = os.waitstatus_to_exitcode(status)
                return seen
            continue
        event, passed_on = status >> 16, os.WSTOPSIG(status)
        if event:
            passed_on = 0
        if event == _SECCOMP_STOP:
            number = _registers(pid)[_ORIG_RAX]
            if number == _MARK:
                marked = True
            elif marked and number in names:
                call = names[number]
                seen.counts[call] = seen.counts.get(call, 0) + 1
                if fault and (fault.call, fault.when) == (call, seen.counts[call]):
                    tell()
                    _strike(seen, fault, child, pid)
        _go_on(pid, passed_on)


def _strike(seen: Watched, fault: Fault, child: int, pid: int) -> None:
    registers = _registers(pid)
    seen.struck, seen.where = True, _file_of(pid, fault.call, registers)
    if fault.what == KILL:
        os.kill(child, signal.SIGKILL)
        return
    # No call is made, and this is what it gives.
    registers[_ORIG_RAX] = -1
    registers[_RAX] = -getattr(errno, fault.what)
    _LIBC.ptrace(_SETREGS, pid, None, ctypes.addressof(registers))


def _registers(pid: int) -> "ctypes.Array[ctypes.c_long]":
    registers = (ctypes.c_long * _REGISTERS)(*[-1] * _REGISTERS)
    # A thread that was killed meanwhile has none any more.
    _LIBC.ptrace(_GETREGS, pid, None, ctypes.addressof(registers))
    return registers


def _file_of(pid: int, call: str, registers: "ctypes.Array[ctypes.c_long]") -> str:
    """Name the file that a call is about, as well as it can be told."""
    try:
        if call in ("rename", "unlink", "mkdir", "chmod", "link"):
            return _text_at(pid, registers[_RDI])
        if call in ("openat", "unlinkat", "renameat", "renameat2"):
            return _text_at(pid, registers[_RSI])
        return str(Path(f"/proc/{pid}/fd/{registers[_RDI]}").readlink())
    except OSError:
        return ""


def _text_at(pid: int, address: int) -> str:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(256).split(b"\0")[0].decode(errors="replace")


def _go_on(pid: int, signal_number: int) -> None:
    result = _LIBC.ptrace(_CONT, pid, None, signal_number)
    if result < 0 and ctypes.get_errno() != errno.ESRCH:
        _check(result)
