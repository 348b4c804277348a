"""What a payment's answer holds beside its code: the documented fields, and a few invented ones.

Direct products answer a canned amount whatever was sent (``protocol.md 5``). What an inquiry
product adds to the bill's facts, a PLN token above all, is in no visible document; every such
field is listed under ``invented_fields`` in ``products.toml``.
"""

from collections.abc import Callable, Mapping
from typing import Final

from cashier.money import Rupiah
from cashier.sandbox.bills import Bill, pdam_extras
from cashier.sandbox.book import Json, kept_number
from cashier.sandbox.people import Dice
from cashier.sandbox.products import BillKind, Product
from cashier.text import mask_cards_in

_CANNED_AMOUNT: Final = "000000100000"
_TARIFF_PER_KWH: Final = {450: 41_500, 900: 135_200, 1300: 144_470, 2200: 144_470}
"""Sen for a kWh, by the power of the connection in VA."""
_STREET_LIGHT_TAX: Final = 10
"""Per cent that the region adds; PLN calls it PPJ, lately PBJT-TL (``receipts.md 4``)."""
_STAMP_DUTY_ABOVE: Final = 5_000_000
_STAMP_DUTY: Final = 10_000
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def direct_reply(product: Product, order_id: str, ref_id: str) -> dict[str, Json]:
    """The answer of a product that is paid without an inquiry."""
    key = "card_no" if product.category.card else "customer_id"
    data: dict[str, Json] = {key: order_id, "amount": _CANNED_AMOUNT}
    if product.bill == "voucher":
        data["voucher_code"] = voucher_code(Dice(ref_id))
    return {"data": data, "bankFee": 0, "mwData": _trace(ref_id), "barcode_fee": ""}


def bill_reply(product: Product, bill: Bill, ref_id: str) -> dict[str, Json]:
    """The answer of a product that was inquired about: the bill's facts and what came of it."""
    add = _ADDED.get(product.bill)
    added = add(bill, Dice(ref_id)) if add else {}
    reply: dict[str, Json] = {"data": {**bill.data, **added}}
    if "amount" in product.category.invented_fields:
        reply = {"amount": amount_as(product, bill.amount), **reply}
    if product.bill == "pdam":
        reference = Dice(ref_id).digits("reference", 12)
        extras = pdam_extras(bill.admin_fee, reference)
        data = {**bill.data, "ref_no": reference}
        reply = {"data": data, "mwData": _trace(ref_id), **extras}
    return reply


def kept_reply(product: Product, order_id: str, reply: Mapping[str, Json]) -> Mapping[str, Json]:
    """The answer as the ledger may keep it: no card number whole (``attacks.md S38``)."""
    mask = kept_number(order_id, product.category.card)
    return {name: _masked(value, order_id, mask) for name, value in reply.items()}


def _masked(value: Json, order_id: str, mask: str) -> Json:
    match value:
        case str():
            return mask_cards_in(value.replace(order_id, mask))
        case Mapping():
            return {name: _masked(each, order_id, mask) for name, each in value.items()}
        case _:
            return value


def amount_as(product: Product, amount: Rupiah) -> str | int:
    """A top-level amount, as text or as number, whatever the category writes."""
    return amount.minor if product.category.amounts == "text" else amount.sen


def voucher_code(dice: Dice) -> str:
    """The code of a bought voucher: three groups of four letters and digits."""
    letters = [dice.pick(f"voucher {n}", _LETTERS) for n in range(12)]
    return "-".join("".join(letters[at : at + 4]) for at in (0, 4, 8))


def _pln_prepaid(bill: Bill, dice: Dice) -> dict[str, Json]:
    nominal = bill.bill_amount.sen // 100
    duty = _STAMP_DUTY if nominal > _STAMP_DUTY_ABOVE else 0
    power = (nominal - duty) * 100 // (100 + _STREET_LIGHT_TAX)
    per_kwh = _TARIFF_PER_KWH[int(str(bill.data["class"]).rpartition("/")[2])]
    tenths = -(-power * 1000 // per_kwh)
    return {
        "reff_no": f"{dice.between('reference', 0, 16**32 - 1):032X}",
        "token_no": dice.digits("token", 20),
        "kwh": f"{tenths // 10},{tenths % 10}",
        "stroom": str(power),
        "materai": str(duty),
        "ppn": "0",
        "ppj": str(nominal - duty - power),
        "angsuran": "0",
        "info_text": "Informasi Hubungi Call Center 123 Atau hubungi PLN Terdekat",
    }


def _pln_postpaid(_: Bill, dice: Dice) -> dict[str, Json]:
    first = dice.between("meter", 1_000, 90_000)
    used = dice.between("used", 60, 900)
    return {
        "class": dice.pick("tariff", ("R1/000000900VA", "R1/000001300VA", "R1/000002200VA")),
        "stand_meter": f"{first:08d}-{first + used:08d}",
        "reff_no": f"{dice.between('reference', 0, 16**32 - 1):032X}",
    }


def _pln_nontaglis(_: Bill, dice: Dice) -> dict[str, Json]:
    return {"reff_no": f"{dice.between('reference', 0, 16**32 - 1):032X}"}


def _serial(_: Bill, dice: Dice) -> dict[str, Json]:
    return {"serial_number": dice.digits("serial", 12)}


def _voucher(_: Bill, dice: Dice) -> dict[str, Json]:
    return {"voucher_code": voucher_code(dice)}


def _train(_: Bill, dice: Dice) -> dict[str, Json]:
    return {"booking_code": "".join(dice.pick(f"letter {n}", _LETTERS) for n in range(7))}


_ADDED: Final[Mapping[BillKind, Callable[[Bill, Dice], dict[str, Json]]]] = {
    "pln_prepaid": _pln_prepaid,
    "pln_postpaid": _pln_postpaid,
    "pln_nontaglis": _pln_nontaglis,
    "prepaid": _serial,
    "ewallet": _serial,
    "voucher": _voucher,
    "train": _train,
}


def _trace(ref_id: str) -> str:
    return f'{{"ftbpTraceNo":"{Dice(ref_id).digits("trace", 6)}"}}'
