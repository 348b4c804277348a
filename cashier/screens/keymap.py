"""The shop's own keys, ``[ui] keys``: what may be given to what, told before anybody needs it.

Textual takes a key away from whatever had it as soon as another binding of the same screen asks
for it, and says nothing; a till must not lose the key that pays that way.
"""

import string
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.keys import Keys
from textual.screen import Screen

from cashier.language import Refusal
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu

_ENTER: Final = frozenset({"enter", "return", "ctrl+m", "ctrl+j"})
"""Given to nothing: Enter never pays (DESIGN 6)."""

_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift"})
_SEARCH_BOXES: Final = ("HomeScreen", "SalesTodayScreen")
"""The places where every character is typed into a box."""

_NO_KEY: Final = "<"
"""What Textual's names that are no keys begin with."""


class Action(NamedTuple):
    """One thing that keys do on a screen."""

    name: str
    """As ``[ui] keys`` calls it: ``sale.pay``."""
    keys: tuple[str, ...]
    sentence: str
    """The key of the sentence that tells what it does."""


class Place(NamedTuple):
    """Where keys work: a screen, a list, a field, or everywhere."""

    name: str
    actions: tuple[Action, ...]


def all_places(everywhere: Iterable[BindingType]) -> tuple[Place, ...]:
    """Give all keys of the till, place by place.

    Args:
        everywhere: The bindings of the app, which hold on all screens.
    """
    screens = sorted(_screens(), key=lambda one: one.__name__)
    return (
        Place("everywhere", _actions(everywhere)),
        *(Place(one.__name__, _actions(_bindings_of(one))) for one in screens),
        Place("Menu", _actions(Menu.BINDINGS)),
        Place("Entry", _actions(Entry.BINDINGS)),
    )


def checked(keys: Mapping[str, str], everywhere: Iterable[BindingType]) -> Mapping[str, str]:
    """Give the shop's keys as Textual wants them.

    Args:
        keys: Keys by name of what they do, separated by commas.
        everywhere: The bindings of the app.

    Raises:
        Refusal: ``config.keymap_name``, ``keymap_key``, ``keymap_enter``, ``keymap_digit``,
            ``keymap_typed`` or ``keymap_taken``; the first thing that is wrong.
    """
    places = all_places(everywhere)
    where: dict[str, set[str]] = {}
    for place in places:
        for action in place.actions:
            where.setdefault(action.name, set()).add(place.name)
    given = {name: tuple(_given_keys(name, text, where)) for name, text in keys.items()}
    for place in places:
        _refuse_conflicts(place, places, given)
    return {name: ",".join(own) for name, own in given.items()}


def _screens() -> set[type[Screen[object]]]:
    package = import_module("cashier.screens")
    modules = [
        import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)
    ]
    found = (value for module in modules for value in vars(module).values())
    return {one for one in found if isinstance(one, type) and issubclass(one, Screen)}


def _bindings_of(screen: type[Screen[object]]) -> list[BindingType]:
    return [
        binding
        for one in screen.__mro__
        if one.__module__.startswith("cashier.")
        for binding in vars(one).get("BINDINGS", ())
    ]


def _actions(bindings: Iterable[BindingType]) -> tuple[Action, ...]:
    keys: dict[tuple[str, str], list[str]] = {}
    for binding in Binding.make_bindings(bindings):
        if binding.id is not None:
            keys.setdefault((binding.id, binding.tooltip), []).append(binding.key)
    return tuple(Action(name, tuple(own), sentence) for (name, sentence), own in keys.items())


def _given_keys(name: str, text: str, where: Mapping[str, set[str]]) -> Iterator[str]:
    """Give the keys of one entry by Textual's names, or say what is wrong with one of them."""
    if name not in where:
        near = get_close_matches(name, sorted(where), n=1, cutoff=0.4)
        raise Refusal("config.keymap_name", name=name, near="".join(near) or "sale.pay")
    for key in text.split(","):
        if not _is_key(key):
            raise Refusal("config.keymap_key", name=name, pressed=key)
        named = _textual_name(key)
        if named in _ENTER:
            raise Refusal("config.keymap_enter", name=name)
        if named.isdigit():
            raise Refusal("config.keymap_digit", name=name, pressed=key)
        if len(key) == 1 and not where[name].isdisjoint(_SEARCH_BOXES):
            raise Refusal("config.keymap_typed", name=name, pressed=key)
        yield named


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+") if key != "+" else [key]
    return _MODIFIERS.issuperset(modifiers) and last in _known_keys()


def _known_keys() -> set[str]:
    characters = {*string.ascii_letters, *string.digits, *string.punctuation} - {","}
    named = {one.value.split("+")[-1] for one in Keys if not one.value.startswith(_NO_KEY)}
    return {*characters, *named, *(_textual_name(one) for one in (*characters, ",") if one != ",")}


def _textual_name(key: str) -> str:
    (binding,) = Binding.make_bindings([Binding(key, "")])
    return binding.key


def _refuse_conflicts(
    place: Place, places: Iterable[Place], given: Mapping[str, tuple[str, ...]]
) -> None:
    """Say which two things one key would do in a place, where the shop's keys cause that."""
    by_name = {one.name: one for one in places}
    around = () if place.name == "everywhere" else by_name["everywhere"].actions
    inside = () if place.name in ("everywhere", "Menu", "Entry") else (
        *by_name["Menu"].actions, *by_name["Entry"].actions,
    )  # fmt: skip
    for own in place.actions:
        for other in (*place.actions, *around, *inside):
            if own.name == other.name or not {own.name, other.name} & given.keys():
                continue
            shared = set(given.get(own.name, own.keys)) & set(given.get(other.name, other.keys))
            new = shared - (set(own.keys) & set(other.keys))
            if new:
                names = sorted((own.name, other.name), key=lambda name: name not in given)
                raise Refusal(
                    "config.keymap_taken", pressed=min(new), name=names[0], other=names[1]
                )
