"""From a number to a quote: what the documents' traps do to it, and what is told instead."""

import json
from pathlib import Path

import pytest

from cashier.language import LANGUAGES, Refusal, explain
from cashier.money import Rupiah
from cashier.payment import Reason
from cashier.till import FiguresDisagree, InquiryFailed, PaidJustNow, Till
from tests.support.clock import ManualClock
from tests.support.raw_server import Peer, RawServer
from tests.support.sandbox import RunningSandbox, magic_number
from tests.support.shop import open_shop, sell

METER = "14012345678"
CARD = "4111111111111111"


async def refusal_of(
    till: Till, product: str, number: str, amount: Rupiah | None = None
) -> Refusal:
    """Ask, and give the refusal."""
    with pytest.raises(Refusal) as caught:
        await till.inquire(product, number, amount)
    assert all(explain(language, caught.value) for language in LANGUAGES)
    return caught.value


async def test_a_quote_tells_who_and_how_much(till: Till) -> None:
    quote = await till.inquire("SLYLPR100", METER)
    assert quote.bill == Rupiah.of(100_000)
    assert quote.total == quote.bill + quote.admin_fee
    assert quote.name
    assert quote.facts["meter_serial"]
    assert await till.quote(quote.id) == quote


async def test_bpjs_counts_its_fee_inside_the_bill(till: Till) -> None:
    quote = await till.inquire("BPJSKS", "8801835307911")
    assert quote.admin_fee > Rupiah(0)
    assert quote.amount_text == quote.espay_amount.minor
    assert Rupiah.from_whole(quote.facts["amount"]) == quote.espay_amount


async def test_an_e_wallet_is_asked_with_the_typed_amount(till: Till) -> None:
    quote = await till.inquire("SVHOVO000", "081285784452", Rupiah.of(100_000))
    assert quote.bill == Rupiah.of(100_000)
    assert quote.total > quote.bill


async def test_an_unknown_product_is_told(till: Till) -> None:
    assert (await refusal_of(till, "NOSUCH", METER)).key == "catalogue.unknown_product"


async def test_a_number_too_short_is_told(till: Till, sandbox: RunningSandbox) -> None:
    assert (await refusal_of(till, "SLYLPR20", "123")).key == "catalogue.number_short"
    assert not sandbox.ledger.book.all_requests


async def test_a_missing_amount_is_told(till: Till) -> None:
    assert (await refusal_of(till, "SINCBN", "4333333333")).key == "catalogue.amount_needed"


@pytest.mark.parametrize("trouble", ["figures_lower", "figures_times_100", "figures_all_times_100"])
async def test_figures_that_disagree_stop_before_cash(till: Till, trouble: str) -> None:
    refusal = await refusal_of(till, "SLYLPR20", magic_number(trouble, METER))
    assert isinstance(refusal, FiguresDisagree)
    assert refusal.values["stated"] != refusal.values["expected"]


async def test_an_answer_for_another_number_is_refused(till: Till) -> None:
    refusal = await refusal_of(till, "SLYLPR20", magic_number("inquiry_other_number", METER))
    assert isinstance(refusal, InquiryFailed)
    assert refusal.reason is Reason.OTHER_NUMBER


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("inquiry_denied", Reason.REFUSED_BY_CODE),
        ("wrong_number", Reason.REFUSED_BY_CODE),
        ("inquiry_suspect", Reason.SUSPECT),
        ("inquiry_ex", Reason.SUSPECT),
        ("inquiry_html", Reason.NOT_JSON),
        ("inquiry_401", Reason.UNAUTHORISED),
        ("inquiry_hang", Reason.DEADLINE),
    ],
)
async def test_a_failed_inquiry_says_why(till: Till, trouble: str, reason: Reason) -> None:
    refusal = await refusal_of(till, "SLYLPR20", magic_number(trouble, METER))
    assert isinstance(refusal, InquiryFailed)
    assert refusal.reason is reason


async def test_a_bill_without_an_amount_is_not_guessed(till: Till) -> None:
    refusal = await refusal_of(till, "SLYLPR20", magic_number("inquiry_no_amount", METER))
    assert refusal.key == "till.bill_unreadable"


async def test_an_inquiry_is_repeated_after_a_server_error(
    till: Till, sandbox: RunningSandbox
) -> None:
    quote = await till.inquire("SLYLPR20", magic_number("inquiry_500_twice", METER))
    inquiries = [one for one in sandbox.ledger.book.all_requests if one.service == "inquiry"]
    assert len({one.rq_uuid for one in inquiries}) == len(inquiries) > 1
    assert quote.total > Rupiah(0)


