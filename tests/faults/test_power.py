"""An older program at a newer journal (F74).

The power that goes: ``tests/proof/test_power_cut.py``; an upgrade that is killed:
``tests/proof/test_system_calls.py``.
"""

import pytest

from cashier.journal.file_errors import NewerJournal
from cashier.journal.migrations import migrations
from tests.faults.stage import Stage, sell, states


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
