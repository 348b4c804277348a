"""The black box: written when nothing else can be, and read only where it is whole (F67)."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from cashier.journal.blackbox import BlackBox, Boxed, box_file, boxes, contents, set_aside
from cashier.journal.file_errors import OutputFailed
from cashier.journal.keeping import masked
from cashier.journal.masking import LONGEST_REPLY
from tests.journal.making import CARD, answer, spoil

TOKEN = "a" * 32
JOURNAL = Path("/nowhere/journal.db")
BOXED = Boxed("j" * 32, 7, answer("TOKO-7", b'{"error_code":"0000"}'))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return box_file(tmp_path / "anchor", JOURNAL, TOKEN)


def test_what_was_put_in_comes_out_in_order(file: Path) -> None:
    box = BlackBox.prepare(file)
    second = replace(BOXED, payment_id=8, message=replace(BOXED.message, http_status=None))
    box.keep(BOXED)
    box.keep(second)
    box.leave()
    assert [*contents(file)] == [BOXED, second]
    assert boxes(file.parent, JOURNAL) == [(TOKEN, file)]


def test_its_room_is_taken_before_it_is_needed_and_is_private(file: Path) -> None:
    box = BlackBox.prepare(file)
    found = file.stat()
    assert found.st_blocks * 512 >= LONGEST_REPLY
    assert stat.S_IMODE(found.st_mode) == 0o600
    largest = replace(BOXED, message=answer("TOKO-7", b"\xff" * LONGEST_REPLY))
    box.keep(largest)
    assert file.stat().st_size == found.st_size
    assert [*contents(file)] == [largest]
    box.leave()


def test_an_empty_box_is_taken_away(file: Path) -> None:
    BlackBox.prepare(file).leave()
    assert boxes(file.parent, JOURNAL) == []


def test_a_record_that_is_not_whole_ends_the_box(file: Path) -> None:
    box = BlackBox.prepare(file)
    box.keep(BOXED)
    end = box._end
    box.keep(BOXED)
    box.leave()
    for at in (end + 3, end + 20, end + 60):
        spoil(file, at, at + 5)
        assert [*contents(file)] == [BOXED]


def test_a_box_of_another_journal_is_not_ours(file: Path, tmp_path: Path) -> None:
    BlackBox.prepare(file)
    assert boxes(file.parent, tmp_path / "journal.db") == []


def test_a_card_stands_in_it_as_its_mask_only(file: Path) -> None:
    told = answer("TOKO-7", b'{"order_id":"%b"}' % CARD.encode(), CARD)
    box = BlackBox.prepare(file)
    box.keep(Boxed("j" * 32, 7, masked(told)))
    box.leave()
    assert CARD.encode() not in file.read_bytes()
    (found,) = contents(file)
    assert CARD.encode() not in found.message.reply


def test_without_room_there_is_no_box(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cashier.journal.blackbox.os.posix_fallocate", full)
    with pytest.raises(OutputFailed):
        BlackBox.prepare(file)
    assert boxes(file.parent, JOURNAL) == []


def test_boxes_are_set_aside_but_not_those_of_the_living(file: Path) -> None:
    BlackBox.prepare(file).keep(BOXED)
    set_aside(file.parent, JOURNAL, lambda _: False)
    assert boxes(file.parent, JOURNAL) == [(TOKEN, file)]
    set_aside(file.parent, JOURNAL, lambda token: token == TOKEN)
    assert [each.suffix for each in file.parent.iterdir()] == [".blackbox-kept"]
