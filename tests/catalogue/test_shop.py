"""What a shop adds: products in ``config.toml``, and its own category files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from cashier.catalogue import Catalogue, CatalogueProblem, load_catalogue
from cashier.catalogue.problem import problem_in
from cashier.config import ExtraProduct as ConfiguredProduct
from cashier.language import LANGUAGES, Refusal, explain
from cashier.money import Rupiah

Write = Callable[..., Path]

WHOLE = """
id = "gas"
order = 5
key = "x"
names = { id = "Gas", en = "Gas" }
source = "the shop"
transaction = "PAYMENT"
[rules]
inquiry = true
amount = "none"
reply_amount = "compare"
fee = { allowed = true, maximum = 2_000 }
figures = { bill_includes_fee = false }
struk = { heading = "STRUK GAS", lines = [{ label = "NO", own = "number" }] }
[rules.number]
label = { id = "No", en = "No" }
kind = "plain"
minimum = 4
maximum = 8
pattern = "[0-9]+"
example = "1234"
[[product]]
code = "SXYZ01"
name = "Gas Kota"
source = "the shop"
"""


@dataclass(frozen=True)
class Extra:
    """A product as ``config.toml`` would give it."""

    code: str
    name: str = "Baru"
    category: str = "pdam"
    denomination: Rupiah | None = None


@pytest.fixture
def own(tmp_path: Path) -> Write:
    def write(text: str, name: str = "own.toml") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def problem(folder: Path) -> CatalogueProblem:
    with pytest.raises(CatalogueProblem) as found:
        load_catalogue(folder)
    for language in LANGUAGES:
        sentence = explain(language, found.value)
        assert str(folder) in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
    return found.value


# products of config.toml


def test_a_product_of_the_config_joins_its_category() -> None:
    product = load_catalogue(extra=[Extra("SLYPDZ", "PDAM Baru")]).product("SLYPDZ")
    assert (product.name, product.category.id, product.origin) == ("PDAM Baru", "pdam", "shop")
    assert product.rules is product.category.rules
    assert not product.documented


def test_the_config_gives_products_in_the_form_that_the_catalogue_takes() -> None:
    configured = ConfiguredProduct(
        code="SLYLPR30", name="Token 30.000", category="pln-prepaid", denomination=Rupiah.of(30_000)
    )
    product = load_catalogue(extra=[configured]).product("SLYLPR30")
    assert product.denomination == Rupiah.of(30_000)


def test_a_denomination_that_stands_in_the_code_need_not_be_written() -> None:
    product = load_catalogue(extra=[Extra("SLYLPR30", category="pln-prepaid")]).product("SLYLPR30")
    assert product.denomination == Rupiah.of(30_000)


def test_credit_with_unknown_letters_finds_its_operator_by_name() -> None:
    extra = Extra("PULSA3X25", "Three 25.000", "mobile-prepaid", Rupiah.of(25_000))
    catalogue = load_catalogue(extra=[extra])
    operator = catalogue.operator_of("0895123456")
    assert operator is not None
    assert [one.code for one in catalogue.products_for(operator)] == ["PULSA3X25"]


def test_a_known_product_that_is_renamed_keeps_its_own_rules() -> None:
    product = load_catalogue(extra=[Extra("STCGRI", "Garuda", "mobile-postpaid")]).product("STCGRI")
    assert product.name == "Garuda"
    assert product.rules.number.kind == "code"
    assert product.documented


def test_a_known_product_that_is_moved_takes_the_rules_of_its_new_home() -> None:
    catalogue = load_catalogue(extra=[Extra("STBFRM", "First Media TV", "cable-tv")])
    product = catalogue.product("STBFRM")
    assert product.rules is catalogue.category("cable-tv").rules
    assert "STBFRM" not in {one.code for one in catalogue.products_of("internet-service-bill")}
    assert len(catalogue.products) == 46


def test_a_product_of_the_config_is_marked_by_the_live_list_and_not_placed_again() -> None:
    catalogue = load_catalogue(extra=[Extra("SLYPDZ", "Milik toko")])
    joined = catalogue.with_live([("SLYPDZ", "PDAM Z")])
    assert joined.product("SLYPDZ").name == "Milik toko"
    assert joined.product("SLYPDZ").registered is True
    assert catalogue.with_live([]).product("SLYPDZ").registered is False


def test_s13_the_name_of_a_product_is_cleaned() -> None:
    product = load_catalogue(extra=[Extra("SLYPDZ", "PDAM\x1b]52;c;x\x07\u202e Z")]).product(
        "SLYPDZ"
    )
    assert product.name == "PDAM]52;c;x Z"


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ([Extra("AB1"), Extra("AB1")], "catalogue.extra_twice"),
        ([Extra("AB1", category="gas")], "catalogue.extra_category"),
        ([Extra("AB1", category="pln-prepaid")], "catalogue.extra_denomination"),
    ],
)
def test_a_product_of_the_config_that_does_not_fit_is_refused(extra: list[Extra], key: str) -> None:
    with pytest.raises(Refusal) as refused:
        load_catalogue(extra=extra)
    assert refused.value.key == key
    for language in LANGUAGES:
        assert "AB1" in explain(language, refused.value)


# the shop's own files


def test_no_folder_means_no_changes(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path / "none") == load_catalogue()


def test_a_shop_may_add_a_category(own: Write) -> None:
    catalogue = load_catalogue(own(WHOLE))
    assert catalogue.categories[0].id == "gas"
    (product,) = catalogue.products_of("gas")
    assert (product.code, product.origin) == ("SXYZ01", "shop")
    assert product.rules.fee.maximum == Rupiah.of(2_000)


def test_a_shop_changes_one_value_and_keeps_the_rest(own: Write) -> None:
    folder = own('id = "pln-prepaid"\n[rules.hours]\nstarts = 22:45:00\n')
    rules = load_catalogue(folder).category("pln-prepaid").rules
    assert str(rules.hours) == "22:45-01:00 WIB"
    assert rules.demands.numbers[0].digits == 20
    assert len(load_catalogue(folder).products) == 46


def test_a_shop_changes_and_adds_products_by_their_code(own: Write) -> None:
    folder = own(
        """
        id = "pdam"
        [[product]]
        code = "SLYATR"
        name = "Aetra Jakarta"
        [product.rules.number]
        minimum = 10
        [[product]]
        code = "SLYNEW"
        name = "PDAM Baru"
        source = "the shop"
        """
    )
    catalogue = load_catalogue(folder)
    changed, new = catalogue.product("SLYATR"), catalogue.product("SLYNEW")
    assert (changed.name, changed.origin) == ("Aetra Jakarta", "documented")
    assert changed.rules.number.minimum == 10
    assert changed.rules.number.maximum == 20
    assert catalogue.category("pdam").rules.number.minimum == 4
    assert (new.origin, new.category.id) == ("shop", "pdam")
    assert len(catalogue.products_of("pdam")) == 10


def test_a_shop_may_turn_off_the_inquiry_of_telkom_speedy(own: Write) -> None:
    folder = own(
        """
        id = "internet-service-bill"
        [[product]]
        code = "SLYTSD"
        [product.rules]
        inquiry = false
        amount = "typed"
        reply_amount = "note"
        """
    )
    rules = load_catalogue(folder).product("SLYTSD").rules
    assert not rules.inquiry
    assert rules.amount == "typed"


def test_every_key_of_the_rules_may_differ_for_one_product(own: Write) -> None:
    folder = own(
        """
        id = "cable-tv"
        [[product]]
        code = "STBIDV"
        transaction = "TOPUP"
        [product.rules]
        minimum = 10_000
        maximum = 500_000
        fee = { allowed = false }
        hours = { starts = 21:00:00, ends = 06:00:00 }
        warn = [{ field = "status", words = { id = "a", en = "b" } }]
        """
    )
    product = load_catalogue(folder).product("STBIDV")
    assert product.transaction == "TOPUP"
    assert not product.rules.fee.allowed
    assert product.rules.maximum == Rupiah.of(500_000)
    assert str(product.rules.hours) == "21:00-06:00 WIB"
    assert product.category.rules.fee.allowed


def test_a_shop_corrects_the_letters_and_prefixes_of_an_operator(own: Write) -> None:
    folder = own(
        """
        [[operator]]
        id = "tri"
        letters = "TH"
        invented = false
        [[operator]]
        id = "baru"
        name = "Operator Baru"
        letters = "OB"
        invented = false
        words = ["baru"]
        prefixes = [{ digits = "0860", sources = ["shop"] }]
        """,
        "operators.toml",
    )
    catalogue = load_catalogue(folder).with_live([("SVHTH25", ""), ("SVHOB10", "")])
    tri, new = catalogue.operator_of("0895123"), catalogue.operator_of("0860123")
    assert tri is not None
    assert new is not None
    assert [one.code for one in catalogue.products_for(tri)] == ["SVHTH25"]
    assert [one.code for one in catalogue.products_for(new)] == ["SVHOB10"]


def test_other_files_in_the_folder_are_left_alone(own: Write) -> None:
    assert load_catalogue(own("not = [toml", "notes.txt")) == load_catalogue()


def test_a_pattern_with_a_strange_denomination_places_without_one(own: Write) -> None:
    folder = own('id = "pdam"\ncode_patterns = ["SXX(?P<thousands>[A-Z])"]\n')
    product = load_catalogue(folder).with_live([("SXXA", "Air")]).product("SXXA")
    assert product.denomination is None


def test_a_token_whose_denomination_cannot_be_told_is_not_placed(own: Write) -> None:
    folder = own('id = "pln-prepaid"\ncode_patterns = ["SLYTOK[0-9]+"]\n')
    joined = load_catalogue(folder).with_live([("SLYTOK20", "Token")])
    assert [one.code for one in joined.unplaced] == ["SLYTOK20"]


def test_a_code_that_two_categories_claim_is_not_placed(own: Write) -> None:
    folder = own('id = "train-ticket"\ncode_patterns = ["SLYPD.*"]\n')
    joined = load_catalogue(folder).with_live([("SLYPDX", "Apa")])
    assert [one.code for one in joined.unplaced] == ["SLYPDX"]


# wrong files


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "sentence", "where"),
    [
        ("id = [", "not_toml", ""),
        ('order = 5\nkey = "x"', "missing", "id"),
        ("id = 5", "missing", "id"),
        (changed("order = 5\n", ""), "missing", "order"),
        (changed("order = 5", 'order = "5"'), "integer", "order"),
        (changed("order = 5", "order = 5\nprice = 1"), "unknown_key", "price"),
        (changed('key = "x"', 'key = "xy"'), "form", "key"),
        (changed('key = "x"', 'key = "1"'), "key_taken", "key"),
        (changed('id = "gas"', 'id = "Gas!"'), "form", "id"),
        (changed('"PAYMENT"', '"SALE"'), "choice", "transaction"),
        (changed("inquiry = true", 'inquiry = "ya"'), "boolean", "rules.inquiry"),
        (changed("inquiry = true", "inquiry = 1"), "boolean", "rules.inquiry"),
        (changed("inquiry = true", "inquiry = false"), "amount_from_nowhere", "rules"),
        (
            changed('amount = "none"', 'amount = "none"\namount_at_inquiry = true'),
            "typed_at_inquiry",
            "rules",
        ),
        (changed("2_000", '"2.000"'), "rupiah", "rules.fee.maximum"),
        (changed("2_000", "0"), "rupiah", "rules.fee.maximum"),
        (changed("2_000", "2000.0"), "rupiah", "rules.fee.maximum"),
        (changed("minimum = 4", "minimum = 0"), "range", "rules.number.minimum"),
        (changed("maximum = 8", "maximum = 99"), "range", "rules.number.maximum"),
        (changed("maximum = 8", "maximum = 3"), "lengths", "rules.number"),
        (changed('"[0-9]+"', '"[0-9"'), "regex", "rules.number.pattern"),
        (changed('"[0-9]+"', "5"), "regex", "rules.number.pattern"),
        (changed('heading = "STRUK GAS"', "heading = 1"), "text", "rules.struk.heading"),
        (changed('heading = "STRUK GAS"', 'heading = ""'), "text", "rules.struk.heading"),
        (changed('[{ label = "NO", own = "number" }]', "1"), "list", "rules.struk.lines"),
        (changed(', own = "number"', ""), "struk_line", "rules.struk.lines[1]"),
        (changed('own = "number"', 'own = "cash"'), "choice", "rules.struk.lines[1].own"),
        (changed("{ bill_includes_fee = false }", "1"), "table", "rules.figures"),
        (
            changed(
                "[[product]]", "[rules.hours]\nstarts = 08:00:00\nends = 08:00:00\n[[product]]"
            ),
            "hours",
            "rules.hours",
        ),
        (
            changed("[[product]]", '[rules.hours]\nstarts = "08:00"\nends = 08:00:00\n[[product]]'),
            "time",
            "rules.hours.starts",
        ),
        (changed('code = "SXYZ01"', ""), "missing", "product[1].code"),
        (changed('code = "SXYZ01"', 'code = "S XYZ"'), "form", "product.S XYZ.code"),
        (changed('name = "Gas Kota"', ""), "missing", "product.SXYZ01.name"),
        (changed("SXYZ01", "SLYLPO"), "product_twice", "product.SLYLPO"),
        (
            f'{WHOLE}[[product]]\ncode = "SXYZ01"\nname = "X"\nsource = "x"',
            "twice",
            "product[2].code",
        ),
        (f"{WHOLE}rules = 1", "table", "product.SXYZ01.rules"),
        (f"{WHOLE}rules = {{ number = 1 }}", "table", "product.SXYZ01.rules.number"),
        (f"{WHOLE}rules = {{ numbr = 1 }}", "unknown_key", "product.SXYZ01.rules.numbr"),
        (f'{WHOLE}variant = "none"', "unknown_variant", "product.SXYZ01.variant"),
        (changed("order = 5", 'order = 5\nalso_shows = ["NONE1"]'), "unknown_loan", "also_shows"),
        (changed("order = 5", 'order = 5\ncode_patterns = ["("]'), "regex", "code_patterns[1]"),
        ('id = "pdam"\nproduct = 5', "list", "product"),
        ('id = "pdam"\nproduct = [5]', "list", "product"),
        (
            'id = "pln-prepaid"\n[[product]]\ncode = "TOKEN1"\nname = "T"\nsource = "x"',
            "missing",
            "product.TOKEN1.denomination",
        ),
        (
            changed("order = 5", "order = 5\nnames.id = 1").replace("names = ", "nomes = "),
            "text",
            "names.id",
        ),
    ],
)
def test_a_wrong_file_gives_one_sentence_with_file_key_and_what_is_expected(
    own: Write, text: str, sentence: str, where: str
) -> None:
    found = problem(own(text))
    assert (found.key, found.values["where"]) == (f"catalogue.file_{sentence}", where)
    assert found.values["file"].endswith("own.toml")


def test_a_choice_is_listed_in_the_sentence(own: Write) -> None:
    found = problem(own(changed('"PAYMENT"', '"SALE"')))
    assert "PURCHASE" in explain("id", found)


def test_a_category_in_two_files_of_the_shop_is_refused(own: Write) -> None:
    own(WHOLE, "a.toml")
    found = problem(own(WHOLE, "b.toml"))
    assert found.key == "catalogue.file_twice"
    assert found.values["file"].endswith("b.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").mkdir()
    assert problem(tmp_path).key == "catalogue.file_unreadable"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "catalogue"
    file.write_text("")
    assert problem(file).key == "catalogue.file_unreadable"


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b'id = "\xff"')
    assert problem(tmp_path).key == "catalogue.file_not_toml"


def test_an_operator_that_is_wrong_is_named(own: Write) -> None:
    found = problem(own('[[operator]]\nid = "tri"\nletters = "t"\n', "operators.toml"))
    assert (found.key, found.values["where"]) == ("catalogue.file_form", "operator[4].letters")


def test_a_number_that_python_refuses_to_read_is_named(own: Write) -> None:
    found = problem(own(changed("minimum = 4", f"minimum = {'9' * 5000}")))
    assert found.key == "catalogue.file_not_toml"


def test_an_error_without_a_sentence_of_its_own_still_gets_one() -> None:
    kind = PydanticCustomError("new_kind", "something new")
    error = ValidationError.from_exception_data(
        "File", [{"type": kind, "loc": ("a", 0), "input": 1}]
    )
    sentence = explain("en", problem_in(Path("own.toml"), "", error))
    assert sentence == "own.toml: a[1] cannot be used (something new); correct it."


def test_s13_texts_of_a_file_are_cleaned(own: Write) -> None:
    catalogue: Catalogue = load_catalogue(own(changed("Gas Kota", "Gas\\u001b[2J\\u202e Kota")))
    assert catalogue.product("SXYZ01").name == "Gas[2J Kota"
