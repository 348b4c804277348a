"""What every screen works with."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cashier.clock import Clock
from cashier.language import LanguageCode, Refusal, explain, say
from cashier.screens.unseen import Unseen

if TYPE_CHECKING:
    # The first screen is painted before anything of the till is loaded (DESIGN 10).
    from cashier.catalogue import Catalogue
    from cashier.config import Config
    from cashier.till import Till


class Speaker:
    """Speaks the language of the shop's operator."""

    __slots__ = ()

    config: "Config"
    clock: Clock

    @property
    def language(self) -> LanguageCode:
        """The operator's language."""
        return self.config.till.language

    @property
    def is_practice(self) -> bool:
        """Whether nothing real can be paid, which every screen says."""
        return self.config.espay.environment == "practice"

    def say(self, key: str, **values: str) -> str:
        """Give a sentence in the operator's language."""
        return say(self.language, key, **values)

    def explain(self, refusal: Refusal) -> str:
        """Give the sentence of a refusal in the operator's language."""
        return explain(self.language, refusal)


class Opens(Protocol):
    """The app, as far as the first screen knows it."""

    first_seen: asyncio.Event
    """Set once the first screen was painted."""

    async def warm_up(self) -> object:
        """Load what is heavy and needed to talk to Espay."""
        ...

    def action_help(self) -> None:
        """Show the keys of the screen."""
        ...


@dataclass(frozen=True, slots=True)
class Facade(Speaker):
    """The shop from outside, while its till is being opened."""

    config: "Config"
    clock: Clock
    catalogue: "Catalogue"


@dataclass(frozen=True, slots=True)
class Front(Speaker):
    """The open till and the shop it stands in."""

    till: "Till"
    config: "Config"
    clock: Clock
    unseen: Unseen = field(default_factory=Unseen)
    """What became paid while nobody looked."""

    @property
    def catalogue(self) -> "Catalogue":
        """What can be sold, joined with Espay's list once that was read."""
        return self.till.catalogue
