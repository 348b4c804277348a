"""What several proofs start from, and the time that they are given."""

from typing import Final

import pytest

from tests.proof.replies import Reply, record

_MINUTES_S: Final = 10 * 60
_HOURS_S: Final = 6 * 3600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give proofs more time than other tests, and hours under ``--campaign``."""
    seconds = _HOURS_S if config.getoption("--campaign") else _MINUTES_S
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests" / "proof"):
            item.add_marker(pytest.mark.timeout(seconds))


@pytest.fixture(scope="session")
def replies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reply]:
    """The replies of the practice Espay, by name."""
    return record(tmp_path_factory.mktemp("replies"))
