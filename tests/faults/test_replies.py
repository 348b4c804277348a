"""Faults of the reply (F15 to F50): what Espay's answer proves, and what it does not."""

from pathlib import Path
from typing import Final

import pytest

from cashier.journal.errors import CircuitOpen, PaidJustNow
from cashier.journal.file_errors import OtherEnvironment
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.payment import Cash, Evidence, Reason, State
from cashier.sandbox.troubles import trouble_called, troubles
from cashier.till import DepositShort, Payment, Till
from tests.faults.stage import (
    DIRECT,
    DIRECT_NUMBER,
    METER,
    SHORT,
    TOKEN,
    WIRE,
    Stage,
    pay,
    quoted,
    sell,
)
from tests.journal.making import HandClock, open_journal
from tests.support.clock import ManualClock
from tests.support.fault_server import (
    Fault,
    FaultServer,
    Forward,
    answered,
    close_booked,
    cut_at,
    cut_without_length,
    delivered_twice,
    delivered_twice_second_answers,
    dripping,
    reset_booked,
    silent_booked,
)
from tests.support.raw_server import Peer, RawServer, http_reply
from tests.support.sandbox import magic_number, running_sandbox

SHARES: Final = (0.01, 0.2, 0.5, 0.8, 0.95, 0.999)


def keys_of(fault: str, product: str = DIRECT) -> list[str]:
    """The troubles of the practice Espay that make this fault to this product's payment."""
    return [
        one.key
        for one in troubles().values()
        if one.fault == fault
        and one.place == "payment"
        and (one.only == "all" or (one.only == "token" and product == TOKEN))
    ]


def assert_open(payment: Payment, state: State = State.IN_DOUBT) -> None:
    """Nothing is decided, and the cash stays where it is."""
    assert (payment.state, payment.evidence, payment.cash) == (state, None, Cash.HELD)


async def pay_with(stage: Stage, fault: Fault, *, patient: bool = True) -> Payment:
    """Pay while this happens to the payment."""
    async with FaultServer(stage.sandbox.base_url, fault) as server:
        payment = await stage.pay_over(server.base_url, wire=WIRE if patient else SHORT)
        assert len(server.payments) == 1
    return payment


async def ask_until_final(stage: Stage, till: Till, payment: Payment, minutes: int = 30) -> Payment:
    """Ask once a minute, as patience would."""
    for _ in range(minutes):
        if not payment.state.is_open:
            break
        stage.clock.advance(61)
        payment = await till.ask(payment.id)
    return payment


async def test_f15_no_reply_ever_is_in_doubt_and_other_bills_go_on(stage: Stage) -> None:
    async with FaultServer(stage.sandbox.base_url, silent_booked) as server:
        quote = await stage.quote()
        async with stage.open(server.base_url, wire=SHORT) as till:
            payment = await pay(till, quote)
            assert_open(payment)
            assert payment.reason is Reason.DEADLINE
            with pytest.raises(Refusal):
                await sell(till)
            assert (await quoted(till, "4333333334")).number == "4333333334"


async def test_f16_a_dripping_reply_is_in_doubt_at_the_whole_deadline(stage: Stage) -> None:
    assert_open(await pay_with(stage, dripping(0.05), patient=False))


@pytest.mark.parametrize("fault", [close_booked, reset_booked])
async def test_f17_an_end_without_a_reply_is_in_doubt(stage: Stage, fault: Fault) -> None:
    assert_open(await pay_with(stage, fault))


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("share", SHARES)
async def test_f18_a_torn_reply_is_in_doubt_and_kept(
    stage: Stage, share: float, reset: bool
) -> None:
    """Cut at every byte: ``tests/espay/test_torn_replies.py``."""
    payment = await pay_with(stage, cut_at(share, reset=reset))
    assert_open(payment)
    (booking,) = stage.sandbox.ledger.bookings
    if payment.ref_id is not None:
        assert (payment.ref_id, payment.ref_is_hint) == (booking.ref_id, True)
    journal = await stage.open_journal()
    kept = [each for each in await journal.replies_of(payment.id) if each.service == "payment"]
    await journal.close()
    assert [each.whole for each in kept] == [False]
    assert reset or kept[0].reply


