"""A fresh practice Espay with a clock moved by hand, and somebody who asks it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.asking import Asker
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox, running_sandbox


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: ManualClock) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
def asker(sandbox: RunningSandbox) -> Iterator[Asker]:
    asker = Asker(sandbox)
    with contextlib.closing(asker.client):
        yield asker
