"""The documented configuration: it loads as it stands, and every example in it is accepted."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from pydantic import BaseModel

from cashier.config import (
    Config,
    CupsPrinter,
    Espay,
    ExtraProduct,
    FilePrinter,
    Journal,
    Limits,
    NetworkPrinter,
    NoPrinter,
    Receipt,
    SerialPrinter,
    Shop,
    Till,
    Ui,
    UsbPrinter,
    load,
)
from cashier.credentials import new_bill_key
from cashier.money import ZERO

EXAMPLE = (Path(__file__).parents[1] / "config.example.toml").read_text(encoding="utf-8")

TABLES: dict[str, tuple[type[BaseModel], ...]] = {
    "shop": (Shop,),
    "espay": (Espay,),
    "till": (Till,),
    "till.limits": (Limits,),
    "receipt": (Receipt,),
    "printer": (
        NoPrinter, FilePrinter, UsbPrinter, NetworkPrinter, SerialPrinter, CupsPrinter,
    ),
    "journal": (Journal,),
    "ui": (Ui,),
    "product": (ExtraProduct,),
}  # fmt: skip


def written(folder: Path, content: str) -> Path:
    path = folder / "config.toml"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    return path


def groups_of_examples() -> list[str]:
    """The runs of lines in the example that begin with # and no blank."""
    found = re.findall(r"(?m)(?:^#[^ #\n].*\n)+", EXAMPLE)
    assert len(found) > 15
    return found


def in_use(text: str) -> str:
    """The text with its examples put in use."""
    return re.sub("(?m)^#(?=[^ #\n])", "", text)


def keys_by_table() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    table = ""
    for line in in_use(EXAMPLE).splitlines():
        if header := re.fullmatch(r"\[{1,2}([a-z._]+)\]{1,2}", line):
            table = header[1]
            parent, _, name = table.rpartition(".")
            found[parent].add(name)
        elif key := re.match(r"([\w-]+) = ", line):
            found[table].add(key[1])
    return found


def test_the_example_loads_as_it_stands_and_holds_the_defaults(tmp_path: Path) -> None:
    fees = Till(service_fee={"default": ZERO})
    assert load(written(tmp_path, EXAMPLE)) == Config(till=fees)


@pytest.mark.parametrize("group", groups_of_examples())
def test_every_example_in_it_is_accepted(tmp_path: Path, group: str) -> None:
    key = new_bill_key().get_secret_value()
    example = in_use(group).replace('bill_key = ""', f'bill_key = "{key}"')
    config = load(written(tmp_path, EXAMPLE.replace(group, example)))
    repeats_a_default = 'kind = "none"' in example
    assert repeats_a_default or config != load(written(tmp_path, EXAMPLE))


def test_every_key_that_may_be_set_is_in_the_example_and_no_other() -> None:
    found = keys_by_table()
    assert found[""] == set(Config.model_fields)
    for table, models in TABLES.items():
        keys = {name for model in models for name in model.model_fields}
        assert found[table] == keys, table
    assert {table.partition(".")[0] for table in found if table} == set(Config.model_fields)


def test_the_example_gives_nobody_a_working_secret() -> None:
    secrets = re.findall(
        r'(?m)^#?(username|password|form_password|key|bill_key) = "(.*)"$', EXAMPLE
    )
    assert dict(secrets) == {
        "username": "from Espay",
        "password": "from Espay",
        "form_password": "from Espay",
        "key": "from Espay",
        "bill_key": "",
    }
