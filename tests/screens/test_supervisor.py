"""From doubt to certainty at the counter: hints, escalation, two people, a document, the story."""

import contextlib
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from cashier.journal.findings import Finding, Flaw
from cashier.language import Refusal
from cashier.payment import Cash, Evidence, State
from cashier.screens.decision import DecisionScreen
from cashier.screens.follow_up import FollowUpScreen
from cashier.screens.form import FormScreen
from cashier.screens.greeting import GreetingScreen
from cashier.screens.home import HomeScreen
from cashier.screens.inquiry import InquiryScreen
from cashier.screens.outcome import OutcomeScreen
from cashier.screens.story import StoryScreen
from cashier.screens.struk import StrukScreen
from cashier.screens.sure import SureScreen
from cashier.till import Payment, TillTimes
from cashier.widgets.entry import Entry
from tests.journal.disks import watched_disk
from tests.screens.counter import Counter, stand_at
from tests.support.clock import ManualClock
from tests.support.dying_till import sell_and_die
from tests.support.invariants import SECRETS, assert_invariants
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.support.shop import open_shop

METER = "14012345678"
TOKEN = "12345678901234567890"


@contextlib.asynccontextmanager
async def quiet_counter(
    folder: Path, sandbox: RunningSandbox, clock: ManualClock
) -> AsyncIterator[Counter]:
    """Stand at a counter whose till asks Espay only when somebody presses a key."""
    times = TillTimes(ask_after_s=(), ask_apart_s=0, jitter=0)
    async with (
        open_shop(folder, sandbox, clock=clock, times=times) as till,
        stand_at(till, sandbox, clock, folder) as counter,
    ):
        yield counter


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    """A quiet counter; whatever was done there, the invariants hold at the end."""
    clock = ManualClock()
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with quiet_counter(tmp_path, sandbox, clock) as standing:
            yield standing
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


async def sell(counter: Counter, trouble: str, like: str = METER) -> Payment:
    """Sell a token that makes trouble, and go home."""
    payment = (await counter.sell("pln-prepaid", magic_number(trouble, like))).payment
    counter.clock.advance(1)
    await counter.press("escape")
    await counter.until(HomeScreen)
    return payment


async def open_list(counter: Counter) -> FollowUpScreen:
    """Press F2 at home."""
    await counter.press("f2")
    screen = await counter.until(FollowUpScreen)
    await counter.until_shown("261122-")
    return screen


async def fill_in(counter: Counter, *lines: str) -> None:
    """Type the lines of a form; Enter behind each of them."""
    await counter.until(FormScreen)
    for line in lines:
        await counter.write(line)
        await counter.press("enter")


async def decide(counter: Counter, outcome: str, *lines: str) -> None:
    """Decide the payment under the cursor, up to the last question."""
    await counter.press("d")
    await counter.until(DecisionScreen)
    await counter.press(outcome)
    await fill_in(counter, *lines)
    await counter.until(SureScreen)


async def check_until_paid(counter: Counter, payment: Payment) -> None:
    """Press c, a minute apart, until Espay says that the payment under the cursor is done."""
    while (seen := await now(counter, payment)).state is not State.PAID:
        assert seen.asked < 5
        counter.clock.advance(61)
        await counter.press("c")
        while (await now(counter, payment)).asked == seen.asked:
            await counter.pilot.pause(0.01)
        await counter.until_shown(f"{payment.receipt_no}: ")
    await counter.until_shown(f"{payment.receipt_no}: LUNAS")


async def now(counter: Counter, payment: Payment) -> Payment:
    """The payment as the journal has it."""
    return await counter.till.payment(payment.id)


# --- from doubt to certainty --------------------------------------------------------------------


