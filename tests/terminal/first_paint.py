"""The command ``cashier``, ended at its first paint: the modules loaded by then go to a file."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cashier.cli import main
from cashier.commands.till import _Opening

if TYPE_CHECKING:
    from cashier.screens.home import HomeScreen


def _note(self: "HomeScreen") -> None:
    Path(os.environ["MODULES_FILE"]).write_text("\n".join(sys.modules), encoding="utf-8")
    self.app.exit()


def _watched(opening: _Opening) -> object:
    app = _build(opening)
    # Loaded here and not above: the till has prepared its environment by now.
    from cashier.screens.home import HomeScreen

    HomeScreen._first_seen = _note  # type: ignore[method-assign]  # the end of the program
    return app


if __name__ == "__main__":
    _build = _Opening._app
    _Opening._app = _watched  # type: ignore[assignment]  # hands the app through
    raise SystemExit(main(sys.argv[1:]))
