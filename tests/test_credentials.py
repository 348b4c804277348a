"""The shop's secrets: from files that nobody else can read, and never seen again."""

import copy
import dataclasses
import io
import json
import os
import pickle
import stat
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from cashier.config import Config, ConfigProblem, Espay, save
from cashier.credentials import (
    Secrets,
    load_secrets,
    new_bill_key,
    practice_bill_key,
    practice_secrets,
    write_secrets,
)
from cashier.language import LANGUAGES, Refusal, explain

CANARY = "canary-9b1d"
SECRETS = Secrets(
    username=SecretStr(f"{CANARY}-user"),
    password=SecretStr(f"{CANARY}-password"),
    form_password=SecretStr(f"{CANARY}-form"),
    key=SecretStr(f"{CANARY}-key"),
    bill_key=new_bill_key(),
)
NAMES = tuple(each.name for each in dataclasses.fields(Secrets))


def value_of(secrets: Secrets, name: str) -> str:
    secret = getattr(secrets, name)
    assert isinstance(secret, SecretStr)
    return secret.get_secret_value()


VALUES = {name: value_of(SECRETS, name) for name in NAMES}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that only its owner can write, on a machine without systemd credentials."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    tmp_path.chmod(0o700)
    return tmp_path


def real(secrets_file: Path | None = None, inline: Mapping[str, str] | None = None) -> Config:
    """A configuration outside practice, whose secrets lie in a file or in itself."""
    espay = {"environment": "sandbox", "sender_id": "SHOP", "secrets_file": secrets_file}
    return Config.model_validate({"espay": {**espay, **(inline or {})}})


def secrets_file(folder: Path, mode: int = 0o600) -> Path:
    path = folder / "secrets.toml"
    write_secrets(SECRETS, path)
    path.chmod(mode)
    return path


def refusal_of(config: Config, path: Path) -> Refusal:
    """The refusal of loading; no sentence and nothing that led to it may hold a secret."""
    with pytest.raises(Refusal) as caught:
        load_secrets(config, path)
    refusal = caught.value
    shown = [explain(language, refusal) for language in LANGUAGES]
    error: BaseException | None = refusal
    while error is not None:
        shown += [str(error), repr(error), repr(vars(error))]
        error = error.__cause__ or error.__context__
    shown += traceback.format_exception(refusal)
    assert not any(value in each for each in shown for value in VALUES.values())
    return refusal


