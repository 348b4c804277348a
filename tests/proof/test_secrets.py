"""Proof 9: no secret in anything that a till leaves behind, shows, or lets be read.

Five canaries (the password of the basic authentication, its header, the password of the form,
the key of the signature, a card's number) in seven encodings, through a day of sales, refusals, a
hostile Espay that echoes what it was sent, a defect, an evidence pack, exports and backups. A
till in a terminal is read byte by byte, its ``/proc`` too, and it is killed so that it should
dump its core.
"""

import base64
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

import pytest

from cashier.commands import selling
from cashier.sandbox.settings import Pace
from tests.commands.conftest import CommandLine, Ran, write_config
from tests.conftest import MEANT_TO as SHOPS_MEANT_TO
from tests.conftest import SECRETS as SHOPS
from tests.support import sandbox as sandboxes
from tests.support.canaries import Canaries, encodings
from tests.support.clock_of_day import DaytimeClock
from tests.support.processes import wait_for_booking
from tests.support.sandbox import RunningSandbox, magic_number, running_sandbox
from tests.terminal.pty_till import PtyTill
from tests.terminal.shop import FIRST_SCREEN, UNDER_WAY, pay

USERNAME: Final = "pemakai-canary"
PASSWORD: Final = 's4ndi/Basic+"rahasia"?'
FORM_PASSWORD: Final = "form&sandi=rahasia%7~"
KEY: Final = "kunci\\tanda/rahasia+9"
CARD: Final = "4111111111111111"
HEADER: Final = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()

SECRETS: Final = {
    "password": PASSWORD,
    "header": HEADER,
    "form password": FORM_PASSWORD,
    "key": KEY,
    "card": CARD,
}
CANARIES: Final = Canaries(SECRETS)

MEANT_TO: Final = frozenset({"secrets.toml"})
"""The only file that may hold secrets: the shop's own, readable by the till's user alone."""

HOUSE: Final = Path(__file__).parents[2]
DIRECT: Final = ("SINCBN", "4333333333")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test folders of its own, and a shop whose secrets are the canaries."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("CASHIER_CONFIG", "NO_COLOR", "STY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    for name in ("USERNAME", "PASSWORD", "FORM_PASSWORD", "KEY"):
        monkeypatch.setattr(sandboxes, name, globals()[name])
    for module in ("desk", "journal"):
        monkeypatch.setattr(f"cashier.commands.{module}.SystemClock", DaytimeClock)
    return tmp_path


@pytest.fixture
def sandbox(home: Path) -> Iterator[RunningSandbox]:
    (home / "espay").mkdir()
    with running_sandbox(home / "espay", pace=Pace(slow_s=2.0)) as running:
        yield running


