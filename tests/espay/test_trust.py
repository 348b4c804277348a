"""Whom the till speaks to: TLS, names, and an environment that has no say (attacks.md S07 on)."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import trustme

from cashier.espay import tls
from cashier.espay.tls import NoTrust, make_context, system_authorities
from cashier.payment import Evidence, Reason, State
from tests.espay.given import Journal, espay, judged, pay, success
from tests.support.raw_server import (
    Peer,
    RawServer,
    answering,
    headers_of,
    http_reply,
)

OK = answering(http_reply(success()))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def server_tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def expired(ca: trustme.CA) -> ssl.SSLContext:
    return server_tls(
        ca.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + timedelta(days=9))
    )


def not_yet_valid(ca: trustme.CA) -> ssl.SSLContext:
    return server_tls(
        ca.issue_cert("127.0.0.1", not_before=datetime.now(UTC) + timedelta(days=100))
    )


def another_host(ca: trustme.CA) -> ssl.SSLContext:
    return server_tls(ca.issue_cert("api.espay.id", "localhost", "127.0.0.2"))


def name_only_in_the_subject(ca: trustme.CA) -> ssl.SSLContext:
    return server_tls(ca.issue_cert("other.example", common_name="127.0.0.1"))


def another_authority(_: trustme.CA) -> ssl.SSLContext:
    return server_tls(trustme.CA().issue_cert("127.0.0.1"))


def self_signed(_: trustme.CA) -> ssl.SSLContext:
    lonely = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile(suffix=".pem") as both:
        both.write(lonely.private_key_pem.bytes() + lonely.cert_pem.bytes())
        both.flush()
        context.load_cert_chain(both.name)
    return context


def old_tls(ca: trustme.CA) -> ssl.SSLContext:
    context = server_tls(ca.issue_cert("127.0.0.1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def no_encryption(ca: trustme.CA) -> ssl.SSLContext:
    return weak(ca, "eNULL:@SECLEVEL=0")


def no_authentication(ca: trustme.CA) -> ssl.SSLContext:
    return weak(ca, "aNULL:@SECLEVEL=0")


def weak(ca: trustme.CA, ciphers: str) -> ssl.SSLContext:
    context = server_tls(ca.issue_cert("127.0.0.1"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    return context


async def test_a_trusted_server_is_paid(honest_tls: ssl.SSLContext, ca_file: Path) -> None:
    async with RawServer(OK, honest_tls) as server:
        exchange = await pay(espay(server.base_url, ca_file=ca_file))
    assert judged(exchange).state is State.PAID
    assert exchange.reply == http_reply(success())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("make", "detail"),
    [
        (expired, "certificate has expired"),
        (not_yet_valid, "certificate is not yet valid"),
        (another_host, "IP address mismatch"),
        (name_only_in_the_subject, "IP address mismatch"),
        (another_authority, "unable to get local issuer certificate"),
        (self_signed, "self-signed certificate"),
        (old_tls, ""),
        (no_encryption, ""),
        (no_authentication, ""),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_s09_f04_a_line_that_is_not_safe_carries_nothing(
    make: Callable[[trustme.CA], ssl.SSLContext],
    detail: str,
    authority: trustme.CA,
    ca_file: Path,
) -> None:
    journal = Journal()
    async with RawServer(OK, make(authority)) as server:
        exchange = await pay(espay(server.base_url, ca_file=ca_file), journal)
    found = judged(exchange)
    assert (found.state, found.evidence) == (State.UNPAID, Evidence.NOT_SENT)
    assert found.reason is Reason.TLS_FAILED
    assert found.detail.startswith(detail)
    assert server.received == b""
    assert journal.released == 0


@pytest.mark.parametrize("make", [old_tls, no_encryption, no_authentication])
async def test_s09_the_weak_servers_do_serve_a_careless_client(
    make: Callable[[trustme.CA], ssl.SSLContext], authority: trustme.CA, ca_file: Path
) -> None:
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    careless.set_ciphers("ALL:eNULL:aNULL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        careless.minimum_version = ssl.TLSVersion.TLSv1
    async with RawServer(OK, make(authority)) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=careless)
        await server.called.wait()
        writer.close()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 40])
async def test_s09_f04_plain_http_behind_a_tls_port_sees_no_request(answer: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.first_bytes()
        peer.send(answer)
        peer.close()

    journal = Journal()
    async with RawServer(script) as server:
        exchange = await pay(server.base_url.replace("http:", "https:"), journal)
    found = judged(exchange)
    assert (found.state, found.reason) == (State.UNPAID, Reason.TLS_FAILED)
    assert server.received.startswith(b"\x16\x03")  # a TLS greeting
    assert b"POST" not in server.received
    assert b"Basic" not in server.received
    assert journal.released == 0


async def test_s09_no_switch_weakens_the_context(ca_file: Path) -> None:
    context = make_context(ca_file)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert len(context.get_ca_certs()) == 1


async def test_s42_a_false_espay_under_the_right_name_gets_nothing(
    monkeypatch: pytest.MonkeyPatch, ca_file: Path
) -> None:
    here = socket.getaddrinfo
    asked: list[str] = []

    def poisoned(host: str | bytes, port: int, *rest: int, **more: int) -> object:
        asked.append(host if isinstance(host, str) else host.decode())
        return here("127.0.0.1", port, *rest, **more)

    impostor = server_tls(trustme.CA().issue_cert("api.espay.id"))
    async with RawServer(OK, impostor) as server:
        monkeypatch.setattr(socket, "getaddrinfo", poisoned)
        line = espay(f"https://api.espay.id:{server.port}", ca_file=ca_file)
        found = judged(await pay(line))
    assert (found.state, found.reason) == (State.UNPAID, Reason.TLS_FAILED)
    assert server.received == b""
    assert asked == ["api.espay.id"]


async def test_s07_no_key_log_is_written(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    honest_tls: ssl.SSLContext,
    ca_file: Path,
) -> None:
    key_log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(key_log))
    async with RawServer(answering(http_reply({"balance": 1}), http_reply({})), honest_tls) as one:
        line = espay(one.base_url, ca_file=ca_file)
        await line.balance()
        await line.aclose()
    async with RawServer(OK, honest_tls) as two:
        assert judged(await pay(espay(two.base_url, ca_file=ca_file))).state is State.PAID
    assert not key_log.exists()


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


async def test_s08_f05_proxies_and_netrc_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    honest_tls: ssl.SSLContext,
    ca_file: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with (
        RawServer(OK) as proxy,
        RawServer(OK, honest_tls) as server,
        RawServer(answering(http_reply({"error_code": "0000", "balance": 5}))) as plain,
    ):
        for name in PROXIES:
            monkeypatch.setenv(name, proxy.base_url)
        assert judged(await pay(espay(server.base_url, ca_file=ca_file))).state is State.PAID
        line = espay(plain.base_url)
        assert (await line.balance()).balance is not None
        await line.aclose()
    assert proxy.peers == []
    expected = "Basic bmFtYS1jb250b2g6a2F0YS1zYW5kaS1jb250b2g="
    for request in (*server.requests, *plain.requests):
        assert headers_of(request)["authorization"] == expected


async def test_s08_f05_authorities_of_the_environment_are_not_trusted(
    monkeypatch: pytest.MonkeyPatch, ca_file: Path, honest_tls: ssl.SSLContext
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(ca_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(ca_file.parent))
    async with RawServer(OK, honest_tls) as server:
        found = judged(await pay(server.base_url))
    assert (found.state, found.reason) == (State.UNPAID, Reason.TLS_FAILED)
    assert server.received == b""


def test_the_system_s_authorities_are_found_without_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = system_authorities()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mine.pem"))
    (tmp_path / "mine.pem").touch()
    assert system_authorities() == before
    assert make_context().get_ca_certs()


def test_a_system_without_authorities_trusts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = ssl.get_default_verify_paths()._replace(openssl_cafile="/nowhere/cert.pem")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(tls, "_BUNDLES", (Path("/nowhere/bundle.crt"),))
    with pytest.raises(NoTrust):
        make_context()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_a_pinned_file_that_cannot_be_read_stops_everything_before_connecting(
    content: bytes | None, tmp_path: Path, honest_tls: ssl.SSLContext
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    journal = Journal()
    async with RawServer(OK, honest_tls) as server:
        found = judged(await pay(espay(server.base_url, ca_file=path), journal))
    assert (found.state, found.reason, found.detail) == (
        State.UNPAID,
        Reason.TLS_FAILED,
        "NoTrust",
    )
    assert server.peers == []
    assert journal.released == 0


async def test_f19_a_tls_line_cut_without_goodbye_is_judged_by_the_body(
    honest_tls: ssl.SSLContext, ca_file: Path
) -> None:
    reply = http_reply(success(), framing="close")

    async def script(peer: Peer) -> None:
        await peer.request()
        peer.send(reply if len(server.peers) == 1 else reply[:-1])
        peer.cut()

    async with RawServer(script, honest_tls) as server:
        line = espay(server.base_url, ca_file=ca_file)
        states = [judged(await pay(line)).state for _ in range(2)]
    assert states == [State.PAID, State.IN_DOUBT]
