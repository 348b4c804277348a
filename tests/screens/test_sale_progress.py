"""A payment under way: shown, left, come back to, and never cancelled once it was sent."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cashier.journal.errors import JournalRefusal
from cashier.money import Rupiah
from cashier.payment import Cash, Reason, State
from cashier.screens.confirm import ConfirmScreen
from cashier.screens.elapsed import age, minutes_and_seconds
from cashier.screens.help import HelpScreen
from cashier.screens.home import HomeScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.progress import ProgressScreen, stage_of
from cashier.screens.selling import SaleRoad
from cashier.screens.unrecorded import UnrecordedScreen
from cashier.screens.wish import Wish
from tests.screens.counter import Counter, at_counter, stand_at
from tests.support.clock import START_MS, ManualClock
from tests.support.sandbox import magic_number, running_sandbox
from tests.support.shop import agree, open_shop

METER = "14012345678"


async def pay_slowly(counter: Counter) -> ProgressScreen:
    """Pay where Espay answers only after a second."""
    await counter.reach_confirmation("pln-prepaid", magic_number("slow", METER))
    await counter.press("p", "f9")
    return await counter.until(ProgressScreen)


async def test_it_shows_who_and_what_and_how_long(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await pay_slowly(counter)
        await counter.until_shown("Mengirim ke Espay")
        assert magic_number("slow", METER) in counter.text
        assert "Rp22.500" in counter.text
        counter.clock.advance(7)
        await counter.until_shown("00:07")
        assert "Menunggu jawaban Espay" in counter.text
        outcome = await counter.until(OutcomeScreen)
        agree(counter.sandbox, (outcome.payment,))


async def test_it_is_left_with_esc_and_come_back_to(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        screen = await pay_slowly(counter)
        await counter.press("escape")
        await counter.until(HomeScreen)
        (payment,) = counter.till.under_way
        counter.app.push_screen(ProgressScreen(counter.front, payment.id))
        assert await counter.until(ProgressScreen) is not screen
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.state is State.PAID
        agree(counter.sandbox, (outcome.payment,))


async def test_a_payment_that_was_left_is_finished_and_journalled(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await pay_slowly(counter)
        (payment,) = counter.till.under_way
        await counter.press("escape")
        await counter.until(HomeScreen)
        await counter.till.drain()
        assert (await counter.till.payment(payment.id)).state is State.PAID


async def test_coming_back_to_what_is_over_shows_the_outcome(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        sold = await counter.sell("pln-prepaid", METER)
        await counter.press("n")
        await counter.until(HomeScreen)
        counter.app.push_screen(ProgressScreen(counter.front, sold.payment.id))
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.state is State.PAID


async def test_impatient_keys_change_nothing(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await pay_slowly(counter)
        await counter.press("enter", "f9", "b", "x", "p", "y", "enter")
        outcome = await counter.until(OutcomeScreen)
        assert len(counter.sandbox.ledger.bookings) == 1
        agree(counter.sandbox, (outcome.payment,))


async def test_the_outcome_waits_until_the_help_is_closed(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        await pay_slowly(counter)
        await counter.press("question_mark")
        await counter.until(HelpScreen)
        await counter.till.drain()
        await counter.pilot.pause(0.1)
        assert isinstance(counter.app.screen, HelpScreen)
        await counter.press("escape")
        assert (await counter.until(OutcomeScreen)).payment.state is State.PAID


@contextmanager
def a_port_that_never_accepts() -> Iterator[str]:
    """A listener whose queue is full, so that a connection is neither made nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as callers:
        address = server.getsockname()
        for _ in range(3):
            waiting = callers.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"


