"""The shop's configuration: what ``config.toml`` may hold, and where it is found (DESIGN 7).

Every key has a default that suits practice, so an empty file, or none, runs the practice till.
``config.example.toml`` documents each key; secrets are read by ``cashier.credentials``.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from cashier.config_file import ConfigProblem, checked, parse
from cashier.config_values import (
    AbsolutePath,
    Address,
    BillKey,
    CategoryId,
    Secret,
    dotted,
    rupiah,
    text,
    whole,
    word,
    wrong,
)
from cashier.language import LanguageCode, Refusal
from cashier.money import ZERO, Rupiah
from cashier.private_file import read_trusted, refuse_exposed, write_private

__all__ = [
    "Config",
    "ConfigProblem",
    "CupsPrinter",
    "Environment",
    "Espay",
    "ExtraProduct",
    "FilePrinter",
    "Journal",
    "Limits",
    "NetworkPrinter",
    "NoPrinter",
    "Receipt",
    "SerialPrinter",
    "Shop",
    "Till",
    "Ui",
    "UsbPrinter",
    "config_folder",
    "data_folder",
    "find",
    "load",
    "save",
    "state_folder",
]

Environment = Literal["practice", "sandbox", "production"]

ADDRESSES: Final[Mapping[Environment, str]] = {
    "sandbox": "https://sandbox-api.espay.id",
    "production": "https://api.espay.id",
}
"""Espay's base URLs (``protocol.md 1``); the practice sandbox says its own when it starts."""

_MOST_RUPIAH: Final = 999_999_999_999_999
"""The most that fits Espay's 17 digits with two implied decimals (``protocol.md 4.5``)."""


class _Table(BaseModel):
    """A table of the file: no key that is not listed, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Shop(_Table):
    """Who the shop is, as printed at the head of a struk."""

    name: Annotated[str, text(64, shortest=1)] = "LOKET PEMBAYARAN"
    address: Annotated[str, text(120)] = ""
    phone: Annotated[str, text(32)] = ""
    loket: Annotated[str, text(16)] = ""
    """Code of this counter."""


class Espay(_Table):
    """Which Espay is spoken to, and as whom."""

    environment: Environment = "practice"
    base_url: Address | None = None
    """Where Espay is reached, if not at the address of the environment; see ``address``."""
    sender_id: Annotated[str, word(r"[A-Za-z0-9_-]{1,32}", "SGOPLUS")] | None = None
    """The merchant's id; needed outside practice (``protocol.md 4.1``)."""
    mode: Literal["deposit", "invoicing"] = "deposit"
    ca_file: AbsolutePath | None = None
    """Certificates to trust instead of the system's."""
    secrets_file: AbsolutePath | None = None
    username: Secret | None = None
    password: Secret | None = None
    form_password: Secret | None = None
    key: Secret | None = None
    bill_key: BillKey | None = None

    @property
    def address(self) -> str | None:
        """Where Espay is reached; ``None`` in practice, whose sandbox says so when it starts."""
        return self.base_url or ADDRESSES.get(self.environment)

    @property
    def has_inline_secrets(self) -> bool:
        """Whether the file itself holds a secret."""
        return any(isinstance(value, SecretStr) for _, value in self)

    @model_validator(mode="after")
    def _of_one_environment(self) -> Self:
        """Keep the three environments apart: practice pays nobody (``faults.md F49``)."""
        host = urlsplit(self.base_url or "").hostname
        if self.environment == "practice":
            if host and not _is_loopback(host):
                raise wrong("config.practice_is_local", at="base_url")
            return self
        if self.sender_id is None:
            raise wrong("config.missing_key", at="sender_id")
        other = {urlsplit(url).hostname: name for name, url in ADDRESSES.items()}.get(host)
        if other not in (None, self.environment):
            raise wrong("config.other_environment", at="base_url", environment=str(other))
        return self


class Limits(_Table):
    """Bounds of the shop's own."""

    payment: Annotated[Rupiah, rupiah(1, _MOST_RUPIAH)] | None = None
    """The largest single payment."""


