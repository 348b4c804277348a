"""The form of Espay's address: where the till may send money and credentials at all.

The rules are those of ``attacks.md S11``. They stand on the ground floor, because both the
configuration and the wire ask for them.
"""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from cashier.language import Refusal

_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_LABEL: Final = re.compile(r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LONGEST: Final = 253
"""Characters of the longest host name (RFC 1035)."""


def check_base_url(text: str) -> str:
    """Give a base URL in its one form: ``https://api.espay.id`` or ``http://127.0.0.1:8080``.

    Only https goes out of this machine; plain http reaches only this machine itself. User and
    password, path, query, fragment and names outside ASCII, also in their ``xn--`` form, are
    refused, because each can make an address look like another. No refusal repeats the text:
    it may hold a password.

    Raises:
        Refusal: ``address.has_user``, ``address.has_path``, ``address.not_ascii``,
            ``address.not_https`` or ``address.malformed``.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise Refusal(_why_malformed(text))
    scheme = match["scheme"].lower()
    host = _ipv6(match["v6"]) if match["v6"] else _name(match["name"].lower())
    if scheme == "http" and not _is_this_machine(host):
        raise Refusal("address.not_https")
    return f"{scheme}://{host}{_port(match['port'])}"


def _why_malformed(text: str) -> str:
    if not text.isascii():
        return "address.not_ascii"
    if "@" in text:
        return "address.has_user"
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        return "address.not_https"
    return "address.has_path" if re.search(r"[/?#\\]", rest) else "address.malformed"


def _ipv6(text: str) -> str:
    try:
        return f"[{IPv6Address(text)}]"
    except ValueError:
        raise Refusal("address.malformed") from None


def _name(host: str) -> str:
    labels = host.split(".")
    if any(label.startswith("xn--") for label in labels):
        raise Refusal("address.not_ascii")
    well_formed = len(host) <= _LONGEST and all(_LABEL.fullmatch(label) for label in labels)
    if not well_formed or (_looks_like_number(labels[-1]) and not _is_ipv4(host)):
        raise Refusal("address.malformed")
    return host


def _looks_like_number(label: str) -> bool:
    """Whether a resolver might read the host as a number: ``127.1``, ``0x7f.1``, ``2130706433``."""
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label) is not None


def _is_ipv4(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    if host.startswith("["):
        return IPv6Address(host[1:-1]).is_loopback
    return _is_ipv4(host) and IPv4Address(host).is_loopback


def _port(digits: str | None) -> str:
    if digits is None:
        return ""
    port = int(digits)
    if not 1 <= port <= 65535:
        raise Refusal("address.malformed")
    return f":{port}"
