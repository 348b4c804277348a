"""Only the merchant gets in, only with a right form, and only with a right signature."""

import base64

import httpx
import pytest

from cashier.sandbox.gate import read_form
from tests.sandbox.asking import BALANCE, INQUIRY, OPERATOR, PAYMENT, SIGNED, Asker
from tests.support.sandbox import RunningSandbox

METER = "520520795556"
BILL = {"order_id": METER, "product_code": "SLYLPR100"}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic !!!",
        "Bearer abc",
        "Basic " + base64.b64encode(b"practice-user:wrong").decode(),
        "Basic " + base64.b64encode(b"somebody:practice-basic-password").decode(),
    ],
)
def test_wrong_basic_auth_is_401_and_nothing_is_looked_up(
    header: str | None, asker: Asker, sandbox: RunningSandbox
) -> None:
    headers = {} if header is None else {"Authorization": header}
    form = asker.form(INQUIRY, **BILL)
    response = httpx.post(
        sandbox.base_url + INQUIRY, data=form, headers=headers, trust_env=False, timeout=10
    )
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")
    (request,) = sandbox.ledger.book.all_requests
    assert request.gate == "401"


@pytest.mark.parametrize("path", sorted(SIGNED))
def test_a_right_signature_is_let_in(path: str, asker: Asker) -> None:
    more = {**BILL, "amount": "1", "ref_id": "20261122104103", "data": "{}"}
    assert asker.ask(path, **more)["error_code"] not in ("0010", "0011", "0012", "0014")


@pytest.mark.parametrize("path", sorted(SIGNED))
def test_s43_any_change_of_the_signature_is_refused(path: str, asker: Asker) -> None:
    right = asker.form(path, **BILL, amount="1000000", ref_id="20261122104103")
    signed = right["signature"]
    for wrong in (signed.upper(), signed[:-1], "0" * 64, signed[1:] + signed[0]):
        answer = asker.post(path, {**right, "signature": wrong}).json()
        assert answer["error_code"] == "0014"


@pytest.mark.parametrize("name", SIGNED[PAYMENT])
def test_s43_any_change_of_a_signed_field_is_refused(name: str, asker: Asker) -> None:
    right = asker.form(PAYMENT, **BILL, amount="1000000")
    changed = {**right, name: right[name][:-1] + ("1" if right[name][-1] != "1" else "2")}
    assert asker.post(PAYMENT, changed).json()["error_code"] in ("0012", "0014")


@pytest.mark.parametrize(
    "name", ["rq_uuid", "rq_datetime", "sender_id", "password", "signature", *BILL, "amount"]
)
def test_a_missing_field_is_refused(name: str, asker: Asker) -> None:
    form = asker.form(PAYMENT, **BILL, amount="1000000")
    del form[name]
    assert asker.post(PAYMENT, form).json()["error_code"] == "0010"
    assert asker.post(PAYMENT, {**form, name: ""}).json()["error_code"] == "0010"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "150.000,00"),
        ("amount", "1e5"),
        ("amount", "１２"),
        ("amount", "-1"),
        ("amount", "1" * 18),
        ("rq_datetime", "2026-11-22T10:41:03"),
        ("rq_datetime", "2026-02-30 10:41:03"),
        ("rq_uuid", "A" * 256),
        ("rq_uuid", "A B"),
        ("order_id", "1" * 33),
        ("product_code", "S" * 17),
    ],
)
def test_a_malformed_field_is_refused(name: str, value: str, asker: Asker) -> None:
    fields = {**BILL, "amount": "1000000", name: value}
    assert asker.ask(PAYMENT, **fields)["error_code"] == "0011"


def test_a_doubled_field_is_refused(asker: Asker) -> None:
    form = asker.form(PAYMENT, **BILL, amount="1000000")
    body = "&".join(f"{name}={value}" for name, value in form.items()) + "&amount=2"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = asker.client.post(PAYMENT, content=body.replace(" ", "%20"), headers=headers).json()
    assert answer["error_code"] == "0011"


def test_a_wrong_form_password_or_sender_is_refused(asker: Asker) -> None:
    assert asker.ask(BALANCE, password="wrong")["error_code"] == "0012"
    assert asker.ask(BALANCE, sender_id="SOMEBODY")["error_code"] == "0012"


def test_the_operator_service_asks_for_no_signature(asker: Asker) -> None:
    answer = asker.ask(OPERATOR, phone_num="+6281218816222")
    assert answer["error_code"] == "0000"
    assert answer["operator"] == {"code": "TS", "name": "Telkomsel"}
    assert asker.ask(OPERATOR, phone_num="085155123456")["operator"]["name"] == "by.U"
    assert asker.ask(OPERATOR, phone_num="0800123456")["error_code"] == "0097"


def test_only_post_is_served(asker: Asker) -> None:
    assert asker.client.get(PAYMENT).status_code == 405
    assert asker.client.post("/rest/biller/nothing").status_code == 404


def test_an_empty_part_of_a_form_is_passed_over() -> None:
    form = read_form(b"a=1&&password=x%20y&data[name]=BUDI+S")
    assert (form["a"], form["password"], form["absent"]) == ("1", "x y", "")
    assert form.nested == {"data": {"name": "BUDI S"}}


def test_a_form_of_too_many_fields_is_refused(asker: Asker) -> None:
    many = {f"field{n}": "1" for n in range(300)}
    assert asker.post(BALANCE, {**asker.form(BALANCE), **many}).json()["error_code"] == "0010"


def test_no_secret_reaches_the_ledger(asker: Asker, sandbox: RunningSandbox) -> None:
    asker.buy(METER, "SLYLPR100")
    text = sandbox.ledger.path.read_text()
    for secret in (sandbox.password, sandbox.form_password, sandbox.key, sandbox.username):
        assert secret not in text
    assert "signature" not in text
