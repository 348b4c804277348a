"""Slips as files: each its own, for this user alone, never over another (S18)."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cashier.config import Config, FilePrinter, NetworkPrinter, NoPrinter
from cashier.language import LANGUAGES, Refusal, explain
from cashier.money import Rupiah
from cashier.receipt import Document, Letterhead, plain_text
from cashier.receipt.printers import Files, NoPaper, NotPrinted, printer_for
from tests.receipt.making import paid, struk, with_quote


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse to write more than so many bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_shop_without_a_printer_prints_nothing_and_says_so() -> None:
    printer = printer_for(NoPrinter(), 32)
    assert printer == NoPaper()
    assert printer.print(struk(paid())) is None


def test_a_slip_becomes_the_text_that_the_screen_shows(tmp_path: Path) -> None:
    document = struk(paid())
    where = printer_for(FilePrinter(folder=tmp_path), 42).print(document)
    file = tmp_path / "struk-261122-0007.txt"
    assert where == str(file)
    assert file.read_text(encoding="utf-8") == plain_text(document, 42)


def test_every_print_is_a_file_of_its_own(tmp_path: Path) -> None:
    printer = Files(tmp_path, 32)
    first = printer.print(struk(paid()))
    second = printer.print(struk(paid("pln-prepaid", Rupiah.of(2_000))))
    practice = printer.print(struk(with_quote(paid(), environment="practice")))
    assert first is not None
    assert second is not None
    assert [Path(str(each)).name for each in (first, second, practice)] == [
        "struk-261122-0007.txt",
        "struk-261122-0007-2.txt",
        "latihan-261122-0007.txt",
    ]
    assert Path(first).read_text(encoding="utf-8") == plain_text(struk(paid()), 32)


def test_s18_a_file_is_its_owners_alone_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        where = Files(tmp_path, 32).print(struk(paid()))
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(str(where)).stat().st_mode) == 0o600


def test_s18_nothing_that_lies_there_is_followed_or_replaced(tmp_path: Path) -> None:
    folder, victim = tmp_path / "struk", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("untouched")
    (folder / "struk-261122-0007.txt").symlink_to(victim)
    (folder / "struk-261122-0007-2.txt").symlink_to(tmp_path / "nowhere")
    (folder / "struk-261122-0007-3.txt").mkdir()
    where = Files(folder, 32).print(struk(paid()))
    assert where == str(folder / "struk-261122-0007-4.txt")
    assert victim.read_text() == "untouched"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "", ".", "-x", "A", "a\nb", "x" * 90])
def test_s18_a_document_takes_no_name_that_could_lead_elsewhere(name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        Document(name, ())


def test_s18_whatever_a_receipt_number_holds_the_name_stays_plain() -> None:
    odd = paid()
    object.__setattr__(odd, "receipt_no", "../../etc/PASSWD \x1b" + "9" * 200)
    assert struk(odd).name.startswith("struk-etc-passwd-999")


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotPrinted) as refused:
        Files(tmp_path / "gone", 32).print(struk(paid()))
    for language in LANGUAGES:
        sentence = explain(language, refused.value)
        assert "struk-261122-0007" in sentence
        assert str(tmp_path / "gone") in sentence
    assert not (tmp_path / "gone").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotPrinted):
        Files(tmp_path / "file", 32).print(struk(paid()))


def test_f76_a_disk_that_is_full_leaves_no_half_slip_behind(tmp_path: Path) -> None:
    with files_no_longer_than(100), pytest.raises(NotPrinted):
        Files(tmp_path, 32).print(struk(paid()))
    assert list(tmp_path.iterdir()) == []
    assert Files(tmp_path, 32).print(struk(paid())) is not None


def test_a_name_that_is_taken_for_ever_is_told(tmp_path: Path) -> None:
    for turn in range(1, 1000):
        suffix = "" if turn == 1 else f"-{turn}"
        (tmp_path / f"struk-261122-0007{suffix}.txt").touch()
    with pytest.raises(NotPrinted):
        Files(tmp_path, 32).print(struk(paid()))


def test_a_kind_that_is_not_built_in_is_refused_by_name() -> None:
    with pytest.raises(Refusal) as refused:
        printer_for(NetworkPrinter(host="192.0.2.1"), 32)
    assert "network" in explain("id", refused.value)


def test_the_letterhead_is_the_configuration_s() -> None:
    letterhead = Letterhead.of(Config())
    assert (letterhead.shop.name, letterhead.language) == ("LOKET PEMBAYARAN", "id")
