"""What stands on the struk of a payment that is paid, and what never does."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashier.catalogue import Layout, StrukLine
from cashier.language import LANGUAGES, LanguageCode
from cashier.money import ZERO, Rupiah
from cashier.payment import State
from cashier.receipt import Document, Letterhead, Reprint, Token, compose, plain_text
from tests.receipt.making import (
    LETTERHEAD,
    REFERENCE,
    SHOP,
    TOKEN,
    layout_of,
    paid,
    sales,
    struk,
    with_quote,
)
from tests.support.clock import START_MS

DAY_MS = 24 * 3_600_000
GROUPS = "7060 5040 3020 1090 8070"
CARD = "5289133888888888"


def text(document: Document, columns: int = 48) -> str:
    return plain_text(document, columns)


def lines(document: Document, columns: int = 48) -> list[str]:
    return text(document, columns).splitlines()


def billers_text(document: Document, columns: int) -> str:
    """The biller's block alone, as it is printed."""
    return text(replace(document, blocks=document.billers_block), columns)


def place(found: list[str], beginning: str) -> int:
    return next(at for at, line in enumerate(found) if line.strip().startswith(beginning))


class TestTheOrder:
    def test_shop_biller_fee_and_footer_stand_in_the_order_of_the_trade(self) -> None:
        printed = lines(struk(paid("pdam", Rupiah.of(2_000))))
        order = [
            place(printed, beginning)
            for beginning in (
                "LOKET MAJU JAYA", "Jl. Merdeka", "Telp.", "LOKET  ", "KASIR", "NO STRUK",
                "WAKTU WIB", "STRUK PEMBAYARAN TAGIHAN AIR", "SUB TOTAL", "ADMIN", "TOTAL",
                "NO REF", "PAM Aetra menyatakan", "BIAYA LAYANAN", "GRAND TOTAL", "TUNAI",
                "KEMBALI", "LUNAS", "Terima kasih",
            )
        ]  # fmt: skip
        assert order == sorted(set(order))

    def test_a_shop_that_tells_only_its_name_has_no_empty_lines(self) -> None:
        bare = replace(LETTERHEAD, shop=SHOP.model_copy(update=dict.fromkeys(
            ("address", "phone", "loket"), "")), footer="")  # fmt: skip
        printed = lines(struk(paid(), letterhead=bare))
        assert printed[0].strip() == "LOKET MAJU JAYA"
        assert printed[2].startswith("KASIR")
        assert printed[-1].strip() == "LUNAS"
        assert all(line.strip() for line in printed)


class TestTheBillersBlock:
    @pytest.mark.parametrize("columns", [24, 32, 42, 48, 80])
    @pytest.mark.parametrize("category", sales())
    def test_it_is_the_same_byte_by_byte_with_and_without_a_service_fee(
        self, category: str, columns: int
    ) -> None:
        without, with_fee = struk(paid(category)), struk(paid(category, Rupiah.of(2_500)))
        block = billers_text(without, columns)
        assert block == billers_text(with_fee, columns)
        assert block in text(without, columns)
        assert block in text(with_fee, columns)
        assert "Rp2.500" in text(with_fee, columns).replace(block, "")

    @settings(max_examples=150, deadline=None)
    @given(
        fee=st.integers(0, 10**9),
        tendered=st.integers(0, 10**12),
        shop=st.text(st.characters(codec="utf-8"), max_size=80),
        facts=st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=6),
        columns=st.sampled_from([24, 32, 48]),
    )
    def test_nothing_of_the_shop_s_changes_it(
        self, fee: int, tendered: int, shop: str, facts: dict[str, str], columns: int
    ) -> None:
        plain = paid("pln-prepaid")
        known = {**plain.quote.facts, **facts}
        costly = replace(
            with_quote(plain, service_fee=Rupiah(fee)), tendered=Rupiah(tendered), operator=shop
        )
        other = Letterhead(SHOP.model_copy(update={"name": shop, "phone": shop}), shop)
        assert billers_text(struk(plain, facts=known), columns) == billers_text(
            struk(costly, letterhead=other, facts=known), columns
        )

    def test_its_total_is_bill_and_admin_fee_whatever_the_shop_takes(self) -> None:
        printed = lines(struk(paid("pln-non-electricity-bill", Rupiah.of(3_000))))
        assert printed[place(printed, "TOTAL BAYAR")].endswith("Rp1.223.000")
        assert printed[place(printed, "BIAYA LAYANAN")].endswith("Rp3.000")
        assert printed[place(printed, "GRAND TOTAL")].endswith("Rp1.226.000")

    def test_a_shop_that_takes_no_fee_prints_no_line_of_it(self) -> None:
        assert "BIAYA LAYANAN" not in text(struk(paid("pdam", ZERO)))

    def test_figures_of_the_biller_are_printed_as_told_and_never_computed(self) -> None:
        facts = {**paid().quote.facts, "stroom": "Rp 18.181,00", "kwh": "13,5", "ppj": "Rp 0,00"}
        printed = text(struk(paid(), facts=facts))
        assert "RP STROOM/TOKEN : Rp 18.181,00" in printed
        assert "JML KWH         : 13,5" in printed
        assert "PBJT-TL         : Rp 0,00" in printed

    def test_cash_and_change_are_those_of_the_sale(self) -> None:
        printed = lines(struk(paid("pln-prepaid", Rupiah.of(2_000))))
        assert printed[place(printed, "TUNAI")].split() == ["TUNAI", "Rp150.000"]
        assert printed[place(printed, "KEMBALI")].split() == ["KEMBALI", "Rp45.500"]