class TestSources:
    def test_the_secrets_file_gives_all_five(self, folder: Path) -> None:
        config = real(secrets_file(folder))
        assert load_secrets(config, folder / "config.toml") == SECRETS

    def test_a_private_config_file_may_hold_them_itself(self, folder: Path) -> None:
        config = real(inline=VALUES)
        path = folder / "config.toml"
        save(config, path)
        assert load_secrets(config, path) == SECRETS

    def test_a_systemd_credential_comes_first(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = dataclasses.replace(SECRETS, key=SecretStr("of systemd"))
        write_secrets(other, folder / "run" / "cashier")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / "run"))
        assert load_secrets(real(secrets_file(folder)), folder / "config.toml") == other

    def test_the_secrets_file_comes_before_the_config_file(self, folder: Path) -> None:
        config = real(secrets_file(folder), {"key": "older"})
        assert load_secrets(config, folder / "config.toml") == SECRETS

    @pytest.mark.parametrize("run", ["", "run", "nowhere"])
    def test_credentials_of_other_programs_are_passed_over(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, run: str
    ) -> None:
        (folder / "run").mkdir()
        (folder / "run" / "other").write_text("x")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / run) if run else "")
        assert load_secrets(real(secrets_file(folder)), folder / "config.toml") == SECRETS

    def test_without_any_source_the_sentence_says_what_to_do(self, folder: Path) -> None:
        refusal = refusal_of(real(), folder / "config.toml")
        assert refusal.key == "config.no_secrets"
        assert "`cashier init`" in explain("id", refusal)

    def test_practice_uses_none_of_them(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_secrets(SECRETS, folder / "cashier")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        practice = Config(espay=Espay(secrets_file=secrets_file(folder), key=SECRETS.key))
        assert load_secrets(practice, folder / "config.toml") == practice_secrets()
        assert {value_of(practice_secrets(), name) for name in NAMES}.isdisjoint(VALUES.values())

    def test_s02_environment_and_arguments_are_never_a_source(self, folder: Path) -> None:
        """A real process is given secrets both ways; it finds none and says so."""
        config = folder / "config.toml"
        save(real(), config)
        program = (
            "import sys; from pathlib import Path\n"
            "from cashier.config import load; from cashier.credentials import load_secrets\n"
            "from cashier.language import Refusal\n"
            "try: load_secrets(load(Path(sys.argv[1])), Path(sys.argv[1]))\n"
            "except Refusal as refusal: print(refusal.key)\n"
        )
        given = {
            f"{prefix}{name}".upper(): VALUES[name]
            for name in NAMES
            for prefix in ("", "cashier_", "espay_", "cashier_espay_")
        }
        arguments = [f"--{name}={VALUES[name]}" for name in NAMES]
        done = subprocess.run(
            [sys.executable, "-c", program, str(config), *arguments],
            env={"PATH": "/usr/bin:/bin", **given},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout == "config.no_secrets\n"
        assert CANARY not in done.stderr

    def test_s02_a_till_that_has_its_secrets_shows_none_in_proc(self, folder: Path) -> None:
        config = folder / "config.toml"
        save(real(secrets_file(folder)), config)
        program = (
            "import sys; from pathlib import Path\n"
            "from cashier.config import load; from cashier.credentials import load_secrets\n"
            "secrets = load_secrets(load(Path(sys.argv[1])), Path(sys.argv[1]))\n"
            "print(secrets.username.get_secret_value()[-4:], flush=True); sys.stdin.read()\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program, str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as till:
            assert till.stdout is not None
            assert till.stdin is not None
            assert till.stdout.readline() == "user\n"
            proc = Path("/proc") / str(till.pid)
            seen = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
            till.stdin.close()
        assert CANARY.encode() not in seen
        assert till.returncode == 0


class TestWrongContents:
    @pytest.mark.parametrize("missing", NAMES)
    def test_each_of_the_five_is_needed(self, folder: Path, missing: str) -> None:
        path = secrets_file(folder)
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(f"{missing} =")))
        refusal = refusal_of(real(path), folder / "config.toml")
        assert isinstance(refusal, ConfigProblem)
        assert explain("en", refusal).startswith(f"{path}: {missing} is missing.")

    @pytest.mark.parametrize("missing", NAMES)
    def test_each_is_needed_in_the_config_file_too(self, folder: Path, missing: str) -> None:
        config = real(inline={name: value for name, value in VALUES.items() if name != missing})
        path = folder / "config.toml"
        save(config, path)
        refusal = refusal_of(config, path)
        assert explain("en", refusal).startswith(f"{path}: [espay] {missing} is missing.")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("key", f'" {CANARY}-key"'),
            ("password", f'"{CANARY}-password\\n"'),
            ("username", "5"),
            ("form_password", '""'),
            ("bill_key", f'"{CANARY}"'),
            ("bill_key", f'"{"0" * 64}"'),
        ],
    )
    def test_s05_a_wrong_value_is_named_by_its_key_only(
        self, folder: Path, name: str, value: str
    ) -> None:
        path = secrets_file(folder)
        lines = path.read_text().splitlines(keepends=True)
        others = "".join(line for line in lines if not line.startswith(f"{name} ="))
        path.write_text(f"{others}{name} = {value}\n")
        refusal = refusal_of(real(path), folder / "config.toml")
        assert explain("en", refusal).startswith(f"{path}: {name} must be ")

    def test_s05_a_file_that_is_no_toml_is_not_quoted(self, folder: Path) -> None:
        path = secrets_file(folder)
        path.write_text(path.read_text() + f'key = "{CANARY}-key" "{CANARY}-key"\n')
        assert refusal_of(real(path), folder / "config.toml").key == "config.not_toml"

    def test_an_unknown_key_is_refused(self, folder: Path) -> None:
        path = secrets_file(folder)
        path.write_text(f'{path.read_text()}pin = "{CANARY}-key"\n')
        sentence = explain("en", refusal_of(real(path), folder / "config.toml"))
        assert sentence.startswith(f"{path}: pin is unknown. What may stand here: username,")


