"""Chance made from a customer number, and the made-up people it picks: same number, same person."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

_Item = TypeVar("_Item")


class Branch(BaseModel):
    """An office with its code."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str


class Train(BaseModel):
    """A train and the stations it joins."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    route: str


class People(BaseModel):
    """Everything that ``people.toml`` offers to pick from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: tuple[str, ...]
    last: tuple[str, ...]
    branches: tuple[Branch, ...]
    trains: tuple[Train, ...]


@cache
def people() -> People:
    """Read ``people.toml`` once."""
    source = files("cashier.sandbox") / "people.toml"
    return People.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Dice:
    """Draws that depend on nothing but the seed and the name of the draw."""

    seed: str

    def between(self, draw: str, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both possible."""
        digest = hashlib.sha256(f"{self.seed}|{draw}".encode()).digest()
        return least + int.from_bytes(digest) % (most - least + 1)

    def pick(self, draw: str, items: Sequence[_Item]) -> _Item:
        """One of the items."""
        return items[self.between(draw, 0, len(items) - 1)]

    def digits(self, draw: str, count: int) -> str:
        """A number of exactly so many digits, the first one not zero."""
        return str(self.between(draw, 10 ** (count - 1), 10**count - 1))


def name_of(order_id: str) -> str:
    """The name of a customer, always the same for the same number."""
    dice = Dice(order_id)
    return f"{dice.pick('first', people().first)} {dice.pick('last', people().last)}"
