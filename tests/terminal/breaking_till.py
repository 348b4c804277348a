"""The command ``cashier`` with a defect in it: F2 on the home screen fails, near a secret."""

import sys
from typing import Never

from cashier.cli import main
from cashier.screens.home import HomeScreen

SECRET = "a-password-that-nobody-may-read"


def _fail(self: HomeScreen) -> Never:
    near = SECRET
    raise RuntimeError(near)


if __name__ == "__main__":
    HomeScreen.action_open = _fail  # type: ignore[method-assign]  # the defect
    raise SystemExit(main(sys.argv[1:]))
