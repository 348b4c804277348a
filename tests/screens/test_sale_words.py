"""Every key of every screen of a sale has its words in both languages, and a name of its own."""

import pytest
from textual.binding import Binding

from cashier.language import LANGUAGES, LanguageCode, say
from cashier.payment import State
from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.decision import DecisionScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.form import FormScreen
from cashier.screens.greeting import GreetingScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.screens.sure import SureScreen
from cashier.screens.unrecorded import UnrecordedScreen

SCREENS: tuple[type[SaleScreen], ...] = (
    AmountScreen,
    ConfirmScreen,
    InquiryScreen,
    NumberScreen,
    FollowUpScreen,
    OutcomeScreen,
    ProductsScreen,
    ProgressScreen,
    StrukScreen,
    UnrecordedScreen,
    DecisionScreen,
    FormScreen,
    GreetingScreen,
    StoryScreen,
    SureScreen,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_has_its_words(screen: type[SaleScreen], language: LanguageCode) -> None:
    for binding in screen.BINDINGS:
        assert isinstance(binding, Binding)
        assert say(language, binding.tooltip)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_does_one_thing_and_enter_never_pays(screen: type[SaleScreen]) -> None:
    bindings = [one for one in screen.BINDINGS if isinstance(one, Binding)]
    keys = [key for one in bindings for key in one.key.split(",")]
    assert len(keys) == len(set(keys))
    ids = [one.id for one in bindings]
    assert None not in ids
    assert len(ids) == len(set(ids))
    assert not any("enter" in one.key for one in bindings if one.action == "pay")
    assert not screen.ESCAPE_TO_MINIMIZE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_every_state_has_its_sentence(state: State, language: LanguageCode) -> None:
    names = [f"outcome_{state}", f"outcome_{state}_exact"]
    if state in (State.UNPAID, State.REFUNDED):
        names.append(f"outcome_{state}_returned")
    for name in names:
        sentence = say(language, f"sale.{name}", total="Rp1.000", change="Rp0", cash="Rp1.000")
        assert ("LUNAS" in sentence) == (state is State.PAID)
    assert say(language, f"open.state_{state}")
