"""The struk files that people have looked at; ``--write-golden`` writes them anew."""

from pathlib import Path

import pytest

from tests.support.golden import Golden

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    return Golden.of(GOLDEN, pytestconfig)
