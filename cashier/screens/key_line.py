"""Keys as words: the line of keys at the foot of a screen, and the names of keys for people.

Home's line has the way out, and the help, too, which its box would type.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.screen import Screen

from cashier.language import LanguageCode, say

_NAMES: Final = {
    "escape": "Esc",
    "enter": "Enter",
    "question_mark": "?",
    "slash": "/",
    "space": "Spasi",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "Backspace",
    "delete": "Del",
    "ctrl": "Ctrl",
    "alt": "Alt",
    "shift": "Shift",
}

_GAP: Final = Content("   ")


def bound(key: str, action: str, name: str, *, show: bool = True, first: bool = False) -> Binding:
    """Bind a key; ``name`` is its id for a keymap, the tooltip the key of its sentence.

    Args:
        key: One key or several, separated by commas.
        action: The action of the screen.
        name: ``area.name``, for example ``home.clear``; its sentence is ``home.key_clear``.
        show: Whether the line of keys shows it.
        first: Whether it goes before what the focused widget does with the key.
    """
    area, _, rest = name.partition(".")
    sentence = f"{area}.key_{rest}"
    return Binding(key, action, sentence, show=show, id=name, tooltip=sentence, priority=first)


def key_name(key: str) -> str:
    """Write a key as it stands on a keyboard."""
    *modifiers, last = key.split("+")
    parts = [_NAMES.get(part, part) for part in modifiers]
    name = _NAMES.get(last, last)
    is_function = last[:1] == "f" and last[1:].isdigit()
    return "+".join([*parts, name.upper() if is_function or parts else name])


def taken_over(screen: Screen[object] | Screen[None]) -> Iterator[ActiveBinding]:
    """Give the keys of a screen that the entry, list or paper with the focus takes in its stead."""
    active = screen.active_bindings
    for binding in Binding.make_bindings(screen.BINDINGS):
        taken = active.get(binding.key)
        if taken is not None and taken.node not in (screen, screen.app):
            yield ActiveBinding(screen, binding, True, binding.tooltip)


def key_line(
    active: Iterable[ActiveBinding], language: LanguageCode, *, is_brief: bool = False
) -> Content:
    """Write the keys that are shown, each once, in the order of the bindings.

    Args:
        active: Bindings that hold now.
        language: The operator's language.
        is_brief: Whether one way of each is enough; otherwise all its ways are written.
    """
    return _GAP.join(_parts(active, language, is_brief=is_brief))


def key_rows(active: Iterable[ActiveBinding], language: LanguageCode, width: int) -> Content:
    """Write the keys as ``key_line`` does, in as many rows of ``width`` cells as they need."""
    rows: list[list[Content]] = [[]]
    for part in _parts(active, language):
        if rows[-1] and _GAP.join([*rows[-1], part]).cell_length > width:
            rows.append([])
        rows[-1].append(part)
    return Content("\n").join(_GAP.join(row) for row in rows)


def _parts(
    active: Iterable[ActiveBinding], language: LanguageCode, *, is_brief: bool = False
) -> list[Content]:
    """Write each key that is shown, with its words."""
    keys: dict[str, list[str]] = {}
    for binding in (one.binding for one in active if one.enabled and one.binding.show):
        keys.setdefault(binding.tooltip or binding.description, []).append(key_name(binding.key))
    ways = 1 if is_brief else None
    return [
        Content.assemble(("/".join(names[:ways]), "bold"), " ", say(language, sentence))
        for sentence, names in keys.items()
    ]


_LEAVE: Final = "app.leave"
_SECOND_WAY_OUT: Final = "ctrl+c"
_HELP: Final = bound("question_mark", "help", "app.help")
"""The box types the mark, and home takes it for the key that it is elsewhere."""

_TOLD_ELSEWHERE: Final = ("search", "under_way")
"""What the line of keys leaves out: the box says what it is for, and the lines above it name the
key that leads on."""


def keys_at_home(home: Screen[None], language: LanguageCode) -> Content:
    """Give the keys, with those of the app that nobody should have to look for."""
    own = (
        active
        for active in (*taken_over(home), *home.active_bindings.values())
        if active.node is home and active.binding.action not in _TOLD_ELSEWHERE
    )
    leave = (
        active._replace(binding=replace(active.binding, show=True))
        for active in home.active_bindings.values()
        if active.binding.id == _LEAVE and active.binding.key != _SECOND_WAY_OUT
    )
    help_key = ActiveBinding(home, _HELP, enabled=True, tooltip=_HELP.tooltip)
    return key_line((*own, *leave, help_key), language, is_brief=True)


def key_of(home: Screen[None], action: str) -> str:
    """Give the first key of an action, ours or the shop's, as it stands on a keyboard."""
    keys = (
        one.binding.key
        for one in home.active_bindings.values()
        if one.node is home and one.binding.action == action
    )
    return key_name(next(keys, ""))
