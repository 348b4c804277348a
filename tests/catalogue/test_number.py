"""Customer numbers: what is taken, in which form it leaves, and what is refused how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashier.catalogue import NumberRefused, NumberRule, Product, load_catalogue
from cashier.catalogue.number import national
from cashier.language import LANGUAGES, LanguageCode, explain

CATALOGUE = load_catalogue()
ALL = pytest.mark.parametrize("product", CATALOGUE.products, ids=lambda one: one.code)


def rule(code: str) -> NumberRule:
    return CATALOGUE.product(code).rules.number


def refusal(number_rule: NumberRule, typed: str) -> NumberRefused:
    with pytest.raises(NumberRefused) as refused:
        number_rule.canonical(typed)
    return refused.value


def bad_lengths(number_rule: NumberRule) -> tuple[str, str]:
    """The example cut to just too short, and drawn out to just too long."""
    short = number_rule.example[: number_rule.minimum - 1]
    return short, number_rule.example.ljust(number_rule.maximum + 1, "1")


@ALL
def test_the_example_of_each_rule_is_taken(product: Product) -> None:
    number = product.rules.number
    assert number.canonical(number.example) == number.example


@ALL
def test_a_number_one_too_short_or_too_long_is_refused(product: Product) -> None:
    number = product.rules.number
    short, long = bad_lengths(number)
    assert refusal(number, short).key == "catalogue.number_short"
    assert refusal(number, long).key == "catalogue.number_long"


@ALL
def test_full_width_digits_are_refused(product: Product) -> None:
    number = product.rules.number
    full_width = number.example.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    expected = "code_characters" if number.kind == "code" else "characters"
    assert refusal(number, full_width).key == f"catalogue.number_{expected}"


@ALL
def test_letters_are_refused_where_the_trade_has_digits(product: Product) -> None:
    number = product.rules.number
    if number.kind == "code":
        assert number.canonical("qwe123") == "QWE123"
    else:
        assert refusal(number, f"{number.example[:-1]}a").key == "catalogue.number_characters"


@ALL
@pytest.mark.parametrize("nothing", ["", " ", "-- -", "\t\r\n"])
def test_an_empty_number_is_refused(product: Product, nothing: str) -> None:
    assert refusal(product.rules.number, nothing).key == "catalogue.number_empty"


@ALL
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_is_one_sentence_that_names_the_number_and_an_example(
    product: Product, language: LanguageCode
) -> None:
    number = product.rules.number
    for typed in ("", "?", *bad_lengths(number)):
        sentence = explain(language, refusal(number, typed))
        assert sentence.startswith(number.label.say(language))
        assert number.example in sentence
        assert sentence.endswith(".")


def test_a_refusal_says_how_many_characters_there_are_and_should_be() -> None:
    sentence = explain("en", refusal(rule("SLYLPR20"), "12345"))
    assert sentence == (
        "Meter number or IDPEL is too short: 5 instead of 11-12; "
        "check and complete it, for example 520520795556."
    )
    assert explain("id", refusal(rule("SLYLPR20"), "12345")).startswith(
        "Nomor meter atau IDPEL kurang panjang: 5, seharusnya 11-12;"
    )


def test_s38_a_refused_card_number_is_not_repeated_in_its_refusal() -> None:
    card = "4111111111111111" * 2
    assert card[:12] not in str(refusal(rule("SCCANZ"), card))


@pytest.mark.parametrize(
    "typed",
    ["520520795556", " 5205 2079 5556 ", "5205-2079-5556", "520520795556\r\n", "\t520520795556"],
)
def test_blanks_and_dashes_are_not_part_of_a_number(typed: str) -> None:
    assert rule("SLYLPR20").canonical(typed) == "520520795556"


@pytest.mark.parametrize(
    "typed",
    ["081284620888", "6281284620888", "+6281284620888", "+62 812-8462-0888", "0812 8462 0888"],
)
def test_a_phone_number_has_one_form_however_it_is_written(typed: str) -> None:
    assert rule("SVHTS50").canonical(typed) == "081284620888"


@pytest.mark.parametrize("typed", ["081284620888", "6281284620888", "+62 812 8462 0888"])
def test_national_numbers_are_read_as_getmno_documents_them(typed: str) -> None:
    assert national(typed) == "081284620888"


def test_a_number_that_is_no_phone_keeps_its_62() -> None:
    assert rule("SINCBN").canonical("6212345678") == "6212345678"


@pytest.mark.parametrize("typed", ["81284620888", "021700012345", "00812846208"])
def test_a_phone_number_that_does_not_begin_with_08_is_refused_with_an_example(typed: str) -> None:
    assert refusal(rule("SVHTS50"), typed).key == "catalogue.number_form"


@pytest.mark.parametrize("typed", ["+1 202 555 0123", "++6281284620888", "0812.8462.0888"])
def test_other_signs_in_a_phone_number_are_refused(typed: str) -> None:
    assert refusal(rule("SVHTS50"), typed).key == "catalogue.number_characters"


@pytest.mark.parametrize("code", ["SLYTFC", "SPBERE"])
def test_telephones_with_an_area_code_need_no_08(code: str) -> None:
    assert rule(code).canonical("+62 21 7000 1234") == "02170001234"


@pytest.mark.parametrize("code", ["STCLWA", "STCGRI", "STCSWJ"])
def test_an_airline_under_mobile_postpaid_takes_a_booking_code(code: str) -> None:
    product = CATALOGUE.product(code)
    assert product.category.id == "mobile-postpaid"
    assert product.rules.number.canonical("qx7-b2k") == "QX7B2K"
    assert product.rules.number.label.id == "Kode booking"
    assert product.rules.struk.heading == "STRUK PEMBAYARAN TIKET PESAWAT"
    assert product.rules.inquiry


@pytest.mark.parametrize("typed", ["ß1234", "ABC_12", "AB/C12", "ÀBC123"])
def test_a_booking_code_holds_ascii_letters_and_digits_only(typed: str) -> None:
    assert refusal(rule("STCLWA"), typed).key == "catalogue.number_code_characters"


@given(st.text(max_size=60))
def test_s20_whatever_is_typed_gives_plain_digits_of_the_right_length_or_a_refusal(
    typed: str,
) -> None:
    number = rule("SLYLPR20")
    try:
        canonical = number.canonical(typed)
    except NumberRefused:
        return
    assert number.minimum <= len(canonical) <= number.maximum
    assert set(canonical) <= set("0123456789")
    assert number.canonical(canonical) == canonical


@given(st.from_regex(r"(\+62|62|0)[ -]?8[0-9 -]{9,14}", fullmatch=True))
def test_the_canonical_form_of_a_phone_number_is_stable(typed: str) -> None:
    number = rule("SVHTS50")
    try:
        canonical = number.canonical(typed)
    except NumberRefused:
        return
    assert number.canonical(canonical) == canonical
    assert canonical.startswith("08")


def test_a_scanner_delivers_a_meter_number() -> None:
    assert rule("SLYLPR20").from_scan("520520795556\r") == "520520795556"


def test_a_scanned_phone_number_may_be_a_telephone_link() -> None:
    assert rule("SVHOVO000").from_scan("tel:+6281284620888") == "081284620888"


@pytest.mark.parametrize("burst", ["8998866200301", "https://example.test/52052079555", ""])
def test_a_scan_that_cannot_be_a_meter_number_is_refused(burst: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        rule("SLYLPR20").from_scan(burst)
    assert refused.value.key == "catalogue.number_scan"


def test_s38_nothing_is_ever_scanned_as_a_card_number() -> None:
    with pytest.raises(NumberRefused) as refused:
        rule("SCCANZ").from_scan("%B4111111111111111^CONTOH/NAMA^2912101?")
    assert refused.value.key == "catalogue.number_scan"


@ALL
def test_every_example_can_be_scanned_except_a_card(product: Product) -> None:
    number = product.rules.number
    assert (number.scan is None) == (number.kind == "card")
    if number.scan is not None:
        assert number.from_scan(number.example) == number.example


def test_lengths_are_written_as_one_number_where_there_is_one() -> None:
    one = rule("SLYLPR20").model_copy(update={"minimum": 12})
    assert one.lengths == "12"
