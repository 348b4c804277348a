"""``pytest tests/receipt --write-golden`` writes the golden files anew, for reading in the diff."""

from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("golden")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write tests/receipt/golden anew instead of comparing with it",
    )


class Golden:
    """The struk files that people have looked at and found right."""

    def __init__(self, writes: bool) -> None:
        self.writes = writes

    def check(self, name: str, text: str) -> None:
        """Compare a struk with its file, or write the file."""
        file = GOLDEN / f"{name}.txt"
        if self.writes:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file} says otherwise"


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    # The default counts where tests/receipt is not named on the command line: pytest reads this
    # file too late then to know the option.
    return Golden(bool(pytestconfig.getoption("--write-golden", default=False)))
