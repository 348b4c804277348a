"""``cashier journal``: prove, save, copy and tell what happened."""

import csv
import json
import sqlite3
from pathlib import Path

from tests.commands.conftest import CommandLine

PHONE = "081218816222"


def sell(cashier: CommandLine) -> None:
    """Sell once."""
    quote = cashier.quote("SVHTS50", PHONE)
    assert cashier("pay", quote["quote"], "--cash", "100000").code == 0


def test_a_whole_journal_is_proved_and_its_end_told(cashier: CommandLine) -> None:
    sell(cashier)
    ran = cashier("journal", "verify")
    assert ran.code == 0
    assert "Jurnal utuh" in ran.out


def test_s22_an_edited_amount_is_named(cashier: CommandLine, home: Path) -> None:
    sell(cashier)
    (file,) = home.rglob("journal.db")
    with sqlite3.connect(file) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _ in kept:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE payment SET tendered_sen = tendered_sen + 100")
        for _, sql in kept:
            database.execute(sql)
    database.close()
    ran = cashier("journal", "verify")
    assert ran.code == 1
    assert "payment" in ran.out


def test_a_backup_is_made_under_a_new_name_each_time(cashier: CommandLine, home: Path) -> None:
    sell(cashier)
    assert cashier("journal", "backup").code == 0
    cashier.quote("SVHTS50", "081218816223")
    assert cashier("journal", "backup").code == 0
    assert len(list((home / "data").rglob("backup/**/*.db"))) == 2


def test_an_export_is_a_new_file_and_never_replaces_one(cashier: CommandLine, home: Path) -> None:
    sell(cashier)
    file = home / "sales.csv"
    assert cashier("journal", "export", str(file), "--format", "csv").code == 0
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert row["state"] == "paid"
    assert cashier("journal", "export", str(file)).code == 1
    lines = home / "all.jsonl"
    assert cashier("journal", "export", str(lines)).code == 0
    assert all(json.loads(line) for line in lines.read_text().splitlines())


def test_a_story_is_told_by_id_and_by_receipt_number(cashier: CommandLine) -> None:
    sell(cashier)
    by_id = cashier("journal", "show", "1")
    by_receipt = cashier("journal", "show", "261122-0001")
    assert by_id.out == by_receipt.out
    assert by_id.code == 0
    missing = cashier("journal", "show", "99")
    assert missing.code == 1
    assert len(missing.sentences) == 1


def test_a_backup_takes_a_damaged_journals_place_and_a_person_accepts_it(
    cashier: CommandLine, home: Path
) -> None:
    sell(cashier)
    assert cashier("journal", "backup").code == 0
    cashier.quote("SVHTS50", "081218816223")
    (file,) = [each for each in home.rglob("journal.db") if "backup" not in each.parts]
    file.write_bytes(b"no database any more")
    assert cashier("open").code == 1
    restored = cashier("journal", "restore")
    assert restored.code == 0
    assert "damaged-" in restored.out
    assert "journal accept" in restored.out
    quote = cashier.quote("SVHTS50", "081218816224")
    refused = cashier("pay", quote["quote"], "--cash", "100000")
    assert refused.code == 1
    assert "verify" in refused.err
    accept = ("journal", "accept", "--by", "BU SARI", "--reason", "sama dengan laporan Espay")
    assert cashier(*accept).code == 0
    assert cashier(*accept).code == 1
    assert cashier("pay", quote["quote"], "--cash", "100000").code == 0


def test_who_accepts_a_journal_signs_it(cashier: CommandLine) -> None:
    sell(cashier)
    for words in (["--by", " ", "--reason", "x"], ["--by", "BU SARI", "--reason", ""]):
        assert cashier("journal", "accept", *words).code == 1
    assert cashier("journal", "accept", "--by", "BU SARI").code == 2


def test_a_journal_that_is_not_there_is_told(cashier: CommandLine, home: Path) -> None:
    for words in (["verify"], ["backup"], ["export", str(home / "x")], ["show", "1"]):
        ran = cashier("journal", *words)
        assert ran.code == 1
        assert len(ran.sentences) == 1
    assert cashier("journal").code == 1
