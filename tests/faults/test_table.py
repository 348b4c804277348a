"""No fault without its test, and no table that tells of yesterday's."""

from tests.faults.table import LATER, README, proofs, rows_of, sections, table


def test_every_row_is_proved_here_with_the_invariants() -> None:
    rows = [row for section in sections().values() for row in section]
    assert len(rows) == 79
    found = proofs()
    here = {
        row
        for row, of in found.items()
        if any(file.startswith(("faults/", "proof/")) for file, _ in of)
    }
    assert [row for row in rows if row not in here and row not in LATER] == []
    assert set(found) <= {*rows}


def test_the_table_is_as_the_tests_are() -> None:
    assert README.read_text(encoding="utf-8") == table()


def test_a_name_may_tell_of_several_rows() -> None:
    assert rows_of("test_f55_f56_a_sent_payment") == ["F55", "F56"]
    assert rows_of("test_f01_to_f03_and_f12_nothing_left") == ["F01", "F02", "F03", "F12"]
    assert rows_of("test_f63_b10_s04_f64_one") == ["F63", "F64"]
    assert rows_of("test_i8_a_token_of_f1") == []
