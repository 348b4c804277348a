"""The search of home: what was typed, what it found, and an Enter that came before that."""

from typing import TYPE_CHECKING, Final

from cashier.screens.front import Front

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Find

LONGEST: Final = 64

EXPLICIT: Final = "/"
"""What is typed behind it is searched, whatever its first letter opens."""


def wanted_of(typed: str) -> str:
    """Give what is searched for of what was typed; empty where that is nothing."""
    return typed.strip().removeprefix(EXPLICIT).strip()


class Search:
    """The roads that were found last."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.finds: tuple[Find, ...] = ()
        self.found_for = ""
        """What the roads were looked up for; empty while none are shown."""
        self.is_wanted_for: str | None = None
        """What was submitted before its roads had been found."""

    def clear(self) -> None:
        """Forget the roads."""
        self.finds, self.found_for = (), ""

    async def look_up(self, front: Front, typed: str) -> "tuple[Find, ...]":
        """Give the roads for what was typed, without taking them yet."""
        return await front.till.find(wanted_of(typed), front.language)

    def take(self, typed: str, finds: "tuple[Find, ...]") -> bool:
        """Keep the roads that are shown now; tell whether Enter was pressed for them already."""
        self.finds, self.found_for = finds, typed
        is_submitted = self.is_wanted_for == typed
        self.is_wanted_for = None
        return is_submitted
