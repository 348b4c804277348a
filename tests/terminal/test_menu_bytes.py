"""What widgets cost on the line, in bytes (DESIGN 10), and what of a hostile name reaches it."""

import re
from pathlib import Path

import pytest

from tests.terminal.practice import practising
from tests.terminal.pty_till import KEYS, PtyTill
from tests.widgets.test_hostile import CONTROL, DECEPTIVE, MARKUP

MOST_PER_MOVE = 400
MOST_PER_DIGIT = 200


def cost(till: PtyTill, keys: bytes) -> int:
    """The bytes that these keys, sent in one write, make a program send."""
    before = len(till.stream)
    till.write(keys)
    till.wait_until(lambda: len(till.stream) > before)
    till.until_quiet(0.06)
    return len(till.stream) - before


def test_a_move_in_the_menu_costs_two_rows() -> None:
    with PtyTill.python("tests.terminal.menu_program") as till:
        till.wait_for("READY")
        till.until_quiet()
        costs = [cost(till, KEYS[key]) for key in ["down"] * 14 + ["up"] * 14]
        assert max(costs) <= MOST_PER_MOVE
        assert ">1 Kategori nomor 1" in till.text


def test_moves_that_arrive_together_cost_less_than_one_by_one() -> None:
    with PtyTill.python("tests.terminal.menu_program") as till:
        till.wait_for("READY")
        till.until_quiet()
        one = cost(till, KEYS["down"])
        assert 0 < cost(till, KEYS["down"] * 10) < 10 * one
        assert ">c Kategori nomor 12" in till.text


@pytest.mark.parametrize("kind", ["digits", "amount", "pin", "text"])
def test_a_typed_digit_and_its_erasing_cost_a_few_cells(kind: str) -> None:
    with PtyTill.python("tests.terminal.entry_program", kind, "15") as till:
        till.wait_for("READY")
        till.until_quiet()
        keys = [b"%d" % (number % 10) for number in range(1, 14)] + [KEYS["backspace"]] * 13
        costs = [cost(till, key) for key in keys]
        assert max(costs) <= MOST_PER_DIGIT


def test_the_till_itself_moves_and_types_as_cheaply(tmp_path: Path) -> None:
    with practising(tmp_path) as practice:
        till = practice.till
        till.wait_for("Voucher Game")  # the end of what Espay sells this shop
        practice.rest()
        moves = [cost(till, KEYS[key]) for key in ["down"] * 9 + ["up"] * 9]
        assert max(moves) <= MOST_PER_MOVE
        practice.confirmation("4333333399")
        practice.rest()
        digits = [cost(till, key) for key in (b"1", b"2", b"3", b"4", b"5", b"6")]
        assert sorted(digits)[len(digits) // 2] <= MOST_PER_DIGIT, digits


def test_a_scan_costs_a_frame_or_two_and_not_one_for_each_digit() -> None:
    with PtyTill.python("tests.terminal.entry_program", "digits", "20", "scan") as till:
        till.wait_for("READY")
        till.until_quiet()
        assert 0 < cost(till, b"8690000000017") <= 2 * MOST_PER_DIGIT


@pytest.mark.parametrize("program", [["menu_program"], ["entry_program", "digits", "20"]])
def test_nothing_is_sent_while_nothing_happens(program: list[str]) -> None:
    with PtyTill.python(f"tests.terminal.{program[0]}", *program[1:]) as till:
        till.wait_for("READY")
        till.until_quiet(0.5)
        assert till.read(2.0) == b""


@pytest.mark.parametrize("program", [["menu_program"], ["entry_program", "digits", "20"]])
def test_no_terminal_is_asked_for_its_mouse(program: list[str]) -> None:
    with PtyTill.python(f"tests.terminal.{program[0]}", *program[1:]) as till:
        till.wait_for("READY")
        till.until_quiet()
        assert not re.search(rb"\x1b\[\?(9|1000|1002|1003|1005|1006|1015|1016)h", till.stream)


PAINTING = re.compile(rb"\x1b\[(?:[0-9;]*[mH]|\?2026[hl])|\r\n")
"""All that an update consists of beside text: colours, places, the frame around it."""


def test_s12_s13_s14_no_byte_of_a_hostile_name_is_obeyed_by_the_terminal(tmp_path: Path) -> None:
    names = [name.replace("\n", "") for name in [*MARKUP, *CONTROL, *DECEPTIVE]]
    names += [f"{name}MARKER{name}" for name in names]
    file = tmp_path / "names"
    file.write_bytes("\n".join(f"{name}\t{name}" for name in names).encode("utf-8"))
    with PtyTill.python("tests.terminal.menu_program", str(file)) as till:
        till.wait_for("READY")
        till.until_quiet()
        began = len(till.stream)
        for key in ["end", "home", "pagedown", "up", "pagedown", "down"]:
            till.write(KEYS[key])
            till.until_quiet()
        painted = bytes(till.stream[began:])
        assert b"MARKER" in painted
        left = PAINTING.sub(b"", painted).decode("utf-8")
        assert left.isprintable()