async def test_a_doubt_is_followed_from_the_first_screen_to_its_resolution(
    counter: Counter,
) -> None:
    payment = await sell(counter, "http_500")
    assert "1 terbuka" in counter.text.splitlines()[0]
    await open_list(counter)
    await counter.until_shown("BELUM PASTI. Simpan Rp22.500")
    await counter.until_shown("jangan kembalikan uangnya")
    assert payment.rq_uuid not in counter.words

    await counter.press("t")
    await counter.until(StrukScreen)
    await counter.until_shown("BUKTI TITIPAN")
    await counter.press("p")
    await counter.until_shown("tanpa printer")
    await counter.press("escape")
    await counter.until(FollowUpScreen)

    await counter.press("g")
    await counter.until_shown("Deposit turun tepat sebesar pembayaran ini")
    await counter.press("s")
    await counter.until(SureScreen)
    assert (await now(counter, payment)).state is State.IN_DOUBT
    await counter.press("y")
    await counter.until_shown("diserahkan kepada supervisor.")
    assert (await now(counter, payment)).state is State.ESCALATED
    await counter.until_shown("Di tangan supervisor sejak")
    assert not counter.front.unseen.news

    await decide(counter, "1", "TIKET-7", "Sari", "Budi", TOKEN)
    await counter.until_shown("Uang Rp22.500 menjadi milik toko")
    assert (await now(counter, payment)).state is State.ESCALATED
    await counter.press("enter")
    assert isinstance(counter.app.screen, SureScreen)
    await counter.press("y")
    await counter.until(FollowUpScreen)
    await counter.until_shown("sudah diputuskan: LUNAS")
    paid = await now(counter, payment)
    assert (paid.state, paid.evidence, paid.document) == (
        State.PAID,
        Evidence.DOCUMENT,
        "TIKET-7",
    )
    assert (paid.resolved_by, paid.approved_by, paid.token) == ("SARI", "BUDI", TOKEN)

    await counter.press("enter")
    outcome = await counter.until(OutcomeScreen)
    assert outcome.payment.token == TOKEN
    await counter.press("escape")
    await counter.until_shown("Tidak ada pembayaran terbuka")


@pytest.mark.parametrize(
    ("trouble", "outcome", "state", "cash"),
    [
        ("http_500", "1", State.PAID, Cash.EARNED),
        ("http_500_unbooked", "2", State.UNPAID, Cash.OWED_BACK),
        ("http_500", "3", State.REFUNDED, Cash.OWED_BACK),
    ],
)
async def test_t14_t15_what_the_document_shows_becomes_of_the_cash(
    tmp_path: Path, trouble: str, outcome: str, state: State, cash: Cash
) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            payment = await sell(counter, trouble)
            await open_list(counter)
            token = [TOKEN] if state is State.PAID else []
            await decide(counter, outcome, "SETTLEMENT-12", "SARI", "BUDI", *token)
            await counter.press("y")
            await counter.until(FollowUpScreen)
            decided = await now(counter, payment)
            assert (decided.state, decided.cash) == (state, cash)
            if cash is Cash.OWED_BACK:
                await counter.until_shown("UANG KEMBALI")
                await counter.press("k")
                await counter.until(SureScreen)
                await counter.press("y")
                await counter.until_shown("Tidak ada pembayaran terbuka")
                assert (await now(counter, payment)).cash is Cash.RETURNED


async def test_without_two_people_nothing_is_decided_and_the_form_keeps_what_was_typed(
    counter: Counter,
) -> None:
    payment = await sell(counter, "http_500")
    await open_list(counter)
    await decide(counter, "2", "TIKET-7", "SARI", "KASIR")
    await counter.press("y")
    form = await counter.until(FormScreen)
    await counter.until_shown("bukan penjualnya: KASIR")
    assert [entry.value for entry in form.query(Entry)] == ["TIKET-7", "SARI", "KASIR"]
    assert (await now(counter, payment)).state is State.IN_DOUBT
    await counter.press("ctrl+u", *"BUDI", "enter")
    await counter.until(SureScreen)
    await counter.press("n", "escape", "escape")
    await counter.until(FollowUpScreen)
    assert (await now(counter, payment)).state is State.IN_DOUBT


