"""What several proofs start from; at its full size a proof takes hours, and is given them."""

from typing import Final

import pytest

from tests.proof.replies import Reply, record

_HOURS_S: Final = 6 * 3600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lift the suite's time limit under ``--campaign``."""
    if not config.getoption("--campaign"):
        return
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests" / "proof"):
            item.add_marker(pytest.mark.timeout(_HOURS_S))


@pytest.fixture(scope="session")
def replies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reply]:
    """The replies of the practice Espay, by name."""
    return record(tmp_path_factory.mktemp("replies"))
