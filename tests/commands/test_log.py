"""Warnings go to a private file of one clean line each, and never to the operator's terminal."""

import logging
import stat
from pathlib import Path

import pytest

from cashier.commands.log import warnings_to_file


def test_s36_a_warning_is_one_line_whatever_it_holds(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings_to_file():
        logging.getLogger("cashier.journal").warning("%s", "a\nb\x1b[2J\r\nERROR forged: line")
        try:
            int("something secret")
        except ValueError:
            logging.getLogger("cashier.till").exception("a sale")
    file = home / "state" / "cashier" / "cashier.log"
    lines = file.read_text().splitlines()
    assert len(lines) == 2
    assert "\x1b" not in lines[0]
    assert lines[1].endswith("a sale ValueError")
    assert "secret" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("", "")


def test_s37_the_file_turns_over_before_it_grows_large(home: Path) -> None:
    with warnings_to_file():
        for _ in range(20_000):
            logging.getLogger("cashier.till").warning("a sentence of some length, again and again")
    files = list((home / "state" / "cashier").glob("cashier.log*"))
    assert 1 < len(files) <= 4
    assert all(file.stat().st_size <= 512 * 1024 for file in files)


def test_a_log_that_cannot_be_written_stops_nothing(home: Path) -> None:
    (home / "state" / "cashier" / "cashier.log").mkdir(parents=True)
    with warnings_to_file():
        logging.getLogger("cashier.till").warning("nobody reads this")
