"""A folder in memory, for tests that write thousands of files and mean none of the flushes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a fresh private folder, in memory where the system has one, and take it away again."""
    made = tempfile.mkdtemp(prefix="cashier-", dir=_MEMORY if _MEMORY.is_dir() else None)
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made)
