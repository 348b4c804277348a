"""The keys of a screen, made from its active bindings: key, words, and the name for a keymap."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from cashier.screens.front import Speaker
from cashier.screens.key_line import bound, key_line, key_name

_KEY_WIDTH = 18
_WORDS_WIDTH = 38
_WIDE = 110
"""Columns from which the names for a keymap stand beside the words."""


@runtime_checkable
class HasGlossary(Protocol):
    """A screen that shows words which have to be explained."""

    @property
    def glossary(self) -> Sequence[tuple[str, str]]:
        """The words, and what each of them means, in the operator's language."""
        ...


class HelpScreen(Screen[None]):
    """All keys that work on the screen below: first its own, then those that work everywhere.

    Words that the screen below explains come behind its own keys.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape,enter,question_mark,f1", "back", "help.back"),
    ]

    def __init__(self, shop: Speaker, below: Screen[object]) -> None:
        """Read the keys of the screen below, which shows itself again afterwards."""
        super().__init__()
        self.shop = shop
        self._below = below
        self._list = Static(id="list")
        self._keys = Static(id="keys")
        self._active: Mapping[str, ActiveBinding] = below.active_bindings

    def compose(self) -> ComposeResult:
        """Put the list together."""
        yield Static(Content(self.shop.say("help.title")), id="title")
        with VerticalScroll():
            yield self._list
        yield self._keys

    def on_mount(self) -> None:
        """Show the keys of the help itself."""
        keys = key_line(self.active_bindings.values(), self.shop.language)
        self._keys.update(keys)

    def on_resize(self) -> None:
        """Write the list, for as much room as there is now."""
        self._list.update(Content("\n").join(self._lines()))

    @property
    def _names_keys(self) -> bool:
        """Whether the names for a keymap are told: the owner's matter, where there is room."""
        return self.size.width >= _WIDE

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.app.pop_screen()

    def _lines(self) -> Iterator[Content]:
        app, below = self.app, self._below
        parts: dict[str, list[tuple[DOMNode, ActiveBinding]]] = {}
        for active in self._active.values():
            where = {id(below): "here", id(app): "everywhere"}.get(id(active.node), "typing")
            parts.setdefault(where, []).append((active.node, active))
        for where in ("here", "everywhere", "typing"):
            rows = self._rows([active for _, active in parts.get(where, [])])
            if rows:
                yield Content.styled(self.shop.say(f"help.{where}"), "bold")
                yield from rows
                yield Content("")
            if where == "here":
                yield from self._glossary()
        if self._names_keys:
            yield Content.styled(self.shop.say("help.keymap"), "dim")

    def _glossary(self) -> Iterator[Content]:
        if isinstance(self._below, HasGlossary):
            yield Content.styled(self.shop.say("help.glossary"), "bold")
            for word, meaning in self._below.glossary:
                yield Content.assemble((f" {word:<{_KEY_WIDTH}} ", "bold"), meaning)
            yield Content("")

    def _rows(self, active: list[ActiveBinding]) -> list[Content]:
        """One row for each thing that can be done, with all keys that do it."""
        keys: dict[tuple[str, str], list[str]] = {}
        for binding in (one.binding for one in active if one.enabled):
            if "." in binding.tooltip:
                name = (binding.tooltip, binding.id or "")
                keys.setdefault(name, []).append(key_name(binding.key))
        return [self._row(*name, " ".join(ways)) for name, ways in keys.items()]

    def _row(self, sentence: str, name: str, keys: str) -> Content:
        words = self.shop.say(sentence)
        key = (f" {keys:<{_KEY_WIDTH}} ", "bold")
        if not self._names_keys:
            return Content.assemble(key, words)
        return Content.assemble(key, f"{words:<{_WORDS_WIDTH}} ", (name, "dim"))
