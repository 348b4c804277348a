"""The ledger forgets nothing, survives a torn line, and refuses any other damage."""

import json
import os
import stat
from pathlib import Path

import pytest

from cashier.language import Refusal
from cashier.money import Rupiah
from cashier.sandbox.book import Booking, Request, kept_number
from cashier.sandbox.ledger import Ledger, read_book
from tests.sandbox.asking import Asker, fresh_uuid
from tests.support.clock import START_MS, ManualClock
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox

METER = "520520795556"


def booking(n: int = 1, amount: int = 20_000) -> Booking:
    return Booking(
        rq_uuid=f"U{n}",
        order_id=METER,
        product_code="SLYLPR20",
        amount=Rupiah.of(amount),
        ref_id=f"R{n}",
        at=START_MS,
        state="booked",
        trouble="",
        reply={"data": {"price": 1}},
    )


def request(n: int = 1, service: str = "payment") -> Request:
    return Request(START_MS, service, f"U{n}", METER, "SLYLPR20", "2250000", "", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def filled(path: Path) -> Path:
    """A ledger with one request and one booking."""
    ledger = Ledger(path, Rupiah.of(1_000_000))
    ledger.received(request())
    ledger.book_payment(booking())
    ledger.close()
    return path


def test_a_new_ledger_is_its_owners_alone_and_begins_with_the_deposit(path: Path) -> None:
    ledger = Ledger(path, Rupiah.of(1_000_000))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ledger.balance == Rupiah.of(1_000_000)
    assert ledger.bookings == ()
    ledger.close()


def test_it_is_replayed_at_start(filled: Path) -> None:
    ledger = Ledger(filled, Rupiah.of(5))
    assert ledger.bookings == (booking(),)
    assert ledger.book.all_requests == (request(),)
    assert ledger.requests("U1") == 1
    assert ledger.balance == Rupiah.of(980_000)
    ledger.close()


def test_each_line_is_on_disk_before_it_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(path)
    synced: list[int] = []
    fsync = os.fsync

    def recording(file: int) -> None:
        assert ledger.bookings == ()
        synced.append(path.read_bytes().count(b"\n"))
        fsync(file)

    monkeypatch.setattr(os, "fsync", recording)
    ledger.book_payment(booking())
    assert synced == [2]
    assert ledger.bookings == (booking(),)
    ledger.close()


@pytest.mark.parametrize("cut", [1, 20, 80])
def test_a_torn_last_line_is_cut_off(cut: int, filled: Path) -> None:
    whole = filled.read_bytes()
    filled.write_bytes(whole[:-cut])
    ledger = Ledger(filled)
    assert ledger.bookings == ()
    assert ledger.requests("U1") == 1
    ledger.book_payment(booking())
    ledger.close()
    assert filled.read_bytes() == whole
    assert read_book(filled).bookings == (booking(),)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"not json",
        b'{"kind":"mystery"}',
        b'{"kind":"opening","sen":"1"}',
        b'{"kind":"settled","ref_id":"NONE","state":"booked"}',
        b'{"kind":"settled","ref_id":"R1","state":"eaten"}',
        b'{"kind":"booking","reply":[]}',
    ],
)
def test_a_damaged_line_is_refused_by_its_number(line: bytes, filled: Path) -> None:
    filled.write_bytes(filled.read_bytes() + line + b"\n")
    for read in (Ledger, read_book):
        with pytest.raises(Refusal) as refused:
            read(filled)
        assert refused.value.key == "sandbox.ledger_damaged"
        assert refused.value.values["line"] == "4"


def test_a_reference_is_never_booked_twice(filled: Path) -> None:
    ledger = Ledger(filled)
    with pytest.raises(ValueError, match="two bookings"):
        ledger.book.apply(json.loads(filled.read_bytes().splitlines()[2]))
    ledger.close()


def test_two_servers_cannot_write_one_ledger(filled: Path) -> None:
    ledger = Ledger(filled)
    with pytest.raises(Refusal) as refused:
        Ledger(filled)
    assert refused.value.key == "sandbox.ledger_in_use"
    assert read_book(filled).bookings == (booking(),)
    ledger.close()


def test_a_failed_booking_gives_the_money_back(filled: Path) -> None:
    ledger = Ledger(filled)
    ledger.settle("R1", "failed", START_MS)
    ledger.close()
    book = read_book(filled)
    assert book.balance == Rupiah.of(1_000_000)
    assert book.bookings[0].kept == Rupiah(0)
    assert not book.of_bill(METER, "SLYLPR20")


def test_a_deposit_is_filled_up_but_never_drained(filled: Path) -> None:
    ledger = Ledger(filled)
    ledger.top_up(Rupiah.of(1_000_000))
    assert ledger.balance == Rupiah.of(1_000_000)
    ledger.top_up(Rupiah.of(10))
    assert ledger.balance == Rupiah.of(1_000_000)
    ledger.close()
    assert read_book(filled).balance == Rupiah.of(1_000_000)


def test_a_ledger_that_is_not_there_is_empty(path: Path) -> None:
    assert read_book(path).bookings == ()
    assert not path.exists()


def test_s38_numbers_that_look_like_cards_are_masked() -> None:
    assert kept_number("4111111111111111") == "411111******1111"
    assert kept_number("5289133888888888") == "5289133888888888"  # its check digit is wrong
    assert kept_number("5289133888888888", card=True) == "528913******8888"
    assert kept_number(METER) == METER


def test_a_restarted_server_goes_on_where_it_was(tmp_path: Path, clock: ManualClock) -> None:
    uuid = fresh_uuid()
    number = magic_number("in_process_paid", METER)
    with running_sandbox(tmp_path, clock=clock) as running:
        asker = Asker(running)
        paid = asker.pay_quote(number, "SLYLPO", asker.inquire(number, "SLYLPO"), rq_uuid=uuid)
        assert asker.status(paid["ref_id"])["error_desc"] == "Inproses"
        balance = asker.balance()["balance"]
        asker.client.close()
    with running_sandbox(tmp_path, clock=clock) as running:
        asker = Asker(running)
        assert asker.balance()["balance"] == balance
        assert asker.inquire(number, "SLYLPO")["error_code"] == "610"
        clock.advance(301)
        assert asker.inquire(METER, "SLYLPO", rq_uuid=uuid)["error_code"] == 210
        assert asker.status(paid["ref_id"])["error_desc"] == "Success"
        assert running.ledger.bookings[0].state == "booked"
        asker.client.close()


def test_a_restarted_server_gives_no_reference_twice(tmp_path: Path, clock: ManualClock) -> None:
    references = []
    for n in range(3):
        with running_sandbox(tmp_path, clock=clock) as running:
            asker = Asker(running)
            references.append(asker.pay(f"43333333{n:02d}", "SINCBN", "1000000")["ref_id"])
            asker.client.close()
    assert references == ["20261122104102", "20261122104103", "20261122104104"]


def test_every_request_is_kept_with_what_turned_it_away(
    asker: Asker, sandbox: RunningSandbox
) -> None:
    asker.inquire(METER, "SLYLPO")
    asker.pay(METER, "SLYLPO", "1", signature="0")
    kept = [(each.service, each.order_id, each.gate) for each in sandbox.ledger.book.all_requests]
    assert kept == [("inquiry", METER, ""), ("payment", METER, "0014")]
