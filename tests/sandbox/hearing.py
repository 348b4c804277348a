"""What a client has to hear of each trouble, when it sells a PLN token of Rp20.000."""

import json
from collections.abc import Callable

import pytest

from cashier.money import Rupiah
from cashier.sandbox.troubles import troubles
from tests.sandbox.asking import Answer
from tests.sandbox.raw import Heard

PAID = Rupiah.of(22_500)
"""What a token of Rp20.000 costs, its admin fee included: the sale that is listened to."""

Check = Callable[[Heard], object]
CHECKS: dict[str, Check] = {}


def says(*keys: str) -> Callable[[Check], Check]:
    """Register what has to be heard for these troubles."""

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(keys, check))
        return check

    return register


def answered(heard: Heard) -> Answer:
    """A whole, plain answer."""
    assert (heard.status, heard.end) == (200, "closed")
    assert heard.length == len(heard.body)
    answer = heard.json
    assert isinstance(answer, dict)
    return answer


def succeeded(heard: Heard) -> Answer:
    answer = answered(heard)
    assert answer["error_code"] == "0000"
    return answer


def text_of(answer: Answer) -> object:
    (text,) = (answer[key] for key in ("error_desc", "error_message") if key in answer)
    return text


@says("fine", "slow")
def whole_success(heard: Heard) -> None:
    answer = succeeded(heard)
    assert len(answer["data"]["token_no"]) == 20
    assert answer["amount"] == PAID.sen


@says("hang_booked", "hang_unbooked", "inquiry_hang")
def silence(heard: Heard) -> None:
    assert heard == Heard(b"", "silent")


@says("drip")
def dripping(heard: Heard) -> None:
    assert heard.end == "closed"
    assert heard.length == len(heard.body) == 1000
    assert heard.json["error_code"] == "0000"


@says("close")
def closed_at_once(heard: Heard) -> None:
    assert heard == Heard(b"", "closed")


@says("reset_booked", "reset_unbooked")
def reset_at_once(heard: Heard) -> None:
    assert heard == Heard(b"", "reset")


@says("half_status", "half_header")
def cut_head(heard: Heard) -> None:
    assert heard.data.startswith(b"HTTP/1.1 20")
    assert b"\r\n\r\n" not in heard.data
    assert heard.end == "closed"


@says("half_body")
def cut_body(heard: Heard) -> None:
    assert (heard.status, heard.end) == (200, "closed")
    assert 0 < len(heard.body) < heard.length


@says("reset_in_body")
def reset_in_the_body(heard: Heard) -> None:
    assert heard.end == "reset"
    assert heard.data == b"" or 0 < len(heard.body) < heard.length


@says("cut_body")
def cut_without_length(heard: Heard) -> None:
    assert heard.status == 200
    assert b"content-length" not in heard.head.lower()
    with pytest.raises(json.JSONDecodeError):
        json.loads(heard.body)


@says("continue_only")
def continue_and_no_more(heard: Heard) -> None:
    assert heard == Heard(b"HTTP/1.1 100 Continue\r\n\r\n", "closed")


@says("two_lengths")
def two_lengths(heard: Heard) -> None:
    assert heard.head.lower().count(b"content-length") == 2
    assert heard.json["error_code"] == "0000"


@says("garbage")
def no_http(heard: Heard) -> None:
    assert heard.data
    assert b"HTTP" not in heard.data


@says(*(trouble.key for trouble in troubles().values() if trouble.http is not None))
def other_status(heard: Heard) -> None:
    assert heard.end == "closed"
    match heard.status:
        case 401:
            assert b"www-authenticate" in heard.head.lower()
        case 204:
            assert heard.body == b""
        case 206:
            assert heard.json["error_code"] == "0000"
        case 301 | 302 | 307 | 308:
            assert b"location: http://127.0.0.1:" in heard.head.lower()
        case _:
            assert b"text/html" in heard.head
            assert heard.body.startswith(b"<!DOCTYPE html>")


@says("bad_gzip")
def broken_gzip(heard: Heard) -> None:
    assert b"content-encoding: gzip" in heard.head.lower()
    assert not heard.body.startswith(b"\x1f\x8b")


@says("body_not_json", "body_bom")
def no_json(heard: Heard) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(heard.body.decode())


@says("body_latin1")
def latin1(heard: Heard) -> None:
    with pytest.raises(UnicodeDecodeError):
        heard.body.decode()
    assert json.loads(heard.body.decode("latin-1"))["error_code"] == "0000"


@says("body_nan")
def not_a_number(heard: Heard) -> None:
    assert b":NaN" in heard.body


@says("body_twice")
def doubled_key(heard: Heard) -> None:
    pairs = json.loads(heard.body, object_pairs_hook=list)
    codes = [value for name, value in pairs if name == "error_code"]
    assert codes == ["0099", "0000"]


@says("body_deep")
def too_deep(heard: Heard) -> None:
    with pytest.raises(RecursionError):
        json.loads(heard.body)


@says("body_digits")
def too_many_digits(heard: Heard) -> None:
    assert b'"error_code":' + b"9" * 5_000 + b"," in heard.body


