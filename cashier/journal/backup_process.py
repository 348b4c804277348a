"""A backup in a process of its own: checking a whole journal must not make a screen wait.

``python -m cashier.journal.backup_process JOURNAL DIRECTORY [ANCHORS]`` prints one line of
JSON: the file, or the key and the values of the refusal.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Final

from cashier.clock import SystemClock
from cashier.journal.backup import backup
from cashier.journal.copies import prune
from cashier.journal.errors import JournalRefusal
from cashier.journal.file_errors import BackupBroken, BackupFlawed
from cashier.journal.findings import Flaw

_NICER: Final = 10


async def backup_apart(path: Path, directory: Path, anchor_dir: Path | None) -> Path:
    """Make a verified backup in a child process, and prune the folder; give its file.

    Cancelled meanwhile, the child is ended; what it had not finished leaves no trace.

    Raises:
        BackupFlawed: The journal does not verify.
        JournalRefusal: The backup could not be made; its sentence says why.
    """
    words = [str(path), str(directory), *([str(anchor_dir)] if anchor_dir else [])]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "cashier.journal.backup_process", *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        told, _ = await child.communicate()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise
    return _result(path, told, child.returncode)


def _result(path: Path, told: bytes, code: int | None) -> Path:
    match json.loads(told or b"{}"):
        case {"file": str(file)}:
            return Path(file)
        case {"key": "journal.backup_flawed", "values": {"flaw": str(flaw)}}:
            raise BackupFlawed(path, Flaw(flaw).value)
        case {"key": str(key), "values": dict(values)}:
            raise JournalRefusal(key, **{str(name): str(value) for name, value in values.items()})
        case _:
            raise BackupBroken(str(code))


def main(path: Path, directory: Path, anchor_dir: Path | None = None) -> None:
    """Make the backup and tell of it."""
    os.nice(_NICER)
    told: dict[str, object]
    try:
        told = {"file": str(backup(path, directory, SystemClock(), anchor_dir))}
        prune(directory, path)
    except JournalRefusal as refusal:
        told = {"key": refusal.key, "values": dict(refusal.values)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:4]))
