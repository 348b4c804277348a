"""What Espay's documents say, apart from the category files, to check one against the other."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PACKAGE = HERE.parent.parent / "cashier"


class Listed(NamedTuple):
    """A product of the documents."""

    category: str
    code: str
    name: str
    transaction: str
    denomination: int | None
    inferred: bool


class Sample(NamedTuple):
    """A documented exchange, as far as the catalogue has a say in it."""

    id: str
    category: str
    number: str
    product: str
    typed: str | None
    answer: dict[str, Any]


@cache
def documented_categories() -> tuple[dict[str, Any], ...]:
    text = (HERE / "catalog.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["categories"])


@cache
def documented_products() -> tuple[Listed, ...]:
    return tuple(
        Listed(category["id"], **product)
        for category in documented_categories()
        for product in category["products"]
    )


@cache
def samples() -> tuple[Sample, ...]:
    text = (HERE.parent / "espay" / "samples.json").read_text(encoding="utf-8")
    return tuple(
        Sample(
            row["id"],
            row["category"],
            row["request"]["order_id"],
            row["request"]["product_code"],
            json.loads(row["request"].get("additional_data") or "{}").get("amount"),
            row["response"] or {},
        )
        for row in json.loads(text)
    )


@cache
def practice_products() -> tuple[tuple[str, str, str], ...]:
    """Category, code and name of everything that the practice Espay lists."""
    text = (PACKAGE / "sandbox" / "products.toml").read_text(encoding="utf-8")
    return tuple(
        (category["id"], product["code"], product["name"])
        for category in tomllib.loads(text)["category"]
        for product in category["products"]
    )
