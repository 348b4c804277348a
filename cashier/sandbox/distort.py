"""What a trouble does to the fields of an answer; the bytes are bent in ``bent_bodies``."""

from collections.abc import Mapping
from typing import Final

from cashier.money import Rupiah
from cashier.sandbox.book import Json
from cashier.sandbox.troubles import Trouble, WrongAmount

Fields = dict[str, Json]

_OTHER_NAME: Final = {"error_desc": "error_message", "error_message": "error_desc"}


def distort(fields: Mapping[str, Json], trouble: Trouble, asked: Rupiah) -> Fields:
    """Bend an answer as the trouble says.

    Args:
        fields: The answer as it should be.
        trouble: What to do to it.
        asked: The amount that is right, for answers that have to state a wrong one.
    """
    bent = {name: value for name, value in fields.items() if name not in trouble.drop}
    if trouble.code is not None:
        bent["error_code"] = trouble.code
    if trouble.text is not None:
        bent[_text_key(bent)] = trouble.text
    if trouble.amount is not None:
        bent |= _wrong_amounts(bent, trouble.amount, asked)
    bent |= trouble.set
    if trouble.set_data or trouble.drop_data:
        bent["data"] = _bent_data(bent.get("data"), trouble)
    return _swapped(bent) if trouble.swap else bent


def _text_key(fields: Mapping[str, Json]) -> str:
    return next(name for name in _OTHER_NAME if name in fields)


def _swapped(fields: Mapping[str, Json]) -> Fields:
    return {_OTHER_NAME.get(name, name): value for name, value in fields.items()}


def _bent_data(data: Json, trouble: Trouble) -> Json:
    facts = data if isinstance(data, Mapping) else {}
    kept = {name: value for name, value in facts.items() if name not in trouble.drop_data}
    return {**kept, **trouble.set_data}


def _wrong_amounts(fields: Mapping[str, Json], how: WrongAmount, asked: Rupiah) -> Fields:
    match how:
        case "lower":
            return {"amount": _like(fields, asked - Rupiah.of(1_000))}
        case "higher":
            return {"amount": _like(fields, asked + Rupiah.of(1_000))}
        case "times_100":
            return {"amount": _like(fields, Rupiah(asked.sen * 100))}
        case "by_100":
            return {"amount": _like(fields, Rupiah(asked.sen // 100))}
        case "separators":
            rupiah = f"{asked.sen // 100:,}".replace(",", ".")
            return {"amount": f"{rupiah},00"}
        case "all_times_100":
            figures = ("amount", "bill_amount", "admin_fee")
            return {name: _hundredfold(fields[name]) for name in figures if name in fields}


def _like(fields: Mapping[str, Json], amount: Rupiah) -> Json:
    """Write an amount as the answer's own ``amount`` is written."""
    return amount.sen if isinstance(fields.get("amount"), int) else amount.minor


def _hundredfold(value: Json) -> Json:
    return value * 100 if isinstance(value, int) else f"{value}00"
