"""What a biller must never be able to do with a name: hostile texts, and an Espay that sends them.

The texts come from a seed. Each is made around a fragment of plain letters that has to be seen
wherever the whole text is shown; markup, which is plain text, has to be seen as it stands.
"""

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from textual.strip import Strip
from textual.widget import Widget

from cashier.money import Rupiah
from cashier.sandbox.products import products
from cashier.sandbox.troubles import Trouble, trouble_called, troubles
from tests.screens.counter import Counter

FORBIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that a terminal obeys or that nobody sees."""

SUFFIX: Final = "99899"
"""The digits for which the practice Espay sends a hostile text; its own table leaves them free."""

LONGEST: Final = 190
"""Characters of a text that is certainly shown whole; the till keeps 200."""

_ENORMOUS: Final = 0.1
"""Share of long texts, and of piles of marks, that are longer than any name may be."""

_MARKUP: Final = (
    "[/]", "[/X]", "[b", "[/b]", "[$accent]", "[link=http://127.0.0.1/]", "[@click=app.quit]",
    "[@click=app.leave]", "[on red]", "[reverse]", "{0.__class__}", "%(x)s", "$(id)", "\\[b]",
    "[bold]", ":smile:", "&lt;", "<b>", "[#ff0000]", "[[", "]]",
)  # fmt: skip
_SEQUENCES: Final = (
    "\x1b[2J", "\x1b[31m", "\x1b]0;{}\x07", "\x1b]8;;http://{}\x1b\\", "\x1b]52;c;{}\x07",
    "\x1bP1;{}\x1b\\", "\x1b_{}\x1b\\", "\x1b^{}\x1b\\", "\x9b31m", "\x9d0;{}\x9c", "\x90{}\x9c",
    "\x1bc", "\x1b[?1049l", "\x1b[6n", "\x1b[>c", "\x1b(0", "\x1b[200~{}\x1b[201~",
)  # fmt: skip
_CONTROLS: Final = tuple(map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA0)]))
_DECEPTIVE: Final = (
    *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010)]),
    *("\u061c", "\u180e", "\ufeff", "\u2028", "\u2029", "\u3164", "\u115f", "\u034f", "\xad"),
    *("\U000e0041", "\U000e0001", "\ufe0f", "\ufe0e", "\ue000", "\uffff", "\U0010ffff", "\ufdd0"),
)
_WIDE: Final = (
    "日本語", "한국어", "ＦＵＬＬ", "１２３４５", "ｶﾅ", "👍🏽", "👨\u200d👩", "🇮🇩",
    "❤\ufe0f", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "ﷺ",
    "𒐫", "⸻", "ก็็็็็", "नि", "۱۲۳", "Ａ＝", "а", "ѕ",
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A text from outside."""

    raw: str
    shown: str
    """What of it has to be seen where it is shown whole."""


def hostile_texts(count: int, seed: int) -> list[Hostile]:
    """Give so many texts, always the same for a seed, no two alike."""
    chance = random.Random(seed)
    kinds = (_marked, _sequence, _control, _deceptive, _wide, _piled, _long, _any)
    return [kinds[at % len(kinds)](chance, f"Q{at:x}Z") for at in range(count)]


def _marked(chance: random.Random, mark: str) -> Hostile:
    text = f"{chance.choice(_MARKUP)}{mark}{chance.choice(_MARKUP)}"
    return Hostile(text, text)


def _sequence(chance: random.Random, mark: str) -> Hostile:
    return Hostile(f"{mark}{chance.choice(_SEQUENCES).format(mark.lower())}", mark)


def _control(chance: random.Random, mark: str) -> Hostile:
    return Hostile(
        f"{''.join(chance.choices(_CONTROLS, k=3))}{mark}{chance.choice(_CONTROLS)}", mark
    )


def _deceptive(chance: random.Random, mark: str) -> Hostile:
    return Hostile(f"{mark}{''.join(chance.choices(_DECEPTIVE, k=4))}", mark)


def _wide(chance: random.Random, mark: str) -> Hostile:
    return Hostile(f"{''.join(chance.choices(_WIDE, k=2))}{mark}", mark)


def _piled(chance: random.Random, mark: str) -> Hostile:
    height = 10_000 if chance.random() < _ENORMOUS else chance.choice((3, 40))
    return Hostile(f"{mark}_{chr(chance.randrange(0x300, 0x36F)) * height}", mark)


def _long(chance: random.Random, mark: str) -> Hostile:
    length = 5_000 if chance.random() < _ENORMOUS else 5
    return Hostile(f"{mark}{chance.choice(('W', 'x ', '漢', '-')) * length}", mark)


