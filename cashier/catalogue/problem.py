"""What is wrong in a category file, in one sentence: which file, which key, what belongs there."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cashier.language import Refusal

_SENTENCES: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "bool_type": "boolean",
    "int_type": "integer",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "string_type": "text",
    "string_too_short": "text",
    "string_too_long": "text",
    "string_pattern_mismatch": "form",
    "literal_error": "choice",
    "pattern_type": "regex",
    "pattern_regex": "regex",
    "time_type": "time",
    "tuple_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "whole_rupiah": "rupiah",
    "lengths": "lengths",
    "hours": "hours",
    "struk_line": "struk_line",
    "amount_from_nowhere": "amount_from_nowhere",
    "typed_at_inquiry": "typed_at_inquiry",
}
"""Kinds of errors that have a sentence of their own; the others share ``file_other``."""


class CatalogueProblem(Refusal):
    """A file of the catalogue that cannot be used: which file, where in it, what is expected."""

    def __init__(self, what: str, file: Path, where: str = "", expected: str = "") -> None:
        """Remember the place; ``what`` is the end of the sentence's key ``catalogue.file_...``."""
        super().__init__(f"catalogue.file_{what}", file=str(file), where=where, expected=expected)


def problem_in(file: Path, place: str, error: ValidationError) -> CatalogueProblem:
    """Turn the first error of a validation into a problem.

    Args:
        file: The file that was read.
        place: Where in the file the validated table stands, for example ``product.SLYTSD.rules``.
        error: What the validation found.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    what = _SENTENCES.get(first["type"], "other")
    context = first.get("ctx", {})
    expected = str(context.get("expected") or context.get("pattern") or first["msg"])
    if what == "range":
        expected = f">= {context['ge']}" if "ge" in context else f"<= {context['le']}"
    return CatalogueProblem(what, file, _path(place, first["loc"]), expected)


def _path(place: str, steps: tuple[int | str, ...]) -> str:
    path = place
    for step in steps:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            path += f".{step}" if path else step
    return path