@pytest.mark.parametrize("share", SHARES)
async def test_f19_a_body_that_ends_with_its_connection_is_in_doubt_when_cut(
    stage: Stage, share: float
) -> None:
    assert_open(await pay_with(stage, cut_without_length(share)))


@pytest.mark.parametrize("key", keys_of("F20"))
async def test_f20_b1_a_5xx_is_in_doubt_and_asked_for_once(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key))
    assert stage.sandbox.ledger.book.count("payment") == 1


@pytest.mark.parametrize("key", keys_of("F21"))
async def test_f21_a_page_in_place_of_an_answer_is_in_doubt(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key))


async def test_f22_a_401_gives_the_cash_back_and_stops_new_payments(stage: Stage) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number("http_401", DIRECT_NUMBER))
        assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.REFUSED)
        assert payment.cash is Cash.OWED_BACK
        with pytest.raises(CircuitOpen):
            await sell(till, "4333333334")
    assert stage.sandbox.ledger.book.count("payment") == 1


async def test_f23_a_401_on_a_question_leaves_the_payment_as_it_is(stage: Stage) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number("status_401", DIRECT_NUMBER))
        stage.clock.advance(61)
        asked = await till.ask(payment.id)
        assert_open(asked, State.PROCESSING)
        assert asked.asked == 1
        with pytest.raises(CircuitOpen):
            await sell(till, "4333333334")


@pytest.mark.parametrize("key", keys_of("F24"))
async def test_f24_another_4xx_is_in_doubt(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f25_a_redirect_is_not_followed(stage: Stage, status: int) -> None:
    async def refuse(peer: object) -> None:
        raise AssertionError(f"somebody came: {peer}")

    async with RawServer(refuse) as elsewhere:
        location = f"Location: {elsewhere.base_url}/rest/biller/paymentreport"
        reply = http_reply("", status=f"{status} Moved", headers=(location,))
        assert_open(await pay_with(stage, answered(reply, booked=True)))
        assert elsewhere.received == b""


ODD: Final = {
    "100 alone": b"HTTP/1.1 100 Continue\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "206": http_reply({"error_code": "0000"}, status="206 Partial Content"),
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
    "bad gzip": http_reply(b"not gzip", headers=("Content-Encoding: gzip",)),
    "garbage": b"\x00\xff\x16\x03garbage\r\n\r\n",
    "nothing of http": b"SSH-2.0-OpenSSH_9.2\r\n",
}


@pytest.mark.parametrize("case", ODD)
async def test_f26_odd_http_is_in_doubt(stage: Stage, case: str) -> None:
    assert_open(await pay_with(stage, answered(ODD[case], booked=True)))


@pytest.mark.parametrize("key", keys_of("F27"))
async def test_f27_a_body_that_is_no_clean_object_is_in_doubt(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key))


@pytest.mark.parametrize("key", keys_of("F28"))
async def test_f28_another_shape_or_another_zero_is_in_doubt(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key))


async def test_f29_a_whole_success_is_paid(stage: Stage) -> None:
    payment = await stage.trouble("fine", TOKEN)
    assert (payment.state, payment.evidence) == (State.PAID, Evidence.REPLY)
    assert payment.cash is Cash.EARNED
    assert payment.token is not None


async def test_f30_inproses_is_asked_about_until_it_is_paid(stage: Stage) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number("in_process_paid", DIRECT_NUMBER))
        assert_open(payment, State.PROCESSING)
        paid = await ask_until_final(stage, till, payment)
    assert (paid.state, paid.evidence) == (State.PAID, Evidence.STATUS)


async def test_f31_inproses_without_a_reference_is_in_doubt(stage: Stage) -> None:
    payment = await stage.trouble("in_process_no_ref")
    assert_open(payment)
    assert payment.ref_id is None


