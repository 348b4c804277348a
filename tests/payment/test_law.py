"""Roads that a document opens, hints and what they lean to, and what opens the circuit."""

from itertools import product

import pytest

from cashier.language import LANGUAGES, say
from cashier.money import Rupiah
from cashier.payment import (
    TRANSITIONS,
    Circuit,
    Evidence,
    Hint,
    Judgement,
    Reason,
    State,
    Trip,
    hint_of_deposit,
    hints_in,
    road_by_document,
)

FINAL = (State.PAID, State.UNPAID, State.REFUNDED)
OPEN = (State.PROCESSING, State.IN_DOUBT, State.INCOMPLETE)


@pytest.mark.parametrize(("state", "outcome"), [*product(OPEN, (State.PAID, State.UNPAID))])
def test_t13_t14_whoever_resolves_an_open_payment_takes_it_over_first(
    state: State, outcome: State
) -> None:
    assert road_by_document(state, outcome) == (State.ESCALATED, outcome)


def test_t15_a_refund_goes_straight_where_the_law_has_it_and_else_by_way_of_paid() -> None:
    assert road_by_document(State.PROCESSING, State.REFUNDED) == (State.REFUNDED,)
    assert road_by_document(State.PAID, State.REFUNDED) == (State.REFUNDED,)
    assert road_by_document(State.ESCALATED, State.REFUNDED) == (State.PAID, State.REFUNDED)


@pytest.mark.parametrize(("state", "outcome"), [*product(State, FINAL)])
def test_every_road_is_made_of_lawful_steps(state: State, outcome: State) -> None:
    lawful = {(step.before, step.after, step.evidence) for step in TRANSITIONS}
    road = road_by_document(state, outcome) or ()
    for before, after in zip((state, *road), road, strict=False):
        evidence = None if after is State.ESCALATED else Evidence.DOCUMENT
        assert (before, after, evidence) in lawful


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.UNPAID, State.PAID),
        (State.REFUNDED, State.PAID),
        (State.PAID, State.UNPAID),
        (State.PREPARED, State.PAID),
        (State.SENT, State.UNPAID),
    ],
)
def test_no_document_undoes_a_decision_or_overtakes_a_sale(state: State, outcome: State) -> None:
    assert road_by_document(state, outcome) is None


@pytest.mark.parametrize(
    ("judgement", "found"),
    [
        (Judgement(State.IN_DOUBT, Reason.SAME_TRANSACTION, None, "610"), Hint.SAME_TRANSACTION),
        (Judgement(State.IN_DOUBT, Reason.UUID_EXISTS, None, "210"), Hint.UUID_EXISTS),
        (
            Judgement(State.IN_DOUBT, Reason.TORN_REPLY, ref_id="R", ref_is_hint=True),
            Hint.TORN_REFERENCE,
        ),
        (
            Judgement(State.IN_DOUBT, Reason.OTHER_UUID, ref_id="R", ref_is_hint=True),
            Hint.FOREIGN_REFERENCE,
        ),
        (Judgement(State.PROCESSING, Reason.NOT_FOUND, None, "0098", "R"), Hint.NOT_FOUND),
    ],
)
def test_f18_f34_f37_f40_what_an_answer_only_hints_at_is_named(
    judgement: Judgement, found: Hint
) -> None:
    ((kind, detail),) = hints_in(judgement)
    assert (kind, detail) == (found, judgement.detail or "R")


def test_a_plain_answer_hints_at_nothing() -> None:
    assert hints_in(Judgement(State.IN_DOUBT, Reason.NO_REPLY)) == ()
    assert hints_in(Judgement(State.PROCESSING, Reason.IN_PROCESS, ref_id="R")) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hint", Hint)
def test_each_hint_has_a_sentence(hint: Hint, language: str) -> None:
    code = LANGUAGES[0] if language == "id" else LANGUAGES[1]
    assert say(code, f"hint.{hint}", detail="610", before="Rp1", after="Rp2")


@pytest.mark.parametrize(
    ("circuit", "trip"),
    [
        (Circuit(), None),
        (Circuit(in_doubt=(1, 2)), None),
        (Circuit(in_doubt=(1, 2, 3)), Trip.DOUBTS),
        (Circuit(doubted_at=7), Trip.DOUBTS),
        (Circuit(unauthorised_at=7), Trip.UNAUTHORISED),
        (Circuit(unauthorised_at=7, in_doubt=(1, 2, 3)), Trip.UNAUTHORISED),
    ],
)
def test_three_doubts_or_one_401_stop_new_payments(circuit: Circuit, trip: Trip | None) -> None:
    assert circuit.trip is trip


@pytest.mark.parametrize(
    ("before", "after", "others", "hint"),
    [
        (100, 80, 0, Hint.BALANCE_MOVED),
        (100, 50, 30, Hint.BALANCE_MOVED),
        (100, 100, 0, Hint.BALANCE_STILL),
        (100, 70, 30, Hint.BALANCE_STILL),
        (100, 70, 0, Hint.BALANCE_OTHER),
        (100, 130, 0, Hint.BALANCE_OTHER),
        (100, 80, None, Hint.BALANCE_OTHER),
        (100, 100, None, Hint.BALANCE_OTHER),
    ],
)
def test_the_deposit_hints_only_where_it_is_known_what_others_took(
    before: int, after: int, others: int | None, hint: Hint
) -> None:
    known = None if others is None else Rupiah.of(others)
    found = hint_of_deposit(Rupiah.of(before), Rupiah.of(after), Rupiah.of(20), known)
    assert found is hint
