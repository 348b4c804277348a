"""What goes to Espay, and what of it may be written down."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from pydantic import SecretStr

from cashier.espay import forms
from cashier.espay.signature import sign
from cashier.espay.wire import PaymentRequest, Service
from cashier.language import LANGUAGES, LanguageCode, Refusal, explain
from tests.espay.given import PAYMENT, SECRETS, SENDER, merchant
from tests.support.clock import START_MS

SHOP = merchant("https://api.espay.id")


def test_credentials_are_written_as_the_documented_example() -> None:
    shop = replace(SHOP, username=SecretStr("Aladdin"), password=SecretStr("Smelana"))
    assert forms.authorization(shop).get_secret_value() == "Basic QWxhZGRpbjpTbWVsYW5h"


def test_credentials_may_hold_letters_outside_ascii_and_a_colon_in_the_password() -> None:
    shop = replace(SHOP, username="tokó", password=SecretStr("a:b"))
    assert forms.authorization(shop).get_secret_value() == "Basic dG9rw7M6YTpi"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_user_name_with_a_colon_is_refused_in_words(language: LanguageCode) -> None:
    with pytest.raises(Refusal) as refused:
        forms.authorization(replace(SHOP, username=SecretStr("canary:secret")))
    sentence = explain(language, refused.value)
    assert "(:)" in sentence
    assert "canary" not in sentence


def test_a_form_carries_common_fields_own_fields_and_signature() -> None:
    form = forms.build(
        SHOP, Service.INQUIRY, "U1", START_MS, {"order_id": "0812", "product_code": "SPBFRE"}
    )
    assert form == {
        "rq_uuid": "U1",
        "rq_datetime": "2026-11-22 10:41:03",
        "sender_id": SENDER,
        "password": SECRETS["form_password"],
        "order_id": "0812",
        "product_code": "SPBFRE",
        "signature": sign(Service.INQUIRY, form, SECRETS["key"]),
    }


def test_blanks_colons_and_foreign_letters_are_percent_encoded() -> None:
    assert (
        forms.encode({"rq_datetime": "2026-11-22 10:41:03", "data": '{"n":"é+&"}'})
        == b"rq_datetime=2026-11-22%2010%3A41%3A03&data=%7B%22n%22%3A%22%C3%A9%2B%26%22%7D"
    )


def test_a_field_that_looks_like_more_fields_stays_one_field() -> None:
    tricky = "1&amount=1&order_id=2\r\nX: y#%00"
    body = forms.encode({"order_id": tricky, "amount": "100"}).decode()
    assert parse_qsl(body, strict_parsing=True) == [("order_id", tricky), ("amount", "100")]


def test_absent_data_is_not_sent_and_empty_additional_data_is() -> None:
    assert set(forms.payment_fields(PAYMENT)) == {"order_id", "product_code", "amount"}
    request = PaymentRequest("U1", "0812", "SVHTS50", "5300000", '{"price": 1.50}', "")
    fields = forms.payment_fields(request)
    assert fields["data"] == '{"price": 1.50}'
    assert fields["additional_data"] == ""


def test_s06_only_fields_of_the_allow_list_are_kept() -> None:
    fields = {**forms.payment_fields(PAYMENT), "ref_id": "R", "phone_num": "0812", "new": "?"}
    form = forms.build(SHOP, Service.PAYMENT, "U1", START_MS, fields)
    kept = forms.kept(form)
    assert set(form) - set(kept) == {"sender_id", "password", "signature", "new"}
    assert not any(secret in repr(kept) for secret in (*SECRETS.values(), form["signature"]))


def test_s05_a_merchant_shows_no_secret() -> None:
    shown = repr(replace(SHOP, username="nama-canary"))
    assert not any(secret in shown for secret in (*SECRETS.values(), "nama-canary"))


def test_every_service_has_a_path_of_its_own() -> None:
    assert set(forms.PATHS) == set(Service)
    assert len(set(forms.PATHS.values())) == len(Service)