async def test_a_form_is_not_finished_with_an_empty_line_and_a_token_is_missed(
    counter: Counter,
) -> None:
    await sell(counter, "http_500")
    await open_list(counter)
    await counter.press("d")
    await counter.until(DecisionScreen)
    await counter.press("1")
    await fill_in(counter, "TIKET-7", "", "BUDI", "")
    await counter.until_shown("Nama supervisor belum diisi")
    await counter.write("SARI")
    await counter.press("down", "down", *"123", "enter")
    await counter.until(SureScreen)
    assert "Token belum diisi" not in counter.words
    await counter.press("y")
    await counter.until_shown("Token harus 20 angka")
    await counter.press("ctrl+u", "enter")
    await counter.until(SureScreen)
    assert "Token belum diisi" in counter.words


async def test_check_now_finds_a_processing_payment_paid(counter: Counter) -> None:
    payment = await sell(counter, "in_process_paid")
    await open_list(counter)
    await counter.until_shown("DIPROSES Espay. Simpan Rp22.500")
    await check_until_paid(counter, payment)
    await counter.until_shown("1 baru LUNAS")


async def test_a_token_that_was_missing_arrives_by_check_now(counter: Counter) -> None:
    payment = await sell(counter, "token_missing")
    await open_list(counter)
    await counter.until_shown("SUDAH DIBAYAR, data belum lengkap")
    await check_until_paid(counter, payment)
    token = (await now(counter, payment)).token
    assert token is not None
    await counter.press("enter")
    outcome = await counter.until(OutcomeScreen)
    assert outcome.payment.token == token


async def test_the_answers_and_the_next_question_are_told(counter: Counter) -> None:
    payment = await sell(counter, "in_process_forever")
    counter.clock.advance(120)
    await open_list(counter)
    await counter.press("c")
    await counter.until_shown("Sudah ditanyakan ke Espay 1 kali, terakhir 10:43")
    await counter.until_shown("Program menanyakan lagi sendiri mulai 10:44")
    assert (await now(counter, payment)).asked == 1


# --- story and evidence -------------------------------------------------------------------------


async def test_the_story_tells_in_plain_sentences_and_all_of_it_on_demand(
    counter: Counter,
) -> None:
    payment = await sell(counter, "http_500")
    await open_list(counter)
    await counter.press("g")
    await counter.until_shown("petunjuk baru")
    await counter.press("r")
    screen = await counter.until(StoryScreen)
    for words in (
        "Tagihan dicek ke Espay: Rp22.500",
        "KASIR menerima uang Rp22.500",
        "Dikirim ke Espay.",
        "BELUM PASTI: Espay menjawab HTTP 500.",
        "Petunjuk (bukan bukti): Deposit turun tepat",
    ):
        await counter.until_shown(words)
    assert payment.rq_uuid not in counter.words
    await counter.press("d")
    await counter.until_shown(payment.rq_uuid)
    await counter.press("d")
    await counter.until_shown("Dikirim ke Espay.")
    assert payment.rq_uuid not in counter.words
    await counter.till.escalate(payment.id, "Sari")
    await counter.until_shown("menunggu supervisor: diserahkan oleh SARI.")
    assert counter.app.screen is screen


async def test_a_day_of_the_same_answer_is_one_line_of_the_story(counter: Counter) -> None:
    payment = await sell(counter, "in_process_forever")
    for _ in range(4):
        counter.clock.advance(61)
        await counter.till.ask(payment.id)
    await open_list(counter)
    await counter.press("r")
    await counter.until(StoryScreen)
    await counter.until_shown("Ditanyakan ke Espay. Espay sedang memproses.")
    await counter.until_shown("Ditanyakan lagi 3 kali; jawabannya tetap sama.")