def _any(chance: random.Random, mark: str) -> Hostile:
    drawn = (chr(chance.randrange(0x110000)) for _ in range(6))
    text = "".join(one for one in drawn if not 0xD800 <= ord(one) < 0xE000)
    return Hostile(mark + text, mark)


def packed(texts: Sequence[Hostile], longest: int = LONGEST) -> list[Hostile]:
    """Join texts, each to be shown whole, into as few as there is room for in a name or line."""
    packs: list[Hostile] = []
    some: list[Hostile] = []
    for text in texts:
        if some and sum(map(_room, [*some, text])) > longest:
            packs.append(_joined(some))
            some = []
        some.append(text)
    return [*packs, _joined(some)]


def _room(text: Hostile) -> int:
    """Count what a text takes of the room in a name, with the blank behind it."""
    return 1 + sum(unicodedata.category(each) not in FORBIDDEN for each in text.raw)


def _joined(texts: Sequence[Hostile]) -> Hostile:
    raw, shown = (" ".join(each) for each in zip(*((t.raw, t.shown) for t in texts), strict=True))
    return Hostile(raw, shown)


# What Espay answers


class HostileEspay:
    """Has the practice Espay answer a hostile text, by its own table of troubles."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Keep what puts the table back afterwards."""
        self._patch = patch
        self.suffix = SUFFIX
        # Read by key before it changes, since the practice Espay reads that only once.
        trouble_called("fine")

    def sells(self, thousands: int, name: str) -> str:
        """Put a PLN token on the list of what the shop is registered for; give its code."""
        code, size = f"SLYLPR{thousands}", Rupiah.of(thousands * 1_000)
        about = {"code": code, "name": name, "denomination": size}
        self._patch.setitem(products(), code, products()["SLYLPR20"].model_copy(update=about))
        return code

    def refuses(self, text: str) -> None:
        """Refuse the inquiry with these words."""
        self._does(place="inquiry", code="33", text=text)

    def pays(self, text: str) -> None:
        """Bill that name, and answer the payment with these words in more of its facts."""
        facts = dict.fromkeys(("class", "kwh", "info", "sn", "ref_no"), text)
        self._does(name=text, set_data=facts)

    def refers(self, text: str) -> None:
        """Bill that name, and take the money under a reference of these words."""
        self._does(name=text, set={"ref_id": text})

    def doubts(self, text: str) -> None:
        """Bill that name, and answer the payment with a code and words that nobody knows."""
        self._does(name=text, code=text, text=text, drop=("ref_id",))

    def loses_the_token(self, text: str) -> None:
        """Bill that name, and send the words instead of a token."""
        self._does(key="token_19_digits", name=text, set_data={"token_no": text})

    def waits(self, text: str) -> None:
        """Bill that name, and let the payment wait."""
        self._does(name=text, wire="slow")

    def _does(self, **what: object) -> None:
        about = {"number": self.suffix, "key": "fine", "place": "payment", "id": "", "en": ""}
        trouble = Trouble.model_validate({**about, "till": "paid", **what})
        self._patch.setitem(troubles(), self.suffix, trouble)


# What is seen


SEQUENCE: Final = re.compile(
    r"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|[=>78]|\([0B]|[PX^_\]][^\x1b\x07]*(?:\x07|\x1b\\))"
)
"""A whole escape sequence; a string (OSC, DCS, ...) with all that it holds."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
"""The one kind of sequence that a row is written with."""


def look(counter: Counter, *, columns: int = 80, rows: int = 24) -> list[Strip]:
    """Check every row of the screen as it is drawn now, and what a terminal would be sent."""
    strips = counter.app.screen._compositor.render_strips()
    assert len(strips) == rows
    for strip in strips:
        check(strip, columns)
        plain = _COLOUR.sub("", strip.render(counter.app.console))
        assert plain == strip.text, ascii(plain)
    return strips


def check(strip: Strip, columns: int) -> None:
    """A row is exactly as wide as the window and holds nothing that a terminal would obey."""
    assert strip.cell_length == columns, strip.text
    assert not {unicodedata.category(each) for each in strip.text} & FORBIDDEN, ascii(strip.text)
    for segment in strip:
        assert segment.control is None
        style = segment.style
        assert style is None or not (style.link or "@click" in style.meta), segment


def drawn(widget: Widget) -> str:
    """Give what a widget shows, without the blanks, wherever its lines are broken."""
    lines = (widget.render_line(y).text for y in range(widget.size.height))
    return "".join("".join(lines).split())


def assert_seen(text: Hostile, widget: Widget) -> None:
    """Every fragment of a text stands in a widget, in order."""
    shown, at = drawn(widget), 0
    for fragment in text.shown.split():
        at = shown.find(fragment, at)
        assert at >= 0, f"{fragment!r} of {text.raw!a} is not in {shown!a}"
