"""Says that the window is too small, and takes no other key until it is large enough."""

from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen

from cashier.screens.front import Speaker

LEAST: Final = Size(60, 16)
"""The smallest window in which every screen of the till can be used."""


def is_too_small(size: Size) -> bool:
    """Whether a window is smaller than the till needs."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(Screen[None]):
    """One sentence, down to a window of one cell (``attacks.md S48``)."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, shop: Speaker) -> None:
        """Keep whose language is spoken."""
        super().__init__()
        self.shop = shop

    def render(self) -> Content:
        """Say what to do, with the sizes where there is room for them."""
        size = self.app.size
        sentence = self.shop.say(
            "home.too_small",
            width=str(size.width),
            height=str(size.height),
            least_width=str(LEAST.width),
            least_height=str(LEAST.height),
        )
        has_room = size.width * size.height > 2 * len(sentence)
        return Content(sentence if has_room else self.shop.say("home.too_small_short"))

    def on_resize(self) -> None:
        """Tell the new size."""
        self.refresh()

    def on_screen_resume(self) -> None:
        """Go, where the window grew while the help lay above."""
        if self.is_current and not is_too_small(self.app.size):
            self.app.pop_screen()
