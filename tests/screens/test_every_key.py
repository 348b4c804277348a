"""Every key that a screen lists, by each of its names, does what it says."""

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen

import cashier.screens
from cashier.app import CashierApp
from cashier.config import Config
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Cash, Reason, State
from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.decision import DecisionScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.form import FormScreen
from cashier.screens.greeting import GreetingScreen
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.key_line import key_name
from cashier.screens.leave import LeaveScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.sales_today import SalesTodayScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen, StrukView
from cashier.screens.sure import SureScreen
from cashier.screens.too_small import TooSmallScreen
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.widgets.entry import Entry
from cashier.widgets.menu import Menu
from tests.screens.counter import Counter, at_counter
from tests.screens.hands import REACHED, AnyScreen, Hands, Reach
from tests.screens.picture_stories import UNASKED
from tests.screens.test_sale_progress import connecting_for_ever


@dataclass(frozen=True)
class Seen:
    """What was there before the key was pressed."""

    screen: Screen[None]
    requests: dict[str, int]
    """How many requests of each service Espay had read."""


Effect: TypeAlias = Callable[[Counter, Seen], Awaitable[None]]
"""What is there to be seen once the key was pressed."""


@dataclass(frozen=True)
class Case:
    """One key on one screen, or several that do the same."""

    keys: str
    effect: Effect
    first: tuple[str, ...] = ()
    """What is pressed before it."""
    reach: Reach | None = None
    """How the screen is reached, where that matters to this key."""


def shows(screen: AnyScreen) -> Effect:
    """Another screen is shown."""

    async def look(counter: Counter, seen: Seen) -> None:
        assert await counter.until(screen) is not seen.screen

    return look


def says(words: str) -> Effect:
    """Words are on the screen."""

    async def look(counter: Counter, seen: Seen) -> None:
        await counter.until_shown(words)

    return look


def cursor_at(place: int) -> Effect:
    """The cursor of the list stands there."""

    async def look(counter: Counter, seen: Seen) -> None:
        await until(counter, lambda: counter.app.screen.query_one(Menu).cursor == place)

    return look


def paper_at(row: int) -> Effect:
    """The paper is scrolled so far."""

    async def look(counter: Counter, seen: Seen) -> None:
        await until(counter, lambda: seen.screen.query_one(StrukView).scroll_y == row)

    return look


def story_at(row: int | None) -> Effect:
    """The story is scrolled so far, or by its window but for one row."""

    async def look(counter: Counter, seen: Seen) -> None:
        view = seen.screen.query_one(VerticalScroll)
        wanted = view.size.height - 1 if row is None else row
        await until(counter, lambda: view.scroll_y == wanted)

    return look


def types_into(field: str) -> Effect:
    """What is typed now goes into this field of the same form."""

    async def look(counter: Counter, seen: Seen) -> None:
        await until(counter, lambda: getattr(seen.screen.focused, "id", None) == field)
        assert counter.app.screen is seen.screen

    return look


def entry_holds(value: str) -> Effect:
    """This stands in the first entry of the screen, which is still the same."""

    async def look(counter: Counter, seen: Seen) -> None:
        await until(counter, lambda: seen.screen.query(Entry).first().value == value)
        assert counter.app.screen is seen.screen

    return look


def bill_is(rupiah: int) -> Effect:
    """A bill of that amount is to be confirmed."""

    async def look(counter: Counter, seen: Seen) -> None:
        assert (await counter.until(ConfirmScreen)).quote.bill == Rupiah.of(rupiah)

    return look


def asks(service: str) -> Effect:
    """Espay is asked once more."""

    async def look(counter: Counter, seen: Seen) -> None:
        await until(counter, lambda: requests_of(counter)[service] == seen.requests[service] + 1)

    return look


def cash_is(state: State, cash: Cash) -> Effect:
    """The payment that was made last stands there."""

    async def look(counter: Counter, seen: Seen) -> None:
        payment = (await counter.until(OutcomeScreen)).payment
        assert payment.state is state
        await counter.until_shown("")
        while (await counter.till.payment(payment.id)).cash is not cash:
            await counter.pilot.pause(0.01)

    return look


async def pays_once(counter: Counter, seen: Seen) -> None:
    """Exactly this bill is paid, and exactly once."""
    payment = (await counter.until(OutcomeScreen)).payment
    assert payment.state is State.PAID
    assert counter.sandbox.ledger.requests(payment.rq_uuid) == 1
    assert len(counter.sandbox.ledger.book.booked(payment.rq_uuid)) == 1
    assert requests_of(counter)["payment"] == seen.requests["payment"] + 1


