"""The power goes at a write (F54), or the program at an upgrade (F74)."""

import asyncio
import lzma
import signal
from pathlib import Path
from typing import Final

import pytest

from cashier.journal.connection import reading
from cashier.journal.file_errors import NewerJournal
from cashier.journal.migrations import changed_shape, migrations
from cashier.journal.transaction import head_of
from cashier.journal.verifying import verify, verify_connection
from cashier.payment import State
from cashier.till import Payment
from tests.faults.power import Acknowledged, Deed, images, recording_disk
from tests.faults.stage import Stage, sell, states
from tests.faults.test_machine import LONG, MORE, Booth, booth, points, zygote
from tests.journal.making import (
    IN_DOUBT,
    INCOMPLETE,
    PROCESSING,
    HandClock,
    open_counter,
)
from tests.support.zygote import Zygote, traced

__all__ = ["booth", "zygote"]

CORPUS: Final = Path(__file__).with_name("corpus") / "first_shape.db.xz"

CUTS: Final = 40 * MORE
"""So many moments of the whole course lose their power."""


async def _course(path: Path, deeds: list[Deed]) -> None:
    """A course of sales on the recording disk; every return of the journal is noted."""
    clock = HandClock()
    async with open_counter(path, clock) as counter:
        for judgement in (PROCESSING, IN_DOUBT, INCOMPLETE):
            payment = await counter.prepared()
            _acknowledge(path, deeds)
            await counter.journal.mark_sent(payment.id)
            _acknowledge(path, deeds)
            await counter.journal.conclude(payment.id, State.SENT, judgement)
            _acknowledge(path, deeds)
        await counter.paid()
        _acknowledge(path, deeds)
        writer = counter.journal._writer
        await writer.fold_whole()
        await counter.paid()
        _acknowledge(path, deeds)


def _acknowledge(path: Path, deeds: list[Deed]) -> None:
    with reading(path) as connection:
        deeds.append(Acknowledged(head_of(connection).seq))


@LONG
async def test_f54_whenever_the_power_goes_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "toko" / "journal.db"
    with recording_disk() as disk:
        await _course(path, disk.deeds)
    deeds = disk.deeds
    begun = next(at for at, deed in enumerate(deeds) if isinstance(deed, Acknowledged))
    step = max(1, (len(deeds) - begun) // CUTS)
    for number, cut in enumerate(range(begun + 1, len(deeds) + 1, step)):
        acknowledged = max(d.seq for d in deeds[:cut] if isinstance(d, Acknowledged))
        for turn, image in enumerate(images(deeds, cut, number)):
            folder = tmp_path / f"{number}-{turn}"
            folder.mkdir()
            for name, content in image.items():
                if not name.endswith("-shm"):
                    (folder / name).write_bytes(content)
            with reading(folder / "journal.db") as connection:
                report = verify_connection(connection)
            assert report.ok, (cut, turn, report.findings)
            assert report.head.seq >= acknowledged, (cut, turn)


LEFT: Final = [
    *("paid", "unpaid", "processing", "in_doubt", "in_doubt", "incomplete", "escalated"),
    *("unpaid", "in_doubt", "in_doubt"),
]
"""What that program left, after recovery: the last three were prepared, sent and answered."""

UPGRADE_KILLS: Final = {
    "pwrite64": points(2, 60, 150),
    "fdatasync": points(2, 4),
    "unlink": points(1),
}


@LONG
@pytest.mark.parametrize("call", UPGRADE_KILLS)
def test_f74_an_upgrade_killed_at_a_system_call_leaves_the_old_shape_or_the_new(
    zygote: Zygote, booth: Booth, call: str
) -> None:
    booth.agrees = False
    killed = 0
    for when in UPGRADE_KILLS[call]:
        task = booth.task("open")
        shop = booth.shops[-1]
        _in_first_shape(shop)
        before = verify(shop.journal)
        code, _, _ = traced(zygote, zygote.begin(task), call, "signal=KILL", when)
        assert code in (0, -signal.SIGKILL)
        killed += code != 0
        with reading(shop.journal) as connection:
            version = connection.execute("PRAGMA user_version").get
            assert version in (1, len(migrations()))
            assert changed_shape(connection, version) is None
        after = verify(shop.journal)
        assert after.ok
        assert after.events >= before.events
        assert after.rows >= before.rows
        assert states(asyncio.run(_upgraded(shop))) == LEFT
        with reading(shop.journal) as connection:
            assert connection.execute("PRAGMA user_version").get == len(migrations())
        if code == 0:
            break
    assert killed, "no upgrade was killed, so nothing was shown"


async def _upgraded(shop: Stage) -> tuple[Payment, ...]:
    """Open the shop with this program, recovery and all; give what is open or owed back."""
    planned = asyncio.Event()

    async def sleep(_: float) -> None:
        planned.set()
        await asyncio.Event().wait()

    async with shop.open(sleep=sleep) as till:
        till.ask_behind()
        await planned.wait()
        return tuple([await till.payment(number) for number in range(1, len(LEFT) + 1)])


def _in_first_shape(shop: Stage) -> None:
    """Lay a journal there that the first released program left, with a row in every state."""
    shop.journal.parent.mkdir(parents=True)
    shop.journal.write_bytes(lzma.decompress(CORPUS.read_bytes()))
    shop.journal.chmod(0o600)


async def test_f74_an_older_program_refuses_a_newer_journal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.open() as till:
        assert states([await sell(till)]) == ["paid"]
    whole = migrations()
    with monkeypatch.context() as patch:
        patch.setattr("cashier.journal.opening.migrations", lambda: whole[:1])
        with pytest.raises(NewerJournal):
            await stage.open_journal()
