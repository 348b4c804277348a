"""Several sessions at one journal: the same bills at once, different bills, and recovery.

With ``--bills N`` the races have N bills; CI has time for a share.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cashier.journal.verifying import verify
from cashier.payment import Cash, Evidence, Reason, State
from tests.support.dying_till import sell_and_die
from tests.support.invariants import assert_invariants
from tests.support.leaving_till import KINDS, leave_open
from tests.support.racing_till import race
from tests.support.sandbox import running_sandbox
from tests.support.shop import open_shop

SESSIONS = 8
REFUSED_TO_LOSERS = {
    "till.bill_open",
    "journal.open_payment",
    "journal.paid_just_now",
    "journal.second_purchase",
}


@pytest.mark.timeout(600)
def test_f63_f65_eight_sessions_sell_the_same_bills_once(tmp_path: Path, bills: int | None) -> None:
    count = bills or 10
    with running_sandbox(tmp_path, mode="invoicing") as sandbox:
        raced = race(tmp_path, sandbox, [(0, count)] * SESSIONS)
        assert sum(sum(one.states.values()) for one in raced) == count
        assert {state for one in raced for state in one.states} == {State.PAID}
        refusals = {key for one in raced for key in one.refusals}
        assert refusals <= REFUSED_TO_LOSERS
        tried = sum(sum(one.refusals.values()) for one in raced) + count
        assert tried == SESSIONS * count
        assert len(sandbox.ledger.bookings) == count
        journal = tmp_path / "journal" / "journal.db"
        assert_invariants(journal, sandbox)
    assert verify(journal).ok


@pytest.mark.timeout(600)
def test_f65_two_sessions_with_different_bills_wait_for_nobody(
    tmp_path: Path, bills: int | None
) -> None:
    count = bills or 20
    with running_sandbox(tmp_path, mode="invoicing") as sandbox:
        raced = race(tmp_path, sandbox, [(0, count), (count, count)])
        assert [one.states for one in raced] == [{State.PAID: count}] * 2
        assert [one.refusals for one in raced] == [{}, {}]
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)
    seconds = sorted(each for one in raced for each in one.to_sent_s)
    p50, p99 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    print(f"{2 * count} payments to sent: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")


@pytest.mark.timeout(600)
async def test_f52_recovery_of_many_rows_is_right_in_all_also_when_killed_and_run_again(
    tmp_path: Path, bills: int | None
) -> None:
    count = bills or 120
    await asyncio.to_thread(leave_open, tmp_path, count)
    words = [sys.executable, "-m", "tests.support.leaving_till", str(tmp_path), "recover-and-die"]
    killed = await asyncio.to_thread(subprocess.run, words, capture_output=True, check=False)
    assert killed.returncode < 0, killed.stderr.decode()
    with running_sandbox(tmp_path) as sandbox:
        start = time.monotonic()
        async with open_shop(tmp_path, sandbox) as till:
            took = time.monotonic() - start
            left = [await till.payment(number) for number in range(1, count + 1)]
            for payment in left:
                kind = KINDS[(payment.id - 1) % len(KINDS)]
                assert (payment.state, payment.reason) == (kind.after, kind.why), kind
                assert (payment.evidence is Evidence.NOT_SENT) == (kind.name == "prepared")
                assert (payment.cash is Cash.OWED_BACK) == (payment.state is State.UNPAID)
            assert len(till.recovered) < count
        async with open_shop(tmp_path, sandbox) as till:
            assert till.recovered == ()
            again = [await till.payment(number) for number in range(1, count + 1)]
            assert again == left
        assert_invariants(tmp_path / "journal" / "journal.db")
    print(f"{count} open rows recovered, all but the first ones in {took * 1000:.0f} ms")


async def test_f66_a_living_sessions_sale_is_left_alone_and_a_dead_ones_is_told(
    tmp_path: Path,
) -> None:
    with running_sandbox(tmp_path) as sandbox:
        await asyncio.to_thread(sell_and_die, tmp_path, sandbox, "14012345678", "sent")
        async with open_shop(tmp_path, sandbox) as first:
            (told,) = (await first.greeting()).recovered
            assert (told.state, told.reason) == (State.IN_DOUBT, Reason.CRASH)
            async with open_shop(tmp_path, sandbox) as second:
                greeting = await second.greeting()
                assert (greeting.recovered, greeting.open_payments) == ((), 1)
