"""When retention ends: the person is gone, the books stay, the chain verifies (S39)."""

from dataclasses import replace
from pathlib import Path

from cashier.journal.verifying import verify
from cashier.money import Rupiah
from cashier.payment import State
from tests.journal.making import (
    BILL,
    DAY,
    FOUND_PAID,
    IN_DOUBT,
    MORNING,
    REFUSED,
    Counter,
    all_bytes,
    answer,
    inquiry,
    open_counter,
)

PERSON = replace(
    BILL,
    number="998877665544",
    name="CANARY NAME",
    data_text='{"who": "CANARY DATA"}',
    facts={"who": "CANARY FACT"},
)
CANARIES = (b"CANARY", b"998877665544", b"long reply about somebody")
LONG = b"long reply about somebody " * 2000


async def _serve(counter: Counter) -> None:
    quote = await counter.journal.keep_quote(PERSON, [inquiry(PERSON.number, reply=LONG)])
    payment = await counter.prepare(quote)
    await counter.journal.mark_sent(payment.id)
    await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid, LONG, PERSON.number))
    judgement = replace(IN_DOUBT, ref_id="REF-1")
    await counter.journal.conclude(payment.id, State.SENT, judgement)


async def _erase(counter: Counter) -> int:
    counter.clock.forward(DAY)
    return await counter.journal.erase_before(MORNING + DAY)


async def test_s39_no_byte_of_a_person_is_left_in_any_file(path: Path) -> None:
    async with open_counter(path) as counter:
        await _serve(counter)
        (payment,) = await counter.journal.open_payments()
        await counter.journal.conclude(payment.id, State.IN_DOUBT, FOUND_PAID)
        await counter.after_all()
        assert all(canary in all_bytes(path.parent) for canary in CANARIES)
        assert await _erase(counter) == 4
        assert await counter.journal.customers("9988") == ()
        assert not any(canary in all_bytes(path.parent) for canary in CANARIES)
        after = await counter.journal.payment(payment.id)
        assert (after.state, after.quote.total) == (State.PAID, Rupiah.of(53_500))
    assert verify(path).ok
    assert not any(canary in all_bytes(path.parent) for canary in CANARIES)


async def test_s39_what_is_still_open_or_owed_stays(counter: Counter, path: Path) -> None:
    await _serve(counter)
    owed = await counter.concluded(REFUSED)
    assert await _erase(counter) == 0
    await counter.journal.hand_back(owed.id)
    assert await counter.journal.erase_before(MORNING + DAY) == 3
    (open_one,) = await counter.journal.open_payments()
    assert open_one.quote.name == "CANARY NAME"
    assert verify(path).ok


async def test_s39_what_is_younger_stays(counter: Counter) -> None:
    payment = await counter.paid(BILL)
    assert await counter.journal.erase_before(MORNING) == 0
    assert (await counter.journal.payment(payment.id)).quote.name == BILL.name


async def test_s39_erasing_is_done_once_and_in_small_steps(counter: Counter) -> None:
    for _ in range(120):
        await counter.journal.keep_messages([inquiry()])
    assert await _erase(counter) == 120
    assert await counter.journal.erase_before(MORNING + DAY) == 0


async def test_s39_a_customer_who_comes_back_is_new(counter: Counter, path: Path) -> None:
    await counter.paid(BILL)
    await _erase(counter)
    await counter.paid(BILL)
    (known,) = await counter.journal.customers("1234")
    assert known.times == 1
    assert verify(path).ok
