"""``inquire`` and ``pay`` by the words a person types, against Espay over a socket."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cashier.catalogue import Category, load_catalogue
from cashier.journal.verifying import verify
from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.till import Payment, Till
from tests.commands.conftest import CommandLine, write_config
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox

PHONE = "081218816222"
DIRECT = ("SINCBN", "4333333333")
CATALOGUE = load_catalogue()

QUOTE_KEYS = {
    "quote", "product", "number", "name", "bill_sen", "admin_fee_sen", "service_fee_sen",
    "total_sen", "facts",
}  # fmt: skip
PAYMENT_KEYS = {
    "payment", "quote", "state", "evidence", "reason", "rq_uuid", "ref_id", "total_sen",
    "cash_sen", "change_sen", "token",
}  # fmt: skip


@pytest.mark.parametrize("mode", ["deposit", "invoicing"])
@pytest.mark.parametrize("category", CATALOGUE.shown, ids=lambda category: category.id)
def test_a_category_is_sold_by_commands_and_the_books_agree_to_the_sen(
    category: Category, mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product = CATALOGUE.products_of(category.id)[0]
    number = product.rules.number.example
    amount = ["--amount", "150.000"] if product.rules.amount == "typed" else []
    card = ["--number", number] if product.rules.number.kind == "card" else []
    with running_sandbox(tmp_path, mode="deposit" if mode == "deposit" else "invoicing") as sandbox:
        cashier = CommandLine(write_config(tmp_path, sandbox, mode), capsys)
        quote = cashier.quote(product.code, number, *amount)
        assert quote.keys() == QUOTE_KEYS
        cash = str(Rupiah(quote["total_sen"]).whole_up)
        ran = cashier("pay", quote["quote"], "--cash", cash, *card, "--json")
        assert ran.code == 0, ran.err
        payment = ran.json
        assert payment.keys() == PAYMENT_KEYS
        assert payment["state"] == "paid"
        (booking,) = sandbox.ledger.bookings
        assert booking.rq_uuid == payment["rq_uuid"]
        assert booking.ref_id == payment["ref_id"]
        assert booking.amount.sen == quote["bill_sen"] + quote["admin_fee_sen"]
        assert payment["total_sen"] == booking.amount.sen + quote["service_fee_sen"]
        assert payment["change_sen"] == payment["cash_sen"] - payment["total_sen"]


def test_a_quote_is_shown_to_people_with_everything_that_makes_up_its_total(
    cashier: CommandLine,
) -> None:
    ran = cashier("inquire", "SVHTS50", PHONE)
    assert ran.code == 0
    assert "Telkomsel 50.000 (SVHTS50)" in ran.out
    assert "TOTAL" in ran.out
    assert f"cashier --config {cashier.config} pay" in ran.out


def test_a_payment_is_told_in_one_sentence_and_its_facts(cashier: CommandLine) -> None:
    quote = cashier.quote("SVHTS50", PHONE)
    ran = cashier("pay", quote["quote"], "--cash", "100000")
    assert ran.code == 0
    assert ran.out.startswith("LUNAS.")
    assert "Kembalian" in ran.out


def test_english_is_spoken_by_choice(
    tmp_path: Path, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path, sandbox, till={"language": "en"})
    cashier = CommandLine(config, capsys)
    quote = cashier.quote("SVHTS50", PHONE)
    assert cashier("pay", quote["quote"], "--cash", "100000").out.startswith("PAID.")


def test_a_refusal_by_espay_gives_the_cash_back_and_exits_with_1(cashier: CommandLine) -> None:
    number = magic_number("balance_too_low", DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")
    ran = cashier("pay", quote["quote"], "--cash", "50000", "--json")
    assert ran.code == 1
    assert ran.json["state"] == "unpaid"
    assert ran.json["evidence"] == "refused"
    assert ran.json["reason"] == "refused_by_code:800"
    listed = cashier("open", "--json")
    assert listed.code == 3
    assert [each["payment"] for each in listed.json] == [ran.json["payment"]]
    told = cashier("open")
    assert "TIDAK TERBAYAR" in told.out
    assert f"returned {ran.json['payment']}" in told.out
    handed = cashier("returned", str(ran.json["payment"]))
    assert handed.code == 0
    assert "Rp50.000" in handed.out
    assert cashier("returned", str(ran.json["payment"])).code == 1
    assert cashier("open").code == 0


@pytest.mark.parametrize(
    ("trouble", "state"),
    [("http_500", "in_doubt"), ("in_process_forever", "processing"), ("suspect", "in_doubt")],
)
def test_a_payment_that_is_not_certain_exits_with_3(
    cashier: CommandLine, trouble: str, state: str
) -> None:
    number = magic_number(trouble, DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")
    ran = cashier("pay", quote["quote"], "--cash", "50000", "--no-wait", "--json")
    assert (ran.code, ran.json["state"]) == (3, state)
    again = cashier("inquire", DIRECT[0], number, "--amount", "50000", "--json")
    assert again.code == 1
    assert again.json == {"quote": None, "reason": "till.bill_open"}


def test_settle_asks_until_it_is_paid(cashier: CommandLine, sandbox: RunningSandbox) -> None:
    number = magic_number("in_process_paid", DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")
    cashier("pay", quote["quote"], "--cash", "50000", "--no-wait")
    for _ in range(10):
        if (ran := cashier("settle")).code == 0:
            break
    assert ran.code == 0
    assert cashier("open").code == 0
    (booking,) = sandbox.ledger.bookings
    assert booking.stands


def test_settle_of_one_payment_that_cannot_be_asked_says_why(cashier: CommandLine) -> None:
    number = magic_number("http_500", DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")
    payment = cashier("pay", quote["quote"], "--cash", "50000", "--json").json["payment"]
    ran = cashier("settle", str(payment))
    assert ran.code == 1
    assert "supervisor" in ran.err


NO_PAYMENT = dict.fromkeys(PAYMENT_KEYS)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["zzzzzzzz", "--cash", "50000"], "journal.unknown_quote"),
        (["QUOTE", "--cash", "1"], "till.cash_short"),
    ],
)
def test_a_sale_refused_before_anything_was_kept_has_no_payment(
    cashier: CommandLine, words: list[str], reason: str
) -> None:
    quote = cashier.quote("SVHTS50", PHONE)["quote"]
    asked = [quote if word == "QUOTE" else word for word in words]
    ran = cashier("pay", *asked, "--json")
    assert ran.code == 1
    assert ran.json == {**NO_PAYMENT, "quote": asked[0], "reason": reason}
    assert len(ran.sentences) == 1
    assert cashier("open").code == 0


def test_a_quote_already_used_is_refused(cashier: CommandLine) -> None:
    quote = cashier.quote("SVHTS50", PHONE)["quote"]
    cashier("pay", quote, "--cash", "100000")
    ran = cashier("pay", quote, "--cash", "100000", "--json")
    assert (ran.code, ran.json["reason"]) == (1, "journal.quote_used")


@pytest.mark.parametrize("cash", ["abc", "14.00", "-5", "1e5", "５０", ""])
def test_cash_that_is_no_amount_is_a_usage_error(cashier: CommandLine, cash: str) -> None:
    ran = cashier("pay", "zzzzzzzz", f"--cash={cash}")
    assert ran.code == 2
    assert "bukan jumlah rupiah" in ran.err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["NOSUCH", PHONE], "catalogue.unknown_product"),
        (["SLYLPO", "123"], "catalogue.number_short"),
        (["SVHTS50", "08121881abcd"], "catalogue.number_characters"),
        (["SINCBN", "4333333333"], "catalogue.amount_needed"),
    ],
)
def test_a_wrong_wish_is_told_in_one_sentence(
    cashier: CommandLine, words: list[str], reason: str
) -> None:
    ran = cashier("inquire", *words, "--json")
    assert (ran.code, ran.json) == (1, {"quote": None, "reason": reason})
    assert len(ran.sentences) == 1


def test_espay_down_is_told_and_nothing_is_lost(tmp_path: Path, cashier: CommandLine) -> None:
    quote = cashier.quote("SVHTS50", PHONE)["quote"]
    text = cashier.config.read_text()
    address = next(line for line in text.splitlines() if line.startswith("base_url"))
    cashier.config.write_text(text.replace(address, 'base_url = "http://127.0.0.1:1"'))
    down = cashier("inquire", "SVHTS50", PHONE)
    assert down.code == 1
    assert "tidak dapat dihubungi" in down.err
    ran = cashier("pay", quote, "--cash", "100000", "--json")
    assert (ran.code, ran.json["state"], ran.json["evidence"]) == (1, "unpaid", "not_sent")
    path = next(tmp_path.rglob("journal.db"))
    assert verify(path).ok


def test_a_wrong_key_in_the_configuration_is_named(cashier: CommandLine) -> None:
    cashier.config.write_text(cashier.config.read_text() + "\n[till]\nlanguange = 'id'\n")
    ran = cashier("pay", "zzzzzzzz", "--cash", "1", "--json")
    assert ran.code == 1
    assert ran.json["payment"] is None
    assert str(cashier.config) in ran.err
    assert "languange" in ran.err


def test_without_configuration_the_way_on_is_shown(cashier: CommandLine) -> None:
    ran = cashier.run("inquire", "SVHTS50", PHONE)
    assert ran.code == 1
    assert "cashier init" in ran.err


def test_a_card_is_paid_by_two_commands_with_its_number_typed_twice(
    cashier: CommandLine, tmp_path: Path
) -> None:
    card = "4111111111111111"
    quote = cashier.quote("SCCANZ", card, "--amount", "100000")
    assert quote["number"] == "411111******1111"
    refused = cashier("pay", quote["quote"], "--cash", "100000", "--json")
    assert (refused.code, refused.json["reason"]) == (1, "till.card_needed")
    ran = cashier("pay", quote["quote"], "--cash", "100000", "--number", card, "--json")
    assert ran.code == 0
    for file in tmp_path.rglob("journal.db*"):
        assert card.encode() not in file.read_bytes()


def test_a_question_that_fails_does_not_unmake_the_payment(
    cashier: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = magic_number("in_process_forever", DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")

    async def fail(_: object, __: object) -> Payment:
        raise Refusal("journal.busy")

    monkeypatch.setattr(Till, "follow", fail)
    ran = cashier("pay", quote["quote"], "--cash", "50000", "--json")
    assert ran.code == 3
    assert ran.json["state"] == "processing"
    assert ran.json["payment"] is not None


@pytest.mark.parametrize("where", [">/dev/full", "2>/dev/full", "2>&-", ">&-"])
def test_the_exit_code_of_a_payment_does_not_depend_on_where_it_prints(
    cashier: CommandLine, sandbox: RunningSandbox, where: str
) -> None:
    words = f"{sys.executable} -m cashier --config {cashier.config}"
    asked = f"{words} inquire {DIRECT[0]} {DIRECT[1]} --amount 50000 --json"
    quote = json.loads(subprocess.check_output(shlex.split(asked), timeout=60))["quote"]
    paid = subprocess.run(
        ["/bin/sh", "-c", f"{words} pay {quote} --cash 50000 --json {where}"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert paid.returncode == 0, paid.stderr
    assert len(sandbox.ledger.bookings) == 1
    if where.startswith("2"):
        assert json.loads(paid.stdout)["state"] == "paid"


def test_a_name_in_place_of_a_code_is_answered_with_the_codes_that_fit(
    cashier: CommandLine,
) -> None:
    ran = cashier("inquire", "ovo", PHONE, "--amount", "50000")
    assert ran.code == 1
    assert "SVHOVO000 (Topup OVO)" in ran.err


def test_nobody_takes_the_test_system_for_the_real_one(cashier: CommandLine) -> None:
    assert "UJI COBA" in cashier("inquire", "SVHTS50", PHONE).err


@pytest.mark.parametrize("port", ["80000", "-1", "abc"])
def test_a_port_that_is_none_is_a_usage_error(cashier: CommandLine, port: str) -> None:
    assert cashier("sandbox", f"--port={port}").code == 2
