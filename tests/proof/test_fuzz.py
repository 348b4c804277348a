"""Proof 6: no reply, however odd, makes the till fall, or end a payment that is not over.

Mutants of the practice Espay's replies (their JSON, heads and bytes) go the way of every reply:
reception, strict JSON, answer, judge. Nothing may raise, and wherever a payment ends as ``paid``
or ``unpaid`` an oracle has to agree that was written from the documents alone (``oracle.py``).

By default ten seeds of 25,000 executions, half of what was wished for, since CI has twenty
minutes for everything; ``--campaign`` makes that fifty million, and lets
atheris search by coverage besides, where the extra ``fuzz`` is installed. ``--seed N`` executes
one seed alone.
"""

import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.proof.fuzzing import Judges, any_0000, failed_once, fuzz
from tests.proof.replies import Reply

SHARDS: Final = 10
SHARE: Final = 25_000
WHOLE: Final = 5_000_000
"""Executions of a shard, as a rule and in a campaign."""

SOON: Final = 20_000
"""Within how many executions a wrong judge has to be found."""

GUIDED_S: Final = 600
"""Seconds that atheris searches in a campaign."""

HOUSE: Final = Path(__file__).parents[2]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_odd_reply_ends_a_payment_that_is_not_over(
    shard: int, replies: dict[str, Reply], campaign: bool, request: pytest.FixtureRequest
) -> None:
    chosen = request.config.getoption("--seed")
    if chosen is not None and shard > 0:
        pytest.skip("one seed alone")
    seed = shard if chosen is None else int(chosen)
    outcome = fuzz(seed, WHOLE if campaign else SHARE, list(replies.values()), Judges())
    assert outcome.wrong == [], f"replay with --seed {seed}:\n" + "\n".join(outcome.wrong)
    ends = {f"{service} {end}" for service in ("payment", "status") for end in ("paid", "unpaid")}
    assert ends <= outcome.ends.keys(), "it never came as far as an end"


@pytest.mark.parametrize(
    "judges", [Judges(payment=any_0000), Judges(status=failed_once)], ids=["0000", "failed once"]
)
@pytest.mark.parametrize("seed", range(3))
def test_a_judge_who_believes_too_soon_is_found(
    judges: Judges, seed: int, replies: dict[str, Reply]
) -> None:
    outcome = fuzz(seed, SOON, list(replies.values()), judges, enough=1)
    assert len(outcome.wrong) == 1
    assert "raised" not in outcome.wrong[0]


@pytest.mark.timeout(GUIDED_S * 2)
def test_a_search_by_coverage_finds_none_either(
    replies: dict[str, Reply], campaign: bool, tmp_path: Path
) -> None:
    if not campaign or importlib.util.find_spec("atheris") is None:
        pytest.skip("for --campaign, with the extra fuzz")
    kept = tmp_path / "replies.pickle"
    kept.write_bytes(pickle.dumps(list(replies.values())))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    words = [
        *(sys.executable, "-m", "tests.proof.guided", str(kept), str(corpus)),
        *(f"-max_total_time={GUIDED_S}", "-max_len=2048", f"-artifact_prefix={tmp_path}/"),
    ]
    ran = subprocess.run(words, cwd=HOUSE, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")[-4000:]
