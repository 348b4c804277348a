"""What the status line says of this till, kept as it is learned."""

from typing import Final

from cashier.clock import wib_time
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.screens.front import Facade, Front
from cashier.screens.unseen import Unseen
from cashier.widgets.status_line import Status

_MINUTE_MS: Final = 60_000
_MARGIN_S: Final = 0.02
"""A timer that fires a moment early would show the old minute once more."""


class DeskStatus:
    """Deposit, open payments and time of one till."""

    def __init__(self, shop: Front | Facade) -> None:
        """Begin with nothing asked; nothing can be while the till is still being opened."""
        self._shop = shop
        self._till = shop.till if isinstance(shop, Front) else None
        self._unseen = shop.unseen if isinstance(shop, Front) else Unseen()
        self._deposit: Rupiah | None = None
        self._open = 0
        self._owed = 0
        self._stops: tuple[Refusal, ...] = ()
        self.has_asked = False
        """Whether the deposit was asked for already."""

    async def ask_deposit(self) -> None:
        """Ask Espay for the deposit; ``None`` where it is unknown or the shop is invoiced."""
        if self._till is not None:
            self._deposit = await self._till.balance()
            self.has_asked = True

    async def count_open(self) -> None:
        """Count what is open and what is owed back, and see what keeps the shop from selling."""
        if self._till is not None:
            self._open = len(await self._till.open_payments())
            self._owed = len(await self._till.owed_back())
            self._stops = await self._till.stops()

    def seconds_to_minute(self) -> float:
        """How long the time that is shown now stays right."""
        return (_MINUTE_MS - self._shop.clock.utc_ms() % _MINUTE_MS) / 1000 + _MARGIN_S

    def status(self) -> Status:
        """Give what the line should say now."""
        shop = self._shop
        return Status(
            shop=shop.config.shop.name,
            practice=shop.say("home.practice") if shop.is_practice else "",
            operator=shop.say("home.operator"),
            shift=shop.say("home.no_shift"),
            brief_shift=shop.say("home.no_shift_brief"),
            deposit=self._deposit_words(),
            brief_deposit=self._deposit_words("_brief"),
            is_low=self._is_low,
            open=self._open_words(),
            brief_open=self._brief_open_words(),
            clock=wib_time(shop.clock.utc_ms()),
        )

    @property
    def _is_low(self) -> bool:
        return self._deposit is not None and self._deposit < self._shop.config.till.deposit_alert

    def _deposit_words(self, length: str = "") -> str:
        shop = self._shop
        if shop.config.espay.mode == "invoicing":
            return ""
        if self._deposit is None:
            return shop.say("home.deposit_unknown")
        name = "home.deposit_low" if self._is_low else "home.deposit"
        return shop.say(f"{name}{length}", amount=str(self._deposit))

    @property
    def alarm(self) -> str:
        """Give one sentence about what stops the shop, or about its backup; mostly none."""
        if self._stops:
            return self._shop.explain(self._stops[0])
        trouble = self._backup_trouble
        if trouble is None:
            return ""
        return self._shop.say("home.backup_trouble", problem=self._shop.explain(trouble))

    @property
    def _backup_trouble(self) -> Refusal | None:
        upkeep = self._shop.upkeep if isinstance(self._shop, Front) else None
        return None if upkeep is None else upkeep.trouble

    def _open_words(self) -> str:
        parts = self._marks()
        if self._open:
            parts.append(self._shop.say("home.open_one", count=str(self._open)))
        if self._owed:
            parts.append(self._shop.say("home.owed_one", count=str(self._owed)))
        if self._unseen.news:
            is_paid = len(self._unseen.payments) == len(self._unseen.news)
            name = "home.unseen_one" if is_paid else "home.unseen_news"
            parts.append(self._shop.say(name, count=str(len(self._unseen.news))))
        return ", ".join(parts)

    def _brief_open_words(self) -> str:
        """All that F2 lists in one figure; empty where there is but one thing to tell."""
        marks = self._marks()
        kinds = [kind for kind in (self._open, self._owed, len(self._unseen.payments)) if kind]
        if len(marks) + len(kinds) < 2:
            return ""
        figure = [self._shop.say("home.open_brief", count=str(sum(kinds)))] if kinds else []
        return ", ".join([*marks, *figure])

    def _marks(self) -> list[str]:
        """Say in a word that the shop does not sell, or else that its backup fails."""
        if self._stops:
            return [self._shop.say("home.stopped")]
        return [] if self._backup_trouble is None else [self._shop.say("home.backup_mark")]