class Till(_Table):
    """How the counter works."""

    language: LanguageCode = "id"
    idle_lock_s: Annotated[int, whole(0, 3600)] = 120
    """Seconds without a key until the till locks; 0 never locks."""
    service_fee: dict[CategoryId, Annotated[Rupiah, rupiah(0, 1_000_000)]] = Field(
        default_factory=dict
    )
    """The shop's own fee by category id; ``default`` is for all other categories."""
    deposit_alert: Annotated[Rupiah, rupiah(0, _MOST_RUPIAH)] = Rupiah.of(500_000)
    """A deposit below this is shown as low; 0 never is."""
    limits: Limits = Limits()

    def fee_of(self, category: str) -> Rupiah:
        """The shop's own fee for a category."""
        return self.service_fee.get(category, self.service_fee.get("default", ZERO))


class Receipt(_Table):
    """The paper."""

    columns: Annotated[int, whole(24, 132)] = 32
    """Characters in a line: 32 and 48 are usual for paper of 58 and 80 mm."""
    footer: Annotated[str, text(200)] = ""


class NoPrinter(_Table):
    """Nothing is printed."""

    kind: Literal["none"] = "none"


class FilePrinter(_Table):
    """Every struk becomes a text file of its own."""

    kind: Literal["file"] = "file"
    folder: AbsolutePath


class UsbPrinter(_Table):
    """A printer found by its USB ids."""

    kind: Literal["usb"] = "usb"
    vendor: Annotated[int, whole(1, 0xFFFF)]
    product: Annotated[int, whole(1, 0xFFFF)]


class NetworkPrinter(_Table):
    """A printer that takes raw bytes on a TCP port."""

    kind: Literal["network"] = "network"
    host: Annotated[str, word(r"[A-Za-z0-9.:-]{1,253}", "192.168.1.50")]
    port: Annotated[int, whole(1, 65535)] = 9100


class SerialPrinter(_Table):
    """A printer on a serial line."""

    kind: Literal["serial"] = "serial"
    device: AbsolutePath
    baud: Annotated[int, whole(1200, 115_200)] = 9600


class CupsPrinter(_Table):
    """A queue of the system's print service."""

    kind: Literal["cups"] = "cups"
    queue: Annotated[str, word(r"[A-Za-z0-9._-]{1,127}", "STRUK")]


Printer = Annotated[
    NoPrinter | FilePrinter | UsbPrinter | NetworkPrinter | SerialPrinter | CupsPrinter,
    Field(discriminator="kind"),
]


class Journal(_Table):
    """Where what happened is kept; what is left out lies in the user's folders."""

    path: AbsolutePath | None = None
    backup_dir: AbsolutePath | None = None
    anchor_dir: AbsolutePath | None = None
    """Where chain heads are noted, outside the folder of the journal that they vouch for."""


class Ui(_Table):
    """How the till looks and which keys it listens to."""

    theme: Annotated[str, word(r"[a-z0-9][a-z0-9-]{0,39}", "high-contrast")] = "default"
    keys: Annotated[
        dict[
            Annotated[str, word(r"[a-z][a-z0-9_.-]{0,39}", "sale.pay")],
            Annotated[str, word(r"[\x21-\x7e]{1,60}", "f9,b")],
        ],
        BeforeValidator(dotted),
    ] = Field(default_factory=dict)
    """Keys by name of what they do, separated by commas; ``sale.pay`` with or without quotes.

    Which names and keys there are is for the screens to say (``cashier.screens.keymap``).
    """


class ExtraProduct(_Table):
    """A product that the shop adds to the catalogue by hand."""

    code: Annotated[str, word(r"[A-Za-z0-9]{1,16}", "SLYPDX")]
    """Espay's product code, ``String(16)`` (``protocol.md 4.4``)."""
    name: Annotated[str, text(64, shortest=1)]
    category: CategoryId
    denomination: Annotated[Rupiah, rupiah(1, _MOST_RUPIAH)] | None = None


