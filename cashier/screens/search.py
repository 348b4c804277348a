"""The search of home: what was typed, what it found, and an Enter that came before that."""

from typing import TYPE_CHECKING, Final, TypeAlias

from cashier.screens.front import Front

if TYPE_CHECKING:
    # The first paint does without the till (DESIGN 10).
    from cashier.till import Find, Payment

LONGEST: Final = 64

EXPLICIT: Final = "/"
"""What is typed behind it is searched, whatever its first letter opens."""

MOST_SOLD: Final = 3
"""Sales to one number that stand above its roads; all of them are among today's sales."""

Found: TypeAlias = "Payment | Find"
"""A sale that was made already, or a road to one."""


def wanted_of(typed: str) -> str:
    """Give what is searched for of what was typed; empty where that is nothing."""
    return typed.strip().removeprefix(EXPLICIT).strip()


class Search:
    """What was found last."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.found: tuple[Found, ...] = ()
        """Sales that were made already, the newest first, and behind them the roads."""
        self.found_for = ""
        """What that was looked up for; empty while nothing of it is shown."""
        self.is_wanted_for: str | None = None
        """What was submitted before anything had been found for it."""

    def clear(self) -> None:
        """Forget what was found."""
        self.found, self.found_for = (), ""

    async def look_up(self, front: Front, typed: str) -> "tuple[Found, ...]":
        """Give sales and roads for what was typed, without taking them yet."""
        wanted = wanted_of(typed)
        sold = await front.till.sold_to(wanted)
        return (*sold[:MOST_SOLD], *await front.till.find(wanted, front.language))

    def take(self, typed: str, found: "tuple[Found, ...]") -> bool:
        """Keep what is shown now; tell whether Enter was pressed for it already."""
        self.found, self.found_for = found, typed
        is_submitted = self.is_wanted_for == typed
        self.is_wanted_for = None
        return is_submitted