class TestS01WhoMayReadThem:
    """The matrix of S01: mode, owner, symlink and folder, for each source."""

    @pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
    def test_s01_a_file_of_our_own_is_read(self, folder: Path, mode: int) -> None:
        path = secrets_file(folder, mode)
        assert load_secrets(real(path), folder / "config.toml") == SECRETS

    @pytest.mark.parametrize(
        "mode", [0o640, 0o604, 0o644, 0o610, 0o601, 0o620, 0o602, 0o666, 0o777]
    )
    def test_s01_any_right_of_anybody_else_refuses_it(self, folder: Path, mode: int) -> None:
        path = secrets_file(folder, mode)
        refusal = refusal_of(real(path), folder / "config.toml")
        assert refusal.key in {"config.others_can_read", "config.others_can_write"}
        assert str(path) in explain("id", refusal)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
    def test_s01_the_config_file_that_holds_them_is_no_exception(
        self, folder: Path, mode: int
    ) -> None:
        config = real(inline=VALUES)
        path = folder / "config.toml"
        save(config, path)
        path.chmod(mode)
        assert refusal_of(config, path).key == "config.others_can_read"

    def test_s01_a_file_of_another_user_is_refused(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = secrets_file(folder)
        stranger = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: stranger)
        assert refusal_of(real(path), folder / "config.toml").key == "config.other_owner"

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_s01_root_too_refuses_the_file_of_another_user(self, folder: Path) -> None:
        path = secrets_file(folder)
        os.chown(path, 12345, -1)
        assert refusal_of(real(path), folder / "config.toml").key == "config.other_owner"

    def test_s01_a_symlink_is_refused_wherever_it_leads(self, folder: Path) -> None:
        link = folder / "link.toml"
        link.symlink_to(secrets_file(folder))
        refusal = refusal_of(real(link), folder / "config.toml")
        assert refusal.key == "config.is_symlink"
        assert str(link) in explain("id", refusal)

    @pytest.mark.parametrize("mode", [0o777, 0o703, 0o1777])
    def test_s01_a_folder_that_anybody_can_write_is_refused(self, folder: Path, mode: int) -> None:
        path = secrets_file(folder)
        folder.chmod(mode)
        assert refusal_of(real(path), folder / "config.toml").key == "config.open_folder"

    def test_a_missing_file_is_named(self, folder: Path) -> None:
        refusal = refusal_of(real(folder / "gone.toml"), folder / "config.toml")
        assert refusal.key == "config.not_found"
        assert str(folder / "gone.toml") in explain("id", refusal)

    def test_s01_a_systemd_credential_may_carry_the_mask_of_an_acl(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_secrets(SECRETS, folder / "cashier")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        (folder / "cashier").chmod(0o440)
        assert load_secrets(real(), folder / "config.toml") == SECRETS

    @pytest.mark.parametrize(
        ("mode", "key"),
        [(0o444, "config.others_can_read"), (0o460, "config.others_can_write")],
    )
    def test_s01_a_systemd_credential_open_to_all_is_refused(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int, key: str
    ) -> None:
        write_secrets(SECRETS, folder / "cashier")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        (folder / "cashier").chmod(mode)
        assert refusal_of(real(), folder / "config.toml").key == key


class TestWriting:
    def test_what_is_written_is_read_back(self, folder: Path) -> None:
        path = folder / "new" / "secrets.toml"
        write_secrets(SECRETS, path)
        assert tomllib.loads(path.read_text()) == VALUES
        assert load_secrets(real(path), folder / "config.toml") == SECRETS

    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
    @pytest.mark.parametrize("old", [None, 0o600, 0o644])
    def test_s35_the_file_is_0600_from_its_first_byte_on(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, umask: int, old: int | None
    ) -> None:
        path = folder / "secrets.toml"
        if old is not None:
            path.write_text("old")
            path.chmod(old)
        seen: list[int] = []
        real_fsync = os.fsync

        def watched(handle: int) -> None:
            status = os.fstat(handle)
            if stat.S_ISREG(status.st_mode):
                seen.append(stat.S_IMODE(status.st_mode))
            real_fsync(handle)

        monkeypatch.setattr(os, "fsync", watched)
        before = os.umask(umask)
        try:
            write_secrets(SECRETS, path)
        finally:
            os.umask(before)
        assert seen == [0o600]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(folder.iterdir()) == [path]

    def test_nothing_is_written_through_a_symlink(self, folder: Path) -> None:
        target = folder / "target"
        target.write_text("mine")
        link = folder / "secrets.toml"
        link.symlink_to(target)
        with pytest.raises(Refusal) as caught:
            write_secrets(SECRETS, link)
        assert caught.value.key == "config.is_symlink"
        assert target.read_text() == "mine"


class TestNothingShowsThem:
    def test_s03_no_way_of_showing_them_shows_a_value(self) -> None:
        stream = io.StringIO()
        print(SECRETS, vars(Secrets), [SECRETS], {"s": SECRETS}, file=stream)
        shown = (
            repr(SECRETS), str(SECRETS), f"{SECRETS}", f"{SECRETS!r}", f"{SECRETS!s}",
            "%s %r" % (SECRETS, SECRETS),  # noqa: UP031  # each way of formatting is tried
            "{}".format(SECRETS), repr(dataclasses.asdict(SECRETS)),  # noqa: UP032
            repr(dataclasses.astuple(SECRETS)), stream.getvalue(),
            *(f"{getattr(SECRETS, name)} {getattr(SECRETS, name)!r}" for name in NAMES),
        )  # fmt: skip
        for each in shown:
            assert CANARY not in each
            assert VALUES["bill_key"] not in each

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_they_are_never_pickled(self, protocol: int) -> None:
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(SECRETS, protocol)

    def test_nor_copied_or_written_as_json(self) -> None:
        for copied in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                copied(SECRETS)
        with pytest.raises(TypeError):
            json.dumps(SECRETS)

    def test_an_assertion_about_them_that_fails_shows_none(self) -> None:
        with pytest.raises(AssertionError) as caught:
            assert practice_secrets() == SECRETS
        assert CANARY not in str(caught.value)


class TestPractice:
    def test_its_bill_key_is_drawn_once_and_kept_for_its_user_alone(self, folder: Path) -> None:
        path = folder / "practice" / "bill-key.toml"
        first = practice_bill_key(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert practice_bill_key(path) == first
        assert practice_bill_key(folder / "another.toml") != first

    def test_two_tills_that_begin_at_once_share_the_key_of_the_first(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = folder / "bill-key.toml"
        first = practice_bill_key(path)
        monkeypatch.setattr(Path, "exists", lambda _: False)  # what the second saw before
        assert practice_bill_key(path) == first
        assert list(folder.iterdir()) == [path]

    def test_a_bill_key_that_others_can_read_is_refused(self, folder: Path) -> None:
        path = folder / "bill-key.toml"
        practice_bill_key(path)
        path.chmod(0o644)
        with pytest.raises(Refusal) as caught:
            practice_bill_key(path)
        assert caught.value.key == "config.others_can_read"


def test_a_bill_key_is_256_random_bits() -> None:
    drawn = {new_bill_key().get_secret_value() for _ in range(100)}
    assert len(drawn) == 100
    assert all(len(bytes.fromhex(key)) == 32 for key in drawn)
