"""What is never written: secrets (S06) and card numbers (S38)."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote as percent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashier.journal.backup import backup
from cashier.journal.export import export
from cashier.journal.masking import LONGEST_REPLY, NO_CARD, Mask, mask_for, masked_number
from cashier.journal.story import render, story
from tests.journal.making import (
    BILL,
    CARD,
    OTHER_CARD,
    TOKEN,
    Counter,
    all_bytes,
    answer,
    inquiry,
    open_counter,
    question,
)

OTHER = "4222222222222"
"""A serial number that has a card's shape and a valid check digit by chance."""

SECRETS = {
    "password": "CANARY-FORM-PASSWORD",
    "signature": "CANARY-SIGNATURE",
    "Authorization": "Basic CANARY-BASIC",
    "authorization": "CANARY-LOWER",
    "key": "CANARY-KEY",
    "username": "CANARY-USER",
    "PASSWORD": "CANARY-UPPER",
    "order_id ": "CANARY-BLANK",
}


def _spellings(card: str) -> list[str]:
    grouped = " ".join(card[start : start + 4] for start in range(0, 16, 4))
    return [
        card,
        grouped,
        grouped.replace(" ", "-"),
        grouped.replace(" ", "+"),
        percent(grouped),
        "".join(f"%3{digit}" for digit in card),
        "".join(f"\\u003{digit}" for digit in card),
        f"000{card}",
    ]


async def test_s06_only_allowed_fields_of_a_request_are_kept(path: Path) -> None:
    async with open_counter(path) as counter:
        spied = replace(inquiry(), request={**inquiry().request, **SECRETS})
        quote = await counter.journal.keep_quote(BILL, [spied])
        payment = await counter.prepare(quote)
        await counter.journal.mark_sent(payment.id)
        sent = answer(payment.rq_uuid)
        await counter.journal.keep_reply(
            payment.id, replace(sent, request={**sent.request, **SECRETS})
        )
        await counter.journal.keep_messages([spied], payment.id)
        (reply, more) = await counter.journal.replies_of(payment.id)
        assert dict(reply.request) == dict(sent.request)
        assert dict(more.request) == dict(inquiry().request)
        export(path, path.parent / "all.jsonl", "jsonl")
    assert b"CANARY" not in all_bytes(path.parent)


@pytest.mark.parametrize("card", [CARD, OTHER_CARD])
async def test_s38_a_card_is_in_no_file_that_the_journal_makes(
    path: Path, tmp_path: Path, card: str
) -> None:
    """With a valid check digit or without, however the number is spelled."""
    reply = "|".join(_spellings(card)).encode()
    bill = replace(
        BILL,
        number=f"{card[:6]}******{card[-4:]}",
        is_card=True,
        name=f"BUDI {card}",
        data_text=f'{{"card_no":"{card}"}}',
        facts={"card_no": card, "note": "lunas"},
    )
    async with open_counter(path) as counter:
        quote = await counter.journal.keep_quote(bill, [inquiry(card, reply=reply)])
        payment = await counter.prepare(quote)
        await counter.journal.mark_sent(payment.id)
        await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid, reply, card))
        await counter.journal.keep_messages([question(reply)], payment.id)
        await counter.journal.keep_messages([inquiry(card, reply=reply)], is_card=True)
        backup(path, tmp_path / "backup", counter.clock)
        export(path, tmp_path / "all.jsonl", "jsonl")
        export(path, tmp_path / "all.csv", "csv")
        told = render(story(path, payment.id), "id").encode()
        assert quote.data_text == f'{{"card_no":"{card[:6]}******{card[-4:]}"}}'
        assert quote.facts["note"] == "lunas"
    everything = all_bytes(tmp_path) + told
    for spelling in _spellings(card):
        assert spelling.encode() not in everything
    assert f"{card[:6]}******{card[-4:]}".encode() in everything


