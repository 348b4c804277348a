"""What comes in is clean, what goes out is masked, and a bought token is never touched."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cashier.text import (
    clean,
    csv_cell,
    looks_like_card,
    mask_card,
    mask_cards_in,
)

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\x08\x1b\x7f\x85\x9b\u200b\u200e\u202e\u2066\u2028\ufeff\u0301"),
        st.sampled_from("\ud800\udfff\ue000\uffff\U000e0001\U0001d160\u0344\u1100\u1161 \t\r\n"),
    ),
    max_size=300,
)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def cards(prefix: str, length: int) -> str:
    """Make a number of an issuer range with a right check digit."""
    body = prefix + "0123456789"[: max(0, length - 1 - len(prefix))] + "7" * length
    body = body[: length - 1]
    return next(f"{body}{check}" for check in range(10) if luhn_sum(f"{body}{check}") % 10 == 0)


def luhn_sum(digits: str) -> int:
    odd = sum(int(digit) for digit in digits[-1::-2])
    return odd + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])


class TestClean:
    @pytest.mark.parametrize(
        ("dirty", "cleaned"),
        [
            ("BUDI SANTOSO", "BUDI SANTOSO"),
            ("  BUDI  ", "BUDI"),
            ("Jl. Merdeka\nNo. 5", "Jl. Merdeka No. 5"),
            ("a\tb\rc\vd\fe\x85f", "a b c d e f"),
            ("\x1b[31mmerah\x1b[0m", "[31mmerah[0m"),
            ("\x1b]52;c;aGFsbG8=\x07", "]52;c;aGFsbG8="),
            ("\x9b2J\x90q\x9c", "2Jq"),
            ("A\x00B\x08C\x7fD", "ABCD"),
            ("\u202eTNEDUTS\u202c", "TNEDUTS"),
            ("\u2066abc\u2069\u200e\u200f\u061c", "abc"),
            ("BU\u200bDI\u200c \u200dS\u2060A\ufeffN\u00adTO", "BUDI SANTO"),
            ("\u3164\u115f\u1160\uffa0", ""),
            ("BU\u034fDI\ufe0f\u180b\U000e0100", "BUDI"),
            ("a\u2028b\u2029c", "abc"),
            ("\ud800\udfffa\ue000\U000f0000b\U0010ffff", "ab"),
            ("\U000e0041tag", "tag"),
            ("e\u0301", "\u00e9"),
            ("e\u200d\u0301", "\u00e9"),
            ("\u212b", "\u00c5"),
            ("Z" + "\u0300" * 10_000 + "ALGO", "Z\u0300\u0300"),
            ("Z" + "\u0300" * 5 + "ALGO", "Z\u0300\u0300ALGO"),
            ("\u041eVO", "\u041eVO"),
            ("[/] [link=x]", "[/] [link=x]"),
            ("\u200b\u202e", ""),
            ("", ""),
        ],
    )
    def test_s14_hostile_text_is_stripped_to_what_can_be_read(
        self, dirty: str, cleaned: str
    ) -> None:
        assert clean(dirty) == cleaned

    @given(text=NASTY)
    @example("\U0001d160\u0300\u0300")
    @example("\u0958\u0301\u0301")
    @example("a\u0301\u200b\u0301\u200b\u0301\u1161")
    def test_s13_s14_s36_nothing_that_moves_a_terminal_or_a_log_ever_comes_through(
        self, text: str
    ) -> None:
        cleaned = clean(text)
        assert {unicodedata.category(character) for character in cleaned}.isdisjoint(FORBIDDEN)
        assert "\n" not in cleaned
        assert len(cleaned) <= 200
        assert cleaned == cleaned.strip()
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned.encode("utf-8").decode("utf-8") == cleaned

    @given(text=NASTY)
    @example("\U0001d160\u0300\u0300")
    def test_what_is_clean_stays_as_it_is(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)

    @given(text=NASTY)
    @example("\U0001d160\u0300\u0300")
    def test_never_more_than_two_marks_stand_in_a_row(self, text: str) -> None:
        row = 0
        for character in clean(text):
            row = row + 1 if unicodedata.category(character).startswith("M") else 0
            assert row <= 2

    @pytest.mark.parametrize("longest", [1, 10, 200])
    @given(text=NASTY)
    def test_no_text_is_longer_than_the_cap(self, longest: int, text: str) -> None:
        assert len(clean(text, longest)) <= longest

    def test_a_long_text_is_cut_and_leaves_no_blank_at_the_cut(self) -> None:
        assert clean("abc def", 4) == "abc"
        assert clean("x" * 1_000_000) == "x" * 200

    @given(text=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabc0123456789.,/-()", max_size=200))
    def test_ordinary_text_is_left_alone(self, text: str) -> None:
        assert clean(text) == text


class TestCsvCell:
    @pytest.mark.parametrize(
        "text",
        [
            "=1+1", "+62812", "-5", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n@x", " =1+1", "'=1+1",
            '"=1+1', "\"' =1+1", "＝1+1", "＋1", "－1", "＠x", "\u200b=1+1", "=cmd|' /C calc'!A0",
        ],
    )  # fmt: skip
    def test_s16_a_formula_becomes_text(self, text: str) -> None:
        cell = csv_cell(text)
        assert cell.startswith("'")
        assert cell[1:] == clean(text)

    @pytest.mark.parametrize("text", ["BUDI", "14234567890", "Rp125.400", "a=b", "1-2", "", "Å"])
    def test_what_is_no_formula_stays_as_it_is(self, text: str) -> None:
        assert csv_cell(text) == text

    @given(text=NASTY)
    def test_no_cell_begins_like_a_formula(self, text: str) -> None:
        bare = csv_cell(text)
        assert not re.match("[=+\\-@＝＋－＠\t\r]", bare)


ISSUER_RANGES = [
    *((prefix, length) for prefix in ("4", "401288", "499999") for length in (13, 16, 19)),
    *((str(prefix), 16) for prefix in range(51, 56)),
    *((str(prefix), 16) for prefix in (2221, 2229, 2300, 2699, 2719, 2720)),
    ("34", 15), ("37", 15),
    ("36", 14), ("38", 14),
    *((str(prefix), 16) for prefix in (3528, 3530, 3566, 3589)),
    *(("62", length) for length in (16, 17, 18, 19)),
]  # fmt: skip


class TestCards:
    @pytest.mark.parametrize(("prefix", "length"), ISSUER_RANGES)
    def test_s38_a_card_of_every_issuer_range_is_masked(self, prefix: str, length: int) -> None:
        card = cards(prefix, length)
        assert looks_like_card(card)
        masked = f"{card[:6]}{'*' * (length - 10)}{card[-4:]}"
        assert mask_card(card) == masked
        for text in (card, f"No. {card}.", f'{{"card_no":"{card}"}}', f"x{card}y", f"1/{card}/2"):
            assert mask_cards_in(text) == text.replace(card, masked)

    @pytest.mark.parametrize(
        ("written", "masked"),
        [
            ("4111 1111 1111 1111", "411111******1111"),
            ("4111-1111-1111-1111", "411111******1111"),
            ("3782 822463 10005", "378282*****0005"),
            ("4222 222 222 222", "422222***2222"),
            ("6201 2345 6789 7777 771", "620123*********7771"),
            ("4111111111111111 12", "411111******1111 12"),
            ("4111 1111 1111 1111 123456", "411111******1111 123456"),
            ("123456 4111111111111111", "123456 411111******1111"),
            ("123456 4111 1111 1111 1111", "123456 411111******1111"),
            ("2026-11-22 4111 1111 1111 1111", "2026-11-22 411111******1111"),
            (
                "4111 1111 1111 1111-5555555555554444",
                "411111******1111-555555******4444",
            ),
        ],
    )
    def test_s38_a_card_in_groups_or_beside_another_number_is_masked(
        self, written: str, masked: str
    ) -> None:
        assert mask_cards_in(written) == masked

    @pytest.mark.parametrize(
        "number",
        [
            "20180318181800300030",  # a PLN token
            "2018 0318 1818 0030 0030",
            "4111-1111-1111-1111-1111",  # a token may begin like a card
            "4111 1111 1111 1111 1111",
            "5555 5555 5555 4444 1234",
            "531234567890",  # IDPEL
            "14234567890",  # meter
            "8888801234567",  # BPJS, 13 digits
            "8888801234567890",  # BPJS, family account
            "400400400400400",  # PDAM: begins with 4, but no card has 15 digits there
            "0012345678901234567890123456789a",
            "41111111111111114111111111111111",  # a reference of 32 digits
            "4111 1111 1111 1111 4111 1111 1111 1111",
            "4111111111111112",  # wrong check digit
            "1234567890123452",  # right check digit, no issuer
            "2220990000000004",
            "2721000000000004",
            "081284620888",
            "2026-11-22 10:41:03",
            "20250214142517",  # ref_id
            "000000125400",
            "Rp411.111.111.111.111",
            "",
        ],
    )
    def test_w3_tokens_bills_and_references_are_left_alone(self, number: str) -> None:
        assert mask_cards_in(number) == number
        assert mask_cards_in(f'{{"token":"{number}"}}') == f'{{"token":"{number}"}}'

    @given(token=st.from_regex(r"\A[0-9]{20}\Z"))
    @example("41111111111111111111")
    def test_w3_no_token_is_ever_masked_however_it_is_grouped(self, token: str) -> None:
        groups = [token[at : at + 4] for at in range(0, 20, 4)]
        for written in (token, " ".join(groups), "-".join(groups)):
            assert mask_cards_in(f"TOKEN {written} OK") == f"TOKEN {written} OK"

    @given(
        card=st.sampled_from([cards(prefix, length) for prefix, length in ISSUER_RANGES]),
        before=st.text("abcxyz .,:;/=\"'[]{}()", max_size=10),
        after=st.text("abcxyz .,:;/=\"'[]{}()", max_size=10),
    )
    def test_s38_no_card_number_survives_in_any_text(
        self, card: str, before: str, after: str
    ) -> None:
        assert card not in mask_cards_in(f"{before}{card}{after}")

    @given(text=st.text("0123456789 -x", max_size=60))
    @example("4111 1111 1111 1111")
    def test_masking_only_ever_hides_digits(self, text: str) -> None:
        before = re.sub("[ -]", "", text)
        after = re.sub("[ -]", "", mask_cards_in(text))
        assert len(after) == len(before)
        assert all(new in (old, "*") for old, new in zip(before, after, strict=True))

    @pytest.mark.parametrize(
        ("number", "masked"),
        [
            ("4111111111111111", "411111******1111"),
            ("12345678901", "123456*8901"),
            ("1234567890", "**********"),
            ("1", "*"),
            ("", ""),
        ],
    )
    def test_a_mask_shows_at_most_six_and_four_digits(self, number: str, masked: str) -> None:
        assert mask_card(number) == masked

    @pytest.mark.parametrize(
        "digits", ["４１１１１１１１１１１１１１１１", "4111 1111 1111 1111", "", "x" * 16]
    )
    def test_only_ascii_digits_can_be_a_card(self, digits: str) -> None:
        assert not looks_like_card(digits)
