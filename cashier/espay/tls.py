"""Whom the till trusts on the wire."""

import ssl
from pathlib import Path
from typing import Final

_BUNDLES: Final = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pki/tls/certs/ca-bundle.crt"),
    Path("/etc/ssl/ca-bundle.pem"),
    Path("/etc/ssl/cert.pem"),
)
"""Where Linux systems keep the authorities, for interpreters that were built elsewhere."""


class NoTrust(Exception):
    """There are no certificate authorities to trust, or they cannot be read."""


def make_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Make the TLS context of a client: TLS 1.2 or newer, certificate and host name verified.

    Nothing in the environment has a say in it. ``ssl.create_default_context`` would write
    session keys to ``SSLKEYLOGFILE``, and OpenSSL's own default paths follow ``SSL_CERT_FILE``
    (``attacks.md S07, S08``). Reads files and takes tens of milliseconds: call it in a thread.

    Args:
        ca_file: The only authorities to trust, in PEM; ``None`` trusts those of the system.

    Raises:
        NoTrust: There is no such file, or it holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=ca_file or system_authorities())
    except OSError as error:
        raise NoTrust(type(error).__name__) from None
    return context


def system_authorities() -> Path:
    """Find the system's file of certificate authorities, whatever the environment says.

    Raises:
        FileNotFoundError: There is none.
    """
    built_in = Path(ssl.get_default_verify_paths().openssl_cafile)
    for path in (built_in, *_BUNDLES):
        if path.is_file():
            return path
    raise FileNotFoundError("no file of certificate authorities")
