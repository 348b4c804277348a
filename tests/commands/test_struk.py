"""``struk``: a past payment's receipt as text, from the journal alone."""

import re
from dataclasses import replace

import pytest

from cashier.catalogue import Category, load_catalogue
from cashier.commands.struk import laid_out
from cashier.journal.rows import Quote
from cashier.money import Rupiah
from tests.commands.conftest import CommandLine, write_config
from tests.receipt.making import catalogue, paid
from tests.support.sandbox import RunningSandbox, magic_number

METER = "14012345678"
DIRECT = ("SINCBN", "4333333333")
CATALOGUE = load_catalogue()
GROUPS = re.compile(r"^ +([0-9]{4} ){4}[0-9]{4}$", re.MULTILINE)


def sell(cashier: CommandLine, product: str, number: str, *amount: str) -> dict[str, object]:
    """Sell once, whatever comes of it; give the payment as JSON."""
    quote = cashier.quote(product, number, *amount)
    card = ["--number", number] if product == "SCCANZ" else []
    cash = str(Rupiah(quote["total_sen"]).whole_up)
    ran = cashier("pay", quote["quote"], "--cash", cash, "--no-wait", "--json", *card)
    payment: dict[str, object] = ran.json
    return payment


def test_the_struk_of_a_token_holds_what_only_the_payment_s_answer_told(
    cashier: CommandLine,
) -> None:
    payment = sell(cashier, "SLYLPR20", METER)
    ran = cashier("struk", "1")
    assert ran.code == 0, ran.err
    (token,) = GROUPS.finditer(ran.out)
    assert token[0].replace(" ", "") == payment["token"]
    for label in ("JML KWH", "RP STROOM/TOKEN", "NO REF", "NO METER", METER, "LUNAS"):
        assert label in ran.out


def test_a_receipt_number_finds_it_too(cashier: CommandLine) -> None:
    sell(cashier, *DIRECT, "--amount", "50000")
    assert cashier("struk", "261122-0001").out == cashier("struk", "1").out


@pytest.mark.parametrize("category", CATALOGUE.shown, ids=lambda category: category.id)
def test_each_category_that_is_sold_has_its_struk(category: Category, cashier: CommandLine) -> None:
    product = CATALOGUE.products_of(category.id)[0]
    amount = ["--amount", "150.000"] if product.rules.amount == "typed" else []
    sell(cashier, product.code, product.rules.number.example, *amount)
    ran = cashier("struk", "1")
    assert ran.code == 0, ran.err
    assert product.rules.struk.heading in " ".join(ran.out.split())
    for raw in ("bill_amount", "000000100000", "customer_name", "None"):
        assert raw not in ran.out


