"""The app: which screen is shown, theme, keys. No business rule."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, cast

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.binding import Binding, BindingType
from textual.screen import Screen

from cashier.dress import wear
from cashier.driver import TillDriver
from cashier.frame import Frame
from cashier.screens.front import Facade, Front
from cashier.screens.home import HomeScreen
from cashier.screens.too_small import TooSmallScreen, is_too_small
from cashier.widgets.key_turns import KeyTurns


class CashierApp(KeyTurns, inherit_bindings=False):
    """The till on a terminal."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "screens/home.tcss"
    """Of the first screen: Textual reads no file for the one that an app begins with."""
    CLOSE_TIMEOUT = 1.0
    HORIZONTAL_BREAKPOINTS = [(110, "-wide")]  # noqa: RUF012  Textual's way
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "app.key_help", id="app.help", tooltip="app.key_help"),
        Binding(
            "ctrl+q,ctrl+c",
            "leave",
            "app.key_leave",
            id="app.leave",
            tooltip="app.key_leave",
            show=False,
            priority=True,
        ),
        Binding(
            "ctrl+l",
            "redraw",
            "app.key_redraw",
            id="app.redraw",
            tooltip="app.key_redraw",
            show=False,
        ),
    ]

    def __init__(
        self,
        shop: Front | Facade,
        *,
        theme: str,
        themes: Path,
        warm_up: Callable[[], Awaitable[object]],
    ) -> None:
        """Build the app.

        Args:
            shop: The shop, with its open till or while that is still being opened.
            theme: A theme of ours, of the shop's, or one of Textual's for the terminal.
            themes: The shop's own folder of themes.
            warm_up: Loads what is heavy; awaited after the first paint, before Espay is asked.

        Raises:
            Refusal: The theme is unknown, or its file is wrong; or a key of ``[ui] keys`` is.
        """
        self.shop = shop
        self.warm_up = warm_up
        self.first_seen = asyncio.Event()
        """Set once the first screen was painted."""
        self.defect: BaseException | None = None
        """What ended the app, where that was a defect; told by its number once it is closed."""
        self._frame = Frame()
        super().__init__(driver_class=TillDriver)
        # Sentences stand in the screens; what Textual would mount on each of them for tooltips
        # and notifications costs a second paint of the whole screen.
        self._disable_tooltips = self._disable_notifications = True
        wear(self, theme, themes)
        if shop.config.ui.keys:
            # Loaded here and not above: it loads every screen, and most shops keep our keys.
            from cashier.screens.keymap import checked  # noqa: PLC0415

            self.set_keymap(dict(checked(shop.config.ui.keys, self.BINDINGS)))

    def get_default_screen(self) -> Screen[Any]:
        """Begin at home, which therefore lies below every other screen."""
        return HomeScreen(self.shop)

    def begin(self, front: Front) -> None:
        """Go on with the open till, as soon as the app takes its turn.

        What is begun here belongs to the app, whoever opened the till.
        """
        self.call_later(self._begin_with, front)

    def _begin_with(self, front: Front) -> None:
        self.shop = front
        home = self.screen_stack[0]
        if isinstance(home, HomeScreen):
            home.begin(front)

    def switch_to_home(self) -> None:
        """Show home and forget what lay above it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def switch_to_open(self) -> None:
        """Show what is still to be done, right above home."""
        self.switch_to_home()
        home = self.screen
        if isinstance(home, HomeScreen):
            home.action_open()

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small, or go on where the operator was."""
        self._frame.forget()
        too_small = is_too_small(event.size)
        if too_small and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen(self.shop))
        elif not too_small and isinstance(self.screen, TooSmallScreen):
            self.pop_screen()
        if self.screen.outer_size == event.size:
            # The window changed and changed back: the terminal has lost what stood there.
            self.refresh(layout=True)

    def action_help(self) -> None:
        """Show the keys of the screen."""
        # Loaded here and not above: nobody needs it before the first paint.
        from cashier.screens.help import HelpScreen  # noqa: PLC0415

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.shop, self.screen))

    def action_leave(self) -> None:
        """Ask whether to leave; what is under way is finished either way."""
        # Loaded here and not above: nobody needs it before the first paint.
        from cashier.screens.leave import LeaveScreen  # noqa: PLC0415

        if not isinstance(self.screen, LeaveScreen):
            self.push_screen(LeaveScreen(self.shop))

    def action_suspend_process(self) -> None:
        """Never leave the operator in a shell (``attacks.md S29``)."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Start no other program, whatever a text contains (``attacks.md S29``)."""

    def let_go(self) -> None:
        """Give the terminal back at once and end, because a signal says so."""
        if self._driver is not None:
            self._driver.stop_application_mode()
        self.exit()

    def action_redraw(self) -> None:
        """Paint everything anew, whatever came to stand on the terminal meanwhile."""
        self._frame.forget()
        self.refresh(layout=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send only what the terminal does not show already."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            where = (screen, self._takeovers)
            changes = self._frame.only_changes(where, screen.outer_size, renderable)
            renderable = cast(RenderableType, changes)
        super()._display(screen, renderable)

    @property
    def _takeovers(self) -> int:
        return self._driver.takeovers if isinstance(self._driver, TillDriver) else 0

    def painted_since(self, changed: float) -> float:
        """Tell when the terminal got something of a screen to show."""
        if isinstance(self._driver, TillDriver):
            return self._driver.first_written_since(changed)
        return super().painted_since(changed)

    @property
    def has_terminal(self) -> bool:
        """Whether somebody can still read what is printed."""
        return not (isinstance(self._driver, TillDriver) and self._driver.is_gone)

    def panic(self, *renderables: object) -> None:
        """End without showing what Textual has to show (``attacks.md S04``)."""
        del renderables
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        """End at a defect, and keep it for ``cashier.commands``, which tells only its number."""
        self._return_code = 1
        if self.defect is None:
            self.defect = self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()
