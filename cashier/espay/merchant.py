"""Who speaks to Espay, and how long it waits; loads no HTTP library."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import SecretStr

Environment = Literal["practice", "sandbox", "production"]


@dataclass(frozen=True, slots=True)
class Merchant:
    """The shop's contract with Espay: address, names and the three separate secrets.

    ``username`` and ``password`` are of Basic authentication, ``form_password`` is the form
    field, ``key`` makes the signature (``protocol.md 2``).
    """

    environment: Environment
    base_url: str
    sender_id: str
    username: SecretStr | str = field(repr=False)
    password: SecretStr
    form_password: SecretStr
    key: SecretStr
    ca_file: Path | None = None
    """The only authorities to trust, in PEM; ``None`` trusts those of the system."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long to wait, in seconds (``payment-states.md``, Times and Re-send law)."""

    connect_s: float = 10.0
    """Name, TCP and TLS together."""
    exchange_s: float = 150.0
    """A whole payment, connecting and the commit of ``sent`` included."""
    read_s: float = 30.0
    """One try of a question that moves no money."""
    read_tries: int = 3
    backoff_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Pauses between tries; the last one repeats."""


DEFAULT_TIMES: Final = Times()
