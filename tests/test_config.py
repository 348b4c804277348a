"""The shop's configuration: defaults that suit practice, and one clear sentence per wrong key."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from cashier.config import (
    ADDRESSES,
    Config,
    ConfigProblem,
    CupsPrinter,
    Espay,
    ExtraProduct,
    FilePrinter,
    Journal,
    Limits,
    NetworkPrinter,
    NoPrinter,
    Receipt,
    SerialPrinter,
    Shop,
    Till,
    Ui,
    UsbPrinter,
    config_folder,
    data_folder,
    find,
    load,
    save,
    state_folder,
)
from cashier.credentials import new_bill_key
from cashier.language import LANGUAGES, LanguageCode, Refusal, explain
from cashier.money import ZERO, Rupiah
from cashier.private_file import write_private

CANARY = "canary-7f3a9c"
PRODUCT = '[[product]]\ncode = "SLYPDX"\nname = "PDAM"\ncategory = "pdam"\n'
PRODUCTION = '[espay]\nenvironment = "production"\nsender_id = "SGOPLUS"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that only its owner can write, as a home is."""
    tmp_path.chmod(0o755)
    return tmp_path


def written(folder: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def problems(folder: Path, content: str | bytes, language: LanguageCode = "en") -> list[str]:
    """The sentences that a wrong file gives, without the name of the file that each begins with."""
    path = written(folder, content)
    with pytest.raises(ConfigProblem) as caught:
        load(path)
    sentences = caught.value.sentences(language)
    assert all(sentence.startswith((f"{path}: ", f"{path}, ")) for sentence in sentences)
    return [sentence[len(str(path)) + 2 :] for sentence in sentences]


class TestDefaults:
    def test_an_empty_file_is_the_practice_till(self, folder: Path) -> None:
        config = load(written(folder, ""))
        assert config == Config()
        assert config.espay.environment == "practice"
        assert config.espay.address is None
        assert config.till.language == "id"
        assert config.printer == NoPrinter()

    def test_the_files_of_each_environment_lie_apart_in_the_users_folders(
        self, monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
        real = Config(espay=Espay(environment="production", sender_id="SGOPLUS"))
        for config, name in ((Config(), "practice"), (real, "production")):
            data, state = folder / "data/cashier", folder / "state/cashier"
            assert config.journal_path == data / "journal" / name / "journal.db"
            assert config.backup_dir == data / "backup" / name
            assert config.anchor_dir == state / "anchor" / name

    def test_data_and_state_may_be_one_folder(
        self, monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            monkeypatch.setenv(name, str(folder))
        assert load(written(folder, "")) == Config()

    @pytest.mark.parametrize(
        ("environment", "address"),
        [("sandbox", "https://sandbox-api.espay.id"), ("production", "https://api.espay.id")],
    )
    def test_the_address_follows_the_environment(
        self, folder: Path, environment: str, address: str
    ) -> None:
        text = f'[espay]\nenvironment = "{environment}"\nsender_id = "SGOPLUS"\n'
        assert load(written(folder, text)).espay.address == address
        own = text + 'base_url = "http://127.0.0.1:8080"\n'
        assert load(written(folder, own)).espay.address == "http://127.0.0.1:8080"

    def test_a_fee_is_that_of_the_category_else_the_default_else_none(self) -> None:
        fees = {"default": Rupiah.of(2500), "pln-postpaid": ZERO}
        till = Till(service_fee=fees)
        assert till.fee_of("pln-postpaid") == ZERO
        assert till.fee_of("pdam") == Rupiah.of(2500)
        assert Till().fee_of("pdam") == ZERO

    def test_in_practice_the_shop_is_the_same_and_its_espay_and_journal_are_not(self) -> None:
        shop = Shop(name="LOKET SARI")
        config = Config(
            shop=shop,
            espay=Espay(environment="production", sender_id="X", key=SecretStr(CANARY)),
            journal=Journal(path=Path("/srv/journal.db")),
        )
        practice = config.in_practice()
        assert practice.shop == shop
        assert practice.espay == Espay()
        assert practice.journal == Journal()


class TestFinding:
    def test_the_command_line_comes_before_the_environment_before_the_users_folder(
        self, monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
        monkeypatch.delenv("CASHIER_CONFIG", raising=False)
        assert find() == folder / "cashier" / "config.toml"
        monkeypatch.setenv("CASHIER_CONFIG", "/srv/kasir.toml")
        assert find() == Path("/srv/kasir.toml")
        assert find(Path("here.toml")) == Path("here.toml")

    def test_an_empty_variable_names_no_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CASHIER_CONFIG", "")
        assert find() == config_folder() / "config.toml"

    def test_the_users_folders_carry_the_name_of_the_program(self) -> None:
        assert {each().name for each in (config_folder, data_folder, state_folder)} == {"cashier"}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_missing_file_says_how_to_make_one(
        self, folder: Path, language: LanguageCode
    ) -> None:
        with pytest.raises(ConfigProblem) as caught:
            load(folder / "none" / "config.toml")
        assert caught.value.key == "config.not_found"
        assert "`cashier init`" in explain(language, caught.value)
        assert str(folder / "none" / "config.toml") in explain(language, caught.value)


FULL = Config(
    shop=Shop(name="LOKET SARI", address="Jl. Merdeka 5, Bandung", phone="022-1234", loket="01"),
    espay=Espay(
        environment="production",
        base_url="https://espay.example.id",
        sender_id="SGOPLUS",
        mode="invoicing",
        ca_file=Path("/etc/ca.pem"),
        secrets_file=Path("/etc/secrets.toml"),
        username=SecretStr("nama"),
        password=SecretStr('kata "sandi" \\ \u00e9'),
        form_password=SecretStr("formulir"),
        key=SecretStr("kunci"),
        bill_key=new_bill_key(),
    ),
    till=Till(
        language="en",
        idle_lock_s=0,
        service_fee={"default": Rupiah.of(2500), "pln-postpaid": ZERO},
        deposit_alert=ZERO,
        limits=Limits(payment=Rupiah.of(10_000_000)),
    ),
    receipt=Receipt(columns=48, footer="Terima kasih"),
    printer=UsbPrinter(vendor=0x04B8, product=0x0E15),
    journal=Journal(
        path=Path("/srv/kasir/journal.db"),
        backup_dir=Path("/srv/backup"),
        anchor_dir=Path("/srv/anchor"),
    ),
    ui=Ui(theme="high-contrast", keys={"pay": "f9,b"}),
    product=(
        ExtraProduct(code="SLYPDX", name="PDAM Contoh", category="pdam"),
        ExtraProduct(
            code="SVHTS25",
            name="Telkomsel 25.000",
            category="mobile-prepaid",
            denomination=Rupiah.of(25_000),
        ),
    ),
)


class TestSaving:
    @pytest.mark.parametrize("config", [Config(), FULL])
    def test_what_is_saved_loads_back_equal(self, folder: Path, config: Config) -> None:
        path = folder / "config.toml"
        save(config, path)
        assert load(path) == config
        save(load(path), path)
        assert load(path) == config

    @pytest.mark.parametrize(
        "printer",
        [
            FilePrinter(folder=Path("/srv/struk")),
            NetworkPrinter(host="192.168.1.50"),
            SerialPrinter(device=Path("/dev/ttyUSB0"), baud=19200),
            CupsPrinter(queue="STRUK"),
        ],
    )
    def test_every_kind_of_printer_comes_back(
        self,
        folder: Path,
        printer: FilePrinter | NetworkPrinter | SerialPrinter | CupsPrinter,
    ) -> None:
        save(Config(printer=printer), folder / "config.toml")
        assert load(folder / "config.toml").printer == printer

    @given(name=st.text(min_size=1, max_size=64), footer=st.text(max_size=200))
    def test_any_words_survive_the_journey(
        self, name: str, footer: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        try:
            config = Config(shop=Shop(name=name), receipt=Receipt(footer=footer))
        except ValueError:
            return  # nothing printable in it
        path = tmp_path_factory.getbasetemp() / "words.toml"
        save(config, path)
        assert load(path) == config

    def test_s35_the_file_is_for_its_owner_alone_whatever_the_umask(self, folder: Path) -> None:
        path = folder / "new" / "deep" / "config.toml"
        for umask in (0o000, 0o022, 0o777):
            before = os.umask(umask)
            try:
                save(FULL, path)
            finally:
                os.umask(before)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
        assert list(path.parent.iterdir()) == [path]

    def test_a_wide_old_file_becomes_narrow(self, folder: Path) -> None:
        path = written(folder, "", mode=0o666)
        save(FULL, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_failed_write_leaves_the_old_file_and_nothing_else(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(folder, "[ui]\n")

        def full_disk(handle: int) -> None:
            raise OSError(28, os.strerror(28))

        monkeypatch.setattr(os, "fsync", full_disk)
        with pytest.raises(Refusal) as caught:
            save(FULL, path)
        assert caught.value.key == "config.cannot_write"
        assert "No space left" in explain("en", caught.value)
        assert path.read_text() == "[ui]\n"
        assert list(folder.iterdir()) == [path]

    def test_a_symlink_in_its_place_is_not_followed_and_not_replaced(self, folder: Path) -> None:
        target = folder / "elsewhere.toml"
        target.write_text("mine")
        link = folder / "config.toml"
        link.symlink_to(target)
        with pytest.raises(Refusal) as caught:
            save(Config(), link)
        assert caught.value.key == "config.is_symlink"
        assert link.is_symlink()
        assert target.read_text() == "mine"

    def test_nothing_is_written_where_anybody_may_write(self, folder: Path) -> None:
        folder.chmod(0o777)
        with pytest.raises(Refusal) as caught:
            save(Config(), folder / "config.toml")
        assert caught.value.key == "config.open_folder"
        assert list(folder.iterdir()) == []


WRONG_KEYS = [
    ("shops = 1", "shops is unknown. What may stand here: shop, espay, till,"),
    ("[shop]\nnama = 1", "[shop] nama is unknown. What may stand here: name, address, phone,"),
    ("shop = 5", "shop must be a table"),
    ("[shop]\nname = 5", "[shop] name must be a text of 1 to 64 characters"),
    ('[shop]\nname = "\\u200b"', "[shop] name must be a text of 1 to 64"),
    (f'[shop]\nphone = "{"1" * 33}"', "[shop] phone must be a text of 0 to 32"),
    ('[espay]\nenvironment = "produksi"', "environment must be one of: practice, sandbox, prod"),
    ('[espay]\nmode = "saldo"', "[espay] mode must be one of: deposit, invoicing."),
    ('[espay]\nsender_id = "A B"', '[espay] sender_id must be a code in quotes, for example "SGO'),
    (f'[espay]\nsender_id = "{"A" * 33}"', "[espay] sender_id must be a code"),
    ('[espay]\nenvironment = "production"', "[espay] sender_id is missing."),
    ('[espay]\nca_file = "ca.pem"', "[espay] ca_file must be a full path"),
    ("[espay]\nca_file = 5", "[espay] ca_file must be a full path"),
    ('[espay]\nca_file = "/a\\u0000b"', "[espay] ca_file must be a full path"),
    ('[espay]\nca_file = "~nobody-has-this-name/x"', "[espay] ca_file must be a full path"),
    ("[espay]\nkey = 5", "[espay] key must be a text of 1 to 255 characters"),
    ('[espay]\nkey = ""', "[espay] key must be a text of 1 to 255 characters"),
    ('[espay]\nkey = " x"', "[espay] key must be a text of 1 to 255 characters"),
    ('[espay]\nkey = "a\\nb"', "[espay] key must be a text of 1 to 255 characters"),
    (f'[espay]\nbill_key = "{"0" * 64}"', "[espay] bill_key must be 64 hexadecimal digits."),
    ('[espay]\nbill_key = "abc"', "[espay] bill_key must be 64 hexadecimal digits."),
    ("[espay]\nbill_key = 5", "[espay] bill_key must be 64 hexadecimal digits."),
    ('[till]\nlanguage = "jv"', "[till] language must be one of: id, en."),
    ("[till]\nidle_lock_s = -1", "[till] idle_lock_s must be a whole number from 0 to 3600"),
    ("[till]\nidle_lock_s = 3601", "[till] idle_lock_s must be a whole number from 0 to 3600"),
    ("[till]\nidle_lock_s = true", "[till] idle_lock_s must be a whole number"),
    ("[till]\nidle_lock_s = 60.0", "[till] idle_lock_s must be a whole number"),
    ('[till]\nidle_lock_s = "60"', "[till] idle_lock_s must be a whole number"),
    ("[till]\nservice_fee = 2500", "[till] service_fee must be a table"),
    ('[till.service_fee]\npdam = "2500"', "[till.service_fee] pdam must be whole rupiah from Rp0"),
    ("[till.service_fee]\npdam = 2.5", "[till.service_fee] pdam must be whole rupiah"),
    ("[till.service_fee]\npdam = true", "[till.service_fee] pdam must be whole rupiah"),
    ("[till.service_fee]\npdam = -1", "[till.service_fee] pdam must be whole rupiah"),
    ("[till.service_fee]\npdam = 1000001", "to Rp1.000.000, without dots"),
    ("[till.service_fee]\nPDAM = 1", "[till.service_fee] PDAM is not a valid name."),
    ("[till]\ndeposit_alert = -5", "[till] deposit_alert must be whole rupiah"),
    ("[till.limits]\npayment = 0", "[till.limits] payment must be whole rupiah from Rp1"),
    ("[till.limits]\nrefund = 1", "[till.limits] refund is unknown. What may stand here: paym"),
    ("[receipt]\ncolumns = 23", "[receipt] columns must be a whole number from 24 to 132"),
    ("[receipt]\ncolumns = 133", "[receipt] columns must be a whole number from 24 to 132"),
    ("printer = 5", "printer must be a table"),
    ("[printer]", "[printer] kind is missing."),
    ('[printer]\nkind = "laser"', "[printer] kind must be one of: none, file, usb, network,"),
    ("[printer]\nkind = 5", "[printer] kind must be one of: none, file, usb, network,"),
    ('[printer]\nkind = "file"', "[printer] folder is missing."),
    ('[printer]\nkind = "none"\nhost = "x"', "host is unknown. What may stand here: kind."),
    ('[printer]\nkind = "usb"\nvendor = 1\nproduct = 0', "[printer] product must be a whole"),
    ('[printer]\nkind = "network"\nhost = "a b"', "[printer] host must be a code"),
    ('[printer]\nkind = "network"\nhost = "a"\nport = 0', "port must be a whole number from 1"),
    ('[printer]\nkind = "cups"\nqueue = "a;b"', "[printer] queue must be a code"),
    ('[journal]\npath = "journal.db"', "[journal] path must be a full path"),
    ('[ui]\ntheme = "../evil"', "[ui] theme must be a code in quotes"),
    ("[ui.keys]\npay = 9", "[ui.keys] pay must be a code in quotes"),
    ("[ui.keys]\n\"Pay Now\" = 'b'", "[ui.keys] Pay Now is not a valid name."),
    ("product = 5", "product must be a list of tables"),
    ("product = [5]", "[[product]] #1 must be a table"),
    ('[[product]]\nname = "A"\ncategory = "pdam"', "[[product]] #1 code is missing."),
    (f"{PRODUCT}{PRODUCT.replace('SLYPDX', 'SLY-PDX')}", "[[product]] #2 code must be a code"),
    (PRODUCT * 2, "[[product]] SLYPDX is written more than once."),
]


class TestWrongKeys:
    @pytest.mark.parametrize(("text", "expected"), WRONG_KEYS)
    def test_a_wrong_key_gives_one_sentence_with_file_key_and_what_is_expected(
        self, folder: Path, text: str, expected: str
    ) -> None:
        (sentence,) = problems(folder, text)
        assert expected in sentence

    @pytest.mark.parametrize(("text", "_expected"), WRONG_KEYS)
    def test_each_has_a_sentence_in_indonesian_too(
        self, folder: Path, text: str, _expected: str
    ) -> None:
        (indonesian,) = problems(folder, text, "id")
        (english,) = problems(folder, text, "en")
        assert indonesian != english
        assert "{" not in indonesian

    def test_several_wrong_keys_give_several_sentences(self, folder: Path) -> None:
        text = '[shop]\nname = 5\nx = 1\n[till]\nlanguage = "en"\nidle_lock_s = -1\n[receipts]\n'
        path = written(folder, text)
        with pytest.raises(ConfigProblem) as caught:
            load(path)
        assert len(caught.value.problems) == 4
        assert caught.value.language == "en"
        assert explain("en", caught.value) == caught.value.sentences()[0]

    @pytest.mark.parametrize("text", ['till = "en"\n', "[till]\nlanguage = []\n", "x = 1\n"])
    def test_where_the_file_asks_for_no_known_language_it_is_indonesian(
        self, folder: Path, text: str
    ) -> None:
        with pytest.raises(ConfigProblem) as caught:
            load(written(folder, text))
        assert caught.value.language == "id"

    def test_an_amount_made_in_code_has_no_sen(self) -> None:
        with pytest.raises(ValueError, match="wrong_rupiah"):
            Till(deposit_alert=Rupiah(150))

    def test_a_configuration_cannot_be_changed_after_reading(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            Config().shop.name = "X"  # type: ignore[misc]  # the mistake is what is tested

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a = ", 1),
            ("[shop]\n\nname = 'x", 3),
            ("[shop]\n[shop]\n", 2),
            ("[shop]\nname = 'a'\nname = 'b'\n", 3),
            ("a = [1,\n2\n", 2),
            ("", None),
        ],
    )
    def test_what_is_not_toml_says_in_which_line(
        self, folder: Path, text: str, line: int | None
    ) -> None:
        if line is None:
            assert load(written(folder, text)) == Config()
        else:
            (sentence,) = problems(folder, text)
            assert sentence.startswith(f"line {line}: not valid TOML.")

    def test_a_file_in_another_encoding_is_named(self, folder: Path) -> None:
        path = written(folder, 'a = "é"'.encode("latin-1"))
        with pytest.raises(ConfigProblem) as caught:
            load(path)
        assert caught.value.sentences("en") == (
            f"{path} is not UTF-8 text. Save it again as UTF-8.",
        )

    def test_a_byte_order_mark_is_no_mistake(self, folder: Path) -> None:
        assert load(written(folder, b"\xef\xbb\xbf[ui]\n")) == Config()


S05_FILES = [
    f'[espay]\nkey = " {CANARY}"\n',
    f'[espay]\nkey = ["{CANARY}"]\n',
    f'[espay]\nusername = {{a = "{CANARY}"}}\n',
    f'[espay]\nbill_key = "{CANARY}"\n',
    f'[espay]\npassword = "{CANARY}" x\n',
    f'[espay]\npassword = "{CANARY}\n',
    f'[espay]\nform_password = "{CANARY}"\n[espay]\n',
    f'[espay]\nkey = "{CANARY}"\nenvironment = "production"\n',
    f'[espay]\nbase_url = "https://user:{CANARY}@api.espay.id"\n',
    f'espay = "{CANARY}"\n',
    f'[shop]\nx = "{CANARY}"\n',
    f'[printer]\nkind = "{CANARY}"\n',
]


@pytest.mark.parametrize("text", S05_FILES)
def test_s05_no_value_of_the_file_is_in_an_error_or_in_what_led_to_it(
    folder: Path, text: str
) -> None:
    with pytest.raises(ConfigProblem) as caught:
        load(written(folder, text))
    shown = [*caught.value.sentences("id"), *caught.value.sentences("en")]
    error: BaseException | None = caught.value
    while error is not None:
        shown += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    assert not any(CANARY in each for each in shown)


def test_s05_a_configuration_never_shows_its_secrets(folder: Path) -> None:
    secrets = ("username", "password", "form_password", "key")
    text = PRODUCTION + "".join(f'{name} = "{CANARY}"\n' for name in secrets)
    config = load(written(folder, text))
    assert config.espay.has_inline_secrets
    assert config.espay.key is not None
    assert config.espay.key.get_secret_value() == CANARY
    for shown in (repr(config), str(config), f"{config}", repr(vars(config.espay))):
        assert CANARY not in shown


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "http://api.espay.id",
            "http://192.168.1.5",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "https://user:pass@api.espay.id",
            "https://api.espay.id@evil.example",
            "https://api.espay.id/../evil",
            "https://api.espay.id/rest",
            "https://api.espay.id?x=1",
            "https://api.espay.id#x",
            "https://api.espay.id\\@evil.example",
            "https://аpi.espay.id",
            "https://xn--pi-6kc.espay.id",
            "ftp://api.espay.id",
            "api.espay.id",
            "https://",
            "",
            " https://api.espay.id",
            "https://api.espay.id\n",
        ],
    )
    def test_s11_an_address_that_could_deceive_is_refused(self, folder: Path, url: str) -> None:
        escaped = url.replace("\\", "\\\\").replace("\n", "\\n")
        (english,) = problems(folder, PRODUCTION + f'base_url = "{escaped}"\n')
        (indonesian,) = problems(folder, PRODUCTION + f'base_url = "{escaped}"\n', "id")
        assert english.startswith("[espay] base_url: ")
        assert indonesian.startswith("[espay] base_url: ")
        assert indonesian != english
        assert "pass@" not in english

    def test_an_address_must_be_a_text(self, folder: Path) -> None:
        (sentence,) = problems(folder, "[espay]\nbase_url = 5\n")
        assert sentence.startswith("[espay] base_url: ")

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"]
    )
    def test_practice_may_point_to_this_computer(self, folder: Path, url: str) -> None:
        config = load(written(folder, f'[espay]\nbase_url = "{url}"\n'))
        assert config.espay.address == url

    @pytest.mark.parametrize(
        "url", ["https://api.espay.id", "https://localhost.example", "https://128.0.0.1"]
    )
    def test_practice_never_points_anywhere_else(self, folder: Path, url: str) -> None:
        (sentence,) = problems(folder, f'[espay]\nbase_url = "{url}"\n')
        assert sentence.startswith("[espay] base_url may only point to this computer")

    @pytest.mark.parametrize(
        ("environment", "other"), [("sandbox", "production"), ("production", "sandbox")]
    )
    def test_f49_the_address_of_the_other_environment_is_refused(
        self, folder: Path, environment: str, other: str
    ) -> None:
        start = f'[espay]\nenvironment = "{environment}"\nsender_id = "SGOPLUS"\n'
        other_url = next(each for name, each in ADDRESSES.items() if name == other)
        (sentence,) = problems(folder, start + f'base_url = "{other_url}"\n')
        assert sentence.startswith(f"[espay] base_url is the address of {other}.")
        own_url = next(each for name, each in ADDRESSES.items() if name == environment)
        assert load(written(folder, start + f'base_url = "{own_url}"\n')).espay.address == own_url


@pytest.mark.parametrize("anchor", ["/srv/kasir", "/srv/kasir/anchor", "/srv/kasir/../kasir/x"])
def test_the_anchor_never_lies_in_the_folder_of_the_journal(folder: Path, anchor: str) -> None:
    text = f'[journal]\npath = "/srv/kasir/journal.db"\nanchor_dir = "{anchor}"\n'
    (sentence,) = problems(folder, text)
    assert sentence.startswith("[journal] anchor_dir must lie outside")
    outside = text.replace(anchor + '"', '/srv/anchor"')
    assert load(written(folder, outside)).anchor_dir == Path("/srv/anchor")


def test_the_home_is_written_with_a_tilde(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    config = load(written(folder, '[journal]\nbackup_dir = "~/backup"\n'))
    assert config.backup_dir == folder / "backup"


class TestWhoMayTouchTheFile:
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
    def test_s01_without_secrets_others_may_read_it(self, folder: Path, mode: int) -> None:
        assert load(written(folder, "", mode)) == Config()

    @pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o610, 0o601])
    def test_s01_with_secrets_they_may_not(self, folder: Path, mode: int) -> None:
        path = written(folder, f'[espay]\nkey = "{CANARY}"\n', mode)
        with pytest.raises(ConfigProblem) as caught:
            load(path)
        assert caught.value.key == "config.others_can_read"
        assert caught.value.sentences("en")[0].endswith(f"Run: chmod 600 {path}")
        assert CANARY not in str(caught.value)

    @pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777, 0o664])
    def test_s01_others_may_never_change_it(self, folder: Path, mode: int) -> None:
        with pytest.raises(ConfigProblem) as caught:
            load(written(folder, "", mode))
        assert caught.value.key == "config.others_can_write"

    @pytest.mark.parametrize("mode", [0o777, 0o757, 0o1777])
    def test_s01_nor_may_anybody_change_its_folder(self, folder: Path, mode: int) -> None:
        path = written(folder, "")
        folder.chmod(mode)
        with pytest.raises(ConfigProblem) as caught:
            load(path)
        assert caught.value.key == "config.open_folder"
        assert str(folder) in caught.value.sentences("en")[0]

    def test_s01_a_symlink_is_refused(self, folder: Path) -> None:
        target = folder / "target.toml"
        target.write_text("")
        link = folder / "config.toml"
        link.symlink_to(target)
        with pytest.raises(ConfigProblem) as caught:
            load(link)
        assert caught.value.key == "config.is_symlink"

    def test_s01_a_file_of_another_user_is_refused(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(folder, "")
        if os.geteuid() == 0:
            os.chown(path, 12345, -1)
        else:
            stranger = os.geteuid() + 1
            monkeypatch.setattr(os, "geteuid", lambda: stranger)
        with pytest.raises(ConfigProblem) as caught:
            load(path)
        assert caught.value.key == "config.other_owner"

    def test_a_folder_or_a_pipe_is_no_file_and_is_not_waited_for(self, folder: Path) -> None:
        (folder / "config.toml").mkdir()
        os.mkfifo(folder / "pipe.toml")
        for name in ("config.toml", "pipe.toml"):
            with pytest.raises(ConfigProblem) as caught:
                load(folder / name)
            assert caught.value.key in {"config.not_regular", "config.cannot_read"}

    def test_a_file_in_the_place_of_the_folder_is_named(self, folder: Path) -> None:
        (folder / "x").write_text("")
        with pytest.raises(ConfigProblem) as caught:
            load(folder / "x" / "config.toml")
        assert caught.value.key == "config.cannot_read"

    def test_no_file_can_be_written_below_a_file(self, folder: Path) -> None:
        (folder / "x").write_text("")
        with pytest.raises(Refusal) as caught:
            write_private(folder / "x" / "config.toml", b"")
        assert caught.value.key == "config.cannot_write"
