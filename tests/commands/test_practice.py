"""``cashier practice``: nothing to configure, nothing real, and nothing left running."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cashier.sandbox.ledger import read_book
from cashier.sandbox.process import practice_ledger
from tests.commands.conftest import CommandLine

METER = "14012345678"


def practice(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a practice command in a process of its own, as from a shell."""
    return subprocess.run(
        [sys.executable, "-m", "cashier", "practice", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_pln_token_is_sold_from_a_fresh_machine_and_its_whole_story_told(home: Path) -> None:
    asked = practice("inquire", "SLYLPR20", METER, "--json")
    assert asked.returncode == 0, asked.stderr
    assert "LATIHAN" in asked.stderr
    quote = json.loads(asked.stdout)
    paid = practice("pay", quote["quote"], "--cash", "50.000")
    assert paid.returncode == 0, paid.stderr
    assert paid.stdout.startswith("LUNAS")
    token = next(line for line in paid.stdout.splitlines() if line.startswith("Token"))
    digits = "".join(token.split()[1:])
    assert len(digits) == 20
    story = practice("journal", "show", "1")
    assert story.returncode == 0
    for part in ("inquiry", "prepared", "payment", "sent", "paid", digits):
        assert part in story.stdout
    assert practice("journal", "verify").returncode == 0
    book = read_book(practice_ledger(home / "data" / "cashier" / "practice", "deposit"))
    (booking,) = book.bookings
    assert booking.order_id == METER


def test_every_file_of_a_practice_shop_is_its_owners_alone(home: Path) -> None:
    before = os.umask(0)
    try:
        practice("inquire", "SLYLPR20", METER)
        practice("journal", "backup")
    finally:
        os.umask(before)
    kept = [path for path in home.rglob("*") if "cashier" in path.parts]
    assert kept
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0, path


def test_practice_takes_the_shops_own_words_and_fees(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = home / "config.toml"
    config.write_text('[till]\nlanguage = "en"\n[till.service_fee]\ndefault = 1500\n')
    cashier = CommandLine(config, capsys)
    ran = cashier("practice", "inquire", "SVHTS50", "081218816222")
    assert ran.code == 0, ran.err
    assert "PRACTICE" in ran.err
    assert "Rp1.500" in ran.out


def test_practice_alone_needs_a_terminal_and_says_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = CommandLine(home / "none.toml", capsys).run("practice")
    assert ran.code == 2
    assert "terminal" in ran.err


def test_the_magic_numbers_and_the_ledger_are_shown(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cashier = CommandLine(home / "none.toml", capsys)
    assert "99000" in cashier.run("sandbox", "--numbers").out
    assert cashier.run("sandbox", "--ledger").code == 0
