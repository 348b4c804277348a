"""Reads what the questions ask for: a bill, the products, an operator, a balance.

No document shows how the last three look inside (``gaps.md 1, 3, 5``). So each is read from
every form that is likely, and is ``None`` where it has none of them: a guess would be worse.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from cashier.espay.json_text import Json, JsonObject
from cashier.espay.replies import facts_of, money
from cashier.espay.wire import Bill, LiveProduct
from cashier.money import Rupiah
from cashier.text import CleanText, clean

_LISTS: Final = ("product", "products", "data")
_CODES: Final = ("product_code", "code", "product")
_NAMES: Final = ("product_name", "name")
_OPERATORS: Final = ("operator_name", "provider_name", "name", "operator", "provider")


class _Unreadable(ValueError):
    """An item of the list has none of the known forms."""


def read_bill(reply: JsonObject) -> Bill | None:
    """Read a successful inquiry; ``None`` where one of its three amounts cannot be read."""
    fields = reply.fields
    amount_text = fields.get("amount")
    amount = money(amount_text, Rupiah.from_minor)
    bill_amount = money(fields.get("bill_amount"), Rupiah.from_minor)
    admin_fee = money(fields.get("admin_fee"), Rupiah.from_minor)
    if amount is None or bill_amount is None or admin_fee is None:
        return None
    data_text = None if fields.get("data") in (None, "") else reply.span("data")
    return Bill(str(amount_text), amount, bill_amount, admin_fee, data_text, facts_of(reply))


def read_products(reply: JsonObject) -> tuple[LiveProduct, ...] | None:
    """Read the registered products; ``None`` where the list or one of its items is unreadable."""
    for name in _LISTS:
        value = reply.fields.get(name)
        if value is not None:
            try:
                return tuple(_products(value))
            except _Unreadable:
                return None
    return None


def _products(value: Json) -> Iterator[LiveProduct]:
    if isinstance(value, list):
        for item in value:
            yield _product(item)
    elif isinstance(value, dict) and _first(value, _CODES):
        yield _product(value)
    elif isinstance(value, dict):
        for code, item in value.items():
            yield _product(item, code)
    else:
        raise _Unreadable


def _product(item: Json, key: str = "") -> LiveProduct:
    """One item: an object, a bare code, or under its code as key an object or a name."""
    if isinstance(item, dict):
        code = _first(item, _CODES) or clean(key)
        name = _first(item, _NAMES)
    elif isinstance(item, str):
        code, name = clean(key or item), clean(item)
    else:
        raise _Unreadable
    if not code:
        raise _Unreadable
    return LiveProduct(code, name or code)


def read_operator(reply: JsonObject) -> CleanText | None:
    """Read the operator of a phone number from a text, an object, or a list of one."""
    value = reply.fields.get("operator")
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        return _first(value, _OPERATORS)
    return clean(value) or None if isinstance(value, str) else None


def read_balance(reply: JsonObject) -> Rupiah | None:
    """Read the deposit in rupiah, from a number or a text (``gaps.md 5``)."""
    return money(reply.fields.get("balance"), Rupiah.from_balance)


def _first(item: Mapping[str, Json], names: tuple[str, ...]) -> CleanText | None:
    texts = (clean(value) for name in names if isinstance(value := item.get(name), str))
    return next((text for text in texts if text), None)
