"""A defect of the program itself: told with a number, kept without anything that it knew.

Neither the values of variables nor the words of an exception are shown or kept, since either
may hold a secret or a customer's data (``attacks.md S04``, ``S05``); kinds and places are.
"""

import secrets
import traceback
from collections.abc import Iterator

from cashier.commands.output import complain
from cashier.config import state_folder
from cashier.language import Refusal, say
from cashier.private_file import write_private

_NUMBER_BYTES = 4


def report(error: BaseException, command: str) -> None:
    """Keep what kind of error happened where, and tell its number.

    Args:
        error: The defect.
        command: How this program is called again.
    """
    number = secrets.token_hex(_NUMBER_BYTES)
    file = state_folder() / "incidents" / f"{number}.txt"
    try:
        write_private(file, "\n".join(_lines(error)).encode())
    except Refusal:
        complain(say("id", "cli.incident_unkept", number=number, command=command))
    else:
        complain(say("id", "cli.incident", number=number, file=str(file), command=command))


def _lines(error: BaseException) -> Iterator[str]:
    chain: BaseException | None = error
    while chain is not None:
        yield f"{type(chain).__module__}.{type(chain).__qualname__}"
        for frame in traceback.extract_tb(chain.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        chain = chain.__cause__ or chain.__context__
