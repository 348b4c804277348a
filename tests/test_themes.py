"""The themes that come along: Textual can build each, and each can be read."""

import re
import tomllib
from pathlib import Path
from typing import cast

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.support.contrast import contrast

THEMES = Path(__file__).parents[1] / "themes"
NAMES = ("default", "high-contrast", "monochrome")
GROUNDS = ("background", "surface", "panel", "boost")
INKS = ("foreground", "primary", "secondary", "accent", "success", "warning", "error")
PAIRS = (
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
)
"""What is written upon what, among the variables."""


def theme_named(name: str) -> Theme:
    return Theme(**tomllib.loads((THEMES / f"{name}.toml").read_text(encoding="utf-8")))


def colours_of(theme: Theme) -> dict[str, str]:
    """The colours that the theme itself states, by key."""
    plain = {key: cast("str", getattr(theme, key)) for key in (*GROUNDS, *INKS)}
    stated = {key: value for key, value in theme.variables.items() if value.startswith("#")}
    return {**plain, **stated}


def test_the_measure_of_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_themes_are_these_three_and_each_is_named_as_its_file() -> None:
    assert sorted(path.name for path in THEMES.iterdir()) == [f"{name}.toml" for name in NAMES]
    assert [theme_named(name).name for name in NAMES] == list(NAMES)
    assert not set(NAMES) & set(BUILTIN_THEMES)


@pytest.mark.parametrize("name", NAMES)
def test_textual_builds_every_colour_of_it(name: str) -> None:
    theme = theme_named(name)
    generated = theme.to_color_system().generate()
    for key, value in theme.variables.items():
        assert generated[key] == value, f"{key} is unknown to Textual"
    for key, value in colours_of(theme).items():
        assert re.fullmatch("#[0-9a-f]{6}", value), key
        assert Color.parse(value).hex.lower() == value
        assert key in generated


@pytest.mark.parametrize(
    ("name", "text", "meaning"),
    [("default", 7, 4.5), ("high-contrast", 15, 7), ("monochrome", 10, 7)],
)
def test_what_is_written_stands_out_from_every_ground(
    name: str, text: float, meaning: float
) -> None:
    """4.5:1 is WCAG's AA, 7:1 its AAA."""
    colours = colours_of(theme_named(name))
    for ground in GROUNDS:
        assert contrast(colours["foreground"], colours[ground]) >= text, ground
        for ink in INKS:
            assert contrast(colours[ink], colours[ground]) >= meaning, (ink, ground)


@pytest.mark.parametrize(("name", "least"), [("default", 4.5), ("high-contrast", 7)])
@pytest.mark.parametrize("pair", PAIRS)
def test_cursor_footer_and_selection_can_be_read(
    name: str, least: float, pair: tuple[str, str]
) -> None:
    colours = colours_of(theme_named(name))
    assert contrast(colours[pair[0]], colours[pair[1]]) >= least


@pytest.mark.parametrize("pair", PAIRS)
def test_cursor_footer_and_selection_can_be_read_without_colour(pair: tuple[str, str]) -> None:
    colours = colours_of(theme_named("monochrome"))
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


@pytest.mark.parametrize("name", NAMES)
def test_the_line_under_the_cursor_is_seen_at_a_glance(name: str) -> None:
    colours = colours_of(theme_named(name))
    for ground in GROUNDS:
        assert contrast(colours["block-cursor-background"], colours[ground]) >= 4.5


def test_monochrome_knows_no_hue() -> None:
    for key, colour in colours_of(theme_named("monochrome")).items():
        red, green, blue = colour[1:3], colour[3:5], colour[5:7]
        assert red == green == blue, key


def test_monochrome_derives_no_hue_either() -> None:
    """What Textual makes of it by lightening and mixing."""
    for key, value in theme_named("monochrome").to_color_system().generate().items():
        if value.startswith("#"):
            colour = Color.parse(value)
            assert max(colour.rgb) - min(colour.rgb) <= 1, key
