"""Paper for payments that are not paid: no LUNAS, no legal sentence, and where the cash is."""

from dataclasses import replace

import pytest

from cashier.language import LANGUAGES, LanguageCode
from cashier.payment import FINAL_STATES, State
from cashier.receipt import plain_text
from tests.receipt.making import LETTERHEAD, TOKEN, catalogue, in_state, sales, struk
from tests.support.clock import START_MS

OPEN = [state for state in State if state.is_open]
NOT_PAID = [state for state in State if state is not State.PAID]
GOES_BACK = sorted(FINAL_STATES - {State.PAID})
WIDE = 132


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", sales())
@pytest.mark.parametrize("state", NOT_PAID)
def test_i7_no_slip_of_any_other_state_says_paid_or_speaks_for_the_biller(
    state: State, category: str, language: LanguageCode
) -> None:
    letterhead = replace(LETTERHEAD, language=language, footer="Bukti LUNAS yang sah")
    document = struk(in_state(state, category), letterhead=letterhead)
    printed = plain_text(document, WIDE)
    assert "LUNAS" not in printed.replace("BELUM LUNAS", "")
    assert "PAID" not in printed.replace("NOT PAID", "").split()
    assert "sah" not in printed.split()
    struk_of_category = catalogue().category(category).rules.struk
    for words in (
        struk_of_category.legal,
        struk_of_category.heading,
        *struk_of_category.information,
    ):
        assert words is None or words not in printed
    assert document.billers_block == ()


@pytest.mark.parametrize("state", OPEN)
def test_an_open_payment_gets_a_slip_for_the_cash_that_is_held(state: State) -> None:
    printed = plain_text(struk(in_state(state)), WIDE)
    assert "BUKTI TITIPAN - BELUM LUNAS" in " ".join(printed.split())
    assert "PLN Prepaid 100.000" in printed
    assert "520520795556" in printed
    assert "Uang Rp104.500 disimpan di loket ini" in printed
    assert "Jangan membayar lagi" in printed
    for amount in ("Rp100.000", "Rp2.500", "Rp2.000", "Rp150.000", "Rp45.500"):
        assert amount in printed


@pytest.mark.parametrize("state", OPEN)
def test_a_token_is_not_handed_out_before_the_payment_is_paid(state: State) -> None:
    payment = in_state(state)
    assert payment.token == TOKEN
    printed = plain_text(struk(payment), WIDE)
    assert TOKEN not in printed.replace(" ", "")


@pytest.mark.parametrize("state", GOES_BACK)
def test_a_payment_that_failed_gets_a_slip_that_says_the_cash_goes_back(state: State) -> None:
    printed = plain_text(struk(in_state(state)), WIDE)
    assert "UANG KEMBALI" in printed
    assert "Uang Rp104.500 dikembalikan kepada pelanggan" in printed
    assert "BUKTI TITIPAN" not in printed


@pytest.mark.parametrize("state", GOES_BACK)
def test_cash_that_was_handed_over_is_told_with_its_time(state: State) -> None:
    printed = plain_text(struk(in_state(state, returned_at=START_MS + 60_000)), WIDE)
    assert "Uang Rp104.500 sudah dikembalikan" in printed
    assert "22-11-2026 10:42:03 WIB" in printed


def test_what_is_unknown_of_the_customer_is_left_out() -> None:
    payment = replace(in_state(State.SENT, "mobile-prepaid"), ref_id=None)
    printed = plain_text(struk(payment), WIDE)
    assert "NAMA" not in printed
    assert "NO REF" not in printed
    assert "None" not in printed
