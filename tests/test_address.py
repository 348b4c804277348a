"""Where the till may send money and credentials at all."""

import pytest

from cashier.address import check_base_url
from cashier.language import LANGUAGES, LanguageCode, Refusal, explain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://api.espay.id", "https://api.espay.id"),
        ("https://sandbox-api.espay.id/", "https://sandbox-api.espay.id"),
        ("HTTPS://API.Espay.ID", "https://api.espay.id"),
        ("https://api.espay.id:8443", "https://api.espay.id:8443"),
        ("https://192.168.1.7", "https://192.168.1.7"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_an_address_has_one_form(written: str, meant: str) -> None:
    assert check_base_url(written) == meant
    assert check_base_url(meant) == meant


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://api.espay.id", "not_https"),
        ("http://127.0.0.1.evil.example", "not_https"),
        ("http://localhost.evil.example", "not_https"),
        ("http://0.0.0.0:8080", "not_https"),
        ("http://192.168.1.7", "not_https"),
        ("http://[::2]", "not_https"),
        ("http://[::ffff:10.0.0.1]", "not_https"),
        ("ftp://api.espay.id", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://user:canary-secret@api.espay.id", "has_user"),
        ("https://api.espay.id@evil.example", "has_user"),
        ("https://api.espay.id%40evil.example", "malformed"),
        ("https://api.espay.id/rest", "has_path"),
        ("https://api.espay.id/../evil", "has_path"),
        ("https://api.espay.id//", "has_path"),
        ("https://api.espay.id?x=1", "has_path"),
        ("https://api.espay.id#x", "has_path"),
        ("https://api.espay.id\\evil.example", "has_path"),
        ("https:/api.espay.id", "malformed"),
        ("https:api.espay.id", "malformed"),
        ("//api.espay.id", "malformed"),
        ("api.espay.id", "malformed"),
        ("", "malformed"),
        ("https://", "malformed"),
        ("https:// api.espay.id", "malformed"),
        (" https://api.espay.id", "not_https"),
        ("https://api.espay.id ", "malformed"),
        ("https://api.espay.id\n", "malformed"),
        ("https://api.espay.id\r\nHost: evil.example", "malformed"),
        ("https://api.espay.id\x00", "malformed"),
        ("https://api..espay.id", "malformed"),
        ("https://api.espay.id.", "malformed"),
        ("https://-api.espay.id", "malformed"),
        ("https://api_x.espay.id", "malformed"),
        (f"https://{'a' * 64}.id", "malformed"),
        (f"https://{'.'.join(['a' * 60] * 5)}", "malformed"),
        ("https://api.espay.id:", "malformed"),
        ("https://api.espay.id:0", "malformed"),
        ("https://api.espay.id:65536", "malformed"),
        ("https://api.espay.id:443443", "malformed"),
        ("https://api.espay.id:4 3", "malformed"),
        ("https://127.1", "malformed"),
        ("https://2130706433", "malformed"),
        ("https://0x7f.0x1", "malformed"),
        ("https://0177.0.0.1", "malformed"),
        ("https://1.2.3.4.5", "malformed"),
        ("https://[::1", "malformed"),
        ("https://[1:2]", "malformed"),
        ("https://[fe80::1%eth0]", "malformed"),
        ("https://еspay.id", "not_ascii"),
        ("https://api.espay。id", "not_ascii"),
        ("https://１２７.0.0.1", "not_ascii"),
        ("https://xn--spay-ure.id", "not_ascii"),
        ("https://api.XN--spay-ure.id", "not_ascii"),
    ],
)
def test_s11_an_address_that_could_be_another_is_refused(address: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_base_url(address)
    assert refused.value.key == f"address.{key}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        "https://user:canary-secret@api.espay.id",
        "https://canary-secret.example/canary-secret",
        "http://canary-secret.example",
        "https://canary-secret.е",
        "canary-secret",
    ],
)
def test_s05_the_sentence_helps_and_never_repeats_the_address(
    address: str, language: LanguageCode
) -> None:
    with pytest.raises(Refusal) as refused:
        check_base_url(address)
    sentence = explain(language, refused.value)
    assert "https://" in sentence or "@" in sentence
    assert "canary-secret" not in sentence
    assert "canary-secret" not in repr(refused.value)
