"""Every row fits the paper, whatever anybody writes, and what must stay whole stays whole."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cashier.catalogue import Layout, StrukLine
from cashier.money import Rupiah
from cashier.payment import State
from cashier.receipt import (
    NARROWEST,
    WIDEST,
    Amount,
    Block,
    Centred,
    Cut,
    Document,
    Letterhead,
    Line,
    Pair,
    Paragraph,
    Reprint,
    Row,
    Token,
    compose,
    plain_text,
    typeset,
)
from cashier.text import CleanText, clean
from tests.receipt.making import LETTERHEAD, REFERENCE, SHOP, TOKEN, paid, sales, struk, with_quote
from tests.support.clock import START_MS

GROUPS = "7060 5040 3020 1090 8070"
ALL_WIDTHS = range(NARROWEST, WIDEST + 1)

WORDS = st.one_of(
    st.text(max_size=220),
    st.text("AaŻ字ー가🙂é\u0301 -./", max_size=220),
    st.sampled_from([REFERENCE, "x" * 200, "[/] [b]tebal", "R1  /000001300", "字" * 70]),
)
HOSTILE = (
    "\x1b@", "\x1b[2J", "\x1bp\x00\x19\xfa", "\x1dV\x00", "\x9b31m", "\x90q\x9c", "\x07", "\x08",
    "\x00", "\r\n", "\x0c", "\x7f", "\u202e", "\u200b", "\u2028", "\u0301" * 50, "\ue000", "\ufeff",
    "\U000e0041", "字", "🙂", "[/X]", "{product}", "%s", "=1+1", "LUNAS",
)  # fmt: skip


def rows(*lines: Line, columns: int) -> list[Row]:
    sheet = typeset(Document("test", (Block("biller", lines),)), columns)
    return [row for row in sheet.rows if isinstance(row, Row)]


def texts(*lines: Line, columns: int) -> list[str]:
    return [row.text for row in rows(*lines, columns=columns)]


def assert_fits(document: Document, columns: int) -> None:
    for row in typeset(document, columns).rows:
        if isinstance(row, Row):
            assert cell_len(row.text) * (2 if row.size == "double" else 1) <= columns
            assert row.text == row.text.rstrip()
            assert row.text
    for line in plain_text(document, columns).splitlines():
        assert cell_len(line) <= columns


class TestEveryRowFits:
    @settings(max_examples=400, deadline=None)
    @given(
        facts=st.dictionaries(WORDS, WORDS, max_size=8),
        known=WORDS,
        name=WORDS,
        number=WORDS,
        reference=WORDS,
        sen=st.integers(-(10**17), 10**17),
        state=st.sampled_from(State),
        columns=st.one_of(st.sampled_from([24, 32, 42, 48, 80]), st.integers(24, 132)),
    )
    def test_whatever_a_provider_answers(
        self,
        facts: dict[str, str],
        known: str,
        name: str,
        number: str,
        reference: str,
        sen: int,
        state: State,
        columns: int,
    ) -> None:
        payment = with_quote(
            paid(), name=name, number=number, product_name=name, bill=Rupiah(sen),
            service_fee=Rupiah(-sen),
        )  # fmt: skip
        told = {**facts, "customer_name": known, "class": known, "reff_no": reference}
        document = struk(replace(payment, state=state, ref_id=reference, operator=name), facts=told)
        assert_fits(document, columns)

    @settings(max_examples=200, deadline=None)
    @given(
        shop=WORDS,
        label=WORDS,
        heading=WORDS,
        large=st.booleans(),
        columns=st.integers(24, 132),
    )
    def test_whatever_a_shop_writes_into_its_files(
        self, shop: str, label: str, heading: str, large: bool, columns: int
    ) -> None:
        layout = Layout.model_construct(
            heading=heading,
            lines=(
                StrukLine.model_construct(label=label, fields=("class",), large=large, kind="text"),
                StrukLine.model_construct(label=label, fields=("price",), kind="rupiah"),
                StrukLine.model_construct(label=label, own="amount", large=large),
                StrukLine.model_construct(label=label, own="token"),
            ),
            legal=label,
            information=(heading,),
        )
        letterhead = Letterhead(
            SHOP.model_copy(update=dict.fromkeys(("name", "address", "phone", "loket"), shop)), shop
        )
        copy = Reprint(7, shop, START_MS)
        assert_fits(compose(paid(), layout, letterhead, reprint=copy), columns)

    @pytest.mark.parametrize("columns", ALL_WIDTHS)
    def test_every_category_at_every_width(self, columns: int) -> None:
        for category in sales():
            document = struk(paid(category, Rupiah.of(2_000)))
            assert_fits(document, columns)
            if columns >= len(REFERENCE) and category == "pln-prepaid":
                assert REFERENCE in plain_text(document, columns)

    @pytest.mark.parametrize("columns", [0, 23, 133])
    def test_a_width_that_no_paper_has_is_a_defect(self, columns: int) -> None:
        with pytest.raises(ValueError, match="24 to 132"):
            plain_text(struk(paid()), columns)


class TestTheToken:
    @pytest.mark.parametrize("columns", ALL_WIDTHS)
    def test_it_stands_on_one_row_at_every_width_and_double_where_it_fits(
        self, columns: int
    ) -> None:
        _, row = rows(Token(clean("TOKEN"), TOKEN), columns=columns)
        assert row.text == GROUPS
        assert row.size == ("double" if columns >= 48 else "tall")
        assert GROUPS in row.placed(columns)


class TestValues:
    def test_values_of_a_block_begin_below_each_other(self) -> None:
        found = texts(pair("IDPEL", "1"), pair("TARIF/DAYA", "2"), columns=32)
        assert found == ["IDPEL      : 1", "TARIF/DAYA : 2"]

    def test_a_long_name_is_wrapped_between_words_below_its_beginning(self) -> None:
        found = texts(pair("NAMA", "SITI NURHALIZA BINTI AHMAD FAUZI"), columns=32)
        assert found == ["NAMA : SITI NURHALIZA BINTI", "       AHMAD FAUZI"]

    @pytest.mark.parametrize(
        ("columns", "expected"),
        [
            (80, [f"NO REF : {REFERENCE}"]),
            (40, ["NO REF:", f"  {REFERENCE}"]),
            (34, ["NO REF:", f"  {REFERENCE}"]),
            (33, ["NO REF:", REFERENCE]),
            (32, ["NO REF:", REFERENCE]),
            (31, ["NO REF:", f"  {REFERENCE[:29]}", f"  {REFERENCE[29:]}"]),
        ],
    )
    def test_a_reference_is_never_broken_where_the_paper_can_hold_it(
        self, columns: int, expected: list[str]
    ) -> None:
        assert texts(pair("NO REF", REFERENCE), columns=columns) == expected

    def test_blanks_inside_a_value_stay(self) -> None:
        assert texts(pair("TARIF", "R1  /000001300"), columns=32) == ["TARIF : R1  /000001300"]

    def test_a_value_that_would_take_many_rows_beside_its_label_stands_below(self) -> None:
        value = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh"
        assert texts(pair("KETERANGAN", value), columns=24) == [
            "KETERANGAN:",
            "  satu dua tiga empat",
            "  lima enam tujuh",
            "  delapan sembilan",
            "  sepuluh",
        ]

    def test_a_label_too_long_for_a_column_moves_no_other_value(self) -> None:
        found = texts(pair("LABEL YANG SANGAT PANJANG", "1"), pair("NAMA", "2"), columns=32)
        assert found == ["LABEL YANG SANGAT PANJANG:", "  1", "NAMA : 2"]

    def test_a_large_value_is_double_where_it_fits_and_tall_where_not(self) -> None:
        code = Pair(clean("KODE"), clean("K7H2-M9QX-P4RT"), large=True)
        assert rows(code, columns=32)[1] == Row("K7H2-M9QX-P4RT", "double", centred=True)
        assert rows(code, columns=24)[1] == Row("K7H2-M9QX-P4RT", "tall", centred=True)
        longer = Pair(clean("KODE"), clean("K7H2-M9QX P4RT-2222 ABCD-3333"), large=True)
        assert {row.size for row in rows(longer, columns=24)[1:]} == {"tall"}

    def test_wide_characters_take_two_cells(self) -> None:
        assert texts(pair("NAMA", "字字字字字 字字字字字"), columns=24) == [
            "NAMA : 字字字字字",
            "       字字字字字",
        ]


class TestAmounts:
    def test_they_end_at_the_right_edge(self) -> None:
        assert texts(amount("TOTAL", "Rp7.500"), columns=24) == ["TOTAL" + " " * 12 + "Rp7.500"]

    def test_one_that_does_not_fit_beside_its_label_stands_below_it(self) -> None:
        found = texts(amount("BIAYA LAYANAN LOKET", "Rp1.000.000"), columns=24)
        assert found == ["BIAYA LAYANAN LOKET", " " * 13 + "Rp1.000.000"]

    def test_a_large_one_is_tall_so_that_it_keeps_its_column(self) -> None:
        (row,) = rows(Amount(clean("TOTAL"), clean("Rp7.500"), large=True), columns=24)
        assert row.size == "tall"


class TestTheRest:
    def test_a_heading_is_double_unless_a_word_is_too_wide_for_it(self) -> None:
        heading = Centred(clean("CETAK ULANG ke-2"), large=True)
        assert rows(heading, columns=32) == [Row("CETAK ULANG ke-2", "double", centred=True)]
        title = rows(Centred(clean("BUKTI TITIPAN - BELUM LUNAS"), large=True), columns=24)
        assert [row.text for row in title] == ["BUKTI", "TITIPAN -", "BELUM LUNAS"]
        long_word = rows(Centred(clean("PERTANGGUNGJAWABAN"), large=True), columns=24)
        assert long_word == [Row("PERTANGGUNGJAWABAN", "tall", centred=True)]

    def test_centred_text_stands_in_the_middle(self) -> None:
        (row,) = rows(Centred(clean("LUNAS")), columns=24)
        assert row.placed(24) == " " * 9 + "LUNAS"

    def test_sentences_are_wrapped_between_words(self) -> None:
        text = clean("Uang disimpan di loket ini sampai pasti.")
        assert texts(Paragraph(text), columns=24) == ["Uang disimpan di loket", "ini sampai pasti."]

    def test_the_knife_is_a_hint_to_paper_and_nothing_in_a_text(self) -> None:
        document = struk(paid())
        *_, last = typeset(document, 32).rows
        assert last == Cut()
        assert not plain_text(document, 32).endswith("\n\n")


def test_s15_no_control_byte_born_from_data_is_in_any_struk() -> None:
    dice = random.Random(15)
    allowed = {"\n"}
    for _ in range(2000):
        word = "".join(dice.choice(HOSTILE) for _ in range(dice.randint(1, 12)))
        facts = {**paid().quote.facts, "customer_name": word, f"x{word}": word, "reff_no": word}
        payment = replace(
            with_quote(paid(), product_name=word, name=word, number=word),
            operator=word, ref_id=word, receipt_no=word, state=dice.choice(list(State)),
        )  # fmt: skip
        shop = SHOP.model_copy(update=dict.fromkeys(("name", "address", "phone", "loket"), word))
        document = struk(
            payment,
            letterhead=replace(LETTERHEAD, shop=shop, footer=word),
            facts=facts,
            reprint=Reprint(1, word, START_MS),
        )
        printed = plain_text(document, dice.choice([24, 32, 48]))
        assert all(character.isprintable() or character in allowed for character in printed)


def pair(label: str, value: str) -> Pair:
    return Pair(clean(label), clean(value))


def amount(label: str, value: str) -> Amount:
    return Amount(clean(label), CleanText(value))
