"""The practice Espay as a process of its own, shared by all practice tills of a folder.

Three files in the practice folder do the work, and ``flock`` decides, so that nothing is left
behind by a till or a server that was killed:

``users.lock``  every till holds it shared; the server that gets it exclusively is no longer used
``start.lock``  held by the one till that is starting the server
``server.json`` port and credentials, 0600; as long as its server lives, it holds it exclusively

This module loads no web server: a till attaches to a running one within milliseconds.
"""

import fcntl
import os
import select
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cashier.language import Refusal
from cashier.sandbox.settings import Mode

USERS_LOCK: Final = "users.lock"
START_LOCK: Final = "start.lock"
STATE: Final = "server.json"
LEDGER: Final = "ledger.jsonl"
LOG: Final = "server.log"

LINGER_S: Final = 3.0
"""Seconds that the server stays after the last till has gone, for the next command."""
_START_S: Final = 20.0
_OWNER_ONLY: Final = 0o600
_FOLDER_OF_OWNER: Final = 0o700


class ServerState(BaseModel):
    """What ``server.json`` tells: where the server is, and how to talk to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    pid: int
    port: int
    sender_id: str
    username: str
    password: str = Field(repr=False)
    form_password: str = Field(repr=False)
    key: str = Field(repr=False)


@dataclass(slots=True)
class PracticeServer:
    """A running practice Espay that stays at least until ``release``."""

    base_url: str
    sender_id: str
    username: str
    password: str = field(repr=False)
    form_password: str = field(repr=False)
    key: str = field(repr=False)
    ledger: Path
    """Its ledger, for ``read_book``."""
    pid: int
    _users: int | None

    def release(self) -> None:
        """Stop using the server; it ends a few seconds after the last till has done so."""
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def __enter__(self) -> Self:
        """Use the server for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release it."""
        self.release()


def practice_home(folder: Path, mode: Mode) -> Path:
    """Where the practice Espay of a mode keeps its files; each mode has a ledger of its own."""
    return folder / mode


def practice_ledger(folder: Path, mode: Mode) -> Path:
    """The ledger of a mode's practice Espay, whether it runs or not."""
    return practice_home(folder, mode) / LEDGER


def attach(folder: Path, mode: Mode, linger_s: float = LINGER_S) -> PracticeServer:
    """Use the practice Espay of a folder; start it where none runs.

    Args:
        folder: The practice folder; made for this user alone where it is missing.
        mode: How the practice shop is billed.
        linger_s: For a server that has to be started, how long it outstays its last till.

    Raises:
        Refusal: ``sandbox.not_started``.
    """
    home = practice_home(folder, mode)
    for each in reversed((home, *home.parents)):
        each.mkdir(mode=_FOLDER_OF_OWNER, exist_ok=True)
    # Waits only while a server is ending: it holds this lock until it has gone.
    users = _locked(home / USERS_LOCK, fcntl.LOCK_SH)
    try:
        state = running(home) or _started(home, mode, linger_s)
    except BaseException:
        os.close(users)
        raise
    return PracticeServer(
        base_url=f"http://127.0.0.1:{state.port}",
        sender_id=state.sender_id,
        username=state.username,
        password=state.password,
        form_password=state.form_password,
        key=state.key,
        ledger=home / LEDGER,
        pid=state.pid,
        _users=users,
    )


def running(home: Path) -> ServerState | None:
    """The server that runs in a folder, or ``None``; a dead one's file proves nothing."""
    try:
        file = os.open(home / STATE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.fstat(file).st_uid != os.geteuid() or not _is_held(file):
            return None
        return ServerState.model_validate_json(os.read(file, 65_536))
    except ValidationError:
        return None
    finally:
        os.close(file)


def write_state(home: Path, state: ServerState) -> int:
    """Publish a server, locked from the moment it can be seen; give the descriptor to keep."""
    path = home / STATE
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
    fcntl.flock(file, fcntl.LOCK_EX)
    os.write(file, state.model_dump_json().encode())
    fresh.replace(path)
    return file


def _started(home: Path, mode: Mode, linger_s: float) -> ServerState:
    starting = _locked(home / START_LOCK, fcntl.LOCK_EX)
    try:
        state = running(home)  # another till may have started it while we waited
        if state is None:
            _spawn(home, mode, linger_s)
            state = running(home)
        if state is None:
            raise Refusal("sandbox.not_started", log=str(home / LOG))
        return state
    finally:
        os.close(starting)


def _spawn(home: Path, mode: Mode, linger_s: float) -> None:
    """Start a server in a session of its own, and wait until it says that it is ready.

    ``-P`` keeps the current folder off its import path. It is spawned, not forked, and outlives
    this process, so nobody waits for its end.
    """
    ready, said = os.pipe()
    words = [sys.executable, "-P", "-m", "cashier.sandbox", str(home), mode, str(linger_s)]
    log = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, said, 1),
        (os.POSIX_SPAWN_OPEN, 2, str(home / LOG), log, _OWNER_ONLY),
    ]
    try:
        os.posix_spawn(sys.executable, words, os.environ, file_actions=actions, setsid=True)
    finally:
        os.close(said)
    try:
        if select.select([ready], [], [], _START_S)[0]:
            os.read(ready, 16)
    finally:
        os.close(ready)


def _locked(path: Path, kind: int) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
    fcntl.flock(file, kind)
    return file


def _is_held(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
