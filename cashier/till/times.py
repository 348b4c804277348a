"""How long the till waits, in seconds, from ``payment-states.md`` (Times)."""

from dataclasses import dataclass

from cashier.payment import ASKING, GATHERING, Schedule


@dataclass(frozen=True, slots=True)
class TillTimes:
    """Waiting times of the till; those of the wire belong to ``cashier.espay``."""

    ask_after_s: tuple[float, ...] = (5, 10, 20, 40, 60)
    """When somebody who waits asks about a payment, counted from when the waiting began."""
    asking: Schedule = ASKING
    """When an open payment with a reference is asked about, whoever waits."""
    gathering: Schedule = GATHERING
    """When hints are gathered about one without."""
    look_again_s: float = 60
    """How long a till that asks behind may not have seen what another session left open."""
    clock_apart_s: float = 300
    """How far Espay's clock may differ before nothing is sold (``faults.md F61``)."""
    ask_apart_s: float = 1
    """Pause between any two status questions of one till."""
    jitter: float = 0.1
    """Share by which each waiting time is spread."""
    deposit_wait_s: float = 5
    """How long a customer waits for the deposit; afterwards it counts as unknown."""
    deposit_fresh_s: float = 60
    """How long a deposit that was read is believed."""
