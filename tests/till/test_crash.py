"""kill -9 in the middle of a sale: a restart finds the states of payment-states.md."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashier.clock import SystemClock
from cashier.payment import Cash, Evidence, Reason, State
from tests.support.dying_till import sell_and_die
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import agree, open_shop

METER = "14012345678"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path) as running:
        yield running


async def test_killed_when_prepared_nothing_left_and_the_cash_goes_back(
    tmp_path: Path, sandbox: RunningSandbox
) -> None:
    sell_and_die(tmp_path, sandbox, METER, "prepared")
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        (payment,) = till.recovered
        assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.NOT_SENT)
        assert payment.reason is Reason.SESSION_DIED
        assert payment.cash is Cash.OWED_BACK
        assert not sandbox.ledger.bookings
        agree(sandbox, (payment,))


async def test_killed_when_sent_before_a_byte_left_it_is_in_doubt(
    tmp_path: Path, sandbox: RunningSandbox
) -> None:
    sell_and_die(tmp_path, sandbox, METER, "sent")
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        (payment,) = till.recovered
        assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
        assert payment.cash is Cash.HELD
        assert sandbox.ledger.requests(payment.rq_uuid) == 0
        agree(sandbox, (payment,))


async def test_killed_while_waiting_for_the_reply_it_is_in_doubt_and_was_paid_once(
    tmp_path: Path, sandbox: RunningSandbox
) -> None:
    kill_while_waiting(tmp_path, sandbox, magic_number("hang_booked", METER))
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as reopened:
        (payment,) = reopened.recovered
        assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
        assert sandbox.ledger.requests(payment.rq_uuid) == 1
        agree(sandbox, (payment,))


async def test_killed_when_the_reply_was_kept_but_not_judged_the_token_is_not_lost(
    tmp_path: Path, sandbox: RunningSandbox
) -> None:
    sell_and_die(tmp_path, sandbox, METER, "kept")
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        (payment,) = till.recovered
        assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
        assert payment.token is not None
        assert len(payment.token) == 20
        agree(sandbox, (payment,))


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ("in_process_paid", State.PROCESSING),
        ("balance_too_low", State.UNPAID),
        ("http_500", State.IN_DOUBT),
        ("half_body", State.IN_DOUBT),
    ],
)
async def test_a_kept_reply_is_judged_after_the_crash_as_it_would_have_been(
    trouble: str, state: State, tmp_path: Path, sandbox: RunningSandbox
) -> None:
    sell_and_die(tmp_path, sandbox, magic_number(trouble, METER), "kept")
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        (payment,) = till.recovered
        assert payment.state is state
        agree(sandbox, (payment,))


async def test_recovery_run_again_changes_nothing(tmp_path: Path, sandbox: RunningSandbox) -> None:
    sell_and_die(tmp_path, sandbox, METER, "sent")
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        (first,) = till.recovered
    async with open_shop(tmp_path, sandbox, clock=SystemClock()) as till:
        assert till.recovered == ()
        assert await till.payment(first.id) == first


def kill_while_waiting(folder: Path, sandbox: RunningSandbox, number: str) -> None:
    """Run a till in a process of its own and kill it when Espay has the money."""
    words = [sys.executable, "-m", "tests.support.dying_till", str(folder), sandbox.base_url]
    with subprocess.Popen([*words, "SLYLPR20", number, "never"], stderr=subprocess.PIPE) as till:
        wait_for_booking(sandbox, till)
        till.kill()
