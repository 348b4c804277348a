"""Golden files: what people have looked at and found right, compared as text."""

import difflib
from pathlib import Path

import pytest


class Golden:
    """Files of one folder; ``--write-golden`` writes them anew, to be read in the diff."""

    def __init__(self, folder: Path, writes: bool) -> None:
        self.folder = folder
        self.writes = writes

    @classmethod
    def of(cls, folder: Path, config: pytest.Config) -> "Golden":
        """The golden files of a folder, under the options that pytest was called with."""
        return cls(folder, bool(config.getoption("--write-golden")))

    def difference(self, name: str, text: str) -> str:
        """Give a readable difference between a text and its file, empty where there is none."""
        file = self.folder / name
        if self.writes:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        known = file.read_text(encoding="utf-8") if file.exists() else ""
        rows = difflib.unified_diff(
            known.splitlines(), text.splitlines(), f"looked at: {name}", "now", "", "", 2, ""
        )
        return "\n".join(rows)

    def check(self, name: str, text: str) -> None:
        """Compare a text with its file, or write the file."""
        difference = self.difference(name, text)
        assert not difference, f"\n{difference}"

    def names(self) -> set[str]:
        """The files that are there, as paths within the folder."""
        return {str(file.relative_to(self.folder)) for file in self.folder.rglob("*.txt")}

    def forget(self, names: set[str]) -> None:
        """Remove files that nothing is compared with any more."""
        for name in names:
            (self.folder / name).unlink()
