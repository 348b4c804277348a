"""The pictures of the README: SVG from the running app, and the first screen as text.

GitHub shows an SVG as an image, which may load nothing: the fonts are those of whoever looks.
"""

import re
from pathlib import Path
from typing import Final

from cashier.app import CashierApp
from tests.screens.pictures import Picture

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
FOLDER: Final = ROOT / "docs" / "pictures"
FIRST: Final = "home"
README_PICTURES: Final = (
    *(FIRST, "number-ready", "products", "confirm-change"),
    *("paid-token", "struk", "open-several", "sales-today"),
)
"""Names of pictures of ``picture_stories.py``; each is a file of its own."""

_FONT_FACE: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_FONTS: Final = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
_TEXT: Final = re.compile(rf"(?<=<!-- picture: {FIRST} -->\n```text\n)[^`]*(?=```\n)")


def svg_of(app: CashierApp) -> str:
    """Give what the app shows now as SVG that loads nothing."""
    svg = _FONT_FACE.sub("", app.export_screenshot(title="cashier practice"))
    return svg.replace("Fira Code, monospace", _FONTS).replace("arial", _FONTS)


def keep(name: str, picture: Picture, svg: str, *, writes: bool) -> str:
    """Write a picture for the README, or tell that the one that is there is stale.

    The file names the picture that it shows, since another version of the library that draws it
    may draw the same a little differently.
    """
    file = FOLDER / f"{name}.svg"
    mark = f"<!-- {picture.fingerprint} -->"
    if writes:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{svg}{mark}\n", encoding="utf-8")
        _write_text(name, picture)
    drawn = file.read_text(encoding="utf-8") if file.exists() else ""
    if mark not in drawn:
        return f"{file.relative_to(ROOT)} does not show what the till shows"
    if name == FIRST and _text(README.read_text(encoding="utf-8")) != picture.text:
        return "the first screen in README.md is not what the till shows"
    return ""


def _write_text(name: str, picture: Picture) -> None:
    if name == FIRST:
        readme = README.read_text(encoding="utf-8")
        README.write_text(_TEXT.sub(lambda _: picture.text, readme, count=1), encoding="utf-8")


def _text(readme: str) -> str:
    found = _TEXT.search(readme)
    return found.group() if found else ""