@asynccontextmanager
async def connecting_for_ever(folder: Path) -> AsyncIterator[Counter]:
    """Stand at the confirmation of a quote, with a line that cannot connect."""
    clock = ManualClock()
    with (
        running_sandbox(folder, mode="invoicing", clock=clock) as sandbox,
        a_port_that_never_accepts() as base_url,
    ):
        async with open_shop(folder, sandbox, clock=clock, mode="invoicing") as till:
            quote = await till.inquire("SLYLPR20", METER)
        async with (
            open_shop(folder, sandbox, clock=clock, mode="invoicing", base_url=base_url) as till,
            stand_at(till, sandbox, clock, folder) as counter,
        ):
            product = till.catalogue.product("SLYLPR20")
            wish = Wish(product.category, product, METER)
            screen = ConfirmScreen(counter.front, SaleRoad(counter.front), wish, quote)
            counter.app.push_screen(screen)
            await counter.until(ConfirmScreen)
            yield counter


async def test_an_outcome_that_comes_to_a_screen_that_was_left_meanwhile_changes_nothing(
    tmp_path: Path,
) -> None:
    async with at_counter(tmp_path) as counter:
        progress = await pay_slowly(counter)
        await counter.press("question_mark")
        await counter.until(HelpScreen)
        progress.go(HelpScreen(counter.front, counter.app.screen))
        counter.app.pop_screen()
        counter.app.switch_to_home()
        await counter.until(HomeScreen)
        await counter.until_shown("Sedang dikirim")
        assert counter.app.defect is None
        assert len(counter.app.screen_stack) == 1


async def test_what_is_still_prepared_can_be_given_up(tmp_path: Path) -> None:
    async with connecting_for_ever(tmp_path) as counter:
        await counter.press("l", "f9")
        await counter.until(ProgressScreen)
        await counter.until_shown("Menyiapkan pembayaran")
        assert "x batalkan" in counter.text
        await counter.press("x")
        outcome = await counter.until(OutcomeScreen)
        assert outcome.payment.reason is Reason.CANCELLED
        assert "Kembalikan semuanya, Rp50.000 (atau Rp22.500 bila" in counter.words
        await counter.press("k")
        await counter.until_shown("sudah dikembalikan.")
        payment = await counter.till.payment(outcome.payment.id)
        assert payment.cash is Cash.RETURNED
        assert counter.sandbox.ledger.requests(payment.rq_uuid) == 0


async def test_a_line_that_cannot_connect_gives_the_cash_back(tmp_path: Path) -> None:
    async with connecting_for_ever(tmp_path) as counter:
        await counter.press("p", "b")
        outcome = await counter.until(OutcomeScreen)
        assert (outcome.payment.state, outcome.payment.cash) == (State.UNPAID, Cash.OWED_BACK)


async def test_a_journal_that_fails_holds_the_cash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_counter(tmp_path) as counter:
        await counter.reach_confirmation("pln-prepaid", METER)

        async def fail(*_: object) -> None:
            raise JournalRefusal("journal.failed", error="disk I/O error")

        monkeypatch.setattr(counter.till._counter.journal, "conclude", fail)
        await counter.press("p", "f9")
        screen = await counter.until(UnrecordedScreen)
        assert "Simpan uang Rp22.500, jangan bayar ulang" in counter.words
        assert screen.payment.receipt_no in counter.text
        await counter.press("escape")
        await counter.until(HomeScreen)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00"), (7.9, "00:07"), (61, "01:01"), (-3, "00:00")]
)
def test_a_running_time_is_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert minutes_and_seconds(seconds) == shown


async def test_an_age_is_told_in_the_largest_unit_that_fits(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        ages = {59: "59 mnt", 60: "1 jam", 25 * 60: "1 hari"}
        for minutes, words in ages.items():
            assert age(counter.front, START_MS - minutes * 60_000) == words


async def test_a_stage_follows_from_state_and_time(tmp_path: Path) -> None:
    async with at_counter(tmp_path) as counter:
        payment = (await counter.sell("pln-prepaid", METER)).payment
        sent = replace(payment, state=State.SENT, sent_at=START_MS)
        assert stage_of(sent, START_MS + 999) == "stage_sending"
        assert stage_of(sent, START_MS + 1000) == "stage_waiting"
        assert stage_of(replace(sent, state=State.PREPARED), START_MS) == "stage_preparing"
        assert payment.quote.total == Rupiah.of(22_500)
