"""From a whole reply to an answer: texts, numbers, spellings, echoes, totals, facts."""

import json

import pytest

from cashier.espay.reception import Reception
from cashier.espay.replies import torn_reference, understand
from cashier.espay.wire import Service
from cashier.money import Rupiah
from cashier.payment import (
    Answer,
    Asked,
    Delivery,
    Demands,
    Finality,
    Reason,
    Sent,
    State,
    Verdict,
    judge_status,
)
from tests.espay.given import NUMBER, UUID, success


def answer(
    reply: dict[str, object] | str | bytes,
    service: Service = Service.PAYMENT,
    *,
    practice: bool = False,
) -> Answer:
    body = json.dumps(reply).encode() if isinstance(reply, dict) else reply
    body = body.encode() if isinstance(body, str) else body
    reception = Reception(Delivery.WHOLE, http_status=200, raw=body, body=body)
    return understand(service, reception, practice=practice).answer


def test_f29_the_documented_success_is_read_in_full() -> None:
    assert answer(success()) == Answer(
        Delivery.WHOLE,
        code="0000",
        text="Success",
        verdict=Verdict.PAID,
        finality=Finality.FINAL,
        rq_uuid=UUID,
        order_id=NUMBER,
        ref_id="20250214142517",
        amounts=(Rupiah.of(1_000_000),),
        facts={
            "customer_id": NUMBER,
            "amount": "000001000000",
            "mwData.ftbpTraceNo": "688016",
        },
        stamped_at=1_739_517_917_000,
    )


@pytest.mark.parametrize("name", ["error_message", "error_desc"])
def test_both_spellings_of_the_error_text_are_read(name: str) -> None:
    found = answer({"error_code": "0000", name: "Success "})
    assert (found.text, found.finality) == ("Success", Finality.FINAL)


def test_two_texts_that_differ_are_not_final() -> None:
    reply = success(error_message="Inproses")
    assert answer(reply).finality is Finality.IN_PROCESS
    assert answer(success(error_message="Menunggu")).finality is Finality.UNKNOWN
    assert answer(success(error_message=None)).finality is Finality.FINAL
    assert answer(success(error_message=7)).finality is Finality.UNKNOWN
    assert answer(success(error_message=["Success"])).finality is Finality.UNKNOWN


@pytest.mark.parametrize("code", ["210", 210])
def test_a_code_may_be_text_or_number(code: object) -> None:
    found = answer({"error_code": code, "error_desc": "UUID already exist"})
    assert (found.code, found.trouble) == ("210", Reason.UUID_EXISTS)
    assert type(found.code) is str


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('"0"', "0"),
        ('"00"', "00"),
        ("0", "0"),
        ("0.0", "?"),
        ("0e3", "0e3"),
        ('" 0000"', "?"),
        ('"0000 "', "?"),
        ('"00\\u200b00"', "?"),
        ('"００００"', "?"),
        ("true", "?"),
        ("false", "?"),
        ('["0000"]', "?"),
        ('{"code":"0000"}', "?"),
        ('"0000\\n0000"', "?"),
        (f'"{"0" * 300}"', "?"),
        ("9" * 5_000, "?"),
        ("null", None),
        ('""', "?"),
    ],
)
def test_f28_only_the_exact_text_0000_is_0000(code: str, shown: str | None) -> None:
    found = answer(f'{{"error_code":{code},"error_desc":"Success","ref_id":"R1"}}')
    assert (found.delivery, found.verdict) == (Delivery.WHOLE, Verdict.UNKNOWN)
    assert (found.code, found.trouble) == (shown, Reason.UNKNOWN_CODE)
    assert found.finality is Finality.UNKNOWN


def test_f28_a_reply_without_a_code_proves_nothing() -> None:
    found = answer({"error_desc": "Success", "ref_id": "R1"})
    assert (found.code, found.verdict) == (None, Verdict.UNKNOWN)


@pytest.mark.parametrize("body", ["[]", '"Success"', "null", "12", "", '{"error_code":"0000"'])
def test_f28_a_reply_that_is_no_object_is_unusable(body: str) -> None:
    found = answer(body)
    assert (found.delivery, found.trouble) == (Delivery.UNUSABLE, Reason.NOT_JSON)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('"A1"', "A1"),
        ('" A1  "', "A1"),
        ("4333333333", "4333333333"),
        ("null", None),
        ('""', None),
        ('"  "', None),
        ('"A\\u200b1"', "?A1"),
        ('"A1\\n"', "?A1"),
        ('"A\\u202e1"', "?A1"),
        ('"\\ud800A1"', "?A1"),
        ("true", "?"),
        ('["A1"]', "?"),
        (f'"{"A" * 300}"', "?" + "A" * 200),
    ],
)
def test_s21_an_echoed_id_never_becomes_ours_by_cleaning(value: str, read: str | None) -> None:
    found = answer(f'{{"rq_uuid":{value},"order_id":{value},"ref_id":{value}}}')
    assert found.rq_uuid == found.order_id == read
    assert found.ref_id == (None if read is None or read.startswith("?") else read)


