"""Options of the whole suite."""

import hypothesis
import pytest

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


@pytest.fixture
def bills(request: pytest.FixtureRequest) -> int | None:
    """How many bills were asked for on the command line, if any number was."""
    number = request.config.getoption("--bills")
    return number if isinstance(number, int) else None
