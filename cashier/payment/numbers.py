"""Finding the number that a sale must bring home, for example a PLN token. Pure."""

from collections.abc import Mapping

from cashier.payment.answers import Demand


def find_number(
    demand: Demand, facts: Mapping[str, str], known: frozenset[str] = frozenset()
) -> str | None:
    """Find the one number that meets the demand, or ``None`` where there is none or a choice.

    A named field that is present but malformed fails the demand, whatever other fields hold.
    Groups written apart by blanks or dashes are read together.
    """
    named = [facts[name] for name in demand.fields if facts.get(name, "").strip()]
    if named:
        numbers = {_number(value, demand.digits) for value in named}
    elif demand.anywhere:
        values = (value for value in facts.values() if value not in known)
        numbers = {_number(value, demand.digits) for value in values} - {None}
    else:
        return None
    return numbers.pop() if len(numbers) == 1 else None


def _number(value: str, digits: int) -> str | None:
    bare = value.replace(" ", "").replace("-", "")
    fits = len(bare) == digits and bare.isascii() and bare.isdigit() and bare.strip("0")
    return bare if fits else None
