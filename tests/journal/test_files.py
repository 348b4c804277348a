"""Nobody but the owner reads the journal or anything made of it (S35)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashier.journal.backup import backup
from cashier.journal.export import export
from cashier.journal.file_errors import NotAJournal, NotPrivate, OutputExists, OutputFailed
from cashier.journal.files import (
    fresh_file,
    own_folder,
    private_database,
    private_folder,
)
from cashier.language import explain
from cashier.private_file import write_whole
from tests.journal.making import HandClock, open_counter, open_journal


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    chosen = int(request.param)
    before = os.umask(chosen)
    yield chosen
    os.umask(before)


def _modes(folder: Path) -> set[tuple[str, int]]:
    return {
        ("folder" if file.is_dir() else "file", stat.S_IMODE(file.stat().st_mode))
        for file in folder.rglob("*")
    }


async def test_s35_everything_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    home = tmp_path / "home"
    path = home / "deep" / "toko" / "journal.db"
    async with open_counter(path, anchor_dir=home / "anchor") as counter:
        await counter.paid()
        backup(path, home / "backup", counter.clock, home / "anchor")
        export(path, home / "all.jsonl", "jsonl")
        export(path, home / "all.csv", "csv")
        assert path.with_name("journal.db-wal").exists()
        assert path.with_name("journal.db-shm").exists()
        assert _modes(home) == {("file", 0o600), ("folder", 0o700)}
    assert _modes(home) == {("file", 0o600), ("folder", 0o700)}


async def test_s35_what_others_could_read_is_closed(path: Path, clock: HandClock) -> None:
    async with open_counter(path, clock):
        pass
    _open_to_all(path)
    _open_to_all(path.parent / "locks")
    async with open_counter(path, clock):
        assert _modes(path.parent) == {("file", 0o600), ("folder", 0o700)}


def _open_to_all(file: Path) -> None:
    file.chmod(0o755 if file.is_dir() else 0o644)


async def test_s35_a_folder_that_everybody_may_write_to_is_refused(
    path: Path, clock: HandClock
) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(NotPrivate) as refused:
        await open_journal(path, clock)
    assert str(path.parent) in explain("id", refused.value)


def test_a_folder_that_others_may_only_read_is_taken_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    own_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_somebody_elses_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "journal.db"
    file.touch()
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(NotPrivate):
        private_database(file)


def test_s18_a_link_or_a_device_is_no_journal(tmp_path: Path) -> None:
    link = tmp_path / "journal.db"
    link.symlink_to(tmp_path / "elsewhere.db")
    for file in (link, Path("/dev/null"), tmp_path):
        with pytest.raises(NotAJournal):
            private_database(file)
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_place_that_cannot_hold_a_journal_is_told(tmp_path: Path, clock: HandClock) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OutputFailed) as refused:
        await open_journal(file / "journal.db", clock)
    assert "file" in explain("id", refused.value)


def test_s18_a_fresh_file_never_replaces_another(tmp_path: Path) -> None:
    taken, link = tmp_path / "taken.csv", tmp_path / "link.csv"
    taken.write_text("mine")
    link.symlink_to(tmp_path / "nowhere.csv")
    for out in (taken, link):
        with pytest.raises(OutputExists), fresh_file(out) as file:
            file.write(b"theirs")
    assert taken.read_text() == "mine"
    assert {file.name for file in tmp_path.iterdir()} == {"taken.csv", "link.csv"}


def test_f76_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), fresh_file(tmp_path / "out.csv") as file:
        file.write(b"%d" % (1 // 0))
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed), fresh_file(tmp_path / "no" / "out.csv"):
        pytest.fail("nothing can be written there")


def test_a_replaced_file_is_whole_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.anchor"
    write_whole(file, b"first")

    def full(_descriptor: int) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError):  # noqa: PT011 - which one does not matter
            write_whole(file, b"second")
    assert file.read_bytes() == b"first"
    assert [*tmp_path.iterdir()] == [file]
    write_whole(file, b"second")
    assert file.read_bytes() == b"second"
