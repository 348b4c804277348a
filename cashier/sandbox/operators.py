"""Whose a mobile number is, as the practice Espay tells it."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Operator(BaseModel):
    """A mobile operator with the beginnings of its numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    prefixes: tuple[str, ...]


@cache
def operators() -> tuple[Operator, ...]:
    """Read ``operators.toml`` once."""
    source = files("cashier.sandbox") / "operators.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))["operator"]
    return tuple(Operator.model_validate(table) for table in tables)


def operator_of(phone: str) -> Operator | None:
    """Find the operator of ``+62…``, ``62…`` or ``0…`` (``protocol.md 4.3``)."""
    bare = phone.removeprefix("+")
    number = f"0{bare[2:]}" if bare.startswith("62") else bare
    matches = [
        (len(prefix), operator)
        for operator in operators()
        for prefix in operator.prefixes
        if number.startswith(prefix)
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None
