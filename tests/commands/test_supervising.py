"""Hints, escalation, resolution, the circuit and the evidence, by the words a person types."""

import pytest

from tests.commands.conftest import CommandLine
from tests.support.sandbox import RunningSandbox, magic_number

DIRECT = ("SINCBN", "4333333333")
SIGNED = ("--document", "TIKET-7", "--by", "Sari", "--second", "Budi")


def doubted(cashier: CommandLine, trouble: str = "http_500") -> str:
    """Sell with a trouble; give the payment's number."""
    number = magic_number(trouble, DIRECT[1])
    quote = cashier.quote(DIRECT[0], number, "--amount", "50000")
    ran = cashier("pay", quote["quote"], "--cash", "50000", "--no-wait", "--json")
    return str(ran.json["payment"])


def test_a_payment_in_doubt_goes_from_the_list_to_its_resolution(cashier: CommandLine) -> None:
    payment = doubted(cashier)
    listed = cashier("open")
    assert listed.code == 3
    assert "BELUM PASTI" in listed.out
    assert f"escalate {payment}" in listed.out
    looked = cashier("hints", payment)
    assert looked.code == 3
    assert "Deposit turun tepat sebesar pembayaran ini" in looked.out
    handed = cashier("escalate", payment, "--by", "Kasir Pagi")
    assert handed.code == 3
    assert "Diserahkan kepada supervisor: oleh KASIR PAGI." in handed.out
    (told,) = cashier("open", "--json").json
    assert (told["state"], told["may"]) == ("escalated", ["resolve", "slip"])
    assert [hint["kind"] for hint in told["hints"]] == ["balance_moved"]
    ran = cashier("resolve", payment, "--outcome", "paid", *SIGNED)
    assert ran.code == 0
    assert ran.out.startswith("LUNAS.")
    assert cashier("open").code == 0
    shown = cashier("journal", "show", payment)
    assert "document: TIKET-7" in shown.out


def test_resolved_unpaid_and_found_paid_is_told_with_the_loss(cashier: CommandLine) -> None:
    payment = doubted(cashier)
    assert cashier("resolve", payment, "--outcome", "unpaid", *SIGNED).code == 1
    found = cashier("resolve", payment, "--outcome", "paid", *SIGNED)
    assert found.code == 1
    assert "Kerugian toko Rp50.000" in found.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--outcome", "paid", "--document", "T", "--by", "Sari", "--second", "SARI"), "dua orang"),
        (("--outcome", "paid", "--document", " ", "--by", "Sari", "--second", "Budi"), "dokumen"),
    ],
)
def test_a_resolution_without_two_people_or_document_is_told_in_one_sentence(
    cashier: CommandLine, words: tuple[str, ...], reason: str
) -> None:
    ran = cashier("resolve", doubted(cashier), *words)
    assert ran.code == 1
    assert reason in ran.err


def test_a_resolution_has_to_be_whole(cashier: CommandLine) -> None:
    assert cashier("resolve", "1", "--outcome", "paid").code == 2
    assert cashier("resolve", "1", "--outcome", "perhaps", *SIGNED).code == 2


def test_f22_a_401_stops_the_till_until_somebody_resumes(cashier: CommandLine) -> None:
    doubted(cashier, "http_401")
    refused = cashier("inquire", DIRECT[0], DIRECT[1], "--amount", "50000", "--json")
    assert refused.code == 1
    assert refused.json == {"quote": None, "reason": "journal.circuit_open"}
    assert "Penjualan dihentikan" in refused.err
    assert f"{cashier.config} resume" in cashier("open").err
    assert cashier("resume", "--by", "Sari", "--reason", "sandi diganti").code == 0
    assert cashier("inquire", DIRECT[0], DIRECT[1], "--amount", "50000").code == 0
    assert cashier("resume", "--by", "Sari", "--reason", "sandi diganti").code == 1


def test_a_paid_payment_is_rechecked(cashier: CommandLine, sandbox: RunningSandbox) -> None:
    quote = cashier.quote(DIRECT[0], DIRECT[1], "--amount", "50000")
    paid = cashier("pay", quote["quote"], "--cash", "50000", "--json").json
    ran = cashier("recheck", str(paid["payment"]), "--json")
    assert (ran.code, ran.json["state"], ran.json["asked"]) == (0, "paid", 1)
    assert cashier("clock", "--by", "Sari", "--reason", "baterai").code == 1


def test_the_evidence_is_printed_whole_or_masked(cashier: CommandLine) -> None:
    payment = doubted(cashier)
    number = magic_number("http_500", DIRECT[1])
    whole, masked = (
        cashier("journal", "pack", payment),
        cashier("journal", "pack", payment, "--masked"),
    )
    assert (whole.code, masked.code) == (0, 0)
    assert number in whole.out
    assert number not in masked.out
    for text in (whole.out, masked.out):
        assert "rq_uuid" in text
        assert "practice-" not in text
