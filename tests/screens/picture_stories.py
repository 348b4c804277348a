"""Every screen and every state of the counter, each reached by the keys that an operator presses.

A story is one day at one counter: its steps follow each other, and those with a name are pictured.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import apsw
from textual.screen import Screen

from cashier.config import Config, Receipt, Shop
from cashier.config import Till as TillTable
from cashier.money import ZERO, Rupiah
from cashier.sandbox.settings import OPENING_BALANCE
from cashier.screens.amount import AmountScreen
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.decision import DecisionScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.form import FormScreen
from cashier.screens.greeting import GreetingScreen
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.leave import LeaveScreen
from cashier.screens.number import NumberScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.products import ProductsScreen
from cashier.screens.progress import ProgressScreen
from cashier.screens.sale_screen import SaleScreen
from cashier.screens.sales_today import SalesTodayScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.screens.sure import SureScreen
from cashier.screens.too_small import TooSmallScreen
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.till import TillTimes
from tests.journal.disks import Disk, watched_disk
from tests.screens.counter import Counter, stand_at
from tests.support.clock import START_MS, ManualClock
from tests.support.dying_till import sell_and_die
from tests.support.line import Line, line_to
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import QUICK, open_shop

METER: Final = "14012345678"
OTHER_METER: Final = "14087654321"
PATIENT: Final = replace(QUICK, connect_s=60, exchange_s=60, read_s=60)
"""A line on which nothing is given up while a picture is taken."""
UNASKED: Final = TillTimes(ask_after_s=(3600,), ask_apart_s=0, jitter=0)
"""Nothing is asked but by the operator's key."""
SHOP: Final = Config(shop=Shop(name="LOKET MAJU", address="Jl. Melati 5, Bandung"))
ENGLISH_SHOP: Final = SHOP.model_copy(
    update={"till": TillTable(language="en"), "receipt": Receipt(columns=48)}
)
ALL_DRESSES: Final = ("default", "high-contrast", "monochrome", "wide")
TOO_SMALL: Final = (50, 12)
LONGEST_WAY_HOME: Final = 6
"""Screens between any other one and home, at most."""

ScreenType: TypeAlias = type[Screen[None]]


@dataclass(frozen=True)
class Scene:
    """Where a story is played."""

    counter: Counter
    line: Line
    disk: Disk
    size: tuple[int, int]
    """Columns and rows of the window, unless a step changes them."""


@dataclass(frozen=True)
class Step:
    """Something that happens, keys, the screen that they lead to, and its picture's name."""

    keys: str = ""
    """Separated by blanks; ``'abc`` is typed, ``"abc`` comes at once as a scanner sends it."""
    until: ScreenType | None = None
    picture: str = ""
    event: Callable[[Scene], Awaitable[None]] | None = None
    """Comes before the keys."""


@dataclass(frozen=True)
class Story:
    """One day at a counter."""

    steps: tuple[Step, ...]
    config: Config = SHOP
    fee: Rupiah = ZERO
    deposit: Rupiah = OPENING_BALANCE
    unregistered: frozenset[str] = frozenset()
    dresses: tuple[str, ...] = ALL_DRESSES
    """In which of the looks of ``test_pictures.py`` it is played."""
    before: Callable[[Path, RunningSandbox], None] = field(default=lambda *_: None)
    """What happened before the shop was opened."""

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of its pictures."""
        return tuple(step.picture for step in self.steps if step.picture)


# What happens beside the keys


async def go_home(scene: Scene) -> None:
    """Press Esc until nothing lies above home."""
    for _ in range(LONGEST_WAY_HOME):
        screen = scene.counter.app.screen
        if not isinstance(screen, SaleScreen):
            return
        await scene.counter.press("escape")
        await scene.counter.left(screen)
    raise AssertionError("Esc does not lead home")


async def hold_inquiries(scene: Scene) -> None:
    """From now on Espay's answer to an inquiry stays on its way."""
    scene.line.hold("inquiry")


async def hold_payments(scene: Scene) -> None:
    """From now on Espay's answer to a payment stays on its way."""
    scene.line.hold("payment")


async def release(scene: Scene) -> None:
    """The answers arrive."""
    scene.line.release()


