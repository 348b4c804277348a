"""Only what Espay said about this very payment may stand on its struk."""

from dataclasses import replace

import pytest

from cashier.payment import Answer, Delivery, State, Verdict
from cashier.receipt import facts_of
from tests.receipt.making import paid

PAYMENT = paid("mobile-prepaid")
GOOD = Answer(
    Delivery.WHOLE,
    verdict=Verdict.PAID,
    rq_uuid=PAYMENT.rq_uuid,
    order_id=PAYMENT.quote.number,
    ref_id=PAYMENT.ref_id,
    facts={"serial_number": "0419", "sn_note": "baru"},
)


def told(*answers: Answer, rq_uuid: str = PAYMENT.rq_uuid) -> dict[str, str]:
    return dict(facts_of(PAYMENT, [(rq_uuid, answer) for answer in answers]))


def test_without_an_answer_the_facts_are_those_of_the_inquiry() -> None:
    assert told() == PAYMENT.quote.facts


def test_what_the_payment_s_answer_adds_is_joined() -> None:
    assert told(GOOD) == {**PAYMENT.quote.facts, **GOOD.facts}


def test_a_later_answer_counts_more_but_an_empty_value_hides_nothing() -> None:
    later = replace(GOOD, facts={"serial_number": "0420", "sn_note": "", "new": ""})
    assert told(GOOD, later) == {
        **PAYMENT.quote.facts,
        "serial_number": "0420",
        "sn_note": "baru",
        "new": "",
    }


def test_an_answer_that_names_nothing_is_an_answer_to_its_own_question() -> None:
    silent = replace(GOOD, rq_uuid=None, order_id=None, ref_id=None)
    assert told(silent)["sn_note"] == "baru"


def test_a_status_answer_names_its_own_question_or_the_payment() -> None:
    for named in ("TOKO-ASK-1", PAYMENT.rq_uuid):
        assert told(replace(GOOD, rq_uuid=named), rq_uuid="TOKO-ASK-1")["sn_note"] == "baru"


@pytest.mark.parametrize(
    "foreign",
    [
        replace(GOOD, rq_uuid="TOKO-OTHER"),
        replace(GOOD, order_id="081200000000"),
        replace(GOOD, ref_id="20990101000000"),
        replace(GOOD, verdict=Verdict.UNKNOWN),
        replace(GOOD, verdict=Verdict.UNPAID),
        replace(GOOD, delivery=Delivery.UNUSABLE),
        replace(GOOD, delivery=Delivery.UNAUTHORISED),
        replace(GOOD, delivery=Delivery.NOT_SENT),
    ],
    ids=lambda answer: f"{answer.delivery}-{answer.verdict}-{answer.rq_uuid}-{answer.order_id}",
)
def test_s21_an_answer_that_speaks_of_something_else_adds_nothing(foreign: Answer) -> None:
    assert told(foreign) == PAYMENT.quote.facts


def test_of_a_card_only_the_mask_is_known_so_the_number_is_not_compared() -> None:
    card = paid("credit-card")
    answer = replace(GOOD, order_id="528913XXXXXX8888", ref_id=card.ref_id)
    assert facts_of(card, [(card.rq_uuid, answer)])["sn_note"] == "baru"


def test_a_payment_without_a_reference_takes_no_answer_that_has_one() -> None:
    unknown = replace(PAYMENT, ref_id=None, state=State.IN_DOUBT)
    assert "sn_note" not in facts_of(unknown, [(PAYMENT.rq_uuid, GOOD)])
