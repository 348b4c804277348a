"""Which Espay a command talks to: the shop's own, or the practice one on this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import SecretStr

from cashier.clock import Clock
from cashier.config import Config, data_folder
from cashier.credentials import Secrets, load_secrets, practice_bill_key
from cashier.espay.merchant import Merchant
from cashier.sandbox.process import attach
from cashier.sandbox.settings import Mode
from cashier.till import TillSettings

if TYPE_CHECKING:
    from cashier.espay.service import EspayService


@dataclass(frozen=True, slots=True)
class Line:
    """An Espay, and who we are there."""

    environment: Literal["practice", "sandbox", "production"]
    base_url: str
    sender_id: str
    secrets: Secrets
    ca_file: Path | None = None

    def settings(self, config: Config) -> TillSettings:
        """What the till has to know of the shop."""
        return TillSettings(
            environment=self.environment,
            sender_id=self.sender_id,
            bill_key=self.secrets.bill_key,
            mode=config.espay.mode,
            service_fee_of=config.till.fee_of,
            largest_payment=config.till.limits.payment,
        )

    def connector(self, clock: Clock) -> "Callable[[], EspayService]":
        """Give what makes the line when it is first needed."""

        def connect() -> "EspayService":
            # httpx costs a third of a start, and most starts never need it (DESIGN 10).
            from cashier.espay.service import EspayService  # noqa: PLC0415

            merchant = Merchant(
                environment=self.environment,
                base_url=self.base_url,
                sender_id=self.sender_id,
                username=self.secrets.username,
                password=self.secrets.password,
                form_password=self.secrets.form_password,
                key=self.secrets.key,
                ca_file=self.ca_file,
            )
            return EspayService(merchant, clock)

        return connect


def practice_folder() -> Path:
    """Where the practice Espay and what belongs to it lie."""
    return data_folder() / "practice"


def practice_line(mode: Mode) -> tuple[Line, Callable[[], None]]:
    """The practice Espay, started where it does not run, and what lets it go again.

    Raises:
        Refusal: It cannot be started.
    """
    server = attach(practice_folder(), mode)
    secrets = Secrets(
        username=SecretStr(server.username),
        password=SecretStr(server.password),
        form_password=SecretStr(server.form_password),
        key=SecretStr(server.key),
        bill_key=practice_bill_key(practice_folder() / "bill-key"),
    )
    return Line("practice", server.base_url, server.sender_id, secrets), server.release


def real_line(config: Config, file: Path) -> Line:
    """The Espay that the shop's configuration names.

    Raises:
        Refusal: The secrets are missing, or can be read by others.
    """
    espay = config.espay
    address, sender_id = espay.address, espay.sender_id
    if address is None or sender_id is None:
        raise ValueError(
            "only practice has no address and no sender, and practice has its own line"
        )
    return Line(espay.environment, address, sender_id, load_secrets(config, file), espay.ca_file)