async def paid_meanwhile(scene: Scene) -> None:
    """The answer arrives while another screen is shown."""
    scene.line.release()
    await scene.counter.until_shown("LUNAS:")


async def go_deaf(scene: Scene) -> None:
    """From now on nobody picks up."""
    scene.line.go_deaf()


async def pick_up(scene: Scene) -> None:
    """Calls are taken again."""
    scene.line.pick_up()


async def minutes_pass(minutes: int, scene: Scene) -> None:
    """Time passes while nothing is pressed."""
    scene.counter.clock.advance(60 * minutes)


async def three_seconds_pass(scene: Scene) -> None:
    """Time passes, and the screen shows it."""
    scene.counter.clock.advance(3)
    await scene.counter.until_shown("00:03")


async def release_and_pay(scene: Scene) -> None:
    """The answers arrive, and home tells what they brought."""
    scene.line.release()
    await scene.counter.until_shown("token siap")


async def disk_fails(scene: Scene) -> None:
    """The disk fails, and then Espay's answer arrives."""
    scene.disk.error = scene.disk.write_error = apsw.IOError
    scene.line.release()


async def disk_works(scene: Scene) -> None:
    """The disk is as it was."""
    scene.disk.error = scene.disk.write_error = None


async def shrink(scene: Scene) -> None:
    """The window becomes too small."""
    await scene.counter.pilot.resize_terminal(*TOO_SMALL)


async def grow(scene: Scene) -> None:
    """The window becomes large enough again."""
    await scene.counter.pilot.resize_terminal(*scene.size)


async def clock_goes_back(scene: Scene) -> None:
    """Somebody sets the computer's clock back by a day and an hour."""
    scene.counter.clock.jump(-25 * 3600)


async def greet(scene: Scene) -> None:
    """The till says again what a start would say now."""
    scene.counter.app.push_screen(GreetingScreen(scene.counter.front))


HOME: Final = Step(until=HomeScreen, event=go_home)


def confirm(number: str, picture: str = "") -> tuple[Step, ...]:
    """From home to the confirmation of the smallest token."""
    return (
        Step("1", NumberScreen),
        Step(f'"{number} enter', ProductsScreen),
        Step("1", ConfirmScreen, picture),
    )


def refused(trouble: str, picture: str) -> tuple[Step, ...]:
    """From home to an inquiry that is refused, and home again."""
    return (
        Step("1", NumberScreen),
        Step(f'"{magic_number(trouble, METER)} enter', ProductsScreen),
        Step("1", InquiryScreen),
        Step(picture=picture, event=until_refused),
        HOME,
    )


async def until_refused(scene: Scene) -> None:
    """Espay's refusal is shown."""
    screen = await scene.counter.until(InquiryScreen)
    while screen.refusal is None:
        await scene.counter.pilot.pause(0.01)


def sell(number: str, picture: str = "") -> tuple[Step, ...]:
    """From home to the outcome, for exact cash."""
    return (*confirm(number), Step("p f9", OutcomeScreen, picture))


def sell_in_trouble(trouble: str, picture: str) -> tuple[Step, ...]:
    """From home to the outcome of a sale that makes trouble."""
    return sell(magic_number(trouble, METER), picture)


LOOKING_ROUND: Final = (
    Step(until=HomeScreen, picture="home"),
    Step("down down", HomeScreen, "home-cursor"),
    Step('"/ovo', HomeScreen, "search-found"),
    Step('escape "/zzz', HomeScreen, "search-nothing"),
    Step('escape "/5550123', HomeScreen, "search-unknown-number"),
    Step('escape "/0812345', HomeScreen, "search-phone"),
    Step("escape question_mark", HelpScreen, "help-home"),
    Step("escape", HomeScreen),
    Step("f2", FollowUpScreen, "open-none"),
    Step("escape", HomeScreen),
    Step("ctrl+q", LeaveScreen, "leave"),
    Step("escape", HomeScreen),
    Step(until=TooSmallScreen, picture="too-small", event=shrink),
    Step(until=HomeScreen, event=grow),
)

