"""The line of keys at home: its own, the way out, and the help, which its box would type."""

from dataclasses import replace
from typing import Final

from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen

from cashier.language import LanguageCode
from cashier.screens.key_line import bound, key_line, key_name, taken_over

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
