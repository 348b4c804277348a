"""Payments to print: for each category one as Espay's documents and the practice Espay make it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, TypedDict, Unpack

from cashier.catalogue import Catalogue, Product, load_catalogue
from cashier.config import Shop
from cashier.journal.rows import Payment, Quote
from cashier.money import ZERO, Rupiah
from cashier.payment import Evidence, Reason, State
from cashier.receipt import Document, Layout, Letterhead, Reprint, compose
from tests.support.clock import START_MS

TOKEN: Final = "70605040302010908070"
REFERENCE: Final = "0SYM21A0F3B84C5D9E6F7A8B9C0D1E2F"
"""32 characters, as PLN's references are."""

SHOP: Final = Shop(
    name="LOKET MAJU JAYA",
    address="Jl. Merdeka No. 12, Bandung",
    phone="022 1234567",
    loket="BDG-03",
)
LETTERHEAD: Final = Letterhead(SHOP, "Terima kasih. Simpan struk ini sebagai bukti.")


@dataclass(frozen=True)
class Sold:
    """One sale of the file ``sales.toml``."""

    category: str
    product: str
    name: str
    number: str
    bill: int
    admin_fee: int
    facts: Mapping[str, str]
    customer: str | None = None
    ref_id: str = "20261122104117"
    token: str | None = None
    is_card: bool = False


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def sales() -> Mapping[str, Sold]:
    """The sales of every category, by category."""
    path = Path(__file__).with_name("sales.toml")
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["sale"]
    return {row["category"]: Sold(**row) for row in rows}


def layout_of(sold: Sold) -> Layout:
    """The layout of a sale's product, or of its category where the product is a live one."""
    known: dict[str, Product] = {product.code: product for product in catalogue().products}
    product = known.get(sold.product)
    rules = product.rules if product else catalogue().category(sold.category).rules
    return rules.struk


def paid(category: str = "pln-prepaid", service_fee: Rupiah = ZERO) -> Payment:
    """A paid sale of a category, in production, with the cash a customer would give."""
    sold = sales()[category]
    quote = Quote(
        category=sold.category,
        product=sold.product,
        product_name=sold.name,
        bill_key="a" * 64,
        number=sold.number,
        is_card=sold.is_card,
        name=sold.customer,
        amount_text=str((sold.bill + sold.admin_fee) * 100),
        bill=Rupiah.of(sold.bill),
        admin_fee=Rupiah.of(sold.admin_fee),
        service_fee=service_fee,
        data_text=None,
        facts=sold.facts,
        id="7k2m9q4x",
        at=START_MS,
        environment="production",
        operator="SARI",
    )
    return Payment(
        id=7,
        quote=quote,
        rq_uuid="TOKO-0001",
        receipt_no="261122-0007",
        sequence=1,
        state=State.PAID,
        evidence=Evidence.REPLY,
        reason=Reason.PAID,
        detail="",
        ref_id=sold.ref_id,
        token=sold.token,
        tendered=Rupiah.of(-(-(quote.total.sen // 100) // 50_000) * 50_000),
        operator="SARI",
        prepared_at=START_MS,
        sent_at=START_MS + 400,
        final_at=START_MS + 3_200,
        returned_at=None,
        asked=0,
        ask_at=None,
        failed_at=None,
    )


def in_state(state: State, category: str = "pln-prepaid", **more: int) -> Payment:
    """A sale in another state; what only a paid one has is gone."""
    return replace(
        paid(category, Rupiah.of(2_000)),
        state=state,
        final_at=None if state.is_open else START_MS + 3_200,
        returned_at=more.get("returned_at"),
    )


class QuoteChanges(TypedDict, total=False):
    """What a test may change of a quote."""

    product_name: str
    number: str
    name: str | None
    bill: Rupiah
    service_fee: Rupiah
    facts: Mapping[str, str]
    environment: str


def with_quote(payment: Payment, **changes: Unpack[QuoteChanges]) -> Payment:
    """The payment with something of its quote changed."""
    return replace(payment, quote=replace(payment.quote, **changes))


def struk(
    payment: Payment,
    *,
    letterhead: Letterhead = LETTERHEAD,
    facts: Mapping[str, str] | None = None,
    reprint: Reprint | None = None,
) -> Document:
    """The document of one of these payments."""
    layout = layout_of(sales()[payment.quote.category])
    return compose(payment, layout, letterhead, facts, reprint=reprint)
