"""The table of faults and the tests that prove them: ``python -m tests.faults.table`` writes it.

A test names its rows: ``test_f07_...``, ``test_f55_f56_...``, ``test_f30_to_f43_...``.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
TESTS: Final = HERE.parent
README: Final = HERE / "README.md"

LATER: Final[dict[str, str]] = {
    "F53": "comes with printing",
    "F62": "comes with shifts",
    "F75": "comes with printing",
    "F76": "comes with reports",
    "F77": "comes with the settlement file",
}
"""Rows whose subject is not built yet; a test of a part of it may be there already."""

_ROWS: Final = re.compile(r"f(\d\d)(?:_to_f(\d\d))?(?=_|$)")
_FIRST: Final = re.compile(r"test_(?:f\d\d_(?:to_|and_)?|[bis]\d+_(?:and_)?)+")

_HEAD: Final = """# Faults

Every row is something that goes wrong; every test of this folder ends with the invariants I1 to I12
of a payment (`tests/support/invariants.py`), which compare Espay's ledger, journal and drawer; so
do the proofs (`tests/proof`). Tests elsewhere prove the same row closer to the part that deals with
it.

`--campaign` takes every crash point there is, `CASHIER_HANG_UPS=60` as many hang-ups; the usual run
takes a share of both.

Written by `python -m tests.faults.table`; `test_table.py` fails when it is stale or a row lacks its
test.
"""


def sections() -> dict[str, dict[str, str]]:
    """Give the rows by section: number and what goes wrong."""
    return tomllib.loads((HERE / "rows.toml").read_text(encoding="utf-8"))


def rows_of(test: str) -> list[str]:
    """Give the rows that a test's name tells of."""
    head = _FIRST.match(test)
    if head is None:
        return []
    rows: list[str] = []
    for first, last in _ROWS.findall(head[0]):
        rows += [f"F{number:02d}" for number in range(int(first), int(last or first) + 1)]
    return rows


def proofs() -> dict[str, list[tuple[str, str]]]:
    """Give each row's tests: file below ``tests`` and name."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file, name in _names():
        for row in rows_of(name):
            found[row].append((file, name))
    return found


def _names() -> Iterator[tuple[str, str]]:
    for file in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield str(file.relative_to(TESTS)), node.name


def table() -> str:
    """Write the whole page."""
    found = proofs()
    parts = [_HEAD]
    for section, rows in sections().items():
        parts.append(f"\n## {section}\n\n| row | fault | tests |\n|---|---|---|\n")
        parts += [_line(row, fault, found.get(row, [])) for row, fault in rows.items()]
    return "".join(parts)


def _line(row: str, fault: str, found: list[tuple[str, str]]) -> str:
    ours = sorted(found, key=lambda one: (not one[0].startswith("faults/"), one))
    cells = [f"`{file}` {name}" for file, name in ours]
    if row in LATER:
        cells.append(f"({LATER[row]})")
    return f"| {row} | {fault.replace('|', '/')} | {'<br>'.join(cells)} |\n"


if __name__ == "__main__":
    README.write_text(table(), encoding="utf-8")
