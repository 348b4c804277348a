"""Turns what a command may run into, a refusal or a defect, into words and an exit code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cashier.commands.output import JsonValue, complain, perhaps_unread, print_json
from cashier.config import ConfigProblem
from cashier.language import LanguageCode, Refusal, explain

if TYPE_CHECKING:
    # The till does without argparse (DESIGN 10).
    from argparse import Namespace

    from cashier.commands.choice import Choice

REFUSED: Final = 1
"""Exit code of a command that was not carried out."""


@dataclass(slots=True)
class Told:
    """What became of a command, and how its trouble is told."""

    code: int = REFUSED
    language: LanguageCode = "id"
    command: str = "cashier"
    """How this program is called again."""

    def tells_of(self, chosen: "Choice") -> None:
        """Tell trouble from now on as the chosen shop's operator understands it."""
        self.language = chosen.language
        self.command = chosen.command


@contextmanager
def refusals_told(
    options: "Namespace", nothing: Mapping[str, JsonValue] | None = None
) -> Iterator[Told]:
    """Tell a refusal of the work inside as a sentence, and as exit code 1.

    With ``--json``, ``nothing`` is printed too, its reason filled in.
    """
    told = Told()
    try:
        yield told
    except Refusal as refusal:
        tell(refusal, told.language, told.command)
        if nothing is not None and options.json:
            with perhaps_unread():
                print_json({**nothing, "reason": refusal.key})


def tell(refusal: Refusal, language: LanguageCode, command: str) -> None:
    """Print the sentence of a refusal; a wrong file has one for each wrong key.

    Args:
        refusal: What was refused.
        language: The operator's.
        command: How this program is called again.
    """
    if isinstance(refusal, ConfigProblem):
        for sentence in refusal.sentences():
            complain(sentence)
    else:
        complain(explain(language, refusal, command))
