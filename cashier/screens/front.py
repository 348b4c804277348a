"""What every screen works with."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from cashier.clock import Clock
from cashier.language import LanguageCode, Refusal, explain, say
from cashier.screens.unseen import Unseen

if TYPE_CHECKING:
    # The first screen is painted before anything of the till is loaded (DESIGN 10).
    from cashier.catalogue import Catalogue
    from cashier.config import Config
    from cashier.till import Till


_AT_THE_COUNTER: Final[Mapping[str, str]] = {
    "journal.circuit_open": "follow.stop_circuit",
    "journal.clock_behind": "follow.stop_clock",
}
"""Sentences that name a command, and those that name a key of the screen instead."""


class Upkeeps(Protocol):
    """What looks after the journal while the till stands (``cashier.journal.upkeep``)."""

    @property
    def trouble(self) -> Refusal | None:
        """Why its last turn failed; ``None`` while all is well."""
        ...

    @property
    def last_backup(self) -> int | None:
        """When the newest backup was made, UTC milliseconds."""
        ...


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
        sentence = _AT_THE_COUNTER.get(refusal.key)
        if sentence is None:
            command = "cashier practice" if self.is_practice else "cashier"
            return explain(self.language, refusal, command)
        return self.say(sentence, **refusal.values_in(self.language))


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
    upkeep: Upkeeps | None = None
    """What looks after the journal, where the till stands for long."""

    @property
    def catalogue(self) -> "Catalogue":
        """What can be sold, joined with Espay's list once that was read."""
        return self.till.catalogue
