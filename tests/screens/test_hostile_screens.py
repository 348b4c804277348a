"""S12, S13, S14: each of two thousand hostile texts on every screen that shows what Espay says.

Wherever a text is shown it is only text, the columns stay, and nothing is obeyed.
"""

from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tests.screens.counter import at_counter
from tests.screens.hands import REACHED, AnyScreen
from tests.screens.hostile import HostileEspay, hostile_texts, look
from tests.screens.hostile_screens import WALKS, WITHOUT_DATA, Stage, missing

TEXTS = hostile_texts(2_000, 12_13_14)
METER = "14012345678"


def test_s12_no_screen_is_left_out() -> None:
    assert WALKS.keys() | WITHOUT_DATA == REACHED.keys()
    assert not WALKS.keys() & WITHOUT_DATA


@pytest.mark.parametrize("screen", WALKS, ids=lambda each: each.__name__)
async def test_s12_s13_s14_two_thousand_hostile_texts_are_only_text_on(
    screen: AnyScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    espay = HostileEspay(monkeypatch)
    async with at_counter(tmp_path) as counter:
        sold = (await counter.sell("pln-prepaid", METER)).payment
        counter.app.switch_to_home()
        stage = Stage(counter, monkeypatch, espay, sold)
        await WALKS[screen](stage, TEXTS)
        unseen = missing(TEXTS, stage.seen)
        assert not unseen
        assert counter.app.defect is None


class Raw(Widget):
    """Draws a row as it came, past everything that makes text plain."""

    def __init__(self, row: Strip) -> None:
        super().__init__()
        self.row = row

    def render_line(self, y: int) -> Strip:
        """Give the row on the first line."""
        return self.row if y == 0 else Strip.blank(80)


class Careless(Screen[None]):
    """A screen that shows a row raw."""

    def __init__(self, row: Strip) -> None:
        super().__init__()
        self.row = row

    def compose(self) -> ComposeResult:
        """Put the raw row on top."""
        yield Raw(self.row)


def row(text: str, style: Style | None = None) -> Strip:
    """A row of the window that begins with a text."""
    rest = Segment(" " * (80 - len(text)))
    return Strip([Segment(text, style), rest], 80)


CARELESS = {
    "sequence": row("PAK \x1b[2J BUDI"),
    "c1": row("PAK \x9b31m BUDI"),
    "bell": row("PAK \x07"),
    "bidi": row("PAK \u202e BUDI"),
    "line": row("PAK \u2028 BUDI"),
    "link": row("PAK BUDI", Style(link="http://127.0.0.1/")),
    "action": row("PAK BUDI", Style(meta={"@click": "app.quit"})),
}


@pytest.mark.parametrize("what", CARELESS)
async def test_a_screen_that_writes_raw_is_found(what: str, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.app.push_screen(Careless(row("PAK BUDI")))
        await counter.pilot.pause()
        look(counter)
        await counter.app.push_screen(Careless(CARELESS[what]))
        await counter.pilot.pause()
        with pytest.raises(AssertionError):
            look(counter)


def test_a_text_that_was_never_shown_is_found() -> None:
    assert missing(TEXTS[:2], {"Q0Z"}) == [ascii(TEXTS[1].raw)]