async def test_s38_a_card_that_came_unmasked_is_masked(counter: Counter) -> None:
    bill = replace(BILL, number=CARD, is_card=True, name=None, data_text=None)
    quote = await counter.journal.keep_quote(bill, [])
    assert quote.number == "411111******1111"
    assert (quote.name, quote.data_text) == (None, None)


async def test_s38_a_card_typed_for_another_product_is_masked_in_messages(
    path: Path,
) -> None:
    async with open_counter(path) as counter:
        await counter.journal.keep_messages([inquiry(CARD, reply=CARD.encode())])
    assert CARD.encode() not in all_bytes(path.parent)


KEPT_AS_THEY_ARE = [
    TOKEN,
    "1234 5678 9012 3456 7890",
    "4111 1111 1111 1111 7890",
    "4111-1111-1111-1111-7890",
    "123456789012",
    "0001234567890",
    "8888801234567890",
    "12345678901234567890123456789012",
    "41111111111111110000000000000000",
    "20250214142517",
    "2025-02-14 14:25:17",
    "000000125400",
    "0812-3456-7890",
]


@pytest.mark.parametrize("number", KEPT_AS_THEY_ARE)
async def test_s38_numbers_that_are_no_cards_stay(counter: Counter, number: str) -> None:
    """Tokens, meter numbers, BPJS numbers, long references and dates (W3)."""
    payment = await counter.sent()
    reply = json.dumps({"token": number, "text": f"No {number}."}).encode()
    await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid, reply))
    (kept,) = await counter.journal.replies_of(payment.id)
    assert kept.reply.endswith(reply)


async def test_a_cards_data_changes_nowhere_but_in_the_card(counter: Counter) -> None:
    """What has to be sent back is masked for the card itself alone."""
    data = f'{{"card_no":"{CARD}","reff":"{OTHER_CARD[:6]}0000000005","x":1.50}}'
    bill = replace(BILL, number="411111******1111", is_card=True, data_text=data)
    quote = await counter.journal.keep_quote(bill, [inquiry(CARD)])
    assert quote.data_text == data.replace(CARD, "411111******1111")


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    torn = bytes(range(256)) + b"\xff\xfe4111111111111111\x00"
    assert Mask(OTHER_CARD).raw(torn) == torn.replace(CARD.encode(), b"411111******1111")
    assert NO_CARD.raw(torn) == torn


IDS = {
    "rq_uuid": f"TOKO{CARD}AB",
    "ref_id": CARD,
    "reff_no": CARD,
    "signature": CARD,
    "voucher_code": CARD,
    "serial": "4222222222222",
    "token": CARD,
    "SN": CARD,
    "meter_serial": CARD,
    "rs_datetime": CARD,
}
"""What has a card's shape and a valid check digit by chance, under names that are no card's."""


@pytest.mark.parametrize("mask", [NO_CARD, Mask(OTHER_CARD)])
@pytest.mark.parametrize("indent", [None, 4])
def test_ids_tokens_and_serials_that_pass_for_cards_survive(mask: Mask, indent: int | None) -> None:
    """Byte for byte, in a card's sale too, plainly and in a JSON text inside JSON."""
    plain = json.dumps({**IDS, "number": {"token": 4222222222222}}, indent=indent)
    for reply in (plain, json.dumps({"data": plain}), plain[:-30]):
        assert mask.raw(reply.encode()) == reply.encode()
    request = {"rq_uuid": IDS["rq_uuid"], "ref_id": CARD, "data": plain}
    assert mask.request(request) == request
    assert {name: mask.field(name, value) for name, value in IDS.items()} == IDS


def test_what_is_no_field_of_a_card_is_left_alone_where_no_card_is_sold() -> None:
    reply = f'HTTP/1.1 200 OK\r\nX-Id: {CARD}\r\n\r\n{{"pin":"{CARD}","x":[{CARD}]}}|{CARD}'
    assert NO_CARD.text(reply) == reply
    assert CARD not in Mask(OTHER_CARD).text(reply)


