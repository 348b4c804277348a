"""TOML files of the catalogue, and how one is laid over another."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cashier.catalogue.problem import CatalogueProblem

Table = dict[str, object]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A table that was read, with the file to name where something in it is wrong."""

    path: Path
    table: Table


def toml_files(folder: Path) -> Sequence[TomlFile]:
    """Read all TOML files of a folder in the order of their names; no folder, no files.

    Raises:
        CatalogueProblem: The folder or a file cannot be read, or a file is not TOML.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CatalogueProblem("unreadable", folder, expected=error.strerror or "") from error
    return [toml_file(path) for path in paths]


def toml_file(path: Path) -> TomlFile:
    """Read one TOML file.

    Raises:
        CatalogueProblem: It cannot be read, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, tomllib.loads(text))
    except OSError as error:
        raise CatalogueProblem("unreadable", path, expected=error.strerror or "") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, too long a number, too deep
        raise CatalogueProblem("not_toml", path, expected=str(error)) from error


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> Table:
    """Lay a table over another: tables inside are merged, every other value is replaced."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result


def laid_over(base: TomlFile, over: TomlFile, rows: str, identity: str) -> TomlFile:
    """Lay a file over another; the tables of the list ``rows`` are merged by their identity.

    Raises:
        CatalogueProblem: In one of them ``rows`` is no list of tables that each say who they are.
    """
    ours, theirs = rows_of(base, rows, identity), rows_of(over, rows, identity)
    for name, row in theirs.items():
        ours[name] = merged(ours.get(name, {}), row)
    return TomlFile(over.path, merged(base.table, over.table) | {rows: list(ours.values())})


def rows_of(file: TomlFile, rows: str, identity: str) -> dict[str, Table]:
    """Give the tables of a list by their identity, for example the products by their code.

    Raises:
        CatalogueProblem: It is no list of tables, or a table has no identity or that of another.
    """
    found = file.table.get(rows, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise CatalogueProblem("list", file.path, rows)
    named: dict[str, Table] = {}
    for place, row in enumerate(found, start=1):
        name = row.get(identity)
        if not isinstance(name, str):
            raise CatalogueProblem("missing", file.path, f"{rows}[{place}].{identity}")
        if name in named:
            raise CatalogueProblem("twice", file.path, f"{rows}[{place}].{identity}", name)
        named[name] = row
    return named
