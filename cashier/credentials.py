"""The shop's secrets: where they come from, and how they are kept from view.

The first of these sources that is there is used, and nothing else is one, above all no
environment variable and no argument (``attacks.md S02``):

1. a systemd credential named ``cashier``, in the service as
   ``LoadCredentialEncrypted=cashier:/etc/credstore.encrypted/cashier``;
2. the ``secrets_file`` that ``config.toml`` names, which ``cashier init`` writes;
3. ``config.toml`` itself.

Each is TOML with the same five keys, and may be read by the till's user alone (``S01``).
"""

import os
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from secrets import token_hex
from typing import Final, Never, SupportsIndex

import tomli_w
from pydantic import BaseModel, ConfigDict, SecretStr

from cashier.config import Config
from cashier.config_file import checked, parse
from cashier.config_values import BillKey, Secret
from cashier.language import Refusal
from cashier.private_file import Contents, read_trusted, refuse_exposed, write_private

_CREDENTIAL: Final = "cashier"
_RIGHTS_OF_OTHERS: Final = 0o007
_BILL_KEY_BYTES: Final = 32
_PR_SET_DUMPABLE: Final = 4
"""``prctl(2)``."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves to Espay who we are, and what hides whose bills we pay.

    No way of showing it shows a value; ``get_secret_value`` belongs where bytes leave.
    """

    username: SecretStr
    """Of the basic authentication (``protocol.md 2``)."""
    password: SecretStr
    """Of the basic authentication."""
    form_password: SecretStr
    """The form field ``password`` of every request."""
    key: SecretStr
    """What signatures are made with (``protocol.md 3``)."""
    bill_key: SecretStr
    """256 random bits in hex: the key of the hashes of customer numbers and cards."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> Never:
        """Refuse to be pickled or copied by pickling: that would write the values in clear."""
        raise TypeError("secrets are never pickled")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _SecretsFile(_Table):
    """The five keys of a source."""

    username: Secret
    password: Secret
    form_password: Secret
    key: Secret
    bill_key: BillKey


class _BillKeyFile(_Table):
    bill_key: BillKey


class _InlineSecrets(_Table):
    """The five keys where ``config.toml`` holds them."""

    espay: _SecretsFile


def load_secrets(config: Config, path: Path) -> Secrets:
    """Find the secrets that belong to a configuration and to the file it was read from.

    In practice they are made up, whatever lies around: the real ones are not for practising.

    Raises:
        Refusal: There is no source, others can reach it, or a key in it is missing or wrong
            (``ConfigProblem``). The sentence names the file, never a value.
    """
    if config.espay.environment == "practice":
        return practice_secrets()
    _stay_unreadable()
    credential = _systemd_credential()
    if credential is not None:
        return _secrets_in(credential)
    if config.espay.secrets_file is not None:
        contents = read_trusted(config.espay.secrets_file)
        refuse_exposed(contents)
        return _secrets_in(contents)
    if not config.espay.has_inline_secrets:
        raise Refusal("config.no_secrets", file=str(path))
    refuse_exposed(read_trusted(path))
    return _inline(config, path)


def write_secrets(secrets: Secrets, path: Path) -> None:
    """Write a ``secrets_file`` for this user alone (0600), whole or not at all.

    Raises:
        Refusal: The file cannot be written there.
    """
    values = {each.name: getattr(secrets, each.name).get_secret_value() for each in fields(Secrets)}
    write_private(path, tomli_w.dumps(values).encode())


def new_bill_key() -> SecretStr:
    """Draw the key of the hashes of customer numbers and cards; a shop keeps it for good."""
    return SecretStr(token_hex(_BILL_KEY_BYTES))


def practice_bill_key(path: Path) -> SecretStr:
    """Give the bill key of the practice journal; the first time, it is drawn and kept.

    People practise with the numbers of real customers, so these are hidden there too.

    Raises:
        Refusal: The file cannot be written, others can reach it, or it is damaged.
    """
    if not path.exists():
        drawn = new_bill_key().get_secret_value()
        # Two tills may begin to practise at once: the key of the first is the key of both.
        write_private(path, tomli_w.dumps({"bill_key": drawn}).encode(), replace=False)
    contents = read_trusted(path)
    refuse_exposed(contents)
    return checked(_BillKeyFile, parse(contents), str(path)).bill_key


def practice_secrets() -> Secrets:
    """Give what the practice sandbox and the practice till know each other by: no secret."""
    return Secrets(
        username=SecretStr("latihan"),
        password=SecretStr("latihan"),
        form_password=SecretStr("latihan"),
        key=SecretStr("latihan"),
        bill_key=SecretStr("0" * 2 * _BILL_KEY_BYTES),
    )


def _systemd_credential() -> Contents | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        contents = read_trusted(Path(folder) / _CREDENTIAL)
    except Refusal as refusal:
        if refusal.key == "config.not_found":  # the service's credentials are others
            return None
        raise
    # Where systemd grants the reading by an ACL, the file is root's and its mask looks like
    # a right of the group; the folder lets nobody else in.
    if contents.mode & _RIGHTS_OF_OTHERS:
        raise Refusal("config.others_can_read", file=str(contents.path))
    return contents


def _secrets_in(contents: Contents) -> Secrets:
    return _of(checked(_SecretsFile, parse(contents), str(contents.path)))


def _inline(config: Config, path: Path) -> Secrets:
    given = {name: getattr(config.espay, name) for name in _SecretsFile.model_fields}
    present = {name: value for name, value in given.items() if value is not None}
    return _of(checked(_InlineSecrets, {"espay": present}, str(path)).espay)


def _of(file: _SecretsFile) -> Secrets:
    return Secrets(file.username, file.password, file.form_password, file.key, file.bill_key)


def _stay_unreadable() -> None:
    """Let nobody dump or trace this process; where the system has no such wish, do nothing (S34).

    The limit of core files is no lock against a collector of cores that takes them by a pipe,
    nor against other programs of the same user that read memory and environment.
    """
    if sys.platform != "linux":
        return
    # Loaded here and not above: practice and the help do without it.
    import ctypes  # noqa: PLC0415

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