@pytest.mark.parametrize("key", keys_of("F32", TOKEN))
async def test_f32_a_success_without_its_token_is_incomplete_and_fetched_again(
    stage: Stage, key: str
) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number(key, METER), TOKEN)
        assert_open(payment, State.INCOMPLETE)
        asked = await ask_until_final(stage, till, payment, 2)
        assert asked.state == (trouble_called(key).then or State.INCOMPLETE)


@pytest.mark.parametrize(
    "key", [one.key for one in troubles().values() if one.fault == "F33" and one.place == "payment"]
)
async def test_f33_a_success_over_another_amount_is_incomplete(stage: Stage, key: str) -> None:
    assert_open(await stage.trouble(key, TOKEN), State.INCOMPLETE)


@pytest.mark.parametrize("key", ["other_order_id", "other_uuid"])
async def test_f34_an_answer_that_names_another_is_in_doubt_with_a_hint(
    stage: Stage, key: str
) -> None:
    payment = await stage.trouble(key)
    assert_open(payment)
    assert payment.ref_is_hint


async def test_f34_the_answer_to_the_last_purchase_does_not_pay_for_this_one(
    stage: Stage,
) -> None:
    """Espay says of the reference that it is paid, and it is: for the purchase before."""
    first = b""

    async def answers_with_the_first(peer: Peer, request: bytes, forward: Forward) -> None:
        nonlocal first
        first = first or await forward(request)
        peer.send(first)
        peer.close()

    async with (
        FaultServer(stage.sandbox.base_url, answers_with_the_first) as server,
        stage.open(server.base_url) as till,
    ):
        assert (await sell(till)).state is State.PAID
        stage.clock.advance(310)
        quote = await quoted(till)
        second = await till.pay(quote.id, quote.total, sequence=2)
        assert_open(second)
        assert second.ref_is_hint
        assert_open(await till.ask(second.id))


async def test_f34_an_absent_echo_alone_is_tolerated(stage: Stage) -> None:
    assert (await stage.trouble("no_echo")).state is State.PAID


@pytest.mark.parametrize("key", keys_of("F35"))
async def test_f35_an_unknown_text_is_never_paid(stage: Stage, key: str) -> None:
    wanted = State.IN_DOUBT if key == "text_no_ref" else State.PROCESSING
    assert_open(await stage.trouble(key), wanted)


@pytest.mark.parametrize("key", keys_of("F36"))
async def test_f36_suspect_is_in_doubt(stage: Stage, key: str) -> None:
    payment = await stage.trouble(key)
    assert_open(payment)
    assert payment.cash is Cash.HELD


async def test_f37_610_on_a_payment_is_in_doubt(stage: Stage) -> None:
    payment = await stage.trouble("same_transaction")
    assert_open(payment)
    assert payment.reason is Reason.SAME_TRANSACTION


async def test_f38_610_after_our_own_attempt_counts_down_from_it(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till, METER, TOKEN)
        stage.clock.advance(60)
        with pytest.raises(Refusal) as refused:
            await quoted(till, METER, TOKEN)
    assert refused.value.key == "journal.paid_just_now"
    assert refused.value.values["time"] == "4:00"


async def test_f39_610_without_an_attempt_of_ours_warns_of_another_loket(stage: Stage) -> None:
    async with stage.open() as till:
        with pytest.raises(Refusal) as refused:
            await quoted(till, magic_number("inquiry_same_transaction", METER), TOKEN)
        assert refused.value.key == "till.paid_elsewhere"
        assert await till.open_payments() == ()


async def test_f40_210_is_in_doubt_and_never_failed(stage: Stage) -> None:
    payment = await stage.trouble("uuid_exists")
    assert_open(payment)
    assert payment.reason is Reason.UUID_EXISTS


