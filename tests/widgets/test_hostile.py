"""S12, S13, S14: what a biller calls a customer is shown as plain text, whatever it contains."""

import asyncio
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.strip import Strip
from textual.widget import Widget

from cashier.widgets.big_digits import BigToken
from cashier.widgets.entry import Entry
from cashier.widgets.facts import FactList
from cashier.widgets.menu import Menu, MenuItem
from tests.widgets.fingers import Fingers
from tests.widgets.recording import Recording

MARKUP = [
    "[/]",
    "[/X]",
    "[link=https://a.example]x",
    "[@click=app.quit]x",
    "[$accent]",
    "[b",
    "{0.__class__}",
]
CONTROL = [
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x1b]52;c;eA==\x1b\\",
    "\x9b31m",
    "\x00",
    "\x08",
    "\r\n",
    "\x7f",
    "\x1bP1;x\x1b\\",
]
DECEPTIVE = [
    "\u202eIDUB",
    "a\u200bb",
    "e" + "\u0301" * 10_000,
    "\u2066x\u2069",
    "\U000e0041",
    "\ufe0f",
    "日本語",
]
HOSTILE = st.one_of(
    st.sampled_from([*MARKUP, *CONTROL, *DECEPTIVE]),
    st.text(max_size=80),
    st.lists(st.sampled_from([*MARKUP, *CONTROL, *DECEPTIVE[:2]]), max_size=4).map("".join),
)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def check(strip: Strip, width: int) -> None:
    """A row is as wide as its widget and holds nothing that a terminal would obey."""
    assert strip.cell_length == width
    assert strip.text == strip.text.replace("\n", "").replace("\x1b", "")
    assert not {unicodedata.category(character) for character in strip.text} & FORBIDDEN
    for segment in strip:
        assert segment.control is None
        assert segment.style is None or not (segment.style.meta or segment.style.link)


async def draw(widgets: Sequence[Widget], width: int) -> None:
    """Show widgets in a real app and check every row of each."""
    app = Recording(*widgets)
    async with app.run_test(size=(width, 60)) as pilot:
        await pilot.pause()
        for widget in widgets:
            assert widget.size.width == width
            for y in range(widget.size.height):
                check(widget.render_line(y), width)


@settings(max_examples=50, deadline=None)
@given(st.lists(HOSTILE, min_size=40, max_size=40), st.integers(min_value=20, max_value=132))
def test_s12_s13_s14_two_thousand_hostile_names_are_only_text(names: list[str], width: int) -> None:
    menu = Menu([MenuItem(str(at), name, name[::-1], name[:1]) for at, name in enumerate(names)])
    facts = FactList([(name, name) for name in names[:5]])
    asyncio.run(draw([menu, facts, BigToken(names[0])], width))


@pytest.mark.parametrize("name", MARKUP)
async def test_s12_markup_is_shown_literally(name: str) -> None:
    menu = Menu([MenuItem("a", name)])
    async with Recording(menu).run_test():
        assert menu.render_line(0).text.strip("> ") == name


async def test_s14_ten_thousand_marks_are_capped_and_the_columns_stay() -> None:
    menu = Menu([MenuItem("a", "e" + "\u0301" * 10_000, "RINCIAN")])
    async with Recording(menu).run_test(size=(40, 5)):
        row = menu.render_line(0).text
        assert len(row) < 50
        assert row.rstrip().endswith("RINCIAN")


@settings(max_examples=30, deadline=None)
@given(st.lists(HOSTILE, min_size=5, max_size=5))
def test_s13_s14_what_is_pasted_or_typed_into_an_entry_is_clean(pieces: list[str]) -> None:
    async def fill() -> None:
        entry = Entry("text", 200)
        async with Recording(entry).run_test(size=(80, 5)) as pilot:
            entry.focus()
            fingers = Fingers(pilot)
            for piece in pieces:
                await fingers.paste(piece)
            await fingers.type([character for piece in pieces for character in piece[:20]])
            found = {unicodedata.category(character) for character in entry.value}
            assert not found & (FORBIDDEN | {"Mn", "Mc", "Me"})
            check(entry.render_line(0), 80)

    asyncio.run(fill())
