"""How a practice Espay is set up: who may call it, how it bills, and how slow its troubles are."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cashier.money import Rupiah

Mode = Literal["deposit", "invoicing"]

OPENING_BALANCE: Final = Rupiah.of(100_000_000)
"""What a new practice shop has deposited; one PLN token of Rp50.000.000 fits into it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the slow troubles take, in seconds of the real clock."""

    drip_s: float = 0.3
    """Between two bytes of a dripping answer (``faults.md F16``)."""
    slow_s: float = 20.0
    """Before the answer that comes late but whole."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """One merchant at a practice Espay; its secrets stay out of ``repr``."""

    sender_id: str
    username: str
    password: str = field(repr=False)
    form_password: str = field(repr=False)
    key: str = field(repr=False)
    ledger: Path
    mode: Mode = "deposit"
    opening_balance: Rupiah = OPENING_BALANCE
    unregistered: frozenset[str] = frozenset()
    """Codes of ``products.toml`` that this merchant is not registered for."""
    redirect_to: str | None = None
    """Where the redirecting troubles point; by default to this very server."""
    pace: Pace = Pace()
