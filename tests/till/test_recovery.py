"""What a start makes of sales whose category, session or reply is not what it was."""

from pathlib import Path

from cashier.clock import SystemClock
from cashier.payment import Evidence, Reason, State
from tests.support.dying_till import sell_and_die
from tests.support.sandbox import running_sandbox
from tests.support.shop import agree, open_shop

METER = "14012345678"
PHONE = "085612345678"


async def test_a_sale_of_the_live_list_is_judged_without_asking_for_the_list(
    tmp_path: Path,
) -> None:
    with running_sandbox(tmp_path) as sandbox:
        sell_and_die(tmp_path, sandbox, PHONE, "kept", product="SVHIM25")
        async with open_shop(
            tmp_path, sandbox, clock=SystemClock(), base_url="http://127.0.0.1:1"
        ) as till:
            (payment,) = till.recovered
            assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
            agree(sandbox, (payment,))


async def test_a_sale_whose_category_is_gone_is_left_to_be_asked_about(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        sell_and_die(tmp_path, sandbox, METER, "kept")
        async with open_shop(tmp_path, sandbox, clock=SystemClock(), without="pln-prepaid") as till:
            (payment,) = till.recovered
            assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
            assert payment.ref_id is not None
            agree(sandbox, (payment,))
