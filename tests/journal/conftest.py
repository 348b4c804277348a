"""One fresh journal for each test that asks for a counter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journal.making import Counter, HandClock, open_counter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "toko" / "journal.db"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def counter(path: Path, clock: HandClock) -> AsyncIterator[Counter]:
    async with open_counter(path, clock) as counter:
        yield counter
