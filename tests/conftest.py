"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let races and recoveries run with more bills than CI has time for."""
    parser.addoption(
        "--bills",
        type=int,
        default=None,
        help="bills that racing tills sell, and payments that a recovery settles",
    )


@pytest.fixture
def bills(request: pytest.FixtureRequest) -> int | None:
    """How many bills were asked for on the command line, if any number was."""
    number = request.config.getoption("--bills")
    return number if isinstance(number, int) else None
