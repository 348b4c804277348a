"""What a start makes of sales whose category, session or reply is not what it was."""

from pathlib import Path

from cashier.clock import SystemClock
from cashier.journal.rows import NewMessage, NewPayment
from cashier.payment import Evidence, Hint, Reason, State
from tests.support.dying_till import sell_and_die
from tests.support.raw_server import http_reply
from tests.support.sandbox import RunningSandbox, running_sandbox
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


async def leave_answered(
    folder: Path, sandbox: RunningSandbox, reply: bytes, *, whole: bool
) -> None:
    """Leave a payment ``sent`` whose answer was kept and not judged."""
    async with open_shop(folder, sandbox) as till:
        quote = await till.inquire("SLYLPR20", METER)
        journal = till._counter.journal
        left = await journal.prepare(NewPayment(quote.id, "TOKO-1", quote.total))
        await journal.mark_sent(left.id)
        at = quote.at
        kept = NewMessage("payment", "TOKO-1", at, at, {}, reply, 200, whole)
        await journal.keep_reply(left.id, kept)


async def test_a_reference_in_a_torn_reply_is_a_hint_after_a_crash_too(tmp_path: Path) -> None:
    """Nothing proves that it is ours, so an answer about it has to name what we sent."""
    torn = http_reply({"error_code": "0000", "ref_id": "REF-7", "order_id": METER})[:-4]
    with running_sandbox(tmp_path) as sandbox:
        await leave_answered(tmp_path, sandbox, torn, whole=False)
        async with open_shop(tmp_path, sandbox) as till:
            (payment,) = till.recovered
            assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
            assert (payment.ref_id, payment.ref_is_hint) == ("REF-7", True)
            hints = (await till.follow_up(payment.id)).hints
            assert [hint.kind for hint in hints] == [Hint.TORN_REFERENCE]


async def test_a_reference_in_an_answer_to_another_is_a_hint_where_the_category_is_gone(
    tmp_path: Path,
) -> None:
    foreign = http_reply(
        {"error_code": "0000", "error_desc": "Success", "ref_id": "REF-7", "order_id": "999"}
    )
    with running_sandbox(tmp_path) as sandbox:
        await leave_answered(tmp_path, sandbox, foreign, whole=True)
        async with open_shop(tmp_path, sandbox, without="pln-prepaid") as till:
            (payment,) = till.recovered
            assert (payment.state, payment.reason) == (State.IN_DOUBT, Reason.CRASH)
            assert (payment.ref_id, payment.ref_is_hint) == ("REF-7", True)
