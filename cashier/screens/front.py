"""What every screen works with."""

from dataclasses import dataclass

from cashier.clock import Clock
from cashier.config import Config
from cashier.language import LanguageCode, Refusal, explain, say
from cashier.till import Till


@dataclass(frozen=True, slots=True)
class Front:
    """The open till and the shop it stands in."""

    till: Till
    config: Config
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