@pytest.fixture
def cashier(home: Path, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(write_config(home, sandbox), capsys)


def assert_clean(home: Path, *outputs: Ran, files: int = 5) -> None:
    """Assert that no canary is in any file, file name or output."""
    for ran in outputs:
        assert CANARIES.found_in((ran.out + ran.err).encode()) == set(), ran
    written = [path for path in home.rglob("*") if path.is_file() and path.name not in MEANT_TO]
    assert len(written) > files
    assert CANARIES.found_below(home, MEANT_TO) == {}


def sold(cashier: CommandLine, product: str, number: str, *more: str) -> list[Ran]:
    """Inquire and pay with exact cash."""
    asked = cashier("inquire", product, number, *more, "--json")
    if asked.code != 0:
        return [asked]
    cash = str(asked.json["total"]) if "total" in asked.json else "50000"
    return [asked, cashier("pay", asked.json["quote"], "--cash", cash, "--no-wait", "--json")]


def handed_out(cashier: CommandLine, home: Path, payments: int) -> list[Ran]:
    """Make everything that a till can be asked to write: struk, stories, packs, exports, copies."""
    outputs = [cashier(*words) for words in (("open",), ("check",), ("settle",))]
    outputs += [cashier("journal", *words) for words in (("backup",), ("verify",))]
    outputs.append(cashier("journal", "export", str(home / "all.jsonl")))
    for number in map(str, range(1, payments + 1)):
        outputs.append(cashier("journal", "show", number))
        outputs.append(cashier("struk", number))
        outputs.append(cashier("journal", "pack", number))
    return outputs


def test_no_canary_is_left_by_a_day_with_every_kind_of_end(
    cashier: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TEXTUAL_LOG", "SSLKEYLOGFILE"):
        monkeypatch.setenv(name, str(home / f"{name}.log"))
    outputs: list[Ran] = []
    for trouble in ("fine", "http_401", "balance_too_low", "in_process_paid", "half_body"):
        number = magic_number(trouble, DIRECT[1])
        outputs += sold(cashier, DIRECT[0], number, "--amount", "50000")
        cashier("resume", "--by", "BU RATNA", "--reason", "dicocokkan")
    outputs += sold(cashier, "SLYLPR20", "14012345678")
    outputs += sold(cashier, "SCCANZ", CARD, "--amount", "50000")
    outputs += handed_out(cashier, home, 7)
    assert_clean(home, *outputs)


@pytest.mark.parametrize(
    ("status", "name"),
    [(200, "text"), (200, "data"), (200, "header"), (401, "text"), (401, "header"), (500, "data")],
)
def test_no_canary_is_left_by_an_espay_that_echoes_what_it_was_sent(
    cashier: CommandLine, home: Path, status: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = cashier("inquire", *DIRECT, "--amount", "50000", "--json")
    with echoing_espay(status, name) as address:
        config = home / "config.toml"
        config.write_text(
            config.read_text().replace(read_address(config), address), encoding="utf-8"
        )
        paid = cashier("pay", asked.json["quote"], "--cash", "50000", "--no-wait", "--json")
        more = handed_out(cashier, home, 1)
    assert paid.code in (1, 3, 4), paid
    assert_clean(home, asked, paid, *more)


def read_address(config: Path) -> str:
    """Where the shop's Espay is."""
    line = next(each for each in config.read_text().splitlines() if "base_url" in each)
    return line.split('"')[1]


@contextlib.contextmanager
def echoing_espay(status: int, name: str) -> Iterator[str]:
    """Answer everything with all that came: secrets in text, in facts, or in the head."""

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {key: values[0] for key, values in parse_qs(sent).items()}
            written = [
                spelling.decode("latin-1")
                for secret in (PASSWORD, FORM_PASSWORD, KEY, HEADER)
                for spellings in encodings(secret).values()
                for spelling in spellings
            ]
            echoed = [self.headers["Authorization"], sent, form["password"], *written]
            reply: dict[str, object] = {"rq_uuid": form["rq_uuid"], "error_code": "777"}
            if name == "text":
                reply["error_desc"] = " ".join(echoed)
            elif name == "data":
                reply |= {"error_desc": "Gagal", "data": echoed, "ref_id": form["password"]}
            body = json.dumps(reply).encode()
            self.send_response(status)
            if name == "header":
                self.send_header("X-Echo", self.headers["Authorization"])
                self.send_header("X-Form", sent)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(10)


def test_no_canary_is_left_by_a_defect(
    cashier: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defective(*_: object) -> int:
        local = SECRETS
        raise RuntimeError(f"something about {local}")

    monkeypatch.setattr(selling, "_pay", defective)
    ran = cashier("pay", "zzzzzzzz", "--cash", "50000")
    assert ran.code == 3
    assert_clean(home, ran, files=0)
    assert list((home / "state" / "cashier" / "incidents").iterdir())


# A till in a terminal, and what the system lets be read of it


def looked_at(process: int) -> dict[str, bytes]:
    """What the system shows of a process to one who may look."""
    seen: dict[str, bytes] = {}
    for name in ("cmdline", "environ", "comm", "maps", "status", "limits"):
        with contextlib.suppress(PermissionError):  # then nobody but root can read it
            seen[name] = Path(f"/proc/{process}/{name}").read_bytes()
    return seen


def test_no_canary_is_on_the_terminal_or_in_proc_of_a_till_that_sells_and_breaks(
    home: Path, sandbox: RunningSandbox
) -> None:
    config = write_config(home, sandbox)
    verbose = {"TEXTUAL_LOG": str(home / "textual.log"), "PYTHONDEVMODE": "1", "PYTHONVERBOSE": ""}
    arguments = ("--config", str(config))
    with PtyTill.python("cashier", *arguments, environment=verbose) as till:
        pay(till, "slow")
        wait_for_booking(sandbox, till.process)
        shown = looked_at(till.process.pid)
        assert shown["cmdline"]
        assert b"PATH=" in shown.get("environ", b"PATH=")
        for name, data in shown.items():
            assert CANARIES.found_in(data) == set(), name
        till.send_signal(signal.SIGTERM)
        assert till.end()[0] == 0
    first = bytes(till.stream)
    with PtyTill.python("tests.terminal.breaking_till", *arguments, environment=verbose) as till:
        till.wait_for(FIRST_SCREEN)
        till.press("f2")
        assert till.end()[0] == 1
    assert UNDER_WAY.encode() in first
    assert CANARIES.found_in(first + bytes(till.stream)) == set()
    assert list((home / "state" / "cashier" / "incidents").iterdir())
    assert_clean(home)


# Core files


_STRUCK_AS_USUAL: Final = """
import os, signal, sys
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""What is started in the background ignores SIGQUIT, and so would its children."""


@contextlib.contextmanager
def allowed_to_dump(words: list[str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program with no limit on core files, where this system lets us; it is ended."""
    unlimited = 'ulimit -c unlimited 2>/dev/null || ulimit -c hard; exec "$@"'
    struck = [sys.executable, "-c", _STRUCK_AS_USUAL, *words]
    with subprocess.Popen(
        ["sh", "-c", unlimited, "sh", *struck],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def cores_in(folder: Path) -> list[Path]:
    """Files that look like a core: an ELF file of the type core."""
    files = [path for path in folder.iterdir() if path.is_file()]
    return [
        path for path in files if path.read_bytes()[:17][16:] == b"\x04" and "core" in path.name
    ]


def unlimited_again(process: int) -> None:
    """Take the till's limit away from outside, so that the second lock stands alone."""
    _, hard = resource.prlimit(process, resource.RLIMIT_CORE)
    resource.prlimit(process, resource.RLIMIT_CORE, (hard, hard))


@pytest.mark.parametrize("again", [False, True], ids=["limit", "not dumpable"])
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT])
def test_s34_a_till_that_is_struck_down_leaves_no_core(
    home: Path, sandbox: RunningSandbox, number: signal.Signals, again: bool
) -> None:
    config = write_config(home, sandbox)
    till = [sys.executable, "-m", "cashier", "--config", str(config)]
    place = home / "place"
    place.mkdir()
    quote = json.loads(
        subprocess.run(
            [*till, "inquire", DIRECT[0], magic_number("hang_booked", DIRECT[1]), "--json",
             "--amount", "50000"],
            check=True, capture_output=True,
        ).stdout
    )  # fmt: skip
    with allowed_to_dump([*till, "pay", quote["quote"], "--cash", "50000"], place) as paying:
        wait_for_booking(sandbox, paying)
        limits = looked_at(paying.pid)["limits"].decode()
        line = next(each for each in limits.splitlines() if each.startswith("Max core"))
        assert line.split()[4] == "0"
        if again:
            unlimited_again(paying.pid)
        paying.send_signal(number)
        assert paying.wait(30) == -number
    assert cores_in(place) == []
    assert_clean(home)


# The proof itself


def test_a_core_that_is_allowed_is_seen_and_its_secret_found(tmp_path: Path) -> None:
    """Else the test above would pass on a system that never writes one."""
    if Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip() != "core":
        pytest.skip("this system sends cores elsewhere")
    program = f"import os, signal; s = {KEY!r} + 'x'; os.kill(os.getpid(), signal.SIGABRT)"
    with allowed_to_dump([sys.executable, "-c", program], tmp_path) as process:
        process.wait(30)
    cores = cores_in(tmp_path)
    if not cores and resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("no core may be written here at all")
    assert len(cores) == 1
    assert "key, plain" in CANARIES.found_in(cores[0].read_bytes())
    cores[0].unlink()


PLACES: Final = (
    "data/cashier/sandbox/journal.db",
    "data/cashier/backup/sandbox/journal-1.db",
    "state/cashier/cashier.log",
    "state/cashier/incidents/1.txt",
    "state/cashier/anchor/journal.anchor",
    "state/cashier/blackbox/1.box",
    "all.jsonl",
    "pack/pack.json",
    "textual.log",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_leak_is_found_in_every_place_and_encoding(tmp_path: Path, place: str) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    for name, secret in SECRETS.items():
        for encoding, spellings in encodings(secret).items():
            for spelling in spellings:
                file.write_bytes(b"\x00before" + spelling + b"behind\xff")
                found = CANARIES.found_below(tmp_path, MEANT_TO)
                assert f"{name}, {encoding}" in found[place]


def test_a_leak_is_found_in_output_stream_and_name(tmp_path: Path) -> None:
    assert "password, plain" in CANARIES.found_in(b"\x1b[1m" + PASSWORD.encode() + b"\x1b[0m")
    (tmp_path / f"pack-{CARD}").touch()
    assert "card, plain" in CANARIES.found_below(tmp_path)[f"pack-{CARD}"]
    with pytest.raises(AssertionError):
        assert_clean(tmp_path, Ran(0, CARD, ""), files=0)
    with pytest.raises(AssertionError):
        assert_clean(tmp_path, files=0)


def test_a_leak_of_the_suites_own_shops_is_found_too(tmp_path: Path) -> None:
    """What ``no_secret_is_left`` looks for once at the end of every worker."""
    for secret in ("practice-basic-password", "practice-form-pw", "practice-signature-key"):
        (tmp_path / "journal.db").write_bytes(b"\0" + base64.b64encode(b"x:" + secret.encode()))
        assert SHOPS.found_below(tmp_path, MEANT_TO)
    (tmp_path / "journal.db").unlink()
    assert MEANT_TO == SHOPS_MEANT_TO