@pytest.mark.parametrize(
    "value",
    ["false", "[]", "{}", '["R1"]', '{"ref_id":"R1"}', '"R1\\u200b"', '"R\\n1"', '"\\ud800"'],
)
@pytest.mark.parametrize("said", ['"0000","error_desc":"Success"', '"0099"'])
def test_s21_a_disguised_reference_in_a_status_answer_is_another_one_and_decides_nothing(
    value: str, said: str
) -> None:
    found = answer(
        f'{{"error_code":{said},"ref_id":{value},"order_id":"{NUMBER}"}}',
        Service.STATUS,
        practice=True,
    )
    sent = Sent(UUID, NUMBER, Rupiah.of(1_000_000))
    hour_ms = 60 * 60 * 1000
    asked = Asked(sent, State.IN_DOUBT, "Q1", "R1", 0, 2 * hour_ms, failed_at=hour_ms)
    found_out = judge_status(asked, found, Demands())
    assert (found_out.state, found_out.reason) == (State.IN_DOUBT, Reason.OTHER_REFERENCE)
    assert found_out.ref_id == "R1"


@pytest.mark.parametrize(
    ("reply", "amounts"),
    [
        ({}, ()),
        ({"amount": None, "data": {"amount": ""}}, ()),
        ({"amount": "12540000"}, (Rupiah.of(125_400),)),
        ({"amount": 12540000}, (Rupiah.of(125_400),)),
        ({"amount": "12540000", "data": {"amount": "000000125400"}}, (Rupiah.of(125_400),) * 2),
        ({"data": {"amount": 125400}}, (Rupiah.of(125_400),)),
        ({"data": {"nested": {"amount": 1}}}, ()),
        ({"data": [{"amount": 1}]}, ()),
        ({"amount": "150.000,00"}, (None,)),
        ({"amount": "１２"}, (None,)),
        ({"amount": "1_000"}, (None,)),
        ({"amount": "-1"}, (None,)),
        ({"amount": -1}, (None,)),
        ({"amount": 2**63}, (None,)),
        ({"amount": 0.1 + 0.2}, (None,)),
        ({"amount": " 100"}, (None,)),
        ({"amount": True}, (None,)),
        ({"amount": {"value": 100}}, (None,)),
    ],
)
def test_f33_s20_totals_are_read_exactly_or_count_as_unreadable(
    reply: dict[str, object], amounts: tuple[Rupiah | None, ...]
) -> None:
    assert answer(reply).amounts == amounts


@pytest.mark.parametrize("number", ["1e5", "1E5", "100.0", "1.50", "9" * 5_000])
def test_s20_numbers_of_another_form_are_no_amounts(number: str) -> None:
    assert answer(f'{{"amount":{number}}}').amounts == (None,)


def test_facts_are_flat_clean_text() -> None:
    data = {
        "name": "BUDI\x1b[31m\u202e",
        "nested": {"deep": {"x": 1.5}, "list": ["a", None, True]},
        "empty": "",
        "none": None,
        "long": "x" * 500,
        "na\u200bme2": "y",
    }
    reply = json.dumps({"data": data, "mwData": '{"a":{"b":"c"}}'})
    assert answer(reply).facts == {
        "name": "BUDI[31m",
        "nested.deep.x": "1.5",
        "nested.list.0": "a",
        "nested.list.2": "true",
        "empty": "",
        "long": "x" * 200,
        "name2": "y",
        "mwData.a.b": "c",
    }


@pytest.mark.parametrize(
    ("middleware", "facts"),
    [
        ('"plain"', {"mwData": "plain"}),
        ('"{\\"a\\":1,\\"a\\":2}"', {"mwData": '{"a":1,"a":2}'}),
        ('{"a":"b"}', {"mwData.a": "b"}),
        ("null", {}),
    ],
)
def test_middleware_data_may_be_packed_open_or_no_object(
    middleware: str, facts: dict[str, str]
) -> None:
    assert answer(f'{{"mwData":{middleware}}}').facts == facts


