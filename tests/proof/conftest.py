"""A proof at its full size takes hours, and is given them; its usual share is not."""

from typing import Final

import pytest

_HOURS_S: Final = 6 * 3600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lift the suite's time limit under ``--campaign``."""
    if not config.getoption("--campaign"):
        return
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests" / "proof"):
            item.add_marker(pytest.mark.timeout(_HOURS_S))