NUMBERS: Final = (
    Step("1", NumberScreen, "number"),
    Step("'1401", NumberScreen, "number-short"),
    Step("enter", NumberScreen, "number-short-enter"),
    Step('"2345678901', NumberScreen, "number-long"),
    HOME,
    Step("1", NumberScreen),
    Step("'1401a", NumberScreen, "number-letter"),
    Step("question_mark", HelpScreen, "help-number"),
    Step("escape", NumberScreen),
    HOME,
    Step("1", NumberScreen),
    Step(f'"{METER}', NumberScreen, "number-ready"),
    Step("enter", ProductsScreen, "products"),
    HOME,
    Step("4", NumberScreen),
    Step('"081234567890', NumberScreen, "number-operator"),
    Step("enter", ProductsScreen, "products-mobile"),
    HOME,
    Step("8", ProductsScreen, "products-billers"),
    HOME,
    Step("k", NumberScreen),
    Step("'5289133888888888", NumberScreen, "number-card"),
    HOME,
    Step("'/ovo enter", NumberScreen),
    Step('"081285784452 enter', AmountScreen, "amount"),
    Step("enter", AmountScreen, "amount-refused"),
    Step("'75", AmountScreen, "amount-typed"),
    Step("backspace backspace d", ConfirmScreen, "confirm-ewallet"),
    HOME,
    Step("7", NumberScreen),
    Step('"8801835307911 enter', ConfirmScreen, "confirm-bpjs"),
    Step("p f9", OutcomeScreen, "paid-bpjs"),
    HOME,
    Step('"/svhts25', HomeScreen),
    Step("enter", NumberScreen),
    Step('"085712345678 enter', InquiryScreen, "inquiry-other-operator"),
    HOME,
    Step("7", NumberScreen),
    Step('"8801835307911 enter', InquiryScreen),
    Step(picture="refused-paid-just-now", event=until_refused),
    HOME,
)

SELLING: Final = (
    Step("1", NumberScreen),
    Step(f'"{METER} enter', ProductsScreen),
    Step("1", InquiryScreen, "inquiry", hold_inquiries),
    Step(until=ConfirmScreen, picture="confirm", event=release),
    Step("enter", ConfirmScreen, "confirm-enter"),
    Step("'10000", ConfirmScreen, "confirm-short"),
    Step("f9", ConfirmScreen, "confirm-short-f9"),
    Step("'00 f9", ConfirmScreen, "confirm-too-much"),
    Step("l", ConfirmScreen, "confirm-change"),
    Step("question_mark", HelpScreen, "help-confirm"),
    Step("escape", ConfirmScreen),
    Step("f9", ProgressScreen, "progress-sending", hold_payments),
    Step("f9 b enter", ProgressScreen, "progress-waiting", three_seconds_pass),
    Step("escape", HomeScreen, "home-under-way"),
    Step("ctrl+q", LeaveScreen, "leave-under-way"),
    Step("escape", HomeScreen),
    Step("f2", FollowUpScreen, "open-under-way"),
    Step("escape", HomeScreen),
    Step("f3", ProgressScreen),
    Step(until=OutcomeScreen, picture="paid-token", event=release),
    Step("p", OutcomeScreen, "paid-no-printer"),
    Step("question_mark", HelpScreen, "help-outcome"),
    Step("escape", OutcomeScreen),
    Step("s", StrukScreen, "struk"),
    Step("escape", OutcomeScreen),
    Step("n", HomeScreen, "home-after-sale"),
    Step('"/14012', HomeScreen, "search-known"),
    Step(f'escape "/{METER}', HomeScreen, "search-sold"),
    Step("escape", HomeScreen, event=partial(minutes_pass, 7)),
    *confirm(METER),
    Step("p f9", ConfirmScreen, "confirm-second"),
    Step("'2 f9", OutcomeScreen, "paid-second"),
    HOME,
    *confirm(OTHER_METER),
    Step("l ctrl+q", LeaveScreen, "leave-mid-sale"),
    Step("escape", ConfirmScreen),
    Step("f9", ProgressScreen, "", hold_payments),
    Step("escape", HomeScreen),
    Step("f4", SalesTodayScreen, "sales-today"),
    Step(f'"{METER}', SalesTodayScreen, "sales-today-number"),
    Step("escape '/zzz", SalesTodayScreen, "sales-today-nothing"),
    Step("escape question_mark", HelpScreen, "help-sales-today"),
    Step("escape", SalesTodayScreen),
    Step("escape", HomeScreen),
    Step(until=HomeScreen, picture="home-news", event=release_and_pay),
    Step("f3", OutcomeScreen),
    HOME,
)