async def leaves(counter: Counter, seen: Seen) -> None:
    """The app ends, and not by a defect."""
    await until(counter, lambda: not counter.app.is_running or counter.app._exit)
    assert counter.app.defect is None


async def until(counter: Counter, is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(8):
        while not is_so():
            await counter.pilot.pause(0.01)


def requests_of(counter: Counter) -> dict[str, int]:
    """Count the requests that Espay has read."""
    book = counter.sandbox.ledger.book
    return {service: book.count(service) for service in ("inquiry", "payment", "status")}


LARGE: Final = ("5", *"000000")
"""Cash of more than twenty totals."""

CASES: Final[Mapping[AnyScreen, tuple[Case, ...]]] = {
    HomeScreen: (
        Case("down", cursor_at(1)),
        Case("up", cursor_at(1), first=("down", "down")),
        Case("pagedown", cursor_at(15)),
        Case("pageup", cursor_at(0), first=("pagedown",)),
        Case("escape", entry_holds(""), first=("t", "o", "k")),
        Case("enter", shows(NumberScreen)),
        Case("slash", entry_holds("/")),
        Case("enter", shows(NumberScreen)),
        Case("f2,alt+o", shows(FollowUpScreen)),
        Case("f3,alt+l", shows(ProgressScreen), reach=Hands.under_way),
        Case("f4,alt+s", shows(SalesTodayScreen)),
    ),
    NumberScreen: (
        Case("escape", shows(HomeScreen)),
        Case("enter", shows(ProductsScreen), first=tuple("14012345678")),
    ),
    ProductsScreen: (
        Case("escape", shows(NumberScreen)),
        Case("enter", shows(ConfirmScreen)),
    ),
    AmountScreen: (
        Case("escape", shows(NumberScreen)),
        Case("enter", bill_is(75_000), first=tuple("75000")),
        Case("a", bill_is(50_000)),
        Case("s", bill_is(100_000)),
        Case("d", bill_is(150_000)),
        Case("f", bill_is(200_000)),
    ),
    InquiryScreen: (
        Case("u,enter", asks("inquiry")),
        Case("y", shows(ConfirmScreen), reach=Hands.doubt),
        Case("l", shows(OutcomeScreen), reach=Hands.just_paid),
        Case("o", shows(NumberScreen)),
        Case("h", shows(HomeScreen)),
        Case("escape", shows(NumberScreen)),
    ),
    ConfirmScreen: (
        Case("f9,b", pays_once, first=("p",)),
        Case("y", pays_once, first=(*LARGE, "f9")),
        Case("p", entry_holds("22500")),
        Case("l", entry_holds("50000")),
        Case("s", entry_holds("100000")),
        Case("u", asks("inquiry")),
        Case("escape", shows(NumberScreen)),
    ),
    ProgressScreen: (Case("escape", shows(HomeScreen)),),
    OutcomeScreen: (
        Case("k", cash_is(State.UNPAID, Cash.RETURNED), reach=Hands.unpaid),
        Case("c", asks("status"), reach=Hands.processing),
        Case("p", says("tanpa printer")),
        Case("s", shows(StrukScreen)),
        Case("n,enter", shows(HomeScreen)),
        Case("r", shows(NumberScreen)),
        Case("w", shows(StoryScreen)),
        Case("f2,alt+o", shows(FollowUpScreen), reach=Hands.processing),
        Case("escape", shows(HomeScreen)),
    ),
    StrukScreen: (
        Case("down", paper_at(1)),
        Case("up", paper_at(1), first=("down", "down")),
        Case("p", says("tanpa printer")),
        Case("n", shows(HomeScreen)),
        Case("escape,s", shows(OutcomeScreen)),
    ),
    FollowUpScreen: (
        Case("c", asks("status")),
        Case("c,g", asks("inquiry"), reach=Hands.in_doubt),
        Case("k", shows(SureScreen), reach=Hands.owed_back),
        Case("t", shows(StrukScreen)),
        Case("s", shows(SureScreen)),
        Case("d", shows(DecisionScreen)),
        Case("r", shows(StoryScreen)),
        Case("enter", shows(OutcomeScreen)),
        Case("escape", shows(HomeScreen)),
        Case("b", shows(FormScreen), reach=Hands.stopped),
        Case("j", shows(FormScreen), reach=Hands.clock_behind),
    ),
    SalesTodayScreen: (
        Case("down", cursor_at(1)),
        Case("up", cursor_at(0), first=("down",)),
        Case("pagedown", cursor_at(1)),
        Case("pageup", cursor_at(0), first=("pagedown",)),
        Case("enter", shows(OutcomeScreen)),
        Case("escape", entry_holds(""), first=("0", "1")),
        Case("escape", shows(HomeScreen)),
    ),
    UnrecordedScreen: (Case("h,escape", shows(HomeScreen)),),
    SureScreen: (
        Case("y", says("sudah dikembalikan.")),
        Case("escape,t,n", shows(FollowUpScreen)),
    ),
    StoryScreen: (
        Case("down", story_at(1), first=("d",)),
        Case("up", story_at(1), first=("d", "down", "down")),
        Case("pagedown", story_at(None), first=("d",)),
        Case("pageup", story_at(0), first=("d", "pagedown")),
        Case("d", says("rq_uuid")),
        Case("b", says("Berkas bukti untuk Espay")),
        Case("m", says("Berkas bukti tanpa data pelanggan")),
        Case("escape,r", shows(FollowUpScreen)),
    ),
    DecisionScreen: (
        Case("enter", shows(FormScreen)),
        Case("escape", shows(FollowUpScreen)),
    ),
    FormScreen: (
        Case("enter", types_into("field-by"), first=tuple("TIKET")),
        Case("down", types_into("field-by")),
        Case("up", types_into("field-by"), first=("down", "down")),
        Case("escape", shows(DecisionScreen)),
    ),
    LeaveScreen: (
        Case("escape,t,n", shows(HomeScreen)),
        Case("y", leaves),
    ),
    GreetingScreen: (
        Case("enter,escape", shows(HomeScreen)),
        Case("f2,alt+o", shows(FollowUpScreen)),
    ),
    HelpScreen: (Case("escape,enter,question_mark,f1", shows(HomeScreen)),),
    TooSmallScreen: (),
}
"""What each key does; ``x`` of the progress has a test of its own."""

GIVE_UP: Final = (ProgressScreen, "x")

EVERYWHERE: Final[Mapping[str, AnyScreen | None]] = {
    "question_mark": HelpScreen,
    "f1": HelpScreen,
    "ctrl+q": LeaveScreen,
    "ctrl+c": LeaveScreen,
    "ctrl+l": None,
}
"""What the keys of the app itself show above a screen, which they never change.

Above a dialog, which lists all its keys, there is no help. ``None``: only painted anew.
"""


def screens_of_the_counter() -> Iterator[AnyScreen]:
    """Give every screen that ``cashier.screens`` defines and somebody can see."""
    for module in pkgutil.iter_modules(cashier.screens.__path__):
        found = vars(importlib.import_module(f"cashier.screens.{module.name}")).values()
        for each in found:
            is_screen = isinstance(each, type) and issubclass(each, Screen)
            if is_screen and each.__module__.endswith(f".{module.name}") and each is not SaleScreen:
                yield each


def keys_of(bindings: Iterable[BindingType]) -> dict[str, list[str]]:
    """Give the keys of bindings by what they do."""
    keys: dict[str, list[str]] = {}
    for binding in bindings:
        assert isinstance(binding, Binding)
        keys.setdefault(binding.action, []).extend(binding.key.split(","))
    return keys


def own_keys(screen: AnyScreen) -> set[str]:
    """Give the keys that a screen itself takes."""
    return {key for keys in keys_of(screen.BINDINGS).values() for key in keys}


def is_function_key(key: str) -> bool:
    """Tell whether some terminals swallow a key."""
    return key[0] == "f" and key[1:].isdigit()


def test_every_screen_and_every_key_it_lists_has_a_case() -> None:
    listed = {(screen, key) for screen in screens_of_the_counter() for key in own_keys(screen)}
    pressed = {
        (screen, key)
        for screen, cases in CASES.items()
        for case in cases
        for key in case.keys.split(",")
    }
    assert pressed | {GIVE_UP} == listed
    assert set(screens_of_the_counter()) == CASES.keys() == REACHED.keys()
    everywhere = {key for keys in keys_of(CashierApp.BINDINGS).values() for key in keys}
    assert EVERYWHERE.keys() == everywhere


def test_every_function_key_has_a_second_way() -> None:
    for bindings in (CashierApp.BINDINGS, *(each.BINDINGS for each in screens_of_the_counter())):
        for keys in keys_of(bindings).values():
            swallowed = [key for key in keys if is_function_key(key)]
            assert not swallowed or set(keys) - set(swallowed), keys


@pytest.mark.parametrize("screen", CASES, ids=lambda screen: screen.__name__)
async def test_each_key_of_a_screen_does_what_it_says(screen: AnyScreen, tmp_path: Path) -> None:
    async with at_counter(tmp_path, slow_s=6, times=UNASKED) as counter:
        hands = Hands(counter)
        # What ends the app is pressed last, and once.
        for case in sorted(CASES[screen], key=lambda case: case.effect is leaves):
            for key in case.keys.split(","):
                await press(hands, screen, case, key)


@pytest.mark.parametrize("screen", CASES, ids=lambda screen: screen.__name__)
async def test_the_keys_of_the_app_work_above_a_screen_and_lead_back_to_it(
    screen: AnyScreen, tmp_path: Path
) -> None:
    async with at_counter(tmp_path, slow_s=3) as counter:
        hands = Hands(counter)
        for key, above in EVERYWHERE.items():
            if key in own_keys(screen):
                continue
            if not isinstance(counter.app.screen, screen) or screen is ProgressScreen:
                await hands.home()
                await REACHED[screen](hands)
            shown = await counter.until(screen)
            await counter.press(key)
            is_dialog = isinstance(shown, ModalScreen)
            if above in (None, screen) or (above is HelpScreen and is_dialog):
                await counter.pilot.pause(0.05)
                assert counter.app.screen is shown
                continue
            assert above is not None
            await counter.until(above)
            await counter.press("escape")
            assert await counter.until(screen) is shown


@pytest.mark.parametrize("screen", [LeaveScreen, GreetingScreen, HelpScreen])
async def test_a_dialog_lists_all_its_keys(screen: AnyScreen, tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await REACHED[screen](Hands(counter))
        for keys in keys_of(screen.BINDINGS).values():
            assert "/".join(map(key_name, keys)) in counter.text


async def press(hands: Hands, screen: AnyScreen, case: Case, key: str) -> None:
    """Press one key on its screen, reached anew, and look at what it does."""
    counter = hands.counter
    await hands.home()
    await (case.reach or REACHED[screen])(hands)
    shown = await counter.until(screen)
    await counter.press(*case.first)
    await counter.pilot.pause(0.05)
    seen = Seen(shown, requests_of(counter))
    await counter.press(key)
    try:
        await case.effect(counter, seen)
    except (AssertionError, TimeoutError) as error:
        raise AssertionError(f"{key} on {screen.__name__}: {error!r}\n{counter.text}") from error


async def test_x_gives_up_what_has_not_left(tmp_path: Path) -> None:
    async with connecting_for_ever(tmp_path) as counter:
        await counter.press("p", "f9")
        await counter.until(ProgressScreen)
        await counter.until_shown("batalkan")
        await counter.press("x")
        payment = (await counter.until(OutcomeScreen)).payment
        assert (payment.state, payment.reason) == (State.UNPAID, Reason.CANCELLED)
        assert counter.sandbox.ledger.requests(payment.rq_uuid) == 0


async def test_enter_never_pays_whatever_the_cash_and_however_often(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        hands = Hands(counter)
        for cash in ((), ("p",), ("l",), LARGE, (*LARGE, "f9")):
            await hands.home()
            await hands.confirmation()
            await counter.press(*cash)
            await counter.press(*["enter", "ctrl+m", "ctrl+j"] * 2)
            assert isinstance(counter.app.screen, ConfirmScreen)
        assert requests_of(counter)["payment"] == 0


async def test_the_keys_that_a_shop_chose_take_the_place_of_ours(tmp_path: Path) -> None:
    keys = {"sale.pay": "f8,w", "home.open": "f5", "app.help": "f6"}
    config = Config.model_validate({"ui": {"keys": keys}})
    async with at_counter(tmp_path, config=config) as counter:
        hands = Hands(counter)
        await counter.press("f6")
        await counter.until(HelpScreen)
        await counter.press("escape")
        await counter.until(HomeScreen)
        await counter.press("f2", "f5")
        await counter.until(FollowUpScreen)
        for key in ("f8", "w"):
            await hands.home()
            await hands.confirmation()
            await counter.press("p", "f9", "b", "enter")
            await counter.pilot.pause(0.1)
            assert isinstance(counter.app.screen, ConfirmScreen)
            assert "F8/w BAYAR" in counter.words
            await counter.press(key)
            assert (await counter.until(OutcomeScreen)).payment.state is State.PAID
        assert requests_of(counter)["payment"] == 2


async def test_a_shop_cannot_make_enter_pay(tmp_path: Path) -> None:
    for enter in ("enter", "f9,ctrl+m"):
        config = Config.model_validate({"ui": {"keys": {"sale.pay": enter}}})
        with pytest.raises(Refusal):
            async with at_counter(tmp_path, config=config):
                pass


async def test_help_over_a_window_that_was_too_small_leads_back_to_the_sale(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        hands = Hands(counter)
        await hands.confirmation()
        await hands.too_small()
        await counter.press("f1")
        await counter.pilot.resize_terminal(80, 24)
        await counter.pilot.pause(0.05)
        await counter.press("escape")
        await counter.until(ConfirmScreen)
