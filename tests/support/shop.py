"""A shop for tests: a real till, with real httpx, at a real practice Espay on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from cashier.catalogue import Catalogue, load_catalogue
from cashier.clock import Clock
from cashier.espay.merchant import Merchant, Times
from cashier.espay.service import EspayService
from cashier.journal import Journal
from cashier.money import ZERO, Rupiah
from cashier.till import Payment, Quote, Till, TillSettings, TillTimes
from tests.support.clock import ManualClock
from tests.support.sandbox import RunningSandbox

BILL_KEY = SecretStr("5a" * 32)
QUICK = Times(connect_s=4, exchange_s=3, read_s=2, read_tries=3, backoff_s=(0.01,))
"""Waiting times of the wire, short enough for a test."""

AT_ONCE = TillTimes(ask_after_s=(0, 0, 0, 0, 0), ask_apart_s=0, deposit_wait_s=5)
"""Waiting times of a till that asks without waiting."""


def merchant_at(sandbox: RunningSandbox, base_url: str | None = None) -> Merchant:
    """Who the shop is at that practice Espay, or at something else that answers in its place."""
    return Merchant(
        environment="practice",
        base_url=base_url or sandbox.base_url,
        sender_id=sandbox.sender_id,
        username=sandbox.username,
        password=SecretStr(sandbox.password),
        form_password=SecretStr(sandbox.form_password),
        key=SecretStr(sandbox.key),
    )


@contextlib.asynccontextmanager
async def open_shop(
    folder: Path,
    sandbox: RunningSandbox,
    *,
    clock: Clock | None = None,
    mode: Literal["deposit", "invoicing"] = "deposit",
    base_url: str | None = None,
    wire: Times = QUICK,
    times: TillTimes = AT_ONCE,
    fee: Callable[[str], Rupiah] = lambda _: ZERO,
    largest: Rupiah | None = None,
    environment: Literal["practice", "sandbox", "production"] = "practice",
    without: str = "",
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Till]:
    """Open the shop in ``folder``; opened again there, it goes on with the same journal.

    ``without`` names a category that the shop no longer has.
    """
    clock = clock or ManualClock()
    merchant = replace(merchant_at(sandbox, base_url), environment=environment)
    settings = TillSettings(environment, sandbox.sender_id, BILL_KEY, mode, fee, largest)
    journal = await open_journal(folder, clock, environment, settings.bill_key_print)
    till = Till(
        settings,
        journal,
        catalogue_without(without),
        lambda: EspayService(merchant, clock, wire),
        clock,
        times,
        sleep,
    )
    async with till:
        yield till


def catalogue_without(category: str) -> Catalogue:
    """The built-in catalogue, with a category taken out where one is named."""
    whole = load_catalogue()
    return replace(
        whole,
        categories=tuple(one for one in whole.categories if one.id != category),
        products=tuple(one for one in whole.products if one.category.id != category),
    )


async def open_journal(
    folder: Path, clock: Clock, environment: str = "practice", bill_key_print: str | None = None
) -> Journal:
    """Open the shop's journal without a till."""
    return await Journal.open(
        folder / "journal" / "journal.db",
        environment=environment,
        clock=clock,
        backup_dir=folder / "backup",
        anchor_dir=folder / "anchor",
        bill_key_print=bill_key_print,
    )


async def sell(till: Till, quote: Quote, **more: int | str) -> Payment:
    """Pay a quote with exactly its total."""
    sequence, number = more.get("sequence"), more.get("number")
    return await till.pay(
        quote.id,
        Rupiah.of(quote.total.whole_up),
        number=None if number is None else str(number),
        sequence=None if sequence is None else int(sequence),
    )


async def go_on(till: Till) -> None:
    """Let new payments go on where something has stopped them, as a supervisor does."""
    if (await till.circuit()).trip is not None:
        await till.resume("BU RATNA", "dicocokkan dengan Espay")


def agree(sandbox: RunningSandbox, payments: tuple[Payment, ...]) -> None:
    """Assert that Espay's ledger and the journal agree to the sen (I1, I4 to I6).

    Every payment that says ``paid`` was booked once, for the same number and amount; one that
    says ``unpaid`` keeps no money; nothing else was booked.
    """
    booked = {booking.rq_uuid: booking for booking in sandbox.ledger.bookings}
    known = {payment.rq_uuid: payment for payment in payments}
    assert booked.keys() <= known.keys()
    for rq_uuid, payment in known.items():
        assert sandbox.ledger.requests(rq_uuid) <= 1
        booking = booked.get(rq_uuid)
        if payment.state == "paid":
            assert booking is not None
            assert booking.kept == payment.quote.espay_amount
            assert booking.product_code == payment.quote.product
            if not payment.quote.is_card:
                assert booking.order_id == payment.quote.number
        if payment.state == "unpaid" and booking is not None:
            assert booking.kept == ZERO
