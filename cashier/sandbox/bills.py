"""Plausible bills, made from the customer number alone: the same number has the same bill.

The fields, their types, their padding and their oddities are those of ``protocol.md`` 4.4 and 5:
top-level amounts have two implied decimals, amounts inside ``data`` are whole rupiah.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cashier.clock import wib
from cashier.money import ZERO, Rupiah
from cashier.sandbox.book import Json
from cashier.sandbox.people import Dice, people
from cashier.sandbox.products import BillKind, Product

_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MEI",
    "JUN",
    "JUL",
    "AGT",
    "SEP",
    "OKT",
    "NOV",
    "DES",
)
_TARIFFS: Final = ("R1  /000000450", "R1M /000000900", "R1  /000001300", "R1  /000002200")
_BPJS_PREMIUMS: Final = (35_000, 100_000, 150_000)
"""Monthly premium per person of the three classes, rupiah."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a bill is made from."""

    product: Product
    order_id: str
    name: str
    now: int
    """UTC milliseconds; only names the months, never changes an amount."""
    cycle: int = 0
    """How many bills of this number were paid before; the next one is another."""
    variant: int = 0
    """Another bill for the same cycle, for the number whose bill keeps changing."""
    typed: Rupiah = ZERO
    """What the customer chose, for products with an open amount."""
    unsold_token: str = "0"  # noqa: S105 - rupiah of a PLN token that was never handed out

    @property
    def dice(self) -> Dice:
        """The chance of this one bill."""
        return Dice(f"{self.product.code}|{self.order_id}|{self.cycle}|{self.variant}")

    def months(self, count: int) -> list[tuple[int, int]]:
        """The last months up to this one in WIB, oldest first, as year and month."""
        today = wib(self.now)
        latest = today.year * 12 + today.month - 1
        return [divmod(month, 12) for month in range(latest - count + 1, latest + 1)]


@dataclass(frozen=True, slots=True)
class Bill:
    """What an inquiry answers about a number."""

    amount: Rupiah
    bill_amount: Rupiah
    admin_fee: Rupiah
    data: Mapping[str, Json]
    before: Mapping[str, Json] = field(default_factory=dict)
    """Top-level fields that stand before ``data``."""
    after: Mapping[str, Json] = field(default_factory=dict)
    """Top-level fields that stand behind ``data``."""


def make_bill(sheet: Sheet) -> Bill:
    """Make the bill of a product that can be inquired about."""
    return _MAKERS[sheet.product.bill](sheet)


def _postpaid(sheet: Sheet) -> Bill:
    dice = sheet.dice
    bills = _arrears(dice)
    owed = Rupiah.of(sum(dice.between(f"bill {n}", 350, 4_500) * 100 for n in range(bills)))
    data: dict[str, Json] = {
        "phone_no": sheet.order_id,
        "bill_total": str(bills),
        "bill_ref": f"{dice.digits('ref', 3)}A{dice.digits('reference', 6)}",
        "bill_amount": f"{_whole(owed):012d}",
        "customer_name": sheet.name,
        "region_code": f"{dice.between('region', 0, 12):02d}",
    }
    return _with_fee(sheet, owed, data)


