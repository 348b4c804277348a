"""Strict JSON: what is read is exactly what stood there, and what is odd is refused."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashier.espay.json_text import DEEPEST, LARGEST_BYTES, NotStrict, NumberText, parse


def refusal(body: bytes) -> str:
    with pytest.raises(NotStrict) as refused:
        parse(body)
    return str(refused.value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "syntax"),
        (b"   ", "syntax"),
        (b"<html>Maintenance</html>", "syntax"),
        (b'{"a":1', "syntax"),
        (b'{"a":1}}', "syntax"),
        (b'{"a":1} {"b":2}', "syntax"),
        (b'{"a":1}\x00', "syntax"),
        (b'{"a":1}\xc2\xa0', "syntax"),
        (b"{'a':1}", "syntax"),
        (b'{"a":1,}', "syntax"),
        (b'{"a":01}', "syntax"),
        (b'{"a":+1}', "syntax"),
        (b'{"a":.5}', "syntax"),
        (b'{"a":0x10}', "syntax"),
        (b'{"a":1_000}', "syntax"),
        ('{"a":１２}'.encode(), "syntax"),
        (b'{"a":NaN}', "syntax"),
        (b'{"a":Infinity}', "syntax"),
        (b'{"a":-Infinity}', "syntax"),
        (b'{"a":"line\nbreak"}', "syntax"),
        (b'{"a":1} // note', "syntax"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'"0000"', "object"),
        (b"0", "object"),
        (b"true", "object"),
        (b'\xef\xbb\xbf{"a":1}', "bom"),
        ('{"a":1}'.encode("utf-16"), "utf8"),
        (b'{"name":"Andr\xe9"}', "utf8"),
        (b'{"a":"\xed\xa0\x80"}', "utf8"),
        (b'{"a":1,"a":1}', "double"),
        (b'{"a":1,"\\u0061":2}', "double"),
        (b'{"data":{"x":[{"a":1,"a":2}]}}', "double"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b'{"a":"' + b"x" * LARGEST_BYTES + b'"}', "large"),
    ],
)
def test_f27_what_is_not_one_clean_object_is_refused(body: bytes, why: str) -> None:
    assert refusal(body) == why


def test_f27_every_cut_of_an_object_is_refused() -> None:
    whole = b'{"error_code":"0000","data":{"n":"}{","m":[1.50,{}]},"ref_id":"A\\"}"}'
    assert parse(whole + b" \r\n").fields["ref_id"] == 'A"}'
    for end in range(len(whole)):
        assert refusal(whole[:end]) == "syntax"


def test_s19_nesting_is_counted_without_being_followed() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)

    assert parse(nested(DEEPEST)).fields
    assert refusal(nested(DEEPEST + 1)) == "deep"
    brackets = parse(b'{"a":"' + b"[" * 1000 + b'","b":"\\"' + b"{" * 1000 + b'"}').fields
    assert brackets == {"a": "[" * 1000, "b": '"' + "{" * 1000}


@pytest.mark.parametrize("body", [b'{"a":"' + b'\\"' * 400_000, b'"' * 900_000, b"\\" * 900_000])
def test_s19_an_endless_text_is_refused_in_one_pass(body: bytes) -> None:
    assert refusal(body) == "syntax"


def test_s19_the_largest_body_is_read_in_little_memory() -> None:
    start, end = b'{"a":"', b'"}'
    body = start + b"x" * (LARGEST_BYTES - len(start) - len(end)) + end
    tracemalloc.start()
    try:
        parse(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 10 * 1024 * 1024


@pytest.mark.parametrize("number", ["0", "-1", "1.50", "1e5", "10500000", "9" * 5_000, "0.1e-999"])
def test_s20_a_number_stays_the_text_that_stood_there(number: str) -> None:
    value = parse(f'{{"amount": {number}}}'.encode()).fields["amount"]
    assert value == number
    assert isinstance(value, NumberText)


def test_texts_and_numbers_can_be_told_apart() -> None:
    fields = parse(b'{"a":"1","b":1,"c":true,"d":null}').fields
    assert not isinstance(fields["a"], NumberText)
    assert fields == {"a": "1", "b": "1", "c": True, "d": None}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ('{"data":{"price": 1.50 , "x":"\\u00e9"}}', '{"price": 1.50 , "x":"\\u00e9"}'),
        ('{ "a" : "data" ,\n "data" : [ 1 , {} ] , "b":2 }', "[ 1 , {} ]"),
        ('{"x":{"data":1},"data":{}}', "{}"),
        ('{"class":"R1  \\/000001300","data":"R1  \\/1300"}', '"R1  \\/1300"'),
        ('{"\\u0064ata":1e2}', "1e2"),
        ('{"data":"é😀","b":1}', '"é😀"'),
        ('{"a":1}', None),
        ("{ }", None),
    ],
)
def test_the_span_of_data_is_the_very_text_that_was_received(text: str, span: str | None) -> None:
    assert parse(text.encode()).span("data") == span


SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
BLANK = st.text(" \t\r\n", max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), BLANK, st.booleans())
def test_spans_cut_any_object_where_its_values_are(
    value: dict[str, object], blank: str, plain: bool
) -> None:
    parts = {name: json.dumps(item, ensure_ascii=plain) for name, item in value.items()}
    inner = f",{blank}".join(
        f"{json.dumps(name)}{blank}:{blank}{part}{blank}" for name, part in parts.items()
    )
    try:
        parsed = parse(f"{blank}{{{blank}{inner}}}{blank}".encode())
    except UnicodeEncodeError:  # a lone surrogate that was not escaped
        return
    assert {name: parsed.span(name) for name in parts} == parts
    assert set(parsed.fields) == set(value)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text('{}[]",:\\ 0e.-tn', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused_and_never_raise_otherwise(body: bytes) -> None:
    try:
        parsed = parse(body)
    except NotStrict:
        return
    assert parsed.fields == json.loads(body, parse_float=str, parse_int=str)
