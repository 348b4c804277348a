"""The table of codes: what each proves about the customer's money, and where that is said."""

import pytest

from cashier.espay.codes import CODES, Code, finality, look_up
from cashier.espay.wire import Service
from cashier.payment import Finality, Reason, Verdict

PAYMENT_REFUSALS = {"800": "", "802": "", "405": "product denied", "0601": "IP Address rejected"}


def verdict(service: Service, code: str, text: str = "", *, practice: bool = False) -> Verdict:
    row = look_up(service, code, text, practice=practice)
    return Verdict.UNKNOWN if row is None else row.verdict


def test_no_code_stands_twice_for_one_service() -> None:
    assert len({row.key for row in CODES}) == len(CODES)


@pytest.mark.parametrize("row", CODES, ids=lambda row: f"{row.service}-{row.code}")
def test_every_row_names_its_source_and_a_doubt_where_it_refuses(row: Code) -> None:
    assert row.meaning
    assert row.source
    assert row.words == row.words.casefold()
    if row.verdict is Verdict.PAID:
        assert (row.code, row.doubt) == ("0000", None)


@pytest.mark.parametrize(("code", "text"), PAYMENT_REFUSALS.items())
def test_f42_a_listed_refusal_of_a_payment_proves_that_nothing_was_paid(
    code: str, text: str
) -> None:
    assert verdict(Service.PAYMENT, code, text) is Verdict.UNPAID
    assert verdict(Service.PAYMENT, code, text.upper()) is Verdict.UNPAID


@pytest.mark.parametrize("code", ["405", "0601"])
def test_f42_a_refusal_seen_only_elsewhere_needs_its_words(code: str) -> None:
    assert verdict(Service.PAYMENT, code, "something else") is Verdict.UNKNOWN
    assert verdict(Service.PAYMENT, code, "") is Verdict.UNKNOWN


def test_f43_every_other_code_of_a_payment_proves_nothing() -> None:
    codes = [f"{number:0{width}d}" for width in (1, 2, 3, 4) for number in range(10**width)]
    codes += ["EX", "ex", "", " 0000", "0000 ", "00000", "0000\x00", "００００", "0000.0", "true"]
    proved = {code for code in codes if verdict(Service.PAYMENT, code) is not Verdict.UNKNOWN}
    assert proved == {"0000", "800", "802"}
    denied = {
        code
        for code in codes
        if verdict(Service.PAYMENT, code, "product denied ip address") is Verdict.UNPAID
    }
    assert denied == set(PAYMENT_REFUSALS)


@pytest.mark.parametrize(
    ("code", "doubt"),
    [
        ("210", Reason.UUID_EXISTS),
        ("610", Reason.SAME_TRANSACTION),
        ("9999", Reason.SUSPECT),
        ("EX", Reason.SUSPECT),
    ],
)
def test_f36_f37_f40_codes_of_doubt_say_why_and_prove_nothing(code: str, doubt: Reason) -> None:
    row = look_up(Service.PAYMENT, code, "", practice=True)
    assert row is not None
    assert (row.verdict, row.doubt) == (Verdict.UNKNOWN, doubt)


def test_f44_no_real_status_answer_has_a_code_that_proves_failure() -> None:
    codes = [f"{number:04d}" for number in range(10_000)] + ["EX", "405", "800", "802"]
    proved = {code for code in codes if verdict(Service.STATUS, code) is not Verdict.UNKNOWN}
    assert proved == {"0000"}


def test_invented_codes_count_in_practice_only() -> None:
    for row in CODES:
        in_practice = look_up(row.service, row.code, row.words, practice=True)
        in_earnest = look_up(row.service, row.code, row.words, practice=False)
        assert in_practice is row
        assert in_earnest is (None if row.invented else row)
    assert verdict(Service.STATUS, "0099", practice=True) is Verdict.UNPAID
    assert verdict(Service.STATUS, "0098", practice=True) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("Success",), Finality.FINAL),
        (("Success ",), Finality.FINAL),
        (("Success", "Success"), Finality.FINAL),
        (("Inproses",), Finality.IN_PROCESS),
        (("Success", "Inproses"), Finality.IN_PROCESS),
        (("Inproses", "?"), Finality.IN_PROCESS),
        (("Success", "Suspect"), Finality.UNKNOWN),
        (("Success", ""), Finality.UNKNOWN),
        (("Sukses",), Finality.UNKNOWN),
        (("SUCCESS",), Finality.UNKNOWN),
        (("Success\u200b",), Finality.UNKNOWN),
        (("Unsuccess",), Finality.UNKNOWN),
        (("OK",), Finality.UNKNOWN),
        (("",), Finality.UNKNOWN),
        ((), Finality.UNKNOWN),
    ],
)
def test_f30_f35_only_the_documented_words_are_final(
    texts: tuple[str, ...], found: Finality
) -> None:
    assert finality(texts) is found