def _prepaid(sheet: Sheet) -> Bill:
    face = _face(sheet)
    price = Rupiah.of(_whole(face) * 99 // 100)
    data: dict[str, Json] = {"denomination": str(_whole(face) // 1000), "price": _whole(price)}
    return _with_fee(sheet, price, data, after={"barcode_fee": ""})


def _voucher(sheet: Sheet) -> Bill:
    face = _face(sheet)
    data: dict[str, Json] = {"denomination": str(_whole(face) // 1000), "price": _whole(face)}
    return _with_fee(sheet, face, data)


def _pln_prepaid(sheet: Sheet) -> Bill:
    face = _face(sheet)
    data: dict[str, Json] = {
        **_meter(sheet.order_id),
        "class": tariff_of(sheet.order_id),
        "token_unsold1": sheet.unsold_token,
        "token_unsold2": "0",
        "reff_no": "",
        "price": str(_whole(face)),
        "admin_fee": str(_whole(sheet.product.admin_fee)),
        "remark": f"{sheet.dice.digits('remark', 14)}{'0' * 18}",
    }
    named = {"customer_id": data.pop("customer_id"), "customer_name": sheet.name}
    return _with_fee(sheet, face, {**named, **data}, before={"description": ""})


def _pln_postpaid(sheet: Sheet) -> Bill:
    dice = sheet.dice
    bills = _arrears(dice)
    owed = Rupiah.of(sum(dice.between(f"bill {n}", 45_000, 620_000) for n in range(bills)))
    periods = [f"{_MONTHS[month]}{year % 100:02d}" for year, month in sheet.months(bills)]
    fee = Rupiah(sheet.product.admin_fee.sen * bills)
    data: dict[str, Json] = {
        "customer_id": sheet.order_id,
        "customer_name": sheet.name,
        "total_bill": str(bills),
        "bill_period": ",".join(periods),
        "bill_amount": str(_whole(owed)),
        "admin_fee": "0",
    }
    return Bill(owed + fee, owed, fee, data)


def _pln_nontaglis(sheet: Sheet) -> Bill:
    dice = sheet.dice
    owed = Rupiah.of(dice.between("bill", 150, 3_500) * 1000)
    ((year, month),) = sheet.months(1)
    data: dict[str, Json] = {
        "customer_id": sheet.order_id,
        "customer_name": sheet.name,
        "class": tariff_of(sheet.order_id),
        "registration_date": f"{year}{month + 1:02d}01",
        "bill_amount": str(_whole(owed)),
        "admin_fee": str(_whole(sheet.product.admin_fee)),
    }
    return _with_fee(sheet, owed, data)


def _pdam(sheet: Sheet) -> Bill:
    dice = sheet.dice
    bills = _arrears(dice)
    used = [dice.between(f"cubic metres {n}", 8, 45) for n in range(bills)]
    penalty = 10_000 * (bills - 1)
    owed = Rupiah.of(sum(metres * 4_900 + 7_500 for metres in used) + penalty)
    first = dice.between("meter", 100, 9_000)
    year, month = sheet.months(1)[0]
    data: dict[str, Json] = {
        "bill_amount": f"{_whole(owed):010d}",
        "bill_date": f"{year}{month + 1:02d}",
        "bill_total": f"{bills:02d}",
        "cubication": f"{first:08d}-{first + sum(used):08d}",
        "customer_id": f"{dice.between('customer', 1, 999_999):09d}",
        "customer_name": sheet.name,
        "penalty": f"{penalty:08d}",
        "provider_code": f"{dice.between('provider', 10, 99)}",
        "ref_no": "",
    }
    return _with_fee(sheet, owed, data, after=pdam_extras(sheet.product.admin_fee, ""))


def _bpjs(sheet: Sheet) -> Bill:
    dice = sheet.dice
    people_count = dice.between("family", 1, 5)
    months = _arrears(dice)
    premium = dice.pick("class", _BPJS_PREMIUMS)
    fee = sheet.product.admin_fee
    total = Rupiah.of(premium * people_count * months) + fee
    branch = dice.pick("branch", people().branches)
    data: dict[str, Json] = {
        "va_number": sheet.order_id,
        "customer_id": sheet.order_id,
        "customer_name": sheet.name,
        "family_number": str(people_count),
        "bill_period": str(months),
        "bill_amount": _whole(total),
        "admin_fee": _whole(fee),
        "amount": _whole(total),
        "remain_payment": 0,
        "reff_code": dice.digits("reference", 10).zfill(32),
        "branch_code": branch.code,
        "branch_name": branch.name,
        "remark": "",
    }
    # As documented: bill_amount already holds the admin fee (protocol.md 5).
    return Bill(total, total, fee, data)


def _ewallet(sheet: Sheet) -> Bill:
    wallet = sheet.product.name.rpartition(" ")[2]
    data: dict[str, Json] = {"customer_name": f"{wallet} {_starred(sheet.name)}"}
    return _with_fee(sheet, sheet.typed, data)


def _train(sheet: Sheet) -> Bill:
    dice = sheet.dice
    passengers = dice.between("passengers", 1, 4)
    owed = Rupiah.of(dice.between("fare", 75, 620) * 1000 * passengers)
    train = dice.pick("train", people().trains)
    data: dict[str, Json] = {
        "payment_code": sheet.order_id,
        "customer_name": sheet.name,
        "train_name": train.name,
        "route": train.route,
        "departure": f"{dice.between('hour', 5, 22):02d}:{dice.between('minute', 0, 11) * 5:02d}",
        "passengers": str(passengers),
        "bill_amount": str(_whole(owed)),
        "admin_fee": str(_whole(sheet.product.admin_fee)),
    }
    return _with_fee(sheet, owed, data)


_MAKERS: Final[Mapping[BillKind, Callable[[Sheet], Bill]]] = {
    "bpjs": _bpjs,
    "ewallet": _ewallet,
    "postpaid": _postpaid,
    "prepaid": _prepaid,
    "pln_prepaid": _pln_prepaid,
    "pln_postpaid": _pln_postpaid,
    "pln_nontaglis": _pln_nontaglis,
    "pdam": _pdam,
    "train": _train,
    "voucher": _voucher,
}


def pdam_extras(fee: Rupiah, reference: str) -> dict[str, Json]:
    """The fields behind ``data`` of a PDAM answer; the reference is empty until paid."""
    return {
        "bankFee": fee.minor,
        "barcode_fee": "",
        "receipt": {"field": "Reference Number", "value": reference},
    }


def tariff_of(order_id: str) -> str:
    """A PLN customer's tariff and power, as ``class`` writes them."""
    return Dice(order_id).pick("tariff", _TARIFFS)


def _meter(order_id: str) -> dict[str, Json]:
    """A PLN customer's id has 12 digits, the meter's number 11 (``receipts.md 4.1``)."""
    dice = Dice(order_id)
    if len(order_id) == 11:
        return {"customer_id": dice.digits("customer", 12), "meter_serial": order_id}
    return {"customer_id": order_id, "meter_serial": dice.digits("meter", 11)}


def _with_fee(
    sheet: Sheet,
    owed: Rupiah,
    data: Mapping[str, Json],
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> Bill:
    fee = sheet.product.admin_fee
    return Bill(owed + fee, owed, fee, data, before or {}, after or {})


def _arrears(dice: Dice) -> int:
    """How many months are owed: mostly one, sometimes two to four."""
    return dice.pick("months", (1, 1, 1, 1, 1, 2, 2, 3, 4))


def _starred(name: str) -> str:
    words = [f"{word[:2]}{'*' * (len(word) - 2)}" for word in name.split()]
    return " ".join(words)


def _face(sheet: Sheet) -> Rupiah:
    return sheet.product.denomination or ZERO


def _whole(amount: Rupiah) -> int:
    return amount.sen // 100