TROUBLES: Final = (
    *refused("wrong_number", "refused-wrong-number"),
    *refused("already_paid", "refused-already-paid"),
    *refused("figures_lower", "refused-figures"),
    *refused("inquiry_html", "refused-unreadable"),
    *confirm(magic_number("unsold_token", METER), "confirm-caution"),
    HOME,
    *sell_in_trouble("balance_too_low", "unpaid"),
    Step("n", OutcomeScreen, "unpaid-hand-back-first"),
    Step("k", OutcomeScreen, "unpaid-returned"),
    HOME,
    *confirm(OTHER_METER),
    Step("l f9", ProgressScreen, "progress-preparing", go_deaf),
    Step("x", OutcomeScreen, "unpaid-given-up"),
    Step(until=HomeScreen, event=pick_up, keys="escape"),
    Step(event=partial(minutes_pass, 12)),
    *sell_in_trouble("close", "in-doubt"),
    Step("s", StrukScreen, "struk-in-doubt"),
    HOME,
    *sell_in_trouble("in_process_forever", "processing"),
    Step("c", OutcomeScreen, "processing-asked"),
    HOME,
    *sell_in_trouble("token_19_digits", "incomplete"),
    Step("escape", HomeScreen, "home-open"),
    Step(event=partial(minutes_pass, 75)),
    Step("f2", FollowUpScreen, "open-several"),
    Step("down down c", FollowUpScreen, "open-asked-in-vain"),
    Step("question_mark", HelpScreen, "help-open"),
    Step("escape", FollowUpScreen),
    Step("up up enter", OutcomeScreen, "open-details"),
    Step("escape", FollowUpScreen),
    Step("k", SureScreen, "sure-returned"),
    Step("y", FollowUpScreen, "open-returned"),
    Step("escape", HomeScreen),
    Step("ctrl+q", LeaveScreen, "leave-open"),
    Step("escape", HomeScreen),
    *confirm("14011113333"),
    Step("p f9", ProgressScreen, "", hold_payments),
    Step("escape", HomeScreen),
    Step(until=HomeScreen, picture="home-unseen", event=paid_meanwhile),
    *confirm("14011112222"),
    Step("p f9", ProgressScreen, "", hold_payments),
    Step(until=UnrecordedScreen, picture="unrecorded", event=disk_fails),
    Step(event=disk_works),
)

IN_DOUBT: Final = (
    *confirm(magic_number("http_500", METER)),
    Step("l f9", OutcomeScreen),
    Step("escape", HomeScreen, event=partial(minutes_pass, 2)),
    Step("f2", FollowUpScreen, "doubt"),
    Step("c", FollowUpScreen, "doubt-gathered"),
    Step("t", StrukScreen, "doubt-slip"),
    Step("escape", FollowUpScreen),
    Step("s", SureScreen, "doubt-escalate"),
    Step("y", FollowUpScreen, "doubt-escalated"),
    Step("d", DecisionScreen, "doubt-decision", partial(minutes_pass, 24 * 60)),
    Step("down", DecisionScreen, "doubt-decision-unpaid"),
    Step("question_mark", HelpScreen, "help-decision"),
    Step("escape", DecisionScreen),
    Step("1", FormScreen, "doubt-form"),
    Step("enter enter", FormScreen),
    Step("'SARI enter enter", FormScreen, "doubt-form-missing"),
    Step("'ESP-2026-0417 down 'SARI down down enter", SureScreen, "doubt-sure-no-token"),
    Step("y", FormScreen, "doubt-same-person"),
    Step("up ctrl+u 'BUDI enter", FormScreen),
    Step("'12345678901234567890 enter", SureScreen, "doubt-sure"),
    Step("y", FollowUpScreen, "doubt-decided"),
    Step("r", StoryScreen, "story"),
    Step("question_mark", HelpScreen, "help-story"),
    Step("escape", StoryScreen),
    HOME,
    *sell_in_trouble("http_401", ""),
    Step("escape", HomeScreen, "home-stopped"),
    Step("1", NumberScreen, event=clock_goes_back),
    Step(f'"{OTHER_METER} enter', ProductsScreen),
    Step("1", InquiryScreen),
    Step(picture="refused-stopped", event=until_refused),
    HOME,
    Step("f2", FollowUpScreen, "stopped"),
    Step("b", FormScreen, "stopped-form"),
    Step("'SARI enter", FormScreen),
    Step("'sandi enter", FollowUpScreen, "stopped-resumed"),
    Step("j", FormScreen, "clock-form"),
    Step("escape", FollowUpScreen),
    Step(until=GreetingScreen, picture="greeting", event=greet),
    Step("f2", FollowUpScreen),
    HOME,
)

