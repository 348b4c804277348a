"""Options of the whole suite, and what of it is traced for coverage."""

import os
from pathlib import Path
from typing import Final

import pytest

_HERE: Final = Path(__file__).parent

TRACED: Final = frozenset(
    {"espay", "journal", "payment", "till", "test_money.py", "test_payment.py", "test_text.py"}
)
"""Folders and files whose tests are traced: tracing doubles what a test costs, and these alone
cover nearly every branch of the modules that are measured."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write golden files and pictures anew instead of comparing with them",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the measure what shows other things than where the money passes."""
    # Under ``--no-cov`` nothing is traced, and the mark would ask for a tracer that is not there.
    if config.getoption("no_cov", default=True):
        return
    for item in items:
        if item.path.relative_to(_HERE).parts[0] not in TRACED:
            item.add_marker(pytest.mark.no_cover)


def pytest_xdist_auto_num_workers() -> int:
    """Work on twice as many tests as there are processors: most of a test's time is waiting."""
    return 2 * len(os.sched_getaffinity(0))
