"""Themes: TOML files with the keys of Textual's themes, the shop's own before the built-in ones.

A file may be partial: what it leaves out is taken from the theme ``default``. Nothing here
imports Textual; ``cashier.app`` builds a theme from the table.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cashier.language import Refusal

DEFAULT: Final = "default"

_PACKAGE: Final = Path(__file__).parent
COLOURS: Final = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
)
_KINDS: Final[Mapping[str, type]] = {
    "name": str,
    **dict.fromkeys(COLOURS, str),
    "dark": bool,
    "ansi": bool,
    "luminosity_spread": float,
    "text_alpha": float,
    "variables": dict,
}


def theme_table(name: str, shop: Path) -> dict[str, object]:
    """Read a theme as the keyword arguments of Textual's ``Theme``.

    Args:
        name: ``ui.theme`` of the configuration, which allows no path.
        shop: The shop's own folder of themes; it need not exist.

    Raises:
        Refusal: No such theme, or its file is wrong; the sentence names file and key.
    """
    files = dict(_found(shop))
    if name not in files:
        raise Refusal("home.theme_unknown", theme=name, known=", ".join(sorted(files)))
    base = _read(dict(_found(None))[DEFAULT])
    own = _read(files[name])
    return {**base, **own, "variables": {**_variables(base), **_variables(own)}, "name": name}


def theme_names(shop: Path) -> tuple[str, ...]:
    """Give the names of all themes, in the order of the alphabet."""
    return tuple(sorted(dict(_found(shop))))


def _found(shop: Path | None) -> Iterator[tuple[str, Path]]:
    """Give names and files; of the same name twice the later one counts."""
    # In the wheel the themes lie in the package, in a checkout beside it (DESIGN 1).
    folders = [_PACKAGE.parent / "themes", _PACKAGE / "themes"]
    for folder in [*folders, *([shop] if shop is not None else [])]:
        for file in sorted(folder.glob("*.toml")):
            yield file.stem, file


def _read(file: Path) -> dict[str, object]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise Refusal("home.theme_unreadable", file=str(file)) from None
    for key, value in table.items():
        kind = _KINDS.get(key)
        if kind is None or not isinstance(value, kind):
            raise Refusal("home.theme_wrong_key", file=str(file), name=key)
    for key, value in _variables(table).items():
        if not isinstance(value, str):
            raise Refusal("home.theme_wrong_key", file=str(file), name=f"variables.{key}")
    return table


def _variables(table: Mapping[str, object]) -> dict[str, object]:
    variables = table.get("variables", {})
    return dict(variables) if isinstance(variables, dict) else {}
