"""The law of a payment: what each answer proves, and which changes of state there are.

Rows of faults.md are named by their number, transitions by their name in payment-states.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashier.money import Rupiah
from cashier.payment import (
    FAILURE_COUNTS_AFTER_MS,
    FAILURES_APART_MS,
    FINAL_STATES,
    TRANSITIONS,
    Answer,
    Asked,
    Cash,
    Delivery,
    Demand,
    Demands,
    Evidence,
    Finality,
    Judgement,
    Reason,
    Sent,
    State,
    Verdict,
    cash_of,
    find_number,
    first_failure,
    judge,
    judge_status,
)

TOKEN = "20180318181800300030"
OTHER_TOKEN = "99180318181800300031"
SENT = Sent(
    "SHOP-1", "14234567890", Rupiah.of(202_500), frozenset({"77777777777777777777", "BUDI"})
)
SUCCESS = Answer(
    Delivery.WHOLE,
    code="0000",
    text="Success",
    verdict=Verdict.PAID,
    finality=Finality.FINAL,
    rq_uuid="SHOP-1",
    order_id="14234567890",
    ref_id="20261122104103",
    amounts=(Rupiah.of(202_500),),
    facts={"token_no": TOKEN, "customer_name": "BUDI"},
)
PLN_TOKEN = Demand("token", 20, ("token", "token_no", "stroom"), anywhere=True)
TOKEN_SALE = Demands("compare", (PLN_TOKEN,))
PLAIN_SALE = Demands()
DIRECT_SALE = Demands("note")

IN_PROCESS = replace(SUCCESS, text="Inproses", finality=Finality.IN_PROCESS)
STRANGE_TEXT = replace(SUCCESS, text="Sukses", finality=Finality.UNKNOWN)
REFUSED = Answer(Delivery.WHOLE, code="800", verdict=Verdict.UNPAID)


def unusable(reason: Reason, detail: str = "") -> Answer:
    return Answer(Delivery.UNUSABLE, reason, detail)


def unknown(code: str, reason: Reason | None = None, ref_id: str | None = None) -> Answer:
    return Answer(Delivery.WHOLE, reason, code=code, verdict=Verdict.UNKNOWN, ref_id=ref_id)


def doubt(
    reason: Reason, detail: str = "", ref_id: str | None = None, *, hint: bool = False
) -> Judgement:
    return Judgement(State.IN_DOUBT, reason, None, detail, ref_id, ref_is_hint=hint)


def not_sent(reason: Reason) -> Judgement:
    return Judgement(State.UNPAID, reason, Evidence.NOT_SENT)


class TestWhatAnAnswerToAPaymentProves:
    @pytest.mark.parametrize(
        "reason",
        [
            Reason.NAME_NOT_FOUND, Reason.CONNECT_FAILED, Reason.CONNECT_TIMEOUT,
            Reason.TLS_FAILED, Reason.CANCELLED, Reason.JOURNAL_FAILED,
            Reason.RELEASED_TOO_LATE, Reason.SESSION_DIED,
        ],
    )  # fmt: skip
    def test_f01_to_f08_and_f12_nothing_left_so_nothing_is_paid(self, reason: Reason) -> None:
        answer = Answer(Delivery.NOT_SENT, reason)
        assert judge(SENT, answer, TOKEN_SALE) == not_sent(reason)

    def test_nothing_left_without_a_reason_is_a_failed_connection(self) -> None:
        assert judge(SENT, Answer(Delivery.NOT_SENT), PLAIN_SALE) == not_sent(Reason.CONNECT_FAILED)

    @pytest.mark.parametrize(
        ("reason", "detail"),
        [
            (Reason.NO_REPLY, ""),  # F09, F17
            (Reason.DEADLINE, ""),  # F10, F15, F16
            (Reason.TORN_REPLY, ""),  # F18, F19, F26
            (Reason.HTTP_STATUS, "500"),  # F20
            (Reason.HTTP_STATUS, "502"),
            (Reason.HTTP_STATUS, "403"),  # F24
            (Reason.HTTP_STATUS, "429"),
            (Reason.HTTP_STATUS, "302"),  # F25
            (Reason.HTTP_STATUS, "204"),  # F26
            (Reason.NOT_JSON, ""),  # F21, F27, F28
            (Reason.TOO_LARGE, ""),  # F27
            (Reason.CRASH, ""),
        ],
    )
    def test_f09_to_f28_whatever_happens_after_byte_1_leaves_the_payment_in_doubt(
        self, reason: Reason, detail: str
    ) -> None:
        assert judge(SENT, unusable(reason, detail), TOKEN_SALE) == doubt(reason, detail)

    def test_an_unusable_answer_without_a_reason_counts_as_torn(self) -> None:
        assert judge(SENT, Answer(Delivery.UNUSABLE), PLAIN_SALE) == doubt(Reason.TORN_REPLY)

    def test_f18_a_reference_read_from_a_torn_reply_is_kept_as_a_hint(self) -> None:
        torn = Answer(Delivery.UNUSABLE, Reason.TORN_REPLY, ref_id="20261122104103")
        assert judge(SENT, torn, TOKEN_SALE) == doubt(
            Reason.TORN_REPLY, ref_id="20261122104103", hint=True
        )

    def test_f22_wrong_basic_auth_means_that_nothing_was_executed(self) -> None:
        assert judge(SENT, Answer(Delivery.UNAUTHORISED), TOKEN_SALE) == Judgement(
            State.UNPAID, Reason.UNAUTHORISED, Evidence.REFUSED
        )

    def test_f29_success_with_all_fields_right_is_paid(self) -> None:
        assert judge(SENT, SUCCESS, TOKEN_SALE) == Judgement(
            State.PAID, Reason.PAID, Evidence.REPLY, "", "20261122104103", TOKEN
        )

    def test_f30_inproses_is_not_paid(self) -> None:
        assert judge(SENT, IN_PROCESS, TOKEN_SALE) == Judgement(
            State.PROCESSING, Reason.IN_PROCESS, ref_id="20261122104103"
        )

    def test_f31_inproses_without_a_reference_is_in_doubt(self) -> None:
        assert judge(SENT, replace(IN_PROCESS, ref_id=None), TOKEN_SALE) == doubt(
            Reason.NO_REFERENCE
        )

    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"token_no": ""},
            {"token_no": "2018031818180030003"},
            {"token_no": "2018031818180030003A"},
            {"token_no": "0" * 20},
            {"token_no": TOKEN, "token": OTHER_TOKEN},
            {"serial": TOKEN, "reff": OTHER_TOKEN},
            {"customer": "77777777777777777777"},
        ],
        ids=["missing", "empty", "19 digits", "letter", "zeros", "two named", "two", "our own"],
    )
    def test_f32_a_success_without_its_token_is_incomplete(self, facts: dict[str, str]) -> None:
        assert judge(SENT, replace(SUCCESS, facts=facts), TOKEN_SALE) == Judgement(
            State.INCOMPLETE, Reason.FIELD_MISSING, None, "token", "20261122104103"
        )

    @pytest.mark.parametrize(
        "amount",
        [
            Rupiah.of(202_499), Rupiah.of(202_501), Rupiah.of(20_250_000), Rupiah.of(2_025),
            Rupiah(20_250_001), None,
        ],
        ids=["lower", "higher", "x100", "/100", "a sen", "150.000,00"],
    )  # fmt: skip
    def test_f33_a_success_over_another_amount_is_incomplete_and_keeps_its_token(
        self, amount: Rupiah | None
    ) -> None:
        answer = replace(SUCCESS, amounts=(Rupiah.of(202_500), amount))
        assert judge(SENT, answer, TOKEN_SALE) == Judgement(
            State.INCOMPLETE, Reason.AMOUNT_DIFFERS, None, "", "20261122104103", TOKEN
        )

    def test_a_canned_amount_of_a_direct_product_is_only_noted(self) -> None:
        answer = replace(SUCCESS, amounts=(Rupiah.of(100_000),))
        assert judge(SENT, answer, DIRECT_SALE).state is State.PAID

    def test_an_answer_that_states_no_amount_is_tolerated(self) -> None:
        assert judge(SENT, replace(SUCCESS, amounts=()), TOKEN_SALE).state is State.PAID

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"rq_uuid": "SHOP-2"}, Reason.OTHER_UUID),
            ({"order_id": "14234567891"}, Reason.OTHER_NUMBER),
            ({"order_id": ""}, Reason.OTHER_NUMBER),
        ],
    )
    @pytest.mark.parametrize("answer", [SUCCESS, IN_PROCESS, REFUSED, unknown("9999")])
    def test_f34_s21_an_answer_to_somebody_else_proves_nothing(
        self, answer: Answer, changed: dict[str, str], reason: Reason
    ) -> None:
        echoed = replace(answer, rq_uuid="SHOP-1", order_id="14234567890", ref_id="R1")
        other = replace(echoed, **changed)  # type: ignore[arg-type]  # all of them are texts
        assert judge(SENT, other, TOKEN_SALE) == doubt(reason, ref_id="R1", hint=True)

    @pytest.mark.parametrize(
        "absent", [{"rq_uuid": None}, {"order_id": None}, {"rq_uuid": None, "order_id": None}]
    )
    def test_f34_an_absent_echo_is_tolerated(self, absent: dict[str, None]) -> None:
        answer = replace(SUCCESS, **absent)  # type: ignore[arg-type]  # both may be absent
        assert judge(SENT, answer, TOKEN_SALE).state is State.PAID

    def test_f35_success_in_unknown_words_is_processing_with_a_reference(self) -> None:
        assert judge(SENT, STRANGE_TEXT, TOKEN_SALE) == Judgement(
            State.PROCESSING, Reason.UNKNOWN_TEXT, ref_id="20261122104103"
        )

    def test_f35_success_in_unknown_words_is_in_doubt_without_one(self) -> None:
        assert judge(SENT, replace(STRANGE_TEXT, ref_id=None), TOKEN_SALE) == doubt(
            Reason.NO_REFERENCE
        )

    @pytest.mark.parametrize("ref_id", [None, "R1"])
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("9999", Reason.SUSPECT),  # F36
            ("610", Reason.SAME_TRANSACTION),  # F37
            ("210", Reason.UUID_EXISTS),  # F40
        ],
    )
    def test_f36_f37_f40_suspect_610_and_210_are_doubts_with_names(
        self, code: str, reason: Reason, ref_id: str | None
    ) -> None:
        assert judge(SENT, unknown(code, reason, ref_id), TOKEN_SALE) == doubt(reason, code, ref_id)

    def test_f42_a_listed_refusal_is_unpaid(self) -> None:
        assert judge(SENT, REFUSED, TOKEN_SALE) == Judgement(
            State.UNPAID, Reason.REFUSED_BY_CODE, Evidence.REFUSED, "800"
        )

    def test_f43_an_unlisted_code_is_in_doubt(self) -> None:
        assert judge(SENT, unknown("801"), TOKEN_SALE) == doubt(Reason.UNKNOWN_CODE, "801")
        assert judge(SENT, Answer(Delivery.WHOLE), TOKEN_SALE) == doubt(Reason.UNKNOWN_CODE)


ASKED = Asked(
    SENT,
    State.PROCESSING,
    rq_uuid="SHOP-Q1",
    ref_id="20261122104103",
    sent_at=1_000_000,
    now=1_000_000 + FAILURE_COUNTS_AFTER_MS,
)
ASKABLE = (State.PROCESSING, State.IN_DOUBT, State.INCOMPLETE, State.ESCALATED)
STATUS_SUCCESS = replace(SUCCESS, rq_uuid="SHOP-Q1")


def stays(asked: Asked, reason: Reason, detail: str = "") -> Judgement:
    return Judgement(asked.state, reason, None, detail, asked.ref_id)


@pytest.mark.parametrize("state", ASKABLE)
class TestWhatAnAnswerToAStatusQuestionProves:
    def test_f44_success_complete_and_for_our_reference_is_paid(self, state: State) -> None:
        asked = replace(ASKED, state=state)
        assert judge_status(asked, STATUS_SUCCESS, TOKEN_SALE) == Judgement(
            State.PAID, Reason.PAID, Evidence.STATUS, "", asked.ref_id, TOKEN
        )

    def test_f44_without_any_echo_it_still_is(self, state: State) -> None:
        bare = replace(STATUS_SUCCESS, rq_uuid=None, order_id=None, ref_id=None)
        assert judge_status(replace(ASKED, state=state), bare, TOKEN_SALE).state is State.PAID

    def test_f34_by_a_reference_that_may_be_anothers_only_an_answer_naming_us_counts(
        self, state: State
    ) -> None:
        asked = replace(ASKED, state=state, ref_is_hint=True)
        silent = replace(STATUS_SUCCESS, order_id=None)
        failed = replace(silent, verdict=Verdict.UNPAID, code="0099")
        for answer in (silent, failed, replace(silent, rq_uuid=None)):
            judgement = judge_status(asked, answer, TOKEN_SALE)
            assert judgement == stays(asked, Reason.OTHER_REFERENCE, "hint")
        named = replace(silent, order_id=SENT.order_id)
        by_our_id = replace(silent, rq_uuid=SENT.rq_uuid)
        for answer in (named, by_our_id):
            assert judge_status(asked, answer, TOKEN_SALE).state is State.PAID

    def test_f34_where_the_bill_left_before_even_our_number_may_be_the_other_payments(
        self, state: State
    ) -> None:
        asked = replace(ASKED, state=state, ref_is_hint=True, bill_left_before=True)
        failed = replace(STATUS_SUCCESS, verdict=Verdict.UNPAID, code="0099")
        for answer in (STATUS_SUCCESS, failed):
            judgement = judge_status(asked, answer, TOKEN_SALE)
            assert judgement == stays(asked, Reason.OTHER_REFERENCE, "hint")
        by_our_id = replace(STATUS_SUCCESS, rq_uuid=SENT.rq_uuid)
        assert judge_status(asked, by_our_id, TOKEN_SALE).state is State.PAID
        sure = replace(asked, ref_is_hint=False)
        assert judge_status(sure, STATUS_SUCCESS, TOKEN_SALE).state is State.PAID

    def test_f33_silence_about_the_amount_does_not_make_a_difference_good(
        self, state: State
    ) -> None:
        asked = replace(ASKED, state=state, doubt=Reason.AMOUNT_DIFFERS)
        silent = replace(STATUS_SUCCESS, amounts=())
        judgement = judge_status(asked, silent, TOKEN_SALE)
        assert (judgement.state, judgement.reason) == (state, Reason.AMOUNT_DIFFERS)
        stated = replace(silent, amounts=(SENT.amount,))
        assert judge_status(asked, stated, TOKEN_SALE).state is State.PAID

    def test_the_payments_own_id_may_come_back_too(self, state: State) -> None:
        echo = replace(STATUS_SUCCESS, rq_uuid="SHOP-1")
        assert judge_status(replace(ASKED, state=state), echo, TOKEN_SALE).state is State.PAID

    @pytest.mark.parametrize(
        ("answer", "reason", "detail"),
        [
            (replace(STATUS_SUCCESS, finality=Finality.IN_PROCESS), Reason.IN_PROCESS, ""),
            (replace(STATUS_SUCCESS, finality=Finality.UNKNOWN), Reason.UNKNOWN_TEXT, ""),
            (replace(STATUS_SUCCESS, rq_uuid="SHOP-Q2"), Reason.OTHER_UUID, ""),
            (replace(STATUS_SUCCESS, ref_id="other"), Reason.OTHER_REFERENCE, ""),
            (replace(STATUS_SUCCESS, order_id="other"), Reason.OTHER_NUMBER, ""),
            (replace(STATUS_SUCCESS, facts={}), Reason.FIELD_MISSING, "token"),
            (unknown("404"), Reason.UNKNOWN_CODE, "404"),  # not found
            (unknown("9999", Reason.SUSPECT), Reason.SUSPECT, "9999"),
            (Answer(Delivery.WHOLE), Reason.UNKNOWN_CODE, ""),
            (unusable(Reason.NOT_JSON), Reason.NOT_JSON, ""),
            (unusable(Reason.HTTP_STATUS, "503"), Reason.HTTP_STATUS, "503"),
            (unusable(Reason.DEADLINE), Reason.DEADLINE, ""),
            (Answer(Delivery.NOT_SENT, Reason.CONNECT_FAILED), Reason.CONNECT_FAILED, ""),
            (Answer(Delivery.UNAUTHORISED), Reason.UNAUTHORISED, ""),  # F23
            (Answer(Delivery.UNUSABLE), Reason.TORN_REPLY, ""),
            (Answer(Delivery.NOT_SENT), Reason.CONNECT_FAILED, ""),
        ],
    )
    def test_f23_f44_whatever_proves_nothing_changes_nothing(
        self, state: State, answer: Answer, reason: Reason, detail: str
    ) -> None:
        asked = replace(ASKED, state=state)
        assert judge_status(asked, answer, TOKEN_SALE) == stays(asked, reason, detail)

    def test_another_amount_keeps_it_open_but_the_token_is_handed_on(self, state: State) -> None:
        """I8: whoever waits for a token gets it, even while the amount is unclear."""
        asked = replace(ASKED, state=state)
        answer = replace(STATUS_SUCCESS, amounts=(Rupiah.of(1),))
        assert judge_status(asked, answer, TOKEN_SALE) == replace(
            stays(asked, Reason.AMOUNT_DIFFERS), token=TOKEN
        )

    def test_one_failure_proves_nothing(self, state: State) -> None:
        asked = replace(ASKED, state=state)
        assert judge_status(asked, REFUSED, TOKEN_SALE) == stays(asked, Reason.FAILED_ONCE, "800")

    def test_two_failures_far_enough_apart_prove_it_where_espay_had_it(self, state: State) -> None:
        asked = replace(ASKED, state=state, failed_at=ASKED.now - FAILURES_APART_MS)
        expected = (
            Judgement(State.UNPAID, Reason.FAILED, Evidence.STATUS, "800", asked.ref_id)
            if state is not State.INCOMPLETE
            else stays(asked, Reason.FAILED_ONCE, "800")
        )
        assert judge_status(asked, REFUSED, TOKEN_SALE) == expected


@pytest.mark.parametrize("doubt", [Reason.FIELD_MISSING, Reason.AMOUNT_DIFFERS])
def test_money_that_is_gone_at_espay_comes_back_by_a_document_only(doubt: Reason) -> None:
    """An incomplete payment that was escalated is not unpaid because a status says failed."""
    failed_at = ASKED.now - FAILURES_APART_MS
    asked = replace(ASKED, state=State.ESCALATED, doubt=doubt, failed_at=failed_at)
    assert judge_status(asked, REFUSED, TOKEN_SALE) == stays(asked, Reason.FAILED_ONCE, "800")


def test_t15_f46_what_was_paid_is_refunded_after_two_failures_and_never_paid_again() -> None:
    paid = replace(ASKED, state=State.PAID, failed_at=ASKED.now - FAILURES_APART_MS)
    assert judge_status(paid, REFUSED, TOKEN_SALE) == Judgement(
        State.REFUNDED, Reason.REVERSED, Evidence.STATUS, "800", paid.ref_id
    )
    once = replace(paid, failed_at=None)
    assert judge_status(once, REFUSED, TOKEN_SALE).state is State.PAID
    assert judge_status(paid, STATUS_SUCCESS, TOKEN_SALE) == stays(paid, Reason.PAID)


@pytest.mark.parametrize("clock", ["truly_old", "truly_apart"])
def test_f61_a_wall_clock_that_jumped_makes_no_failure_believable(clock: str) -> None:
    asked = replace(ASKED, failed_at=ASKED.now - FAILURES_APART_MS)
    seen = replace(asked, truly_old=clock != "truly_old", truly_apart=clock != "truly_apart")
    assert judge_status(seen, REFUSED, TOKEN_SALE) == stays(asked, Reason.FAILED_ONCE, "800")


def test_a_failure_is_remembered_until_a_whole_answer_says_something_else() -> None:
    failed = stays(ASKED, Reason.FAILED_ONCE, "800")
    assert first_failure(ASKED, REFUSED, failed) == ASKED.now
    again = replace(ASKED, failed_at=ASKED.now - 1)
    assert first_failure(again, REFUSED, failed) == ASKED.now - 1
    torn = unusable(Reason.TORN_REPLY)
    assert first_failure(again, torn, stays(again, Reason.TORN_REPLY)) == ASKED.now - 1
    in_process = replace(STATUS_SUCCESS, finality=Finality.IN_PROCESS)
    assert first_failure(again, in_process, stays(again, Reason.IN_PROCESS)) is None
    young = replace(ASKED, now=ASKED.now - 1)
    assert first_failure(young, REFUSED, failed) is None


@pytest.mark.parametrize(
    ("age_ms", "apart_ms", "proved"),
    [
        (FAILURE_COUNTS_AFTER_MS, FAILURES_APART_MS, True),
        (FAILURE_COUNTS_AFTER_MS - 1, FAILURES_APART_MS, False),
        (FAILURE_COUNTS_AFTER_MS, FAILURES_APART_MS - 1, False),
        (FAILURE_COUNTS_AFTER_MS, -FAILURES_APART_MS, False),
        (-FAILURE_COUNTS_AFTER_MS, FAILURES_APART_MS, False),
        (FAILURE_COUNTS_AFTER_MS * 100, FAILURES_APART_MS * 100, True),
    ],
)
def test_f45_failures_count_when_old_enough_and_far_enough_apart(
    age_ms: int, apart_ms: int, proved: bool
) -> None:
    assert FAILURE_COUNTS_AFTER_MS == 600_000
    assert FAILURES_APART_MS == 60_000
    now = ASKED.sent_at + age_ms
    asked = replace(ASKED, now=now, failed_at=now - apart_ms)
    assert (judge_status(asked, REFUSED, TOKEN_SALE).state is State.UNPAID) is proved


def test_f45_failed_and_then_success_ends_paid() -> None:
    asked = replace(ASKED, failed_at=ASKED.now - FAILURES_APART_MS)
    assert judge_status(asked, STATUS_SUCCESS, TOKEN_SALE).state is State.PAID


# The sweep: every combination of what an answer can say, against a second opinion.

CODES_AND_VERDICTS = (
    ("0000", Verdict.PAID, None),
    ("800", Verdict.UNPAID, None),
    ("801", Verdict.UNKNOWN, None),
    ("9999", Verdict.UNKNOWN, Reason.SUSPECT),
    (None, Verdict.UNKNOWN, None),
)
AMOUNTS = (
    (),
    (SENT.amount,),
    (SENT.amount, SENT.amount),
    (SENT.amount, Rupiah.of(1)),
    (None,),
)
FACTS: tuple[Mapping[str, str], ...] = ({}, {"token_no": TOKEN}, {"token_no": "123"})
DEMANDS = (PLAIN_SALE, DIRECT_SALE, TOKEN_SALE, Demands("note", (PLN_TOKEN,)))


def every_answer() -> Iterator[Answer]:
    for delivery, (code, verdict, trouble), finality, uuid, number, ref, amounts, facts in product(
        Delivery,
        CODES_AND_VERDICTS,
        Finality,
        (None, "SHOP-1", "SHOP-Q1", "OTHER"),
        (None, "14234567890", "OTHER"),
        (None, "", "20261122104103", "OTHER"),
        AMOUNTS,
        FACTS,
    ):
        yield Answer(
            delivery, trouble, "", code, "", verdict, finality, uuid, number, ref, amounts, facts
        )


def second_opinion_says_paid(sent: Sent, answer: Answer, demands: Demands) -> bool:
    """Say when a payment may be called paid, written from payment-states.md, Evidence."""
    wants_token = bool(demands.numbers)
    has_token = answer.facts.get("token_no") == TOKEN
    amounts_agree = set(answer.amounts) <= {sent.amount}
    return not (
        answer.delivery != "whole"
        or answer.verdict != "paid"
        or answer.finality != "final"
        or answer.rq_uuid not in {None, sent.rq_uuid}
        or answer.order_id not in {None, sent.order_id}
        or not answer.ref_id
        or (wants_token and not has_token)
        or (demands.reply_amount == "compare" and not amounts_agree)
    )


def second_opinion_says_unpaid(sent: Sent, answer: Answer) -> bool:
    """Say when cash may go back, written from payment-states.md, Evidence."""
    if answer.delivery in {"not_sent", "unauthorised"}:
        return True
    strange = {answer.rq_uuid, answer.order_id} - {None, sent.rq_uuid, sent.order_id}
    swapped = answer.rq_uuid == sent.order_id or answer.order_id == sent.rq_uuid
    refused = answer.delivery == "whole" and answer.verdict == "unpaid"
    return refused and not strange and not swapped


@pytest.mark.parametrize("demands", DEMANDS)
def test_every_answer_has_one_state_that_a_second_opinion_shares(demands: Demands) -> None:
    allowed = {(t.after, t.evidence) for t in TRANSITIONS if t.before is State.SENT}
    seen = set()
    for answer in every_answer():
        judgement = judge(SENT, answer, demands)
        paid = second_opinion_says_paid(SENT, answer, demands)
        unpaid = second_opinion_says_unpaid(SENT, answer)
        assert (judgement.state is State.PAID) == paid, answer
        assert (judgement.state is State.UNPAID) == unpaid, answer
        assert (judgement.state, judgement.evidence) in allowed, answer
        assert (judgement.evidence is None) == judgement.state.is_open, answer
        if judgement.state in (State.PAID, State.PROCESSING, State.INCOMPLETE):
            assert judgement.ref_id == answer.ref_id is not None
        seen.add(judgement.state)
    expected = {State.PAID, State.UNPAID, State.PROCESSING, State.IN_DOUBT}
    may_be_incomplete = demands != DIRECT_SALE
    assert seen == (expected | {State.INCOMPLETE} if may_be_incomplete else expected)


@pytest.mark.parametrize("state", ASKABLE)
@pytest.mark.parametrize("failed_before", [False, True])
def test_every_status_answer_stays_or_moves_along_a_listed_transition(
    state: State, failed_before: bool
) -> None:
    failed_at = ASKED.now - FAILURES_APART_MS if failed_before else None
    asked = replace(ASKED, state=state, failed_at=failed_at)
    allowed = {(t.after, t.evidence) for t in TRANSITIONS if t.before is state}
    for answer in every_answer():
        ours = replace(answer, rq_uuid=SENT.rq_uuid) if answer.rq_uuid == "SHOP-Q1" else answer
        ours = replace(ours, ref_id=asked.ref_id if ours.ref_id is None else ours.ref_id)
        mine = ours.ref_id == asked.ref_id
        judgement = judge_status(asked, answer, TOKEN_SALE)
        paid = mine and second_opinion_says_paid(SENT, ours, TOKEN_SALE)
        assert (judgement.state is State.PAID) == paid, answer
        assert judgement.ref_id == asked.ref_id
        if judgement.state is state:
            assert judgement.evidence is None
        else:
            assert (judgement.state, judgement.evidence) in allowed, answer
        if judgement.state is State.UNPAID:
            whole = answer.delivery is Delivery.WHOLE
            assert (failed_before, whole, mine) == (True, True, True)
            assert second_opinion_says_unpaid(SENT, ours)


@given(
    code=st.none() | st.text(max_size=8),
    uuid=st.none() | st.text(max_size=8),
    number=st.none() | st.text(max_size=8),
    ref_id=st.none() | st.text(max_size=8),
    delivery=st.sampled_from(Delivery),
    verdict=st.sampled_from(Verdict),
    finality=st.sampled_from(Finality),
    facts=st.dictionaries(st.text(max_size=5), st.text(max_size=25), max_size=5),
)
def test_no_text_in_an_answer_can_make_the_judge_fail(
    *, code: str | None, uuid: str | None, number: str | None, ref_id: str | None,
    delivery: Delivery, verdict: Verdict, finality: Finality, facts: dict[str, str],
) -> None:  # fmt: skip
    answer = Answer(
        delivery, None, "", code, "", verdict, finality, uuid, number, ref_id, (), facts
    )
    assert judge(SENT, answer, TOKEN_SALE).state in State
    assert judge_status(ASKED, answer, TOKEN_SALE).state in State


# Numbers that a sale must bring home


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"token": TOKEN}, TOKEN),
        ({"token_no": TOKEN}, TOKEN),
        ({"token": "2018 0318 1818 0030 0030"}, TOKEN),
        ({"token": "2018-0318-1818-0030-0030"}, TOKEN),
        ({"token": f" {TOKEN} "}, TOKEN),
        ({"token": TOKEN, "stroom": "2018 0318 1818 0030 0030"}, TOKEN),
        ({"token": "", "stroom": TOKEN}, TOKEN),
        ({"token": "  ", "elsewhere": TOKEN}, TOKEN),
        ({"elsewhere": TOKEN}, TOKEN),
        ({"info.serial": "2018 0318 1818 0030 0030", "name": "BUDI"}, TOKEN),
        ({"one": TOKEN, "two": TOKEN}, TOKEN),
        ({"token": TOKEN, "elsewhere": OTHER_TOKEN}, TOKEN),
        ({}, None),
        ({"token": ""}, None),
        ({"token": TOKEN[:19]}, None),
        ({"token": TOKEN + "1"}, None),
        ({"token": TOKEN[:19] + "A"}, None),
        ({"token": "２" * 20}, None),
        ({"token": "0" * 20}, None),
        ({"token": "0000 0000 0000 0000 0000"}, None),
        ({"token": TOKEN, "stroom": OTHER_TOKEN}, None),
        ({"token": TOKEN, "stroom": "pending"}, None),
        ({"token": "pending", "elsewhere": TOKEN}, None),
        ({"one": TOKEN, "two": OTHER_TOKEN}, None),
        ({"one": "77777777777777777777"}, None),
        ({"one": "77777777777777777777", "two": TOKEN}, TOKEN),
        ({"reff_no": "1" * 32, "meter": "14234567890"}, None),
    ],
)
def test_f32_the_token_is_found_only_where_there_is_no_choice(
    facts: dict[str, str], found: str | None
) -> None:
    assert find_number(PLN_TOKEN, facts, SENT.data_values) == found


def test_a_number_is_not_looked_for_elsewhere_unless_the_category_says_so() -> None:
    named_only = Demand("serial", 20, ("serial",))
    assert find_number(named_only, {"elsewhere": TOKEN}) is None
    assert find_number(named_only, {"serial": TOKEN}) == TOKEN


@given(facts=st.dictionaries(st.text(max_size=8), st.text(max_size=30)))
def test_a_found_number_is_always_well_formed(facts: dict[str, str]) -> None:
    found = find_number(PLN_TOKEN, facts)
    assert found is None or (found.isascii() and found.isdigit() and len(found) == 20)


def test_of_several_demands_each_must_be_met() -> None:
    serial = Demand("serial", 6, ("serial",))
    both = Demands("compare", (PLN_TOKEN, serial))
    judgement = judge(SENT, SUCCESS, both)
    assert (judgement.state, judgement.detail) == (State.INCOMPLETE, "serial")
    assert judgement.token == TOKEN
    complete = replace(SUCCESS, facts={"token_no": TOKEN, "serial": "123456"})
    assert judge(SENT, complete, both).state is State.PAID


# States, transitions, cash

EXPECTED_TRANSITIONS = """
T2   prepared   sent       -
T3   prepared   unpaid     not_sent
T3b  sent       unpaid     not_sent
T5   sent       paid       reply
T6   sent       processing -
T7   sent       incomplete -
T8   sent       unpaid     refused
T9   sent       in_doubt   -
T11  processing paid       status
T11  in_doubt   paid       status
T11  incomplete paid       status
T12  processing unpaid     status
T12  in_doubt   unpaid     status
T13  processing escalated  -
T13  in_doubt   escalated  -
T13  incomplete escalated  -
T14  escalated  paid       status
T14  escalated  paid       document
T14  escalated  unpaid     status
T14  escalated  unpaid     document
T15  paid       refunded   document
T15  paid       refunded   status
T15  processing refunded   document
T15  processing refunded   status
T16  in_doubt   paid       reply
T16  escalated  paid       reply
"""


def test_the_transitions_are_those_of_the_law_and_no_others() -> None:
    listed = {tuple(line.split()) for line in EXPECTED_TRANSITIONS.strip().splitlines()}
    stated = {(t.name, t.before, t.after, t.evidence or "-") for t in TRANSITIONS}
    assert stated == listed
    assert len(TRANSITIONS) == len(listed)


def test_a_state_is_final_exactly_where_evidence_leads_to_it() -> None:
    for transition in TRANSITIONS:
        assert (transition.evidence is None) == transition.after.is_open
    assert {state for state in State if not state.is_open} == FINAL_STATES


def test_a_final_payment_is_never_opened_again_and_only_paid_can_be_reversed() -> None:
    after = [(t.before, t.after) for t in TRANSITIONS if not t.before.is_open]
    assert set(after) == {(State.PAID, State.REFUNDED)}


def test_every_open_state_has_a_way_to_a_final_one() -> None:
    """I11."""
    for state in State:
        reached = {state}
        for _ in State:
            reached |= {t.after for t in TRANSITIONS if t.before in reached}
        assert not state.is_open or {State.PAID, State.UNPAID} <= reached


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("returned", [False, True])
def test_cash_follows_from_the_state_and_the_hand_over(state: State, returned: bool) -> None:
    expected = {
        State.PAID: Cash.EARNED,
        State.UNPAID: Cash.RETURNED if returned else Cash.OWED_BACK,
        State.REFUNDED: Cash.RETURNED if returned else Cash.OWED_BACK,
    }
    assert cash_of(state, returned) is expected.get(state, Cash.HELD)
