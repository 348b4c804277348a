"""A category file, as it stands on disk: the category itself and its products."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from cashier.catalogue.model import Amount, Frozen, Line, Many, ProductCode, Words
from cashier.catalogue.rules import Rules

Transaction = Literal["PAYMENT", "PURCHASE", "TOPUP"]
"""What Espay calls the kind of a product (``catalog.json``)."""


class Category(Frozen):
    """A group of products that are sold alike; the home screen shows one line for each."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    order: int
    """Place on the home screen; small numbers first."""
    key: Annotated[str, Field(pattern=r"^[a-z0-9]$")]
    """The key that opens it on the home screen."""
    names: Words
    words: Many[Line] = ()
    """What else people at a counter call it, in small letters, in either language; the search box
    finds the category by these words too (``token`` for PLN prepaid)."""
    source: Line
    transaction: Transaction
    rules: Rules
    also_shows: Many[ProductCode] = ()
    """Products of other categories that are shown here too; their own rules hold."""
    code_patterns: Many[re.Pattern[str]] = ()
    """Codes of the live list that belong here; a pattern matches a whole code.

    A group ``thousands`` is the denomination in thousands of rupiah, a group ``operator`` holds
    the letters of a mobile operator.
    """
    variants: Mapping[str, Mapping[str, object]] = {}
    """Exceptions that several products share: for each name the keys of ``rules`` that differ."""


class ProductEntry(Frozen):
    """A product as a category file names it, with its exceptions."""

    code: ProductCode
    name: Line
    source: Line
    words: Many[Line] = ()
    """What else people at a counter call it, as for a category."""
    denomination: Amount | None = None
    transaction: Transaction | None = None
    variant: Line | None = None
    """The name of the category's exceptions that hold for it."""
    rules: Mapping[str, object] = {}
    """The keys of the category's ``rules`` that differ for this product alone."""
