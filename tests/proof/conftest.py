"""What several proofs start from."""

import pytest

from tests.proof.replies import Reply, record


@pytest.fixture(scope="session")
def replies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reply]:
    """The replies of the practice Espay, by name."""
    return record(tmp_path_factory.mktemp("replies"))