class TestFacts:
    def test_a_fact_the_layout_does_not_know_stands_below_as_it_came(self) -> None:
        facts = {**paid().quote.facts, "tagihan.0.denda": "000010", "Catatan": "rumah  belakang"}
        printed = lines(struk(paid(), facts=facts))
        assert "tagihan.0.denda : 000010" in printed
        assert "Catatan         : rumah  belakang" in printed
        assert place(printed, "Catatan") > place(printed, "ADMIN BANK")

    def test_a_line_whose_fact_is_missing_is_left_out(self) -> None:
        facts = {"customer_name": "RAISA PUTRI", "class": " ", "kwh": ""}
        printed = text(struk(with_quote(paid(), facts=facts)))
        for label in ("NO METER", "IDPEL", "TARIF", "NO REF", "METERAI", "JML KWH", "None"):
            assert label not in printed
        assert "NAMA : RAISA PUTRI" in printed.replace("NAMA  ", "NAMA ")

    def test_the_customer_number_stands_there_even_where_no_fact_tells_it(self) -> None:
        printed = text(struk(with_quote(paid(), facts={})))
        assert printed.count("520520795556") == 1
        assert "NOMOR" in printed
        assert "NOMOR" not in text(struk(paid()))

    @pytest.mark.parametrize("category", sales())
    def test_what_another_line_tells_is_not_told_twice(self, category: str) -> None:
        printed = text(struk(paid(category)))
        for name in ("bill_amount", "admin_fee", "price", "token_unsold1", "000000100000"):
            assert name not in printed

    def test_the_customer_number_is_not_repeated_but_another_one_is_told(self) -> None:
        facts = paid("cable-tv").quote.facts
        assert "customer_id" not in text(struk(paid("cable-tv"), facts=facts))
        other = {**facts, "customer_id": "401101338834"}
        assert "customer_id : 401101338834" in text(struk(paid("cable-tv"), facts=other))

    def test_the_billers_own_information_replaces_the_usual_one(self) -> None:
        facts = {**paid().quote.facts, "info_text": "Download PLN Mobile"}
        printed = text(struk(paid(), facts=facts))
        assert "Download PLN Mobile" in printed
        assert "Call Center 123" not in printed
        assert "info_text" not in printed
        without = {name: value for name, value in facts.items() if name != "info_text"}
        assert "Call Center 123" in text(struk(paid(), facts=without))

    def test_a_sentence_names_the_product_and_its_braces_are_only_braces(self) -> None:
        odd = with_quote(paid("pdam"), product_name="PDAM {product} {0}")
        assert "PDAM {product} {0} menyatakan" in text(struk(odd), 80)


class TestTheToken:
    def test_it_stands_in_five_groups_and_nowhere_else(self) -> None:
        printed = text(struk(paid()))
        assert GROUPS in printed
        assert TOKEN not in printed
        assert printed.count(GROUPS) == 1

    @pytest.mark.parametrize(
        "token",
        [None, "", TOKEN[:19], f"{TOKEN}1", GROUPS, "7060504030201090807x", "٠" * 20, "²" * 20],
    )
    def test_anything_but_twenty_digits_is_not_printed_as_a_token(self, token: str | None) -> None:
        document = struk(replace(paid(), token=token))
        assert "STROOM/TOKEN:" not in text(document)
        assert GROUPS not in text(document)

    @pytest.mark.parametrize("value", [TOKEN, GROUPS, GROUPS.replace(" ", "-")])
    @pytest.mark.parametrize("name", ["stroom", "field_nobody_knows"])
    def test_where_another_field_held_it_it_is_still_printed_once(
        self, name: str, value: str
    ) -> None:
        printed = text(struk(paid(), facts={**paid().quote.facts, name: value}))
        assert printed.count("8070") == 1

    def test_w3_a_layout_of_the_shop_that_forgets_it_does_not_lose_it(self) -> None:
        forgetful = Layout(heading="LISTRIK", lines=(StrukLine(label="NAMA", own="name"),))
        document = compose(paid(), forgetful, LETTERHEAD)
        assert GROUPS in text(document)

    def test_it_is_a_token_in_the_document_too(self) -> None:
        found = [line for block in struk(paid()).blocks for line in block.lines]
        assert [line.digits for line in found if isinstance(line, Token)] == [TOKEN]


