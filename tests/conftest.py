"""Options of the whole suite."""

from pathlib import Path
from typing import Final

import hypothesis
import pytest

_MEASURED: Final = frozenset(
    {
        *("espay", "faults", "journal", "payment", "till"),
        *("test_money.py", "test_payment.py", "test_text.py"),
    }
)
"""Tests that account for the coverage of the money's path; measuring doubles what a test costs."""

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options that make a run longer, or make it write instead of compare."""
    parser.addoption(
        "--bills",
        type=int,
        default=None,
        help="bills that racing tills sell, and payments that a recovery settles",
    )
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write golden files and pictures anew instead of comparing with them",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Measure coverage only where it counts."""
    if config.getoption("no_cov"):  # pytest-cov trips over its own marker then
        return
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] not in _MEASURED:
            item.add_marker("no_cover")


@pytest.fixture
def bills(request: pytest.FixtureRequest) -> int | None:
    """How many bills were asked for on the command line, if any number was."""
    number = request.config.getoption("--bills")
    return number if isinstance(number, int) else None
