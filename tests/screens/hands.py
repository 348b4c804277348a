"""Hands that reach every screen of the counter, each time for another customer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from textual.screen import Screen

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
from cashier.screens.sales_today import SalesTodayScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.screens.sure import SureScreen
from cashier.screens.too_small import TooSmallScreen
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.till import Find
from cashier.widgets.menu import Menu
from tests.screens.counter import Counter
from tests.support.sandbox import magic_number

AnyScreen: TypeAlias = type[Screen[None]]

TOKEN: Final = "SLYLPR20"
OVO: Final = "SVHOVO000"


@dataclass
class Hands:
    """Somebody at the counter."""

    counter: Counter
    served: int = 0

    def next_number(self, trouble: str = "") -> str:
        """Give a meter that nobody was served for, perhaps one that makes a trouble."""
        self.served += 1
        plain = f"14{self.served:04d}00000"
        return magic_number(trouble, plain) if trouble else plain

    async def home(self) -> None:
        """Be at home, wherever somebody was, with an empty search and the cursor at the top."""
        self.counter.app.switch_to_home()
        screen = await self.counter.until(HomeScreen)
        await self.counter.press("escape")
        screen.query_one(Menu).cursor = 0

    async def under_way(self) -> None:
        """Be at home while a payment waits for its answer, and there is no news of another."""
        while self.counter.till.under_way:
            await self.counter.pilot.pause(0.01)
        for payment in self.counter.front.unseen.news:
            self.counter.front.unseen.looked_at(payment)
        await self.progress()
        await self.counter.press("escape")
        await self.counter.until(HomeScreen)

    async def number(self) -> None:
        """Be asked for a meter."""
        await self.counter.start("pln-prepaid")
        await self.counter.until(NumberScreen)

    async def products(self) -> None:
        """Be shown the sizes of a token."""
        await self.number()
        await self.counter.write(self.next_number())
        await self.counter.press("enter")
        await self.counter.until(ProductsScreen)

    async def amount(self) -> None:
        """Be asked for an amount."""
        await self.counter.start("ewallet-topup", OVO)
        await self.counter.until(NumberScreen)
        self.served += 1
        await self.counter.write(f"0812{self.served:08d}")
        await self.counter.press("enter")
        await self.counter.until(AmountScreen)

    async def refusal(self) -> None:
        """Be told that there is no bill."""
        await self._ask("no_bill")
        await self.counter.until_shown("Jangan terima uang")

    async def doubt(self) -> None:
        """Be asked about credit for a number of another operator."""
        await self.counter.till.refresh_products()
        product = self.counter.till.catalogue.product("SVHTS25")
        self.served += 1
        await self.counter.open(Find(product.category, product, f"0857{self.served:08d}"))
        await self.counter.until_shown("Nomor ini Indosat")

    async def just_paid(self) -> None:
        """Be told that the same bill was paid just now."""
        await self.outcome()
        screen = await self.counter.until(OutcomeScreen)
        quote = screen.payment.quote
        product = self.counter.till.catalogue.product(TOKEN)
        await self.home()
        await self.counter.open(Find(product.category, product, quote.number))
        await self.counter.until_shown("baru dilayani")

    async def confirmation(self, trouble: str = "") -> None:
        """Have a bill of Rp22.500 on the screen."""
        await self._ask(trouble)
        await self.counter.until(ConfirmScreen)

    async def _ask(self, trouble: str) -> None:
        product = self.counter.till.catalogue.product(TOKEN)
        await self.counter.open(Find(product.category, product, self.next_number(trouble)))

    async def progress(self) -> None:
        """Wait for an answer that takes seconds, to a payment that Espay has read."""
        await self.confirmation("slow")
        book = self.counter.sandbox.ledger.book
        before = book.count("payment")
        await self.counter.press("p", "f9")
        await self.counter.until(ProgressScreen)
        while book.count("payment") == before:
            await self.counter.pilot.pause(0.01)

    async def outcome(self, trouble: str = "") -> None:
        """Be told what became of a payment."""
        await self.confirmation(trouble)
        await self.counter.press("p", "f9")
        await self.counter.until(OutcomeScreen)

    async def unpaid(self) -> None:
        """Owe a customer the cash back."""
        await self.outcome("balance_too_low")

    async def processing(self) -> None:
        """Be told that Espay still works on a payment."""
        await self.outcome("in_process_forever")

    async def struk(self) -> None:
        """Look at the paper alone."""
        await self.outcome()
        await self.counter.press("s")
        await self.counter.until(StrukScreen)

    async def open_payments(self) -> None:
        """Look at the list, in which one payment is open."""
        if not await self.counter.till.open_payments():
            await self.processing()
        await self._list()

    async def sales_today(self) -> None:
        """Look at today's sales, two of them at least."""
        while len(await self.counter.till.sold_today()) < 2:
            await self.home()
            await self.outcome()
        await self.home()
        await self.counter.press("f4")
        await self.counter.until(SalesTodayScreen)
        await self.counter.until_shown("LUNAS")

    async def owed_back(self) -> None:
        """Look at the list, in which the cash under the cursor goes back."""
        await self.unpaid()
        owed = (await self.counter.till.owed_back())[-1]
        screen = await self._list()
        places = [payment.id for payment in screen.payments]
        screen.query_one(Menu).cursor = places.index(owed.id)

    async def in_doubt(self) -> None:
        """Look at the list, in which a payment in doubt has the cursor."""
        await self.outcome("http_500")
        screen = await self._list()
        screen.query_one(Menu).cursor = len(screen.payments) - 1

    async def stopped(self) -> None:
        """Look at the list while selling is stopped; nothing can be sold from now on."""
        await self.outcome("http_401")
        await self._list()
        await self.counter.until_shown("Penjualan dihentikan")

    async def clock_behind(self) -> None:
        """Look at the list while the clock shows a time that has been."""
        self.counter.clock.jump(-3600)
        await self._list()
        await self.counter.until_shown("Jam komputer mundur")

    async def sure(self) -> None:
        """Be asked whether the cash was handed over."""
        await self.owed_back()
        await self.counter.press("k")
        await self.counter.until(SureScreen)

    async def story(self) -> None:
        """Read the story of a payment."""
        await self.open_payments()
        await self.counter.press("r")
        await self.counter.until(StoryScreen)
        await self.counter.until_shown("Dikirim ke Espay")

    async def decision(self) -> None:
        """Be asked what a document of Espay's shows."""
        await self.open_payments()
        await self.counter.press("d")
        await self.counter.until(DecisionScreen)

    async def form(self) -> None:
        """Be asked for the document and two names."""
        await self.decision()
        await self.counter.press("1")
        await self.counter.until(FormScreen)

    async def _list(self) -> FollowUpScreen:
        await self.home()
        await self.counter.press("f2")
        screen = await self.counter.until(FollowUpScreen)
        await self.counter.until_shown("261122-")
        return screen

    async def unrecorded(self) -> None:
        """Be told that the journal failed under a payment."""
        await self.outcome()
        screen = await self.counter.until(OutcomeScreen)
        self.counter.app.push_screen(UnrecordedScreen(self.counter.front, screen.payment))
        await self.counter.until(UnrecordedScreen)

    async def leave(self) -> None:
        """Be asked whether to leave."""
        await self.counter.press("ctrl+q")
        await self.counter.until(LeaveScreen)

    async def greeting(self) -> None:
        """Be told what the last session left."""
        self.counter.app.push_screen(GreetingScreen(self.counter.front))
        await self.counter.until(GreetingScreen)

    async def help(self) -> None:
        """Be shown the keys."""
        await self.counter.press("f1")
        await self.counter.until(HelpScreen)

    async def too_small(self) -> None:
        """Have a window in which nothing fits."""
        await self.counter.pilot.resize_terminal(40, 10)
        await self.counter.until(TooSmallScreen)


Reach: TypeAlias = Callable[[Hands], Awaitable[None]]

REACHED: Final[Mapping[AnyScreen, Reach]] = {
    HomeScreen: Hands.home,
    NumberScreen: Hands.number,
    ProductsScreen: Hands.products,
    AmountScreen: Hands.amount,
    InquiryScreen: Hands.refusal,
    ConfirmScreen: Hands.confirmation,
    ProgressScreen: Hands.progress,
    OutcomeScreen: Hands.outcome,
    StrukScreen: Hands.struk,
    FollowUpScreen: Hands.open_payments,
    SalesTodayScreen: Hands.sales_today,
    UnrecordedScreen: Hands.unrecorded,
    SureScreen: Hands.sure,
    StoryScreen: Hands.story,
    DecisionScreen: Hands.decision,
    FormScreen: Hands.form,
    LeaveScreen: Hands.leave,
    GreetingScreen: Hands.greeting,
    HelpScreen: Hands.help,
    TooSmallScreen: Hands.too_small,
}
"""How each screen is reached from home; the inquiry, which passes, where it is refused."""
