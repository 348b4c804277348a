"""A fuzz target for atheris: ``python -m tests.proof.guided REPLIES CORPUS [libFuzzer's own]``.

The first three bytes choose the reply and the moment, the rest is the body. The file of replies
is one that a test wrote a moment ago.
"""

import pickle
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cashier.espay", "cashier.payment", "cashier.money"]):
    from tests.proof.fuzzing import Judges, Outcome, execute, some_moment
    from tests.proof.mutation import Mutant
    from tests.proof.replies import Reply

_MOMENTS = [some_moment(random.Random(seed)) for seed in range(256)]


def main() -> None:
    """Write the corpus, and search."""
    replies: list[Reply] = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - our own
    corpus = Path(sys.argv[2])
    for at, reply in enumerate(replies):
        for moment in range(8):
            (corpus / f"{at}-{moment}").write_bytes(bytes([at, moment, 200]) + reply.body)

    def one(data: bytes) -> None:
        if len(data) < 3:
            return
        reply = replies[data[0] % len(replies)]
        status = 401 if data[2] < 8 else 200
        head = b"HTTP/1.1 %d X\r\n\r\n" % status
        outcome = Outcome()
        mutant = Mutant(reply, status, "", head, data[3:], wild=False)
        execute(mutant, _MOMENTS[data[1]], Judges(), outcome, "guided")
        if outcome.wrong:
            raise AssertionError(outcome.wrong[0])

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
