"""A shop at a practice Espay, with a clock that only moves by hand."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cashier.till import Till
from tests.support.clock import ManualClock
from tests.support.invariants import assert_invariants
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.shop import open_shop


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: ManualClock) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
async def till(tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock) -> AsyncIterator[Till]:
    async with open_shop(tmp_path, sandbox, clock=clock) as opened:
        yield opened
    assert_invariants(tmp_path / "journal" / "journal.db", sandbox, crashed=True)