def test_the_line_that_a_water_company_wants_on_the_receipt_is_a_fact() -> None:
    receipt = {"field": "Reference Number", "value": "0925\x1b[31m7"}
    assert answer({"receipt": receipt}).facts == {
        "receipt.field": "Reference Number",
        "receipt.value": "0925[31m7",
    }
    assert answer({"receipt": "plain"}).facts == {"receipt": "plain"}
    assert answer({"receipt": None}).facts == {}


def test_data_that_is_a_text_or_a_list_is_kept_as_it_is() -> None:
    assert answer({"data": "TOKEN"}).facts == {"data": "TOKEN"}
    assert answer({"data": ["a", {"b": "c"}]}).facts == {"0": "a", "1.b": "c"}


@pytest.mark.parametrize(
    "data",
    ['{"token":"1","to\\u200bken":"2"}', '{"a.b":"1","a":{"b":"2"}}', '{"mwData":{"x":"1"}}'],
)
def test_f27_two_facts_of_one_name_make_the_reply_unusable(data: str) -> None:
    found = answer(f'{{"ref_id":"R1","data":{data},"mwData":"{{\\"x\\":2}}"}}')
    assert (found.delivery, found.trouble) == (Delivery.UNUSABLE, Reason.NOT_JSON)
    assert found.ref_id == "R1"


@pytest.mark.parametrize(
    ("field", "finality"),
    [
        ({}, Finality.FINAL),
        ({"status": "Success"}, Finality.FINAL),
        ({"status": "Inproses"}, Finality.IN_PROCESS),
        ({"transactionStatus": "Gagal"}, Finality.UNKNOWN),
        ({"data": {"tx_status": "PENDING"}}, Finality.UNKNOWN),
        ({"status": 1}, Finality.UNKNOWN),
        ({"status": "Success", "data": {"status": "Gagal"}}, Finality.UNKNOWN),
        ({"status": "Success", "data": {"status": "Inproses"}}, Finality.IN_PROCESS),
        ({"status": "Success", "data": {"status": "Success"}}, Finality.FINAL),
        ({"data": {"trx_status": []}}, Finality.UNKNOWN),
        ({"data": {"deep": [{"trx_status": {}}]}}, Finality.UNKNOWN),
    ],
)
def test_f44_a_status_answer_is_final_only_if_every_status_in_it_says_success(
    field: dict[str, object], finality: Finality
) -> None:
    reply = success(**field)
    assert answer(reply, Service.STATUS).finality is finality
    assert answer(reply, Service.PAYMENT).finality is Finality.FINAL


@pytest.mark.parametrize("name", ["status", "trx_status"])
def test_f44_a_status_never_takes_the_place_of_the_text(name: str) -> None:
    reply = success(**{name: "Success", "error_desc": None})
    assert answer(reply, Service.STATUS).finality is Finality.UNKNOWN


def test_f44_invented_failures_count_only_where_they_were_invented() -> None:
    failed: dict[str, object] = {"error_code": "0099", "error_message": "Transaksi gagal"}
    assert answer(failed, Service.STATUS, practice=True).verdict is Verdict.UNPAID
    assert answer(failed, Service.STATUS).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b'{"ref_id":"TX20190918155254952"', "TX20190918155254952"),
        (b'{"ref_id" : "TX1" , "da', "TX1"),
        (b'{"ref_id":20250214142517,"x', "20250214142517"),
        (b'{"ref_id":20250214142517', None),
        (b'{"ref_id":"TX2019', None),
        (b'{"ref_id":""', None),
        (b'{"ref_id":"A\\u0031"', None),
        (b'{"ref_id":"A\xe2\x80\x8b1"', None),
        (b'{"ref_id":"\xff"', None),
        (b'{"ref_id":"A","ref_id":"B"', None),
        (b'{"ref_id":"A","ref_id":"A"', "A"),
        (b'{"my_ref_id":"A"', None),
        (b"", None),
    ],
)
def test_f18_a_whole_reference_in_a_torn_reply_is_a_hint(body: bytes, hint: str | None) -> None:
    assert torn_reference(body) == hint


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2025-02-14 14:25:17", 1_739_517_917_000),
        ("2025-02-1414: 24: 22", None),  # protocol.md 8
        ("2025-02-30 14:25:17", None),
        ("２０２５-02-14 14:25:17", None),
        (20250214142517, None),
        (None, None),
    ],
)
def test_f61_espays_own_clock_is_read_where_it_can_be(
    stamp: str | int | None, at: int | None
) -> None:
    assert answer({**success(), "rs_datetime": stamp}).stamped_at == at
