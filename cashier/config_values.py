"""The kinds of values that the configuration is made of.

Each kind is one check with one sentence: what is wrong is raised as a ``PydanticCustomError``
whose type is the key of that sentence in ``languages/<code>/config.toml``. No check ever puts
the value itself into its error, because it may be a secret (``attacks.md S05``).
"""

import re
from pathlib import Path
from typing import Annotated, Final, LiteralString

from pydantic import PlainValidator, SecretStr
from pydantic_core import PydanticCustomError

from cashier.address import check_base_url
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.text import clean

_LONGEST_SECRET: Final = 255
_BILL_KEY: Final = re.compile(r"[0-9a-f]{64}")
_FEWEST_DIGITS_IN_USE: Final = 8
"""A drawn key uses more of the sixteen; a typed one, all zeros, does not."""


def wrong(key: LiteralString, **values: str) -> PydanticCustomError:
    """Make the error of a sentence; the values fill its slots."""
    return PydanticCustomError(key, key, dict(values))


def whole(minimum: int, maximum: int) -> PlainValidator:
    """Make the check for a whole number between two bounds, both allowed."""

    def check(value: object) -> int:
        if type(value) is not int or not minimum <= value <= maximum:
            raise wrong("config.wrong_integer", minimum=str(minimum), maximum=str(maximum))
        return value

    return PlainValidator(check)


def rupiah(minimum: int, maximum: int) -> PlainValidator:
    """Make the check for an amount written as whole rupiah between two bounds, both allowed."""

    def check(value: object) -> Rupiah:
        amount = Rupiah.of(value) if type(value) is int else value
        if not isinstance(amount, Rupiah) or not least <= amount <= most or amount.sen % 100:
            raise wrong("config.wrong_rupiah", minimum=str(least), maximum=str(most))
        return amount

    least, most = Rupiah.of(minimum), Rupiah.of(maximum)
    return PlainValidator(check)


def text(longest: int, shortest: int = 0) -> PlainValidator:
    """Make the check for a line of free text; what cannot be printed is cleaned out of it."""

    def check(value: object) -> str:
        cleaned = clean(value, longest + 1) if isinstance(value, str) else None
        if cleaned is None or not shortest <= len(cleaned) <= longest:
            raise wrong("config.wrong_text", shortest=str(shortest), longest=str(longest))
        return cleaned

    return PlainValidator(check)


def word(pattern: str, example: str) -> PlainValidator:
    """Make the check for a code word in ASCII that matches the whole pattern."""
    form = re.compile(pattern, re.ASCII)

    def check(value: object) -> str:
        if not isinstance(value, str) or form.fullmatch(value) is None:
            raise wrong("config.wrong_code", example=example)
        return value

    return PlainValidator(check)


def dotted(table: object) -> object:
    """Give a table in a table as one with dots in its keys, as TOML writes both alike."""
    if not isinstance(table, dict):
        return table
    flat: dict[object, object] = {}
    for name, value in table.items():
        inner = value.items() if isinstance(value, dict) else ()
        flat |= {f"{name}.{key}": each for key, each in inner} if inner else {name: value}
    return flat


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise wrong("config.wrong_path")
    try:
        path = Path(value).expanduser()
    except RuntimeError:  # no such home
        raise wrong("config.wrong_path") from None
    if not path.is_absolute():
        raise wrong("config.wrong_path")
    return path


def _secret(value: object) -> SecretStr:
    bare = value.get_secret_value() if isinstance(value, SecretStr) else value
    if (
        not isinstance(bare, str)
        or not 1 <= len(bare) <= _LONGEST_SECRET
        or not bare.isprintable()
        or bare != bare.strip()
    ):
        raise wrong("config.wrong_secret", longest=str(_LONGEST_SECRET))
    return SecretStr(bare)


def _bill_key(value: object) -> SecretStr:
    bare = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(bare, str) or not _looks_drawn(bare):
        raise wrong("config.wrong_bill_key")
    return SecretStr(bare)


def _looks_drawn(bill_key: str) -> bool:
    well_formed = _BILL_KEY.fullmatch(bill_key) is not None
    return well_formed and len(set(bill_key)) >= _FEWEST_DIGITS_IN_USE


def _address(value: object) -> str:
    try:
        return check_base_url(value if isinstance(value, str) else "")
    except Refusal as refusal:
        raise wrong("config.wrong_address", why=refusal.key) from None


AbsolutePath = Annotated[Path, PlainValidator(_path)]
"""A path from the root or from the home (``~/``); read as an absolute one."""

Secret = Annotated[SecretStr, PlainValidator(_secret)]
"""A credential: printable, without blanks around it, at most 255 characters."""

BillKey = Annotated[SecretStr, PlainValidator(_bill_key)]
"""256 random bits in hex, the key of the hashes of customer numbers and cards."""

Address = Annotated[str, PlainValidator(_address)]
"""A base URL (``attacks.md S11``)."""

CategoryId = Annotated[str, word(r"[a-z][a-z0-9-]{0,39}", "pln-prepaid")]
"""The id of a category, the name of its file in the catalogue."""
