"""Whether a payment sends back what the inquiry answered: the same amount and the same ``data``.

Nothing else ties a payment to its inquiry (``protocol.md 7``). ``data`` may come as JSON text or
as nested form fields; both are compared field by field as text, so ``49500`` is not ``49500.0``.
"""

import json
from collections.abc import Mapping

from cashier.sandbox.bills import Bill
from cashier.sandbox.book import Json
from cashier.sandbox.gate import Form


def sent_object(form: Form, name: str) -> Mapping[str, str] | None:
    """Read ``data`` or ``additional_data``; ``None`` where it was not sent or is no flat object."""
    if name in form.nested:
        return form.nested[name]
    if not form[name]:
        return None
    try:
        parsed = json.loads(form[name], parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return _texts(parsed) if isinstance(parsed, dict) else None


def matches(bill: Bill, form: Form) -> bool:
    """Whether amount and ``data`` of a payment are those of the bill."""
    return form["amount"] == bill.amount.minor and sent_object(form, "data") == _texts(bill.data)


def _texts(facts: Mapping[str, Json]) -> dict[str, str]:
    return {name: _text(value) for name, value in facts.items()}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