ENGLISH: Final = (
    Step(until=HomeScreen, picture="english-home-low-deposit"),
    Step("1", NumberScreen, "english-number"),
    Step(f'"{METER} enter', ProductsScreen, "english-products-unregistered"),
    HOME,
    *confirm(METER, "english-confirm-fee"),
    Step("s f9", OutcomeScreen, "english-paid-wide-paper"),
    Step("s", StrukScreen, "english-struk-wide-paper"),
    Step(event=partial(minutes_pass, 1)),
    HOME,
    *sell(magic_number("http_500", OTHER_METER)),
    Step("escape", HomeScreen, event=partial(minutes_pass, 1)),
    Step("f2", FollowUpScreen),
    Step("c", FollowUpScreen, "english-doubt"),
    Step("s", SureScreen, "english-escalate"),
    Step("y", FollowUpScreen),
    Step("d", DecisionScreen, "english-decision"),
    Step("2", FormScreen, "english-form"),
    Step("'T-1 enter", FormScreen),
    Step("'SARI enter", FormScreen),
    Step("'BUDI enter", SureScreen, "english-sure"),
    Step("y", FollowUpScreen, "english-decided"),
    Step("r", StoryScreen, "english-story"),
    HOME,
)

CUT_OFF: Final = (
    Step(until=GreetingScreen, picture="greeting-recovered"),
    Step("enter", HomeScreen, "home-recovered"),
    Step("f2", FollowUpScreen, "open-recovered"),
)


def two_tills_died(folder: Path, sandbox: RunningSandbox) -> None:
    """One till died before it sent, and the next one while it waited for Espay's answer."""
    for last, moment in enumerate(("prepared", "sent")):
        sell_and_die(folder, sandbox, f"{METER[:-1]}{last}", moment, utc_ms=START_MS)


STORIES: Final = {
    "day": Story((*LOOKING_ROUND, *NUMBERS, *SELLING)),
    "troubles": Story(TROUBLES),
    "in-doubt": Story(IN_DOUBT),
    "english": Story(
        ENGLISH,
        config=ENGLISH_SHOP,
        dresses=("default",),
        fee=Rupiah.of(2_000),
        deposit=Rupiah.of(450_000),
        unregistered=frozenset({"SLYLPR50"}),
    ),
    "cut-off": Story(CUT_OFF, before=two_tills_died),
}


@contextlib.asynccontextmanager
async def stage(
    story: Story, folder: Path, *, theme: str, size: tuple[int, int]
) -> AsyncIterator[Scene]:
    """Open the shop of a story, with a line that can be held and a disk that can fail."""
    clock = ManualClock()
    async with AsyncExitStack() as open_until_the_end:
        disk = open_until_the_end.enter_context(watched_disk())
        sandbox = open_until_the_end.enter_context(
            running_sandbox(
                folder, clock=clock, opening_balance=story.deposit, unregistered=story.unregistered
            )
        )
        story.before(folder, sandbox)
        line = await open_until_the_end.enter_async_context(line_to(sandbox.base_url))
        till = await open_until_the_end.enter_async_context(
            open_shop(
                folder,
                sandbox,
                clock=clock,
                base_url=line.base_url,
                wire=PATIENT,
                times=UNASKED,
                fee=lambda _: story.fee,
            )
        )
        counter = await open_until_the_end.enter_async_context(
            stand_at(till, sandbox, clock, folder, config=story.config, size=size, theme=theme)
        )
        yield Scene(counter, line, disk, size)
