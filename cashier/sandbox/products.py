"""What the practice Espay sells, read from ``products.toml``."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from cashier.money import Rupiah

BillKind = Literal[
    "direct",
    "bpjs",
    "ewallet",
    "postpaid",
    "prepaid",
    "pln_prepaid",
    "pln_postpaid",
    "pln_nontaglis",
    "pdam",
    "train",
    "voucher",
]
BOUGHT_AGAIN: Final[frozenset[BillKind]] = frozenset(
    {"direct", "ewallet", "prepaid", "pln_prepaid", "voucher"}
)
"""Kinds that can be bought any number of times; the others are paid once a month."""

Inquiry = Literal["needed", "none", "optional"]
TextKey = Literal["error_desc", "error_message"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class _ProductRow(_Row):
    code: str
    name: str
    denomination: int | None = None
    admin_fee: int | None = None
    inquiry: Inquiry | None = None
    bill: BillKind | None = None
    invented: bool = False


class Category(_Row):
    """How the answers of a category are spelled; amounts are whole rupiah."""

    id: str
    inquiry: Inquiry
    bill: BillKind
    number: str
    amounts: Literal["text", "number"] = "text"
    inquiry_text: TextKey = "error_desc"
    payment_text: TextKey = "error_desc"
    success: str = "Success"
    number_codes: frozenset[str] = frozenset({"405", "210"})
    reference: Literal["seconds", "tx"] = "seconds"
    card: bool = False
    admin_fee: int = 0
    minimum: int = 1
    maximum: int = 100_000_000
    invented_fields: frozenset[str] = frozenset()
    products: tuple[_ProductRow, ...]


class Product(_Row):
    """One code that can be sold."""

    code: str
    name: str
    category: Category
    inquiry: Inquiry
    bill: BillKind
    admin_fee: Rupiah
    denomination: Rupiah | None
    invented: bool

    def fits(self, order_id: str) -> bool:
        """Whether a customer number has the form that this product's numbers have."""
        return re.fullmatch(self.category.number, order_id) is not None

    @property
    def minimum(self) -> Rupiah:
        """The least that may be paid."""
        return Rupiah.of(self.category.minimum)

    @property
    def maximum(self) -> Rupiah:
        """The most that may be paid."""
        return Rupiah.of(self.category.maximum)


@cache
def products() -> dict[str, Product]:
    """Give every product by its code, in the order of the file."""
    source = files("cashier.sandbox") / "products.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))["category"]
    categories = [Category.model_validate(table) for table in tables]
    return {row.code: _product(kind, row) for kind in categories for row in kind.products}


def _product(category: Category, row: _ProductRow) -> Product:
    fee = category.admin_fee if row.admin_fee is None else row.admin_fee
    return Product(
        code=row.code,
        name=row.name,
        category=category,
        inquiry=row.inquiry or category.inquiry,
        bill=row.bill or category.bill,
        admin_fee=Rupiah.of(fee),
        denomination=None if row.denomination is None else Rupiah.of(row.denomination),
        invented=row.invented,
    )
