"""How long something takes or lies back, as people read it."""

from cashier.screens.front import Front


def minutes_and_seconds(seconds: float) -> str:
    """Write a running time: ``00:07``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes:02d}:{rest:02d}"


def age(front: Front, since_ms: int) -> str:
    """Write how long ago a moment (UTC milliseconds) was, in the largest unit that fits."""
    minutes = max(0, front.clock.utc_ms() - since_ms) // 60_000
    if minutes < 60:
        return front.say("open.minutes", count=str(minutes))
    if minutes < 24 * 60:
        return front.say("open.hours", count=str(minutes // 60))
    return front.say("open.days", count=str(minutes // (24 * 60)))
