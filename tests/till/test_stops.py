"""What keeps new payments from being made is told before anybody tries to make one."""

from cashier.journal.findings import Finding, Flaw
from cashier.till import Till
from tests.support.clock import ManualClock
from tests.support.sandbox import magic_number
from tests.support.shop import sell

METER = "14012345678"


async def keys(till: Till) -> list[str]:
    """Give the keys of what stops the till."""
    return [refusal.key for refusal in await till.stops()]


async def test_nothing_stops_a_till_that_is_well(till: Till) -> None:
    assert await keys(till) == []


async def test_clock_and_circuit_are_told_together_and_end_by_name(
    till: Till, clock: ManualClock
) -> None:
    await sell(till, await till.inquire("SLYLPR20", magic_number("http_401", METER)))
    clock.jump(-3600)
    assert await keys(till) == ["journal.clock_behind", "journal.circuit_open"]
    await till.trust_clock("SARI", "baterai")
    assert await keys(till) == ["journal.circuit_open"]
    await till.resume("SARI", "kata sandi")
    assert await keys(till) == []


async def test_a_journal_that_is_not_trusted_is_told_first(till: Till) -> None:
    await sell(till, await till.inquire("SLYLPR20", magic_number("http_401", METER)))
    till._counter.journal.alarm = Finding(Flaw.BEHIND)
    assert await keys(till) == ["journal.untrusted", "journal.circuit_open"]