def test_the_width_is_the_shop_s_or_the_one_that_was_asked_for(
    cashier: CommandLine, tmp_path_factory: pytest.TempPathFactory, sandbox: RunningSandbox,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    sell(cashier, *DIRECT, "--amount", "50000")
    assert "-" * 32 in cashier("struk", "1").out.splitlines()
    assert "-" * 48 in cashier("struk", "1", "--columns", "48").out.splitlines()
    folder = tmp_path_factory.mktemp("wide")
    wide = CommandLine(write_config(folder, sandbox, receipt={"columns": 80}), capsys)
    assert "-" * 80 in wide("struk", "1").out.splitlines()


@pytest.mark.parametrize("columns", ["23", "133", "-1", "0"])
def test_a_width_that_no_paper_has_is_a_usage_error(cashier: CommandLine, columns: str) -> None:
    ran = cashier("struk", "1", f"--columns={columns}")
    assert (ran.code, ran.out) == (2, "")
    assert "24" in ran.err
    assert "132" in ran.err


def test_a_width_that_is_no_number_is_a_usage_error(cashier: CommandLine) -> None:
    assert cashier("struk", "1", "--columns", "lebar").code == 2


def test_a_payment_that_failed_has_a_slip_that_says_the_cash_goes_back(
    cashier: CommandLine,
) -> None:
    number = magic_number("balance_too_low", DIRECT[1])
    assert sell(cashier, DIRECT[0], number, "--amount", "50000")["state"] == "unpaid"
    ran = cashier("struk", "1")
    assert ran.code == 0
    assert "UANG KEMBALI" in ran.out
    assert "LUNAS" not in ran.out
    cashier("returned", "1")
    assert "sudah dikembalikan" in " ".join(cashier("struk", "1").out.split())


@pytest.mark.parametrize("trouble", ["http_500", "in_process_forever", "suspect"])
def test_i7_a_payment_that_is_not_certain_has_a_slip_that_says_so(
    cashier: CommandLine, trouble: str
) -> None:
    sell(cashier, DIRECT[0], magic_number(trouble, DIRECT[1]), "--amount", "50000")
    printed = " ".join(cashier("struk", "1").out.split())
    assert "BUKTI TITIPAN - BELUM LUNAS" in printed
    assert "LUNAS" not in printed.replace("BELUM LUNAS", "")


def test_a_view_changes_nothing_asks_nobody_and_is_no_copy(
    cashier: CommandLine, sandbox: RunningSandbox
) -> None:
    sell(cashier, "SLYLPR20", METER)
    before, asked = cashier("journal", "verify").out, sandbox.ledger.bookings
    first, second = cashier("struk", "1"), cashier("struk", "1")
    assert first.out == second.out
    assert "CETAK ULANG" not in second.out
    assert cashier("journal", "verify").out == before
    assert sandbox.ledger.bookings == asked


def test_it_needs_no_espay(cashier: CommandLine, sandbox: RunningSandbox) -> None:
    sell(cashier, "SLYLPR20", METER)
    with_espay = cashier("struk", "1").out
    config = cashier.config.read_text().replace(sandbox.base_url, "http://127.0.0.1:9")
    cashier.config.write_text(config)
    assert cashier("struk", "1").out == with_espay


def test_nothing_but_real_money_makes_a_struk_without_the_word_practice(
    cashier: CommandLine,
) -> None:
    sell(cashier, "SLYLPO", "520520796665")
    printed = cashier("struk", "1").out
    assert printed.splitlines()[0].strip() == "LATIHAN"
    assert "menyatakan" not in printed


def test_s38_a_card_s_number_is_not_on_it(cashier: CommandLine) -> None:
    card = "5289133888888888"
    sell(cashier, "SCCANZ", card, "--amount", "150000")
    ran = cashier("struk", "1")
    assert "528913******8888" in ran.out
    assert card not in ran.out


def test_english_is_spoken_by_choice(
    home: object, sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    config = write_config(tmp_path_factory.mktemp("en"), sandbox, till={"language": "en"})
    cashier = CommandLine(config, capsys)
    sell(cashier, *DIRECT, "--amount", "50000")
    assert "CHANGE" in cashier("struk", "1").out


def test_a_payment_that_is_not_there_is_told_in_one_line(cashier: CommandLine) -> None:
    without_journal = cashier("struk", "1")
    assert (without_journal.code, len(without_journal.err.splitlines())) == (1, 1)
    cashier.quote(*DIRECT, "--amount", "50000")
    unknown = cashier("struk", "99")
    assert (unknown.code, unknown.out, len(unknown.err.splitlines())) == (1, "", 1)


def quote_of(product: str, category: str) -> Quote:
    return replace(paid("mobile-prepaid").quote, product=product, category=category)


def test_a_product_of_espay_s_list_is_laid_out_as_its_category() -> None:
    layout, denomination = laid_out(catalogue(), quote_of("SVHTS25", "mobile-prepaid"))
    assert layout == catalogue().category("mobile-prepaid").rules.struk
    assert denomination is None


def test_a_product_s_own_layout_comes_before_its_category_s() -> None:
    layout, _ = laid_out(catalogue(), quote_of("STCLWA", "mobile-postpaid"))
    assert layout is not None
    assert layout.heading == "STRUK PEMBAYARAN TIKET PESAWAT"


def test_a_product_brings_its_face_value() -> None:
    assert laid_out(catalogue(), quote_of("SLYLPR20", "pln-prepaid"))[1] == Rupiah.of(20_000)


def test_of_a_category_that_is_gone_there_is_no_layout() -> None:
    assert laid_out(catalogue(), quote_of("SGAS", "gas")) == (None, None)
