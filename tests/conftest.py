"""Options of the whole suite, and what of it is traced for coverage."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import hypothesis
import pytest

from tests.espay import given
from tests.support import sandbox
from tests.support.canaries import Canaries

_HERE: Final = Path(__file__).parent

TRACED: Final = frozenset(
    {
        *("espay", "faults", "journal", "payment", "till"),
        *("test_money.py", "test_payment.py", "test_text.py"),
    }
)
"""Folders and files whose tests are traced: tracing doubles what a test costs, and these alone
cover nearly every branch of the modules that are measured."""

SECRETS: Final = Canaries(
    {
        **{f"practice {name}": getattr(sandbox, name) for name in ("PASSWORD", "FORM_PASSWORD")},
        "practice KEY": sandbox.KEY,
        **{name: given.SECRETS[name] for name in ("password", "form_password", "key")},
    }
)
"""What proves to Espay who the shops of the tests are."""

MEANT_TO: Final = frozenset({"secrets.toml"})
"""Files that may hold them after the whole suite: the secrets file of a shop, 0600 and its own."""

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
        "--campaign", action="store_true", help="run the proofs at their full size, for hours"
    )
    parser.addoption(
        "--seed", type=int, default=None, help="replay the proofs from this seed alone"
    )
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


def pytest_collection_finish() -> None:
    """Keep the thousands of tests themselves out of every later search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Work on twice as many tests as there are processors: most of a test's time is waiting."""
    return 2 * len(os.sched_getaffinity(0))


@pytest.fixture
def bills(request: pytest.FixtureRequest) -> int | None:
    """How many bills were asked for on the command line, if any number was."""
    number = request.config.getoption("--bills")
    return number if isinstance(number, int) else None


@pytest.fixture(scope="session")
def campaign(request: pytest.FixtureRequest) -> bool:
    """Whether the proofs run at their full size."""
    return bool(request.config.getoption("--campaign"))


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Look for the shops' secrets in all that the tests of a worker have left, once at its end."""
    yield
    assert SECRETS.found_below(tmp_path_factory.getbasetemp(), MEANT_TO) == {}
