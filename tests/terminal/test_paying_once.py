"""What pays at the actual till, and what never does: Enter held, scanned, pasted; F9 in haste.

One practice till for all cases; the practice Espay's ledger says what was paid.
"""

from collections.abc import Iterator

import pytest

from tests.terminal.practice import AMOUNT, ENTER, NUMBER, Practice, practising
from tests.terminal.pty_till import KEYS, pasted

HELD = 20
A_KEYBOARD_REPEATS_S = 0.033
F9 = KEYS["f9"]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("practice")) as running:
        yield running


def every_enter(practice: Practice) -> None:
    """Send Enter in every way in which a machine or a heavy finger does."""
    for keys in (
        ENTER * HELD,
        b"8690000000017" + ENTER,
        pasted("\r"),
        pasted("\r\n" * HELD),
        pasted("9\r"),
        b"\n" * HELD,
        b"\r\n" * HELD,
    ):
        practice.till.write(keys)
        practice.rest()
    practice.till.write_slowly(ENTER * HELD, A_KEYBOARD_REPEATS_S)
    practice.rest()


def test_no_enter_pays_on_any_screen_from_home_to_outcome(practice: Practice) -> None:
    till = practice.till
    practice.home()
    every_enter(practice)
    practice.home()
    practice.number_screen()
    every_enter(practice)
    practice.home()
    practice.number_screen()
    practice.type(NUMBER.encode())
    practice.till.write_slowly(ENTER * HELD, A_KEYBOARD_REPEATS_S)
    till.wait_for("Nominal")
    every_enter(practice)
    practice.home()
    practice.confirmation(NUMBER)
    every_enter(practice)
    till.wait_for("Uang diterima")
    practice.type(b"7\x15")
    practice.type(b"p")
    till.wait_for("BAYAR")
    every_enter(practice)
    till.wait_for("Enter tidak membayar")
    assert practice.paid == []
    till.write(F9)
    till.wait_for("LUNAS")
    every_enter(practice)
    assert practice.paid == [NUMBER]
    practice.home()


@pytest.mark.parametrize(
    ("keys", "spacing", "number"),
    [
        (F9 * 20, 0.0, "4333333311"),
        (F9 * 20, 0.01, "4333333312"),
        (F9 * 20, A_KEYBOARD_REPEATS_S, "4333333313"),
        (b"b" * 20, A_KEYBOARD_REPEATS_S, "4333333314"),
    ],
    ids=["at once", "quickly", "held", "b held"],
)
def test_twenty_keys_that_pay_pay_once(
    practice: Practice, keys: bytes, spacing: float, number: str
) -> None:
    before = practice.bookings
    practice.confirmation(number)
    practice.type(b"p")
    practice.till.wait_for("BAYAR")
    if spacing:
        step = len(keys) // 20
        for at in range(0, len(keys), step):
            practice.till.write(keys[at : at + step])
            practice.till.read(spacing)
    else:
        practice.till.write(keys)
    practice.till.wait_for("LUNAS")
    practice.rest()
    paid = [(each.order_id, str(each.kept)) for each in practice.bookings[len(before) :]]
    assert paid == [(number, "Rp50.000")]
    practice.home()


def test_twenty_letters_in_one_piece_are_a_scan_and_pay_nothing(practice: Practice) -> None:
    before = practice.bookings
    practice.confirmation("4333333315")
    practice.type(b"p")
    practice.till.wait_for("BAYAR")
    practice.type(b"b" * 20)
    practice.till.wait_for("uang tidak dipindai")
    assert practice.bookings == before
    practice.home()


def test_keys_typed_ahead_of_the_confirmation_pay_nothing(practice: Practice) -> None:
    before = practice.bookings
    practice.number_screen()
    practice.type(b"4333333316" + ENTER)
    practice.till.wait_for("Nominal")
    practice.type(AMOUNT.encode())
    practice.till.write(ENTER + b"p" + F9 + b"b" + F9)
    practice.till.wait_for("Uang diterima")
    practice.rest()
    assert "Uang diterima" in practice.till.text
    assert practice.bookings == before
    practice.home()