@pytest.mark.parametrize(
    "name", ["card_no", "cardNo", "CARD_NUMBER", "order_id", "customer_id", "no_kartu", "pan"]
)
@pytest.mark.parametrize("mask", [NO_CARD, Mask(OTHER_CARD)])
def test_s38_a_customer_number_that_passes_for_a_card_is_masked(mask: Mask, name: str) -> None:
    """In any spelling of JSON; a customer number that does not is left."""
    escaped = "".join(f"\\u003{digit}" for digit in CARD)
    inner = json.dumps({name: CARD, "n": 1})
    replies = [
        inner,
        json.dumps({"data": inner}),
        f'{{"{name}" : {CARD}}}',
        f'{{"{name}":"{escaped}"}}',
        f'{{"{name}":"{CARD}',
    ]
    for reply in replies:
        masked = mask.text(reply)
        assert "411111******1111" in masked
        assert CARD not in masked
        assert escaped not in masked
    meter = f'{{"{name}":"123456789012"}}'
    assert mask.text(meter) == meter


async def test_s38_serials_survive_and_cards_do_not_in_one_sale(path: Path, tmp_path: Path) -> None:
    """A voucher sale, and a card typed for a voucher, from the quote to the last question."""
    reply = json.dumps({"serial": OTHER, "order_id": CARD, "card_no": CARD}).encode()
    async with open_counter(path) as counter:
        voucher = await counter.sent(replace(BILL, facts={"serial": OTHER, "card_no": CARD}))
        card = await counter.sent(replace(BILL, number=CARD, is_card=True, bill_key="c"))
        for payment, order_id in ((voucher, BILL.number), (card, CARD)):
            await counter.journal.keep_reply(payment.id, answer(payment.rq_uuid, reply, order_id))
            await counter.journal.keep_messages([question(reply)], payment.id)
            for message in await counter.journal.replies_of(payment.id):
                assert f'"serial": "{OTHER}"'.encode() in message.reply
        assert dict(voucher.quote.facts) == {"serial": OTHER, "card_no": "411111******1111"}
    assert CARD.encode() not in all_bytes(path.parent)
    assert OTHER.encode() in all_bytes(path.parent)


@given(st.text(alphabet='"\\:{}[], au0034_1card_no', max_size=300))
def test_masking_fields_of_any_shape_changes_no_text_without_a_card(text: str) -> None:
    assert NO_CARD.text(text) == text


@given(st.binary(max_size=400))
def test_masking_anything_never_fails(reply: bytes) -> None:
    for card in (CARD, "411111******1111"):
        assert CARD.encode() not in Mask(card).raw(reply + CARD.encode())
    assert CARD.encode() not in Mask("****").raw(reply + b"|" + CARD.encode())
    assert CARD.encode() not in NO_CARD.raw(reply + b'|"card_no":"' + CARD.encode())


@given(st.text(max_size=60))
def test_a_mask_for_anything_can_be_made(order_id: str) -> None:
    assert isinstance(mask_for(order_id, is_card=True).text(order_id), str)


def test_nothing_is_masked_where_there_is_no_card() -> None:
    assert mask_for(None, is_card=True).text("08123456789") == "08123456789"
    assert mask_for("08123456789", is_card=False).text("08123456789") == "08123456789"
    assert masked_number("411111******1111") == "411111******1111"


async def test_s37_a_reply_is_capped_and_then_not_whole(counter: Counter) -> None:
    payment = await counter.sent()
    long = replace(answer(payment.rq_uuid), reply=b"x" * (LONGEST_REPLY + 1))
    await counter.journal.keep_reply(payment.id, long)
    await counter.journal.keep_reply(payment.id, replace(long, reply=b"y" * LONGEST_REPLY))
    capped, fits = await counter.journal.replies_of(payment.id)
    assert (len(capped.reply), capped.whole) == (LONGEST_REPLY, False)
    assert (len(fits.reply), fits.whole) == (LONGEST_REPLY, True)
    assert LONGEST_REPLY <= 2**20 + 2**16
