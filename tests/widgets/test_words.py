"""Each key of a widget has an id for a keymap and a sentence for the help, in both languages."""

import pytest
from textual.binding import Binding, BindingType

from cashier.language import LANGUAGES, LanguageCode, say
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu

ALL: list[BindingType] = [*Entry.BINDINGS, *Menu.BINDINGS]


def bindings() -> list[Binding]:
    return [binding for binding in ALL if isinstance(binding, Binding)]


def test_every_key_has_an_id_of_its_own_and_a_tooltip() -> None:
    assert len(bindings()) == len(ALL) == 15
    ids = [binding.id for binding in bindings()]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    assert all(binding.tooltip for binding in bindings())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("binding", bindings(), ids=lambda binding: str(binding.id))
def test_the_tooltip_is_a_sentence_of_the_catalogue(
    language: LanguageCode, binding: Binding
) -> None:
    assert say(language, binding.tooltip)


@pytest.mark.parametrize("kind", ["amount", "pin"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_scan_has_a_sentence_for_each_guarded_kind(
    language: LanguageCode, kind: str
) -> None:
    assert say(language, f"widget.scan_in_{kind}")