@pytest.mark.parametrize(("key", "masked"), [("b", False), ("m", True)])
async def test_the_evidence_lies_in_a_file_of_the_owners_and_holds_no_secret(
    counter: Counter, own_data_folder: Path, key: str, masked: bool
) -> None:
    payment = (await counter.sell("pln-prepaid", METER)).payment
    await counter.press("w")
    await counter.until(StoryScreen)
    await counter.press(key)
    await counter.until_shown("Berkas bukti")
    (file,) = (own_data_folder / "evidence" / "practice").iterdir()
    assert file.name in counter.words.replace(" ", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert payment.rq_uuid in text
    assert (payment.quote.number in text) is not masked
    assert payment.token is not None
    for secret in (*SECRETS, payment.token):
        assert secret not in text


def put_in_the_way(file: Path) -> None:
    """Let a file lie where a folder is wanted."""
    file.parent.mkdir(parents=True)
    file.write_text("in the way", encoding="utf-8")


async def test_evidence_that_cannot_be_written_is_told(
    counter: Counter, own_data_folder: Path
) -> None:
    await sell(counter, "http_500")
    put_in_the_way(own_data_folder / "evidence")
    await open_list(counter)
    await counter.press("r")
    await counter.until(StoryScreen)
    await counter.press("b")
    await counter.until_shown(str(own_data_folder / "evidence")[:30])
    assert "Berkas bukti untuk Espay" not in counter.words


# --- what stops the shop ------------------------------------------------------------------------


async def test_f22_a_stopped_shop_says_so_everywhere_and_a_supervisor_lets_it_go_on(
    counter: Counter,
) -> None:
    await sell(counter, "http_401")
    await counter.until_shown("PENJUALAN BERHENTI")
    await counter.until_shown("Supervisor membukanya lagi di layar depan, F2")
    await counter.start("pln-prepaid", "SLYLPR20")
    await counter.write("14012345000")
    await counter.press("enter")
    await counter.until(InquiryScreen)
    await counter.until_shown("Penjualan dihentikan")
    assert "cashier resume" not in counter.words
    await counter.press("h")
    await counter.until(HomeScreen)
    await open_list(counter)
    await counter.press("b")
    await fill_in(counter, "Sari", "")
    await counter.until_shown("Apa yang diperiksa belum diisi")
    assert (await counter.till.circuit()).trip is not None
    await counter.write("kata sandi")
    await counter.press("enter")
    await counter.until(FollowUpScreen)
    await counter.until_shown("dibuka lagi, dicatat atas nama Sari")
    assert (await counter.till.circuit()).trip is None
    await counter.press("escape")
    await counter.until(HomeScreen)
    await counter.sell("pln-prepaid", "14012345000")
    assert "BERHENTI" not in counter.text


async def test_f61_a_clock_that_went_back_is_trusted_again_by_name(counter: Counter) -> None:
    await sell(counter, "in_process_forever")
    counter.clock.jump(-3600)
    await open_list(counter)
    await counter.until_shown("Jam komputer mundur")
    await counter.press("j")
    await fill_in(counter, "Sari", "baterai jam diganti")
    await counter.until(FollowUpScreen)
    await counter.until_shown("Jam dipercaya lagi, dicatat atas nama Sari")
    assert await counter.till.stops() == ()
    assert "Jam komputer mundur" not in counter.words


async def test_what_is_not_stopped_is_not_let_go_on(counter: Counter) -> None:
    await sell(counter, "in_process_forever")
    screen = await open_list(counter)
    await counter.press("b", "j")
    await counter.pilot.pause(0.05)
    assert counter.app.screen is screen
    assert "buka penjualan" not in counter.text


async def test_an_untrusted_journal_is_told_at_home_and_in_the_list(counter: Counter) -> None:
    await sell(counter, "in_process_forever")
    counter.till._counter.journal.alarm = Finding(Flaw.BEHIND)
    await open_list(counter)
    await counter.until_shown("Jurnal tidak sama dengan yang terakhir dilihat")
    await counter.press("escape")
    await counter.until(HomeScreen)
    await counter.until_shown("PENJUALAN BERHENTI")
    await counter.until_shown("Jurnal tidak sama dengan yang terakhir dilihat")


async def test_a_disk_that_failed_is_told_until_the_till_is_opened_again(tmp_path: Path) -> None:
    clock = ManualClock()
    with watched_disk() as disk, running_sandbox(tmp_path, clock=clock) as sandbox:
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            payment = await sell(counter, "balance_too_low")
            await open_list(counter)
            await counter.press("k")
            await counter.until(SureScreen)
            disk.error = disk.write_error = apsw.IOError
            await counter.press("y")
            await counter.until_shown("Jurnal tidak bisa ditulis")
            assert isinstance(counter.app.screen, SureScreen)
            disk.error = disk.write_error = None
            await counter.press("n")
            await counter.until(FollowUpScreen)
            await counter.until_shown("buka lagi kasirnya")
            assert (await now(counter, payment)).cash is Cash.OWED_BACK
            await counter.press("escape")
            await counter.until(HomeScreen)
            await counter.until_shown("PENJUALAN BERHENTI")
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            await counter.until(GreetingScreen)
            assert await counter.till.stops() == ()
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


class BadUpkeep:
    """Upkeep whose last turn failed."""

    trouble: Refusal | None = Refusal("journal.backup_broken", error="disk")
    last_backup: int | None = None


async def test_trouble_with_the_backup_stands_at_home_until_it_is_over(counter: Counter) -> None:
    home = counter.app.screen
    assert isinstance(home, HomeScreen)
    upkeep = BadUpkeep()
    home.begin(replace(counter.front, upkeep=upkeep))
    await counter.until_shown("CADANGAN GAGAL")
    await counter.until_shown("Cadangan jurnal gagal: Pencadangan berhenti")
    await counter.press(*"ovo", "escape")
    await counter.until_shown("Cadangan jurnal gagal")
    upkeep.trouble = None
    await counter.press("f2")
    await counter.until(FollowUpScreen)
    await counter.press("escape")
    await counter.until(HomeScreen)
    while "adangan" in counter.text:
        await counter.pilot.pause(0.01)


# --- the greeting -------------------------------------------------------------------------------


async def test_a_start_tells_what_a_killed_till_left_before_anything_is_sold(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        for last, moment in enumerate(("prepared", "sent", "kept")):
            number = f"{METER[:-1]}{last}"
            sell_and_die(tmp_path, sandbox, number, moment, utc_ms=clock.utc_ms())
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            await counter.until(GreetingScreen)
            await counter.until_shown("Program berhenti saat penjualan ini berjalan")
            await counter.until_shown("LUNAS: Rp22.500")
            await counter.until_shown("Pembayaran yang belum selesai: 1")
            await counter.until_shown("Uang pelanggan yang harus dikembalikan: 1")
            await counter.press("1", "b")
            assert isinstance(counter.app.screen, GreetingScreen)
            await counter.press("f2")
            screen = await counter.until(FollowUpScreen)
            assert len(screen.payments) == 3
            await counter.press("escape")
            await counter.until(HomeScreen)
        assert_invariants(tmp_path / "journal" / "journal.db", sandbox)


async def test_a_start_with_nothing_to_tell_begins_at_home(counter: Counter) -> None:
    await counter.until_shown("Deposit Rp")
    assert isinstance(counter.app.screen, HomeScreen)


async def test_a_start_greets_with_what_was_left_open_on_purpose(tmp_path: Path) -> None:
    clock = ManualClock()
    with running_sandbox(tmp_path, clock=clock) as sandbox:
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            await sell(counter, "http_401")
            await counter.till.resume("Sari", "sudah")
            await sell(counter, "in_process_forever", "14087654321")
        async with quiet_counter(tmp_path, sandbox, clock) as counter:
            await counter.until(GreetingScreen)
            await counter.until_shown("Pembayaran yang belum selesai: 1")
            assert "terputus" not in counter.words
            await counter.press("enter")
            await counter.until(HomeScreen)
            await counter.until_shown("2 lihat F2")
