"""From the bytes of a TOML file to a checked model, with one sentence per wrong key.

Neither a sentence nor an error that is raised here holds a value from the file, because the
value may be a secret (``attacks.md S05``): pydantic's and tomllib's own errors, which do hold
them, end in this module.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, LiteralString, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cashier.language import LANGUAGES, LanguageCode, Refusal, explain, say
from cashier.private_file import Contents

_Model = TypeVar("_Model", bound=BaseModel)

_SENTENCES: Final[Mapping[str, LiteralString]] = {
    "extra_forbidden": "config.unknown_key",
    "missing": "config.missing_key",
    "union_tag_not_found": "config.missing_key",
    "union_tag_invalid": "config.wrong_choice",
    "literal_error": "config.wrong_choice",
    "tuple_type": "config.wrong_list",
}
"""Sentences of pydantic's own errors; what is no table where one belongs is all the others."""

_NAME_OF_KEY: Final = "[key]"
"""How pydantic says that the name of a key is wrong, not its value."""

_DISCRIMINATOR: Final = "kind"
"""The key that says which of several tables is meant, as in ``[printer]``."""


class ConfigProblem(Refusal):
    """What is wrong in a file of the shop: file, key and what is expected, for each wrong key.

    As a ``Refusal`` it is its first problem; ``problems`` holds all of them.
    """

    def __init__(self, problems: Sequence[Refusal], language: LanguageCode = "id") -> None:
        """Gather the problems of one file; ``language`` is the one the file itself asks for."""
        super().__init__(problems[0].key, **problems[0].values)
        self.problems = tuple(problems)
        self.language = language

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values of the first problem."""
        return self.problems[0].values_in(language)

    def sentences(self, language: LanguageCode | None = None) -> tuple[str, ...]:
        """Give one sentence per problem, by default in the language of the file."""
        return tuple(explain(language or self.language, problem) for problem in self.problems)


class _WithReason(Refusal):
    """A problem whose value ``why`` is the key of another sentence."""

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the reason in words."""
        return {**self.values, "why": say(language, self.values["why"])}


def parse(contents: Contents) -> dict[str, object]:
    """Read the bytes of a file as TOML.

    Raises:
        ConfigProblem: They are not UTF-8, or not TOML; the sentence gives the line.
    """
    file = str(contents.path)
    try:
        text = contents.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Refusal("config.not_text", file=file)
    else:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = _line_of(error, text)
            problem = Refusal("config.not_toml", file=file, line=str(line))
    # Raised out here so that the error, which quotes the file, is not its context.
    raise ConfigProblem([problem])


def checked(model: type[_Model], raw: Mapping[str, object], file: str) -> _Model:
    """Make a model of a parsed file.

    Raises:
        ConfigProblem: With one problem per wrong, missing or unknown key.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    raise ConfigProblem([_problem(model, each, file) for each in details], _language_of(raw))


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    at = re.search(r"line (\d+)", str(error))
    return int(at[1]) if at else max(1, len(text.splitlines()))


def _language_of(raw: Mapping[str, object]) -> LanguageCode:
    till = raw.get("till")
    wish = till.get("language") if isinstance(till, dict) else None
    return next((language for language in LANGUAGES if language == wish), "id")


def _problem(model: type[BaseModel], error: ErrorDetails, file: str) -> Refusal:
    kind = error["type"]
    key = kind if kind.startswith("config.") else _SENTENCES.get(kind, "config.wrong_table")
    if _NAME_OF_KEY in error["loc"]:
        key = "config.wrong_name"
    context = {name: str(value) for name, value in error.get("ctx", {}).items()}
    path, table = _walk(model, error["loc"])
    if kind.startswith("union_tag"):
        path = (*path, _DISCRIMINATOR)
    path = (*path, *context.pop("at", "").split("."))
    kind_of_problem = _WithReason if "why" in context else Refusal
    return kind_of_problem(key, file=file, where=_place(path), **_slots(key, context, table))


def _slots(key: str, context: dict[str, str], table: type[BaseModel]) -> dict[str, str]:
    match key:
        case "config.unknown_key":
            return {"known": ", ".join(table.model_fields)}
        case "config.wrong_choice":
            quoted = context.get("expected") or context["expected_tags"]
            return {"choices": ", ".join(re.findall(r"'([^']*)'", quoted))}
        case "config.missing_key" | "config.wrong_list" | "config.wrong_table":
            return {}
        case _:
            return context


def _walk(
    model: type[BaseModel], location: tuple[int | str, ...]
) -> tuple[tuple[int | str, ...], type[BaseModel]]:
    """Walk to a place in the file; give its path as written there, and the table it is in."""
    path: list[int | str] = []
    table, within = model, [model]
    for part in location:
        if len(within) > 1:  # pydantic names which of several tables, the file does not
            within = [each for each in within if each.model_fields[_DISCRIMINATOR].default == part]
            continue
        path.append(part)
        if within and isinstance(part, str):
            table = within[0]
            key = table.model_fields.get(part)
            within = list(_tables_in(key.annotation)) if key else []
    return tuple(path), table


def _tables_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _tables_in(part)


def _place(path: Sequence[int | str]) -> str:
    """Write a path as it is looked for in the file: ``[till.limits] payment``."""
    numbers = [part for part in path if isinstance(part, int)]
    names = [part for part in path if isinstance(part, str) and part not in ("", _NAME_OF_KEY)]
    if numbers:
        return f"[[{names[0]}]] #{numbers[0] + 1} {' '.join(names[1:])}".strip()
    *tables, name = names
    return f"[{'.'.join(tables)}] {name}" if tables else name
