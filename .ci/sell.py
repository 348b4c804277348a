"""Runs the README's line in a terminal, as a shop would, and sells a PLN token at its till.

Usage, in the root of the house: ``PYTHONPATH=. python .ci/sell.py LINE``.
"""

import os
import sys
from typing import Final

from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import FIRST_SCREEN, leave

INSTALL_S: Final = 300
"""Seconds that an installation may take."""


def sell(line: str) -> str:
    """Install and open the till, sell PLN 20.000, leave; give the screen with the token."""
    with PtyTill(["bash", "-euo", "pipefail", "-c", line], environment=dict(os.environ)) as till:
        till.wait_for(FIRST_SCREEN, INSTALL_S)
        till.wait_for("Deposit Rp")
        till.press("1")
        till.wait_for("Nomor meter")
        till.press(*"14012345678", "enter")
        till.wait_for("PLN Prepaid 20.000")
        till.press("1")
        till.wait_for("Uang diterima")
        till.press(*"50000", "f9")
        till.wait_for("LUNAS")
        sold = till.text
        leave(till)
    return sold


if __name__ == "__main__":
    print(sell(sys.argv[1]))
