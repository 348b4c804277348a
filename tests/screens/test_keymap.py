"""The shop's own keys: what is wrong is told in one sentence, and what is written is what is.

``pytest tests/screens/test_keymap.py --write-golden`` writes the keys into ``README.md`` and
``config.example.toml`` anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashier.app import CashierApp
from cashier.catalogue import load_catalogue
from cashier.cli import main
from cashier.config import Config
from cashier.language import LANGUAGES, Refusal, explain, say
from cashier.screens.front import Facade
from cashier.screens.home import HomeScreen
from cashier.screens.key_line import key_name
from cashier.screens.keymap import Action, Place, all_places, checked
from tests.screens.counter import at_counter
from tests.support.clock import ManualClock

ROOT = Path(__file__).parents[2]
README, EXAMPLE = ROOT / "README.md", ROOT / "config.example.toml"
PLACES = all_places(CashierApp.BINDINGS)
PLACE_NAMES = {
    "everywhere": "everywhere",
    "HomeScreen": "home",
    "ProductsScreen": "products",
    "NumberScreen": "number",
    "AmountScreen": "amount",
    "InquiryScreen": "inquiry",
    "ConfirmScreen": "confirmation",
    "ProgressScreen": "payment under way",
    "OutcomeScreen": "outcome",
    "StrukScreen": "struk",
    "FollowUpScreen": "open payments",
    "SalesTodayScreen": "today's sales",
    "StoryScreen": "story of a payment",
    "DecisionScreen": "decision",
    "FormScreen": "form",
    "SureScreen": "are you sure",
    "UnrecordedScreen": "journal failed",
    "GreetingScreen": "greeting",
    "LeaveScreen": "leave",
    "HelpScreen": "help",
    "Menu": "in a list",
    "Entry": "in a field",
}
TABLE = re.compile(r"(?s)(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)")
LINES = re.compile(r'(?m)(?<=\[ui\.keys\]\n)(?:#.*\n)*(?:#[a-z_.]+ = ".*"\n)+')


def table() -> str:
    """The README's table of keys, a row for each thing that keys do somewhere."""
    rows = ["| where | keys | what they do | name in `[ui.keys]` |", "|---|---|---|---|"]
    by_name = {place.name: place for place in PLACES}
    for place, words in PLACE_NAMES.items():
        rows += (_row(words, action) for action in by_name[place].actions)
    return "\n".join([*rows, ""])


def _row(where: str, action: Action) -> str:
    keys = " ".join(f"`{key_name(key)}`" for key in action.keys)
    return f"| {where} | {keys} | {say('en', action.sentence)} | `{action.name}` |"


def example_lines() -> str:
    """The example's lines: every name, with its keys but Enter."""
    lines = [
        "# Keys by the name of what they do, separated by commas; README.md says what they do.",
        '# A letter, "f2", "pageup", "ctrl+p", "alt+o" ...; never a digit, and never Enter.',
        *(f'#{name} = "{",".join(keys)}"' for name, keys in named_keys()),
    ]
    return "\n".join([*lines, ""])


def named_keys() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name once, with the keys that a shop could write for it."""
    seen: set[str] = set()
    for action in (action for place in PLACES for action in place.actions):
        keys = tuple(key for key in action.keys if key != "enter")
        if keys and action.name not in seen:
            seen.add(action.name)
            yield action.name, keys


@pytest.mark.parametrize(
    ("file", "part", "wanted"),
    [(README, TABLE, table()), (EXAMPLE, LINES, example_lines())],
    ids=["README", "example"],
)
def test_what_is_written_about_the_keys_is_what_the_app_is_bound_to(
    file: Path, part: re.Pattern[str], wanted: str, pytestconfig: pytest.Config
) -> None:
    text = file.read_text(encoding="utf-8")
    if pytestconfig.getoption("--write-golden"):
        text = part.sub(lambda _: wanted, text, count=1)
        file.write_text(text, encoding="utf-8")
    found = part.search(text)
    assert found is not None
    assert found[0] == wanted


def test_every_place_with_keys_is_in_the_table() -> None:
    assert {place.name for place in PLACES if place.actions} == set(PLACE_NAMES)


def test_all_keys_of_the_example_together_may_be_used() -> None:
    keys = {name: ",".join(own) for name, own in named_keys()}
    assert checked(keys, CashierApp.BINDINGS).keys() == keys.keys()


def test_no_key_does_two_things_on_a_screen() -> None:
    def keys_of(place: Place) -> list[str]:
        return [key for action in place.actions for key in action.keys]

    for place in PLACES:
        assert len(keys_of(place)) == len(set(keys_of(place))), place.name


WRONG = {
    "an unknown name": ({"pay": "f9"}, "keymap_name"),
    "a slip in a name": ({"sale.pya": "f9"}, "keymap_name"),
    "no key at all": ({"sale.pay": "f9,"}, "keymap_key"),
    "a modifier that no keyboard has": ({"sale.pay": "hyper+q"}, "keymap_key"),
    "a name of no key": ({"sale.pay": "pagup"}, "keymap_key"),
    "enter": ({"sale.pay": "f9,enter"}, "keymap_enter"),
    "enter by its other name": ({"sale.pay": "ctrl+m"}, "keymap_enter"),
    "a digit": ({"sale.pay": "5"}, "keymap_digit"),
    "a letter at home": ({"home.open": "o"}, "keymap_typed"),
    "a key of the same screen": ({"sale.pay": "p"}, "keymap_taken"),
    "a key that works everywhere": ({"sale.print": "f1"}, "keymap_taken"),
    "a key that lists move with": ({"sale.back": "up"}, "keymap_taken"),
    "the help's key": ({"sale.pay": "?"}, "keymap_taken"),
}


@pytest.mark.parametrize(("keys", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_key_is_told_in_one_sentence(keys: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(keys, CashierApp.BINDINGS)
    assert refused.value.key == f"config.{sentence}"
    for language in LANGUAGES:
        assert next(iter(keys)) in explain(language, refused.value)


def test_a_slip_in_a_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(Refusal) as refused:
        checked({"sale.pya": "f9"}, CashierApp.BINDINGS)
    assert refused.value.values["near"] == "sale.pay"


def test_keys_may_change_places() -> None:
    swapped = {"sale.exact": "b", "sale.pay": "f9,p"}
    assert checked(swapped, CashierApp.BINDINGS) == swapped


def test_the_till_does_not_start_with_a_wrong_key(tmp_path: Path) -> None:
    config = Config.model_validate({"ui": {"keys": {"sale.pay": "p"}}})
    shop = Facade(config, ManualClock(), load_catalogue())
    with pytest.raises(Refusal) as refused:
        CashierApp(shop, theme="default", themes=tmp_path, warm_up=_nothing)
    assert refused.value.key == "config.keymap_taken"


async def _nothing() -> None:
    return None


def test_check_tells_a_wrong_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = tmp_path / "config.toml"
    file.write_text('[ui.keys]\nsale.pay = "p"\n', encoding="utf-8")
    file.chmod(0o600)
    assert main(["--config", str(file), "check"]) == 1
    assert "sale.exact" in capsys.readouterr().out.splitlines()[0]


async def test_the_shops_own_key_pays_nothing_but_opens_what_it_should(tmp_path: Path) -> None:
    config = Config.model_validate({"ui": {"keys": {"home.open": "f5"}}})
    async with at_counter(tmp_path, config=config) as counter:
        await counter.press("f2")
        assert isinstance(counter.app.screen, HomeScreen)
        await counter.press("f5")
        await counter.until_shown("Tidak ada pembayaran terbuka")
