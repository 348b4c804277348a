"""The theme that the till starts with, for programs that measure what it costs."""

import tomllib

from textual.theme import Theme

from tests.terminal.pty_till import HOUSE


def house_theme() -> Theme:
    """Read the default theme."""
    return Theme(**tomllib.loads((HOUSE / "themes/default.toml").read_text(encoding="utf-8")))
