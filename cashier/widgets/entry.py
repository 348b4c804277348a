"""The till's own single-line entry: keys in the order they came, scans only where they belong.

It does not blink, paints only the cells that changed, and knows five kinds of content. In the
kinds for digits a letter is a command of the screen, unless it is part of a burst: the ``b`` of
a scanned address must not pay (``counter.md 3.3``, B08).
"""

from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from cashier.language import Refusal
from cashier.widgets.burst import GAP_S, Burst
from cashier.widgets.entry_kind import KINDS, EntryKind, piece_of
from cashier.widgets.entry_row import Row, difference
from cashier.widgets.keys_in_order import KeysInOrder, typed_character


def _bound(key: str, action: str) -> Binding:
    """Bind a key; the tooltip is the key of its sentence, for ``language.say``."""
    return Binding(key, action, show=False, id=f"entry.{action}", tooltip=f"widget.entry_{action}")


class Entry(KeysInOrder, can_focus=True):
    """A single line to type in.

    ``value`` is what was typed, an amount without its dots. What is not taken is told by a
    message that carries a ``Refusal``; the screen says it in its language.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"entry--cursor"}
    DEFAULT_CSS = """
    Entry {
        width: 1fr;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .entry--cursor {
            background: $input-cursor-background;
            color: $input-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _bound("left", "left"),
        _bound("right", "right"),
        _bound("home,ctrl+a", "home"),
        _bound("end,ctrl+e", "end"),
        _bound("backspace,ctrl+h", "backspace"),
        _bound("delete,ctrl+d", "delete"),
        _bound("ctrl+u", "clear"),
        _bound("enter", "submit"),
    ]

    @dataclass
    class Changed(Message):
        """The value changed."""

        entry: "Entry"
        value: str = field(repr=False)

        @property
        def control(self) -> "Entry":
            """The entry, for ``@on``."""
            return self.entry

        def can_replace(self, message: Message) -> bool:
            """Let a newer value of the same entry stand for this one."""
            return isinstance(message, Entry.Changed) and message.entry is self.entry

    @dataclass
    class Submitted(Message):
        """Enter was pressed, or a scanner sent it (only where scans are taken).

        The value of a scan is all that the scanner sent, also what is no digit: what counts of
        it is for ``NumberRule.from_scan`` to say.
        """

        entry: "Entry"
        value: str = field(repr=False)
        scanned: bool

        @property
        def control(self) -> "Entry":
            """The entry, for ``@on``."""
            return self.entry

    @dataclass
    class Refused(Message):
        """Something was not taken, and nothing of it was kept; the refusal has the sentence."""

        entry: "Entry"
        refusal: Refusal

        @property
        def control(self) -> "Entry":
            """The entry, for ``@on``."""
            return self.entry

    class TooLong(Refused):
        """A key found no room."""

    class ScanRefused(Refused):
        """A scan came where none belongs, or could not be told from what was typed before."""

    class PasteRefused(Refused):
        """A paste was of several lines, too long, or nothing for this field."""

    def __init__(
        self,
        kind: EntryKind,
        longest: int,
        *,
        scan: bool = False,
        clear_on_submit: bool = False,
        id: str | None = None,  # noqa: A002  Textual's name for it
        classes: str | None = None,
    ) -> None:
        """Make an empty entry.

        Args:
            kind: What may be typed.
            longest: The most characters, not counting the dots of an amount.
            scan: Whether a scanner may fill it; never in amounts and PINs.
            clear_on_submit: Whether it is empty again behind each Enter.
            id: As for any widget.
            classes: As for any widget.

        Raises:
            ValueError: Scans were wanted for an amount or a PIN.
        """
        super().__init__(id=id, classes=classes)
        self._kind = KINDS[kind]
        if scan and self._kind.is_guarded:
            raise ValueError("a scanner never fills an amount or a PIN")
        self.kind: EntryKind = kind
        self.longest = longest
        self.takes_scans = scan
        self.clear_on_submit = clear_on_submit
        self._value = ""
        self._cursor = 0
        self._burst = Burst()
        self._before = ("", 0)
        self._held: events.Key | None = None

    @property
    def value(self) -> str:
        """What was typed so far."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        """Put another value in, as a quick key for cash does; the cursor goes to its end.

        Raises:
            ValueError: The value is nothing that could have been typed here.
        """
        if len(value) > self.longest or not all(map(self._kind.takes, value)):
            raise ValueError(f"no value for an entry of kind {self.kind}")
        self._set(value, len(value))

    @property
    def cursor(self) -> int:
        """The place of the cursor, in characters of the value."""
        return self._cursor

    def clear(self) -> None:
        """Empty the entry."""
        self._set("", 0)

    # Keys

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell Textual which keys are typed here and are therefore no commands."""
        del key
        return character is not None and len(character) == 1 and self._kind.takes(character)

    def is_typing(self, event: events.Event) -> bool:
        """Tell whether an event is a character that goes into the value."""
        character = typed_character(event) if isinstance(event, events.Key) else ""
        return bool(character) and self._kind.takes(character)

    async def key_came(self, event: events.Key) -> None:
        """Take a character, or do what the key is bound to."""
        held, self._held = self._held, None
        if held is not None and event.time - held.time >= GAP_S:
            await self.obey(held)
            self.postpone(event)
            return
        if self._burst.press(event.time):
            self._before = (self._value, self._cursor)
        if not self._burst.is_refused:
            await self._take(event)

    async def _take(self, event: events.Key) -> None:
        character = typed_character(event)
        if event.key == "ctrl+j" and self._kind.takes_line_feed:
            self.action_submit()
        elif not character:
            await self.obey(event)
        elif self._kind.takes(character) or character in self._kind.skips:
            self._type(character)
        else:
            self._hold(event, character)

    def _type(self, character: str) -> None:
        is_skipped = character in self._kind.skips
        has_room = is_skipped or len(self._value) < self.longest
        self._burst.add(character, is_odd=not has_room)
        if has_room and not is_skipped:
            self._insert(character)
        elif not has_room and not self._burst.is_on_heels:
            self._refuse_length(Entry.TooLong)
        if self._kind.is_guarded and self._burst.is_fast:
            self._refuse_burst()

    def _hold(self, event: events.Key, character: str) -> None:
        """Let a letter be a command only when no other key stands within ``GAP_S`` of it."""
        self._burst.add(character, is_odd=True)
        if self._kind.is_guarded and self._burst.is_fast:
            self._refuse_burst()
        elif not self._burst.is_on_heels:
            self._held = event
            self.set_timer(GAP_S, partial(self._release_later, event))

    def _release_later(self, event: events.Key) -> None:
        """Give way to the keys that came meanwhile and are on their way through the app."""
        self.app.call_later(self.call_later, self._release, event)

    async def _release(self, event: events.Key) -> None:
        if self._held is event:
            self._held = None
            await self.obey(event)

    def _on_blur(self, event: events.Blur) -> None:
        del event
        self._held = None

    # Enter

    def action_submit(self) -> None:
        """Submit, unless the Enter was a machine's where only fingers count."""
        burst = self._burst
        burst.end()
        if burst.is_after_enter:
            return
        if not burst.is_scan:
            self._submit(self._value, scanned=False)
        elif self._kind.is_guarded:
            self._refuse_burst()
        elif not self.takes_scans:
            self.post_message(Entry.ScanRefused(self, Refusal("widget.scan_enter")))
        elif not burst.is_odd:
            self._submit(self._value, scanned=True)
        elif self._before[0]:
            self._restore()
            self.post_message(Entry.ScanRefused(self, Refusal("widget.scan_mixed")))
        else:
            self._restore()
            self._submit(burst.text, scanned=True)

    def _submit(self, value: str, *, scanned: bool) -> None:
        self.post_message(Entry.Submitted(self, value, scanned))
        if self.clear_on_submit:
            self.clear()

    def _refuse_burst(self) -> None:
        self._burst.refuse()
        self._restore()
        self.post_message(Entry.ScanRefused(self, Refusal(f"widget.scan_in_{self.kind}")))

    def _refuse_length(self, message: type[Refused]) -> None:
        refusal = Refusal("widget.too_long", longest=str(self.longest))
        self.post_message(message(self, refusal))

    def _restore(self) -> None:
        self._set(*self._before)

    # Paste

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self._burst.press(event.time):
            self._before = (self._value, self._cursor)
        self._burst.paste()
        self._held = None
        try:
            piece = piece_of(self._kind, event.text)
        except Refusal as refusal:
            self.post_message(Entry.PasteRefused(self, refusal))
            return
        if len(self._value) + len(piece) > self.longest:
            self._refuse_length(Entry.PasteRefused)
        else:
            self._insert(piece)

    # Editing

    def action_left(self) -> None:
        """Go one character to the left."""
        self._edit(self._value, max(0, self._cursor - 1))

    def action_right(self) -> None:
        """Go one character to the right."""
        self._edit(self._value, min(len(self._value), self._cursor + 1))

    def action_home(self) -> None:
        """Go in front of the first character."""
        self._edit(self._value, 0)

    def action_end(self) -> None:
        """Go behind the last character."""
        self._edit(self._value, len(self._value))

    def action_backspace(self) -> None:
        """Take away the character to the left."""
        kept = max(0, self._cursor - 1)
        self._edit(self._value[:kept] + self._value[self._cursor :], kept)

    def action_delete(self) -> None:
        """Take away the character under the cursor."""
        self._edit(self._value[: self._cursor] + self._value[self._cursor + 1 :], self._cursor)

    def action_clear(self) -> None:
        """Take everything away."""
        self._edit("", 0)

    def _edit(self, value: str, cursor: int) -> None:
        self._burst.edit()
        self._set(value, cursor)

    def _insert(self, piece: str) -> None:
        left, right = self._value[: self._cursor], self._value[self._cursor :]
        self._set(left + piece + right, self._cursor + len(piece))

    def _set(self, value: str, cursor: int) -> None:
        """Change value and cursor, and repaint the cells that look different."""
        shown, is_new = self._row(), value != self._value
        self._value, self._cursor = value, cursor
        self.refresh(difference(shown, self._row(), self.size.width))
        if is_new:
            self.post_message(Entry.Changed(self, value))

    # Drawing

    def _row(self) -> Row:
        return Row.of(self._kind.drawn(self._value), self._cursor, self.size.width)

    def render_line(self, y: int) -> Strip:
        """Draw the line; only a focused entry has a cursor."""
        style, width = self.rich_style, self.size.width
        if y:
            return Strip.blank(width, style)
        row = self._row()
        cursor = self.get_component_rich_style("entry--cursor") if self.has_focus else style
        pieces = ((row.before, style), (row.under, cursor), (row.after, style))
        strip = Strip([Segment(text, how) for text, how in pieces if text])
        return strip.crop(row.start, row.start + width).adjust_cell_length(width, style)
