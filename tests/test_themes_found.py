"""Which file a theme comes from, and what a wrong one says."""

from pathlib import Path

import pytest
from textual.app import App
from textual.theme import Theme

from cashier.dress import wear
from cashier.language import Refusal, explain
from cashier.themes import theme_names, theme_table


@pytest.mark.parametrize("name", ["default", "high-contrast", "monochrome"])
def test_the_themes_that_come_along_are_found(tmp_path: Path, name: str) -> None:
    table = theme_table(name, tmp_path / "no such folder")
    assert table["name"] == name
    assert Theme(**table).to_color_system().generate()  # type: ignore[arg-type]  # keys are checked


def test_a_theme_of_the_shop_may_say_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "warung.toml").write_text('primary = "#ff8800"\n[variables]\nborder = "#111111"\n')
    table, base = theme_table("warung", tmp_path), theme_table("default", tmp_path)
    assert (table["name"], table["primary"]) == ("warung", "#ff8800")
    assert table["background"] == base["background"]
    variables = table["variables"]
    assert isinstance(variables, dict)
    assert variables["border"] == "#111111"
    assert "footer-background" in variables
    assert "warung" in theme_names(tmp_path)


def test_a_theme_of_the_shop_goes_before_ours_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text('primary = "#ff8800"\n')
    assert theme_table("default", tmp_path)["primary"] == "#ff8800"


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("primary = 7\n", "home.theme_wrong_key", "primary"),
        ('prinary = "#fff"\n', "home.theme_wrong_key", "prinary"),
        ("[variables]\nborder = 1\n", "home.theme_wrong_key", "variables.border"),
        ("this is no TOML", "home.theme_unreadable", "warung.toml"),
    ],
)
def test_a_wrong_file_is_told_by_name_and_key(
    tmp_path: Path, text: str, key: str, told: str
) -> None:
    (tmp_path / "warung.toml").write_text(text)
    with pytest.raises(Refusal) as caught:
        theme_table("warung", tmp_path)
    assert caught.value.key == key
    assert told in explain("id", caught.value)


def test_a_colour_that_is_none_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "warung.toml").write_text('primary = "merah jambu"\n')
    with pytest.raises(Refusal) as caught:
        wear(App[None](), "warung", tmp_path)
    assert "merah jambu" in explain("id", caught.value)


def test_an_unknown_theme_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        theme_table("pelangi", tmp_path)
    assert "default, high-contrast, monochrome" in explain("id", caught.value)