async def test_f38_610_after_our_own_attempt_counts_down_from_it(
    till: Till, clock: ManualClock
) -> None:
    await sell(till, await till.inquire("SLYLPR20", METER))
    clock.advance(60)
    refusal = await refusal_of(till, "SLYLPR20", METER)
    assert refusal.key == "journal.paid_just_now"
    assert isinstance(refusal, PaidJustNow)
    assert refusal.seconds == 4 * 60
    assert refusal.values["time"] == "4:00"
    clock.advance(100.5)
    again = await refusal_of(till, "SLYLPR20", METER)
    assert isinstance(again, PaidJustNow)
    assert (again.seconds, again.values["time"]) == (140, "2:20")


async def test_f39_610_without_an_attempt_of_ours_warns_of_another_loket(till: Till) -> None:
    number = magic_number("inquiry_same_transaction", METER)
    assert (await refusal_of(till, "SLYLPR20", number)).key == "till.paid_elsewhere"


async def test_espay_out_of_reach_is_told(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, base_url="http://127.0.0.1:1") as till:
        refusal = await refusal_of(till, "SLYLPR20", METER)
        assert isinstance(refusal, InquiryFailed)
        assert refusal.reason is Reason.CONNECT_FAILED


async def test_a_list_that_cannot_be_read_leaves_the_catalogue(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, base_url="http://127.0.0.1:1") as till:
        before = till.catalogue
        assert not await till.refresh_products()
        assert till.catalogue is before
        assert await till.balance() is None


async def test_s38_a_card_is_masked_in_the_quote_and_needed_again_elsewhere(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        quote = await till.inquire("SCCANZ", CARD, Rupiah.of(100_000))
        assert quote.is_card
        assert quote.number == "411111******1111"
        again = await till.inquire("SCCANZ", CARD, Rupiah.of(100_000))
        assert (await sell(till, again)).state == "paid"
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        with pytest.raises(Refusal) as caught:
            await till.pay(quote.id, quote.total)
        assert caught.value.key == "till.card_needed"
        with pytest.raises(Refusal) as caught:
            await till.pay(quote.id, quote.total, number="5289133888888888")
        assert caught.value.key == "till.card_differs"
        clock.advance(5 * 60)
        fresh = await till.inquire("SCCANZ", CARD, Rupiah.of(100_000))
        assert (await sell(till, fresh, sequence=2, number=CARD)).state == "paid"


async def test_s38_no_card_number_is_left_in_any_file(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    valid, invalid_check_digit = CARD, "5289133888888888"
    async with open_shop(tmp_path, sandbox, clock=clock) as till:
        for number in (valid, invalid_check_digit):
            await sell(till, await till.inquire("SCCANZ", number, Rupiah.of(100_000)))
        await sell(till, await till.inquire("STASMF", valid, Rupiah.of(100_000)))
    kept = contents_below(tmp_path)
    assert kept
    for name, data in kept.items():
        assert valid.encode() not in data, name
        assert invalid_check_digit.encode() not in data, name


def contents_below(folder: Path) -> dict[str, bytes]:
    """What every file below a folder holds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}


async def test_hostile_names_are_plain_text_in_the_quote(till: Till) -> None:
    for trouble in ("name_markup", "name_escape", "name_bidi", "name_lines", "name_long"):
        quote = await till.inquire("SLYLPR20", magic_number(trouble, METER))
        assert quote.name
        assert quote.name.isprintable()
        assert len(quote.name) <= 200


async def test_a_code_that_only_practice_knows_is_no_bill_either(
    tmp_path: Path, sandbox: RunningSandbox, clock: ManualClock
) -> None:
    async with open_shop(tmp_path, sandbox, clock=clock, environment="sandbox") as till:
        refusal = await refusal_of(till, "SLYLPO", magic_number("no_bill", "531012345678"))
        assert isinstance(refusal, InquiryFailed)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"rq_uuid": "SOMEBODYELSES"}, "inquiry.other_uuid"),
        ({"amount": 0, "bill_amount": 0, "admin_fee": 0, "data": {}}, "till.nothing_to_pay"),
    ],
)
async def test_an_answer_nobody_can_sell_from_is_refused(
    tmp_path: Path,
    sandbox: RunningSandbox,
    clock: ManualClock,
    changed: dict[str, object],
    key: str,
) -> None:
    good = {"error_code": "0000", "error_desc": "Success", "order_id": "8801835307911"}
    body = json.dumps({**good, **changed}).encode()

    async def script(peer: Peer) -> None:
        await peer.request()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        peer.send(head.encode() + body)
        peer.close()

    async with (
        RawServer(script) as server,
        open_shop(
            tmp_path, sandbox, clock=clock, mode="invoicing", base_url=server.base_url
        ) as till,
    ):
        assert (await refusal_of(till, "BPJSKS", "8801835307911")).key == key
