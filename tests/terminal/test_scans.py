"""Scanners, pastes and stalled lines at the actual till (``performance.md 3``), screen by screen.

One practice till for all cases: each begins at home and ends there. What it is about is only the
order and the grouping of keys, so that nothing here depends on a bill but its number.
"""

from collections.abc import Iterator

import pytest

from tests.terminal.practice import CLEAR, ENTER, Practice, practising
from tests.terminal.pty_till import KEYS, pasted

BACKSPACE, LEFT = KEYS["backspace"], KEYS["left"]
METER = b"8690000000017"
SPACINGS_S = (0.001, 0.002, 0.005, 0.010)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("practice")) as running:
        yield running
        assert running.bookings == ()


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (b"12345" + BACKSPACE + b"678" + ENTER, "1234678"),
        (b"1234" + LEFT + LEFT + b"9" + ENTER, "12934"),
        (METER + ENTER, METER.decode()),
        (METER + b"\n", METER.decode()),
        (METER + b"\r\n", METER.decode()),
        (METER + ENTER + b"8690000000024" + ENTER, METER.decode()),
        (b"99" + CLEAR + b"4321" + ENTER, "4321"),
        (pasted(METER.decode()) + ENTER, METER.decode()),
        (pasted(METER.decode() + "\n") + ENTER, METER.decode()),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_number_that_arrives_together_is_the_number_that_was_typed(
    practice: Practice, keys: bytes, number: str
) -> None:
    practice.number_screen()
    practice.type(keys)
    practice.till.wait_for("Nominal")
    assert practice.heading.endswith(f"> {number}")
    assert "8690000000024" not in practice.till.text
    practice.home()


def test_a_scanner_is_understood_at_every_spacing(practice: Practice) -> None:
    for spacing in SPACINGS_S:
        practice.number_screen()
        practice.till.write_slowly(METER + ENTER, spacing)
        practice.till.wait_for("Nominal")
        assert practice.heading.endswith(f"> {METER.decode()}")
        practice.home()


def test_a_paste_of_two_lines_is_refused_with_a_sentence(practice: Practice) -> None:
    practice.number_screen()
    practice.type(pasted("8690000000017\n8690000000024"))
    practice.till.wait_for("beberapa baris")
    assert "86900" not in practice.till.text
    practice.home()


@pytest.mark.parametrize("cut", [1, 4, 5, 6, 8])
def test_it_does_not_matter_where_a_stalled_line_cuts_the_keys(
    practice: Practice, cut: int
) -> None:
    keys = b"12345" + BACKSPACE + b"678" + ENTER
    practice.number_screen()
    practice.type(keys[:cut])
    practice.type(keys[cut:])
    practice.till.wait_for("Nominal")
    assert practice.heading.endswith("> 1234678")
    practice.home()


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (b"12345" + BACKSPACE + b"678", "1234678"),
        (b"12" + LEFT + LEFT + b"9", "912"),
        (METER, METER.decode()),
        (b"1" + METER, f"1{METER.decode()}"),
        (pasted("8690000000017"), "8690000000017"),
    ],
    ids=repr,
)
def test_what_arrives_together_stands_in_the_search_box_in_its_order(
    practice: Practice, keys: bytes, text: str
) -> None:
    practice.home()
    practice.type(keys)
    practice.till.wait_until(lambda: practice.searched == text, what=text)
    practice.home()


def test_a_category_is_chosen_by_hand_and_the_number_behind_it_is_whole(
    practice: Practice,
) -> None:
    practice.home()
    practice.till.write(b"1")
    practice.till.wait_for("Nomor meter")
    practice.type(b"14012345678")
    practice.till.wait_until(lambda: "14012345678" in practice.till.text, what="the number")
    practice.home()


def test_b08_no_scan_reaches_the_cash_or_pays(practice: Practice) -> None:
    practice.confirmation("4333333301")
    for scan in (METER + ENTER, b"b8690000000017\r", b"https://b.example/b\r", b"bb\r"):
        practice.type(scan)
        practice.till.wait_for("uang tidak dipindai")
        assert practice.cash() == ""
        practice.type(b"1")  # a key by hand ends the sentence
        practice.till.wait_until(lambda: "dipindai" not in practice.till.text, what="no sentence")
        practice.type(BACKSPACE)
    for spacing in SPACINGS_S:
        practice.till.write_slowly(METER + ENTER, spacing)
        practice.till.wait_for("uang tidak dipindai")
        practice.rest()
        assert practice.cash() == ""
        practice.type(b"1")
        practice.type(BACKSPACE)
    practice.home()
    assert practice.bookings == ()


@pytest.mark.parametrize(
    ("keys", "cash"),
    [
        (b"150000", "150.000"),
        (b"1000" + BACKSPACE * 2 + b"50000", "1.050.000"),
        (pasted("Rp50.000"), "50.000"),
        (pasted("50.000") + ENTER, ""),
        (pasted("1\n2"), ""),
        (pasted("50.000,00"), ""),
    ],
    ids=repr,
)
def test_cash_over_a_line_that_stalled(practice: Practice, keys: bytes, cash: str) -> None:
    practice.confirmation("4333333302")
    practice.type(keys)
    practice.till.wait_until(lambda: practice.cash() == cash, what=cash)
    practice.home()
    assert practice.bookings == ()