class TestPaid:
    def test_i7_it_says_paid_and_who_vouches_for_it(self) -> None:
        printed = text(struk(paid("pln-postpaid")), 80)
        assert "LUNAS" in printed
        assert "PLN menyatakan struk ini sebagai bukti pembayaran yang sah" in printed

    def test_a_payment_that_was_settled_another_day_tells_both_days(self) -> None:
        later = text(struk(replace(paid(), final_at=START_MS + DAY_MS)))
        assert "WAKTU WIB : 22-11-2026 10:41:03" in later
        assert "Dibayar 23-11-2026 10:41:03 WIB" in later
        assert "Dibayar" not in text(struk(replace(paid(), final_at=START_MS + 60_000)))
        assert "Dibayar" not in text(struk(replace(paid(), final_at=None)))

    def test_a_shop_without_the_category_prints_a_plain_struk(self) -> None:
        document = compose(paid(), None, LETTERHEAD)
        printed = lines(document)
        assert printed[place(printed, "TOTAL BAYAR")].endswith("Rp102.500")
        for wanted in ("PRODUK", "NOMOR", "NAMA", "TAGIHAN", "ADMIN", "TOKEN", "NO REF", "LUNAS"):
            assert place(printed, wanted)
        assert GROUPS in text(document)
        assert REFERENCE in text(document)

    def test_a_face_value_is_printed_where_the_layout_asks_for_it(self) -> None:
        layout = Layout(heading="PULSA", lines=(StrukLine(label="NOMINAL", own="denomination"),))
        with_value = compose(paid(), layout, LETTERHEAD, denomination=Rupiah.of(50_000))
        assert "Rp50.000" in text(with_value)
        assert "NOMINAL" not in text(compose(paid(), layout, LETTERHEAD))

    @pytest.mark.parametrize("number", [CARD, "528913******8888"])
    def test_s38_a_card_is_printed_as_its_mask(self, number: str) -> None:
        payment = with_quote(paid("credit-card"), number=number)
        for state in State:
            printed = text(struk(replace(payment, state=state)))
            assert "528913******8888" in printed
            assert CARD not in printed


class TestPractice:
    @pytest.mark.parametrize("environment", ["practice", "sandbox", ""])
    @pytest.mark.parametrize("state", State)
    def test_it_is_said_on_top_and_at_the_bottom_of_every_slip(
        self, state: State, environment: str
    ) -> None:
        payment = replace(with_quote(paid("pdam"), environment=environment), state=state)
        document = struk(payment, reprint=Reprint(1, "SARI", START_MS))
        printed = lines(document)
        assert printed[0].strip() == "LATIHAN"
        assert printed[-2].strip() == "LATIHAN"
        assert "menyatakan" not in text(document)
        assert document.name == "latihan-261122-0007"

    def test_the_word_for_paid_says_it_too(self) -> None:
        printed = text(struk(with_quote(paid(), environment="practice")))
        assert "LUNAS - LATIHAN" in printed

    def test_a_real_struk_does_not_say_it(self) -> None:
        assert "LATIHAN" not in text(struk(paid()))


class TestReprints:
    def test_the_heading_names_the_copy_who_and_when_and_the_time_of_the_sale_stays(self) -> None:
        copy = Reprint(3, "BUDI", START_MS + DAY_MS)
        original, printed = lines(struk(paid())), lines(struk(paid(), reprint=copy))
        heading = [line.strip() for line in printed[:3]]
        assert heading == ["CETAK ULANG ke-3", "23-11-2026 10:41:03 WIB", "oleh BUDI"]
        assert printed[3:] == original

    def test_a_first_print_is_no_copy(self) -> None:
        assert "CETAK ULANG" not in text(struk(paid()))


@dataclass(frozen=True)
class Words:
    """The words by which people know what a slip is worth."""

    language: LanguageCode
    copy: str
    practice: str


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_paper_is_known_by_are_the_trade_s_in_every_language(
    language: LanguageCode,
) -> None:
    letterhead = replace(LETTERHEAD, language=language)
    practice = with_quote(paid(), environment="practice")
    copy = Reprint(1, "SARI", START_MS)
    assert "LUNAS" in text(struk(paid(), letterhead=letterhead))
    assert "LATIHAN" in text(struk(practice, letterhead=letterhead))
    assert "CETAK ULANG ke-1" in text(struk(paid(), letterhead=letterhead, reprint=copy))
    held = text(struk(replace(paid(), state=State.SENT), letterhead=letterhead), 80)
    assert "BUKTI TITIPAN" in held
    assert "BELUM LUNAS" in held


def test_layouts_of_the_catalogue_are_what_a_struk_takes() -> None:
    assert all(layout_of(sold).heading for sold in sales().values())