@says("body_big")
def too_big(heard: Heard) -> None:
    assert len(heard.body) > 50 * 1024 * 1024


@says("body_list", "body_string", "body_null")
def another_kind_of_json(heard: Heard) -> None:
    assert not isinstance(heard.json, dict)


@says("code_zero_number", "code_zero", "code_two_zeros", "code_blank", "code_full_width")
def nearly_0000(heard: Heard) -> None:
    answer = answered(heard)
    assert answer["error_code"] in (0, "0", "00", " 0000", "００００")
    assert answer["ref_id"]


@says("suspect")
def suspect_with_reference(heard: Heard) -> None:
    answer = answered(heard)
    assert (answer["error_code"], text_of(answer)) == ("9999", "Suspect")
    assert answer["ref_id"]


@says(*(trouble.key for trouble in troubles().values() if trouble.refuse is not None))
def refused(heard: Heard) -> None:
    answer = answered(heard)
    assert answer["error_code"] != "0000"
    assert text_of(answer)
    assert not {"ref_id", "data", "amount"} & answer.keys()


@says("text_sukses", "text_ok", "text_empty", "text_no_ref")
def other_words(heard: Heard) -> None:
    assert text_of(succeeded(heard)) in ("Sukses", "OK", "")


@says("bad_datetime")
def malformed_time(heard: Heard) -> None:
    assert succeeded(heard)["rs_datetime"] == "2025-02-1414: 24: 22"


@says("other_text_key")
def swapped_text_key(heard: Heard) -> None:
    answer = succeeded(heard)
    assert answer["error_desc"] == "Success"
    assert "error_message" not in answer


@says("success_no_ref")
def no_reference(heard: Heard) -> None:
    assert "ref_id" not in succeeded(heard)


@says("no_echo")
def no_echo(heard: Heard) -> None:
    assert not {"order_id", "rq_uuid"} & succeeded(heard).keys()


@says("other_order_id", "other_uuid", "inquiry_other_number")
def somebody_elses(heard: Heard) -> None:
    answer = succeeded(heard)
    others = (answer["order_id"] == "1234500000", answer["rq_uuid"] == "PRACTICEANOTHERUUID0001")
    assert others.count(True) == 1


@says("token_missing")
def no_token(heard: Heard) -> None:
    assert "token_no" not in succeeded(heard)["data"]


@says("token_19_digits", "token_letters", "token_zeros")
def malformed_token(heard: Heard) -> None:
    token = succeeded(heard)["data"]["token_no"]
    assert not (len(token) == 20 and token.isdigit() and token.strip("0"))


@says("token_two")
def two_tokens(heard: Heard) -> None:
    data = succeeded(heard)["data"]
    assert data["token"] != data["token_no"]


@says("amount_lower", "amount_higher", "amount_times_100", "amount_by_100", "amount_separators")
def wrong_amount(heard: Heard) -> None:
    amount = succeeded(heard)["amount"]
    wrong = (2_150_000, 2_350_000, 225_000_000, 22_500, "22.500,00")
    assert amount in wrong


@says(*(trouble.key for trouble in troubles().values() if trouble.pending))
def in_process(heard: Heard) -> None:
    answer = succeeded(heard)
    assert text_of(answer) == "Inproses"


@says("figures_lower", "figures_times_100")
def figures_disagree(heard: Heard) -> None:
    answer = succeeded(heard)
    assert answer["amount"] != answer["bill_amount"] + answer["admin_fee"]


@says("figures_all_times_100")
def figures_a_hundredfold(heard: Heard) -> None:
    answer = succeeded(heard)
    assert answer["amount"] == answer["bill_amount"] + answer["admin_fee"] == PAID.sen * 100
    assert answer["data"]["price"] == "20000"


@says("inquiry_no_amount")
def no_amount(heard: Heard) -> None:
    assert "amount" not in succeeded(heard)


@says("changing_bill")
def whole_quote(heard: Heard) -> None:
    assert succeeded(heard)["amount"] == PAID.sen


@says("unsold_token")
def unsold_token(heard: Heard) -> None:
    assert succeeded(heard)["data"]["token_unsold1"] == "50000"


@says(*(trouble.key for trouble in troubles().values() if trouble.name is not None))
def hostile_name(heard: Heard) -> None:
    name = succeeded(heard)["data"]["customer_name"]
    assert name in {trouble.name for trouble in troubles().values()}


def final_success(heard: Heard) -> None:
    answer = succeeded(heard)
    assert text_of(answer) == "Success"
    assert len(answer["data"]["token_no"]) == 20


def failed(heard: Heard) -> None:
    assert answered(heard)["error_code"] == "0099"


def another_reference(heard: Heard) -> None:
    assert succeeded(heard)["ref_id"].endswith("X")


def not_found(heard: Heard) -> None:
    assert answered(heard)["error_code"] == "0098"


STEPS: dict[str, Check] = {
    "paid": final_success,
    "in_process": in_process,
    "failed": failed,
    "says_failed": failed,
    "html": other_status,
    "hang": silence,
    "other_ref": another_reference,
    "not_found": not_found,
    "unauthorised": other_status,
}
"""What each step of a status script has to sound like; ``same`` is the payment's own check."""
