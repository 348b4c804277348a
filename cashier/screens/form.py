"""A short form: a few lines to type, one below the other; Enter goes on, the last one finishes."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from cashier.language import Refusal
from cashier.screens.front import Front, Opens
from cashier.screens.key_line import bound
from cashier.screens.sale_screen import SaleScreen
from cashier.widgets.entry import Entry
from cashier.widgets.entry_kind import EntryKind

LONGEST: Final = 80
"""Characters of a name, a document number or a reason; the journal takes no more."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form."""

    name: str
    label: str
    kind: EntryKind = "text"
    longest: int = LONGEST
    scan: bool = False
    """Whether a scanner may fill it."""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked, and what is done with the answers."""

    heading: str
    sentence: str
    fields: tuple[Field, ...]
    finish: Callable[[Mapping[str, str]], Coroutine[None, None, Callable[[], None]]]
    """Goes on with what was typed, by the fields' names; a refusal is shown in the form.

    Gives what happens next, while the form still is the screen on top.
    """


class FormScreen(SaleScreen):
    """Takes the lines of a form."""

    LISTENS_AT_ONCE = True
    AUTO_FOCUS = "Entry"
    CSS_PATH: ClassVar = ["sale.tcss", "follow.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "onward", "follow.onward"),
        bound("up", "move(-1)", "follow.field_up"),
        bound("down", "move(1)", "follow.field_down"),
        bound("escape", "back", "follow.back"),
    ]

    def __init__(self, front: Front, form: Form) -> None:
        """Ask for the fields of this form."""
        super().__init__(front)
        self.form = form
        self._is_busy = False
        self._entries = {
            field.name: Entry(field.kind, field.longest, scan=field.scan, id=f"field-{field.name}")
            for field in form.fields
        }

    @property
    def heading(self) -> str:
        """What the form is for."""
        return self.form.heading

    def body(self) -> ComposeResult:
        """What it is about, and a row for each field."""
        yield Static(Content(self.form.sentence), id="form-words")
        for field in self.form.fields:
            with Horizontal(classes="row"):
                yield Static(Content(field.label), classes="field-label")
                yield self._entries[field.name]

    @property
    def values(self) -> Mapping[str, str]:
        """What was typed, by the fields' names."""
        return {name: entry.value.strip() for name, entry in self._entries.items()}

    def action_onward(self) -> None:
        """Go to the next field, or finish; the entry itself takes Enter."""
        focused = self.focused
        if isinstance(focused, Entry):
            focused.action_submit()

    def action_move(self, step: int) -> None:
        """Go to the field above or below."""
        entries = [*self._entries.values()]
        at = entries.index(self.focused) if isinstance(self.focused, Entry) else 0
        entries[min(max(0, at + step), len(entries) - 1)].focus()

    def action_back(self) -> None:
        """Go back; nothing was done."""
        self.app.pop_screen()

    @on(Entry.Changed)
    def _changed(self, message: Entry.Changed) -> None:
        self.notice("")
        if message.entry.value == "?":
            message.entry.clear()
            cast(Opens, self.app).action_help()

    @on(Entry.Refused)
    def _entry_refused(self, message: Entry.Refused) -> None:
        self.refuse(message.refusal)

    @on(Entry.Submitted)
    def _submitted(self, message: Entry.Submitted) -> None:
        if message.entry is not [*self._entries.values()][-1]:
            self.action_move(1)
        elif not self._is_busy:
            self._finish()

    def _finish(self) -> None:
        values = self.values
        for field in self.form.fields:
            if not (values[field.name] or field.optional):
                self._entries[field.name].focus()
                missing = self.front.say("follow.missing", field=field.label)
                self.notice(missing, kind="bad")
                return
        self._is_busy = True
        self.work(self._go_on, "till")

    async def _go_on(self) -> None:
        try:
            onward = await self.form.finish(self.values)
        except Refusal as refusal:
            self.refuse(refusal)
        else:
            if self.is_on_top:
                onward()
        finally:
            self._is_busy = False