class Config(_Table):
    """The whole file."""

    shop: Shop = Shop()
    espay: Espay = Espay()
    till: Till = Till()
    receipt: Receipt = Receipt()
    printer: Printer = NoPrinter()
    journal: Journal = Journal()
    ui: Ui = Ui()
    product: tuple[ExtraProduct, ...] = ()

    @property
    def journal_path(self) -> Path:
        """The journal's file; each environment has its own."""
        own = data_folder() / "journal" / self.espay.environment / "journal.db"
        return self.journal.path or own

    @property
    def backup_dir(self) -> Path:
        """The folder of the journal's backups."""
        return self.journal.backup_dir or data_folder() / "backup" / self.espay.environment

    @property
    def anchor_dir(self) -> Path:
        """The folder of the anchors of the journal's chain."""
        return self.journal.anchor_dir or state_folder() / "anchor" / self.espay.environment

    def in_practice(self) -> "Config":
        """The same shop in practice: of its Espay only the mode, of its journal nothing."""
        practice = Espay(mode=self.espay.mode)
        return self.model_copy(update={"espay": practice, "journal": Journal()})

    @model_validator(mode="after")
    def _anchor_apart(self) -> Self:
        """Keep the anchors where losing or swapping the journal's folder leaves them alone."""
        if self.anchor_dir.resolve().is_relative_to(self.journal_path.parent.resolve()):
            raise wrong("config.anchor_inside", at="journal.anchor_dir")
        return self

    @model_validator(mode="after")
    def _products_once(self) -> Self:
        """Refuse a product code that is added twice."""
        codes = [product.code for product in self.product]
        twice = next((each for each in codes if codes.count(each) > 1), None)
        if twice is not None:
            raise wrong("config.product_twice", at="product", code=twice)
        return self


def config_folder() -> Path:
    """The user's folder for settings, where an own catalogue and themes may lie too."""
    return platformdirs.user_config_path("cashier", appauthor=False)


def data_folder() -> Path:
    """The user's folder for data that must be kept."""
    return platformdirs.user_data_path("cashier", appauthor=False)


def state_folder() -> Path:
    """The user's folder for data about this machine."""
    return platformdirs.user_state_path("cashier", appauthor=False)


def find(explicit: Path | None = None) -> Path:
    """Say which file is the configuration, whether it exists or not (DESIGN 7).

    The first of: the one named on the command line, ``$CASHIER_CONFIG``, ``config.toml`` in the
    user's folder.
    """
    named = os.environ.get("CASHIER_CONFIG")
    return explicit or (Path(named) if named else config_folder() / "config.toml")


def load(path: Path) -> Config:
    """Read and check a configuration.

    Raises:
        ConfigProblem: The file cannot be trusted or read, or a key in it is wrong; with one
            sentence for each.
    """
    try:
        contents = read_trusted(path)
        config = checked(Config, parse(contents), str(path))
        if config.espay.has_inline_secrets:
            refuse_exposed(contents)
    except ConfigProblem:
        raise
    except Refusal as refusal:
        raise ConfigProblem([refusal]) from None
    return config


def save(config: Config, path: Path) -> None:
    """Write a configuration for this user alone (0600), whole or not at all.

    It loads back equal. Comments of an older file are not kept.

    Raises:
        Refusal: The file cannot be written there.
    """
    # Loaded here and not above: a till reads its configuration and hardly ever writes it.
    import tomli_w  # noqa: PLC0415

    write_private(path, tomli_w.dumps(_tables_of(config)).encode())


def _tables_of(table: BaseModel) -> dict[str, object]:
    return {name: _plain(value) for name, value in table if value not in (None, ())}


def _plain(value: object) -> object:
    match value:
        case BaseModel():
            return _tables_of(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case tuple():
            return [_plain(each) for each in value]
        case SecretStr():
            return value.get_secret_value()
        case Rupiah():
            return value.sen // 100
        case Path():
            return str(value)
        case _:
            return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
