"""The counter in a real terminal before a hostile Espay; for ``test_hostile_bytes.py``.

Arguments: a folder for journal and ledger. Serves until the operator leaves.
"""

import asyncio
import sys
from pathlib import Path

import pytest

from cashier.app import CashierApp
from cashier.config import Config
from cashier.screens.front import Front
from tests.screens.hostile import HostileEspay, hostile_texts, packed
from tests.support.clock import ManualClock
from tests.support.sandbox import running_sandbox
from tests.support.shop import open_shop

SOLD = 8
"""Hostile names that are sold to, one after the other."""


async def main(folder: Path) -> None:
    """Open the shop; each inquiry is answered with the next of the hostile names."""
    clock, espay = ManualClock(), HostileEspay(pytest.MonkeyPatch())
    texts = packed(hostile_texts(2_000, 12_13_14))[:SOLD]
    espay.sells(101, texts[0].raw)
    for place, text in enumerate(texts):
        espay.suffix = f"998{place + 10:02d}"
        espay.pays(text.raw)
    with running_sandbox(folder, clock=clock) as sandbox:
        async with open_shop(folder, sandbox, clock=clock) as till:
            front = Front(till, Config(), clock)
            app = CashierApp(front, theme="default", themes=folder / "themes", warm_up=_nothing)
            await app.run_async()


async def _nothing() -> None:
    return None


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
