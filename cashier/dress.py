"""Dresses the app in a theme before anything of it is painted."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.color import ColorParseError
from textual.theme import Theme

from cashier.language import Refusal
from cashier.themes import theme_table


def wear(app: App[Any], name: str, folder: Path) -> None:
    """Put a theme on: ours, one of the shop's ``folder``, or Textual's own for a terminal.

    Raises:
        Refusal: The theme is unknown, or its file is wrong.
    """
    if name not in app.available_themes:
        app.register_theme(_built(name, folder))
    # Not by ``app.theme = name``, which would paint everything twice.
    app.set_reactive(App.theme, name)
    app.set_class(app.current_theme.dark, "-dark-mode", update=False)
    app.set_class(not app.current_theme.dark, "-light-mode", update=False)
    app.stylesheet.set_variables(app.get_css_variables())
    app._refresh_truecolor_filter(app.ansi_theme)  # noqa: SLF001 - has no public way in 8.2.8


def _built(name: str, folder: Path) -> Theme:
    table = theme_table(name, folder)
    try:
        theme = Theme(**table)  # type: ignore[arg-type]  # the kinds were checked there
        theme.to_color_system().generate()
    except ColorParseError as error:
        raise Refusal("home.theme_wrong_colour", theme=name, problem=str(error)) from None
    return theme
