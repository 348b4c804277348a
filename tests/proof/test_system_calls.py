"""Proof 3: whichever system call is a till's last, or fails, no rupiah is doubled or lost.

A real till in a process of its own sells at the practice Espay, recovers, or brings an older
journal to the newest shape. At its n-th call of a kind it is killed (F51, F52, F74), or the call
fails (F68). Then it is started again and asks until all is quiet; journal, ledger and drawer are
compared before and after. A point costs 0.15 s of a core, so that CI takes an even share of 210
kills and 105 errors, not the 400 and 200 that were wished for; ``--seed`` takes another share,
``--campaign`` all of them. One point alone: ``CASHIER_POINT="pwrite64 17 KILL"`` with ``-k`` and
the scenario.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pytest

from tests.proof.crashes import SCENARIOS, Crashes
from tests.support.clock import ManualClock
from tests.support.quick_disk import quick_folder
from tests.support.sandbox import running_sandbox
from tests.support.tracing import KILL, Fault, can_trace
from tests.support.zygote import Zygote

KILLS: Final = 30
ERRORS: Final = 15
"""The usual share of each scenario."""

STRIKING: Final = 0.8
"""The share of the points that has to come about: threads do not always take turns alike."""

SALES: Final = ("token", "postpaid", "inproses", "refused", "in_doubt")

pytestmark = pytest.mark.skipif(
    not can_trace(), reason="system calls are counted on Linux x86-64 alone"
)

Shops = Callable[..., Crashes]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote() as running:
        yield running


@pytest.fixture
def shop(zygote: Zygote) -> Iterator[Shops]:
    with quick_folder() as folder:
        (folder / "espay").mkdir()
        with running_sandbox(folder / "espay", clock=ManualClock()) as sandbox:

            def make(scenario: str, wrong: str = "") -> Crashes:
                return Crashes(zygote, sandbox, folder, SCENARIOS[scenario], wrong)

            yield make


@pytest.fixture
def share(request: pytest.FixtureRequest, campaign: bool) -> Callable[..., Sequence[Fault]]:
    """Take an even share of points, another for each seed; or the one that was named."""

    def take(points: Sequence[Fault], number: int) -> Sequence[Fault]:
        alone = os.environ.get("CASHIER_POINT")
        if alone:
            call, when, what = alone.split()
            return [Fault(call, int(when), what)]
        if campaign or len(points) <= number:
            return points
        offset = random.Random(request.config.getoption("--seed") or 1).random()
        step = len(points) / number
        return [points[int((turn + offset) * step)] for turn in range(number)]

    return take


def violations(crashes: Crashes, points: Sequence[Fault]) -> list[str]:
    """Strike at each point; say what was violated, and where."""
    found = [crashes.violation(point) for point in points]
    print(f"{crashes.scenario.name}: {crashes.struck} of {len(points)} points struck")
    assert crashes.struck >= len(points) * STRIKING, f"only {crashes.struck} points struck"
    return [violation for violation in found if violation is not None]


@pytest.mark.parametrize("scenario", SALES)
def test_f51_a_sale_killed_before_any_system_call_is_settled_by_a_start(
    shop: Shops, share: Callable[..., Sequence[Fault]], scenario: str
) -> None:
    crashes = shop(scenario)
    found = violations(crashes, share(crashes.kills(), KILLS))
    assert not found, "\n".join(found)


def test_f52_a_recovery_killed_before_any_system_call_ends_the_same(
    shop: Shops, share: Callable[..., Sequence[Fault]]
) -> None:
    crashes = shop("recovery")
    found = violations(crashes, share(crashes.kills(), KILLS))
    assert not found, "\n".join(found)


def test_f74_an_upgrade_killed_before_any_system_call_leaves_the_old_shape_or_the_new(
    shop: Shops, share: Callable[..., Sequence[Fault]]
) -> None:
    crashes = shop("migration")
    found = violations(crashes, share(crashes.kills(), KILLS))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_f68_a_system_call_that_fails_loses_nothing_and_sends_nothing_more(
    shop: Shops, share: Callable[..., Sequence[Fault]], scenario: str
) -> None:
    crashes = shop(scenario)
    found = violations(crashes, share(crashes.errors(), ERRORS))
    assert not found, "\n".join(found)


def test_a_till_that_commits_after_sending_is_found_out(shop: Shops) -> None:
    """The proof's own proof: killed while it waits for the reply, its row says nothing left."""
    crashes = shop("postpaid", "commits after sending")
    found = [crashes.violation(Fault("recvfrom", when, KILL)) for when in range(5, 20)]
    assert any(one and ("T2" in one or "I4" in one) for one in found), found


def test_a_till_that_goes_on_after_its_disk_failed_is_found_out(shop: Shops) -> None:
    crashes = shop("postpaid", "forgets failures")
    assert any(crashes.violation(Fault("fdatasync", when, "EIO")) for when in (2, 3, 4))