@pytest.mark.parametrize(
    ("fault", "state"),
    [(delivered_twice, State.PAID), (delivered_twice_second_answers, State.IN_DOUBT)],
)
async def test_f41_a_request_that_the_network_doubles_is_booked_once(
    stage: Stage, fault: Fault, state: State
) -> None:
    payment = await pay_with(stage, fault)
    stage.doubled.append(payment.rq_uuid)
    assert payment.state is state
    assert len(stage.sandbox.ledger.bookings) == 1
    assert stage.sandbox.ledger.requests(payment.rq_uuid) == 2


@pytest.mark.parametrize("key", keys_of("F42"))
async def test_f42_a_listed_refusal_gives_the_cash_back(stage: Stage, key: str) -> None:
    """Every listed code: ``tests/espay/test_codes.py``."""
    payment = await stage.trouble(key)
    assert (payment.state, payment.evidence) == (State.UNPAID, Evidence.REFUSED)
    assert payment.cash is Cash.OWED_BACK


@pytest.mark.parametrize("key", keys_of("F43"))
async def test_f43_an_unlisted_code_is_in_doubt(stage: Stage, key: str) -> None:
    """Every code from 000 to 9999: ``tests/espay/test_codes.py``."""
    assert_open(await stage.trouble(key))


@pytest.mark.parametrize(
    "key", ["status_html", "status_hang", "status_other_ref", "status_not_found"]
)
async def test_f44_an_answer_to_a_question_that_proves_nothing_changes_nothing(
    stage: Stage, key: str
) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number(key, DIRECT_NUMBER))
        stage.clock.advance(61)
        asked = await till.ask(payment.id)
        assert_open(asked, State.PROCESSING)
        assert asked.asked == 1


async def test_f44_a_failure_counts_when_it_was_seen_twice(stage: Stage) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number("in_process_failed", DIRECT_NUMBER))
        stage.clock.advance(11 * 60)
        unpaid = await ask_until_final(stage, till, payment)
    assert (unpaid.state, unpaid.evidence) == (State.UNPAID, Evidence.STATUS)
    assert unpaid.asked >= 2


async def test_f45_b16_failed_and_then_success_ends_paid(stage: Stage) -> None:
    async with stage.open() as till:
        payment = await sell(till, magic_number("status_failed_then_paid", DIRECT_NUMBER))
        stage.clock.advance(11 * 60)
        paid = await ask_until_final(stage, till, payment)
    assert (paid.state, paid.evidence) == (State.PAID, Evidence.STATUS)


async def test_f48_a_bill_that_changed_is_paid_at_its_latest_amount_only(stage: Stage) -> None:
    number = magic_number("changing_bill", METER)
    async with stage.open() as till:
        old, new = await quoted(till, number, "SLYLPO"), await quoted(till, number, "SLYLPO")
        assert old.espay_amount != new.espay_amount
        refused = await pay(till, old)
        assert (refused.state, refused.evidence) == (State.UNPAID, Evidence.REFUSED)
        with pytest.raises(PaidJustNow):
            await pay(till, new)
        stage.clock.advance(301)
        paid = await pay(till, await quoted(till, number, "SLYLPO"))
        assert paid.state is State.PAID


async def test_f49_a_journal_of_another_environment_is_refused(stage: Stage) -> None:
    async with stage.open() as till:
        await sell(till)
    for environment in ("sandbox", "production"):
        with pytest.raises(OtherEnvironment):
            await open_journal(stage.journal, HandClock(), environment=environment)


async def test_f50_a_deposit_that_fell_since_the_quote_takes_no_cash(tmp_path: Path) -> None:
    clock, espay = ManualClock(), tmp_path / "espay"
    espay.mkdir()
    with running_sandbox(espay, clock=clock, opening_balance=Rupiah.of(60_000)) as sandbox:
        stage = Stage(tmp_path / "shop", sandbox, clock)
        async with stage.open(mode="deposit") as till:
            first, second = await quoted(till), await quoted(till, "4333333334")
            assert (await pay(till, first)).state is State.PAID
            with pytest.raises(DepositShort):
                await pay(till, second)
            assert await till.open_payments() == ()
        stage.check()
    assert sandbox.ledger.book.count("payment") == 1
