"""Signatures: Espay's recipe, to the letter (protocol.md 3)."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashier.espay.signature import SIGNED_FIELDS, digest, sign
from cashier.espay.wire import Service

EXAMPLE = {
    "sender_id": "SGOPLUS",
    "order_id": "142921023",
    "product_code": "STCKAI",
    "amount": "100000000",
    "ref_id": "20250214142517",
    "rq_uuid": "SGOPLUS201711aa",
    "password": "not-signed",
    "data": "not-signed",
}


@pytest.mark.parametrize(
    ("parts", "documented"),
    [
        (
            ("SENDERID", "9900990099", "STCKAI", "5441217", "KEYFORSIGNATURE"),
            "bad06402f42b1244c88e3c2da24543e5708a96322819af6cc08b809d8aab5405",
        ),
        (
            ("SGOPLUS", "142921023", "STCKAI", "SGOPLUS201711AA", "KEYFORSIGNATURE"),
            "d025efec6615bc59c14b4f3a694493895a6bd4ab7c8ac1d6a240c87b207d7712",
        ),
        (
            (
                "S8QNDD0GHZDRL04R",
                "BB8CC50A-F670-4D0D-92A1-FBAADB85CECE",
                "AKULAKU01",
                "TRANSACTIONHITORYLIST",
            ),
            "ffc3fe1e0ea617ebfb864b6f1e51472cdcac66990215d2e9a3f5cd2fe626dc76",
        ),
    ],
)
def test_s43_the_recipe_gives_the_golden_vectors(parts: tuple[str, ...], documented: str) -> None:
    assert digest(parts) == documented


def test_s43_the_one_documented_hash_that_is_visible_agrees() -> None:
    parts = ("s8qndd0ghzdrl04r", "bb8cc50a-f670-4d0d-92a1-fbaadb85cece", "akulaku01")
    visible = "ffc3fe1e0ea617ebfb864b6f1e51472cdcac66990215d2e9a3f5"
    assert digest((*parts, "transactionhitorylist")).startswith(visible)


@pytest.mark.parametrize(
    ("service", "joined"),
    [
        (Service.PRODUCTS, "##SGOPLUS##SGOPLUS201711AA##KEY##"),
        (Service.INQUIRY, "##SGOPLUS##142921023##STCKAI##SGOPLUS201711AA##KEY##"),
        (Service.PAYMENT, "##SGOPLUS##142921023##STCKAI##100000000##SGOPLUS201711AA##KEY##"),
        (Service.STATUS, "##SGOPLUS##20250214142517##SGOPLUS201711AA##KEY##"),
        (Service.BALANCE, "##SGOPLUS##SGOPLUS201711AA##KEY##"),
    ],
)
def test_s43_each_service_signs_its_fields_in_their_order(service: Service, joined: str) -> None:
    assert sign(service, EXAMPLE, "Key") == hashlib.sha256(joined.encode()).hexdigest()


def test_the_operator_question_is_not_signed() -> None:
    assert set(Service) - set(SIGNED_FIELDS) == {Service.OPERATOR}


FIELD = st.text(st.characters(codec="ascii", exclude_characters="#"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    service=st.sampled_from(sorted(SIGNED_FIELDS)),
    fields=st.fixed_dictionaries(dict.fromkeys(EXAMPLE, FIELD)),
    key=FIELD,
    other=FIELD,
)
def test_s43_any_change_of_any_signed_field_changes_the_signature(
    service: Service, fields: dict[str, str], key: str, other: str
) -> None:
    before = sign(service, fields, key)
    for name in SIGNED_FIELDS[service]:
        if other.upper() != fields[name].upper():
            assert sign(service, {**fields, name: other}, key) != before
    if other.upper() != key.upper():
        assert sign(service, fields, other) != before
    assert sign(service, {**fields, "password": other, "data": other}, key) == before
