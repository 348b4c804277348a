"""From TOML files to a ``Catalogue``: built-in categories, the shop's own, the shop's products."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from cashier.catalogue.catalogue import Catalogue, ExtraProduct, Product, read_code
from cashier.catalogue.category import Category, ProductEntry
from cashier.catalogue.files import (
    Table,
    TomlFile,
    laid_over,
    merged,
    rows_of,
    toml_file,
    toml_files,
)
from cashier.catalogue.model import Frozen
from cashier.catalogue.operators import OperatorTable
from cashier.catalogue.problem import CatalogueProblem, problem_in
from cashier.catalogue.rules import Rules
from cashier.language import Refusal
from cashier.text import clean

_HERE: Final = Path(__file__).parent
_OPERATORS: Final = "operators.toml"

_Model = TypeVar("_Model", bound=Frozen)


def load_catalogue(own: Path | None = None, extra: Sequence[ExtraProduct] = ()) -> Catalogue:
    """Read all that can be sold.

    Args:
        own: A folder with the shop's own files. A file whose ``id`` is that of a built-in
            category changes it: tables are merged, products are joined by their code, all other
            values replace the built-in ones. Any other file adds a category. A file
            ``operators.toml`` changes or adds mobile operators by their ``id``.
        extra: Products of ``config.toml``; one whose code is built in renames or moves it.

    Raises:
        CatalogueProblem: A file cannot be read, is not TOML, or says something unusable.
        Refusal: A product of ``config.toml`` does not fit: ``catalogue.extra_twice``,
            ``extra_category`` or ``extra_denomination``.
    """
    theirs = toml_files(own) if own is not None else []
    operators = _operators(file for file in theirs if file.path.name == _OPERATORS)
    files = _joined(file for file in theirs if file.path.name != _OPERATORS)
    parts = sorted((_category(file) for file in files), key=lambda part: part[0].order)
    _refuse_shared_places(parts)
    products = _by_code(found for part in parts for found in _products(*part, operators))
    _refuse_unknown_loans(parts, products)
    categories = tuple(category for category, _ in parts)
    return _with_extra(Catalogue(categories, tuple(products.values()), operators), extra)


@cache
def _built_in() -> Mapping[str, TomlFile]:
    return {str(file.table["id"]): file for file in toml_files(_HERE / "categories")}


def _joined(own: Iterable[TomlFile]) -> Iterable[TomlFile]:
    files = dict(_built_in())
    seen: set[str] = set()
    for file in own:
        category_id = file.table.get("id")
        if not isinstance(category_id, str):
            raise CatalogueProblem("missing", file.path, "id")
        if category_id in seen:
            raise CatalogueProblem("twice", file.path, "id", category_id)
        seen.add(category_id)
        base = files.get(category_id)
        files[category_id] = file if base is None else laid_over(base, file, "product", "code")
    return files.values()


def _operators(own: Iterable[TomlFile]) -> OperatorTable:
    file = toml_file(_HERE / _OPERATORS)
    for theirs in own:
        file = laid_over(file, theirs, "operator", "id")
    return _validated(OperatorTable, file.table, file.path)


def _category(file: TomlFile) -> tuple[Category, TomlFile]:
    return _validated(Category, _own_keys(file.table), file.path), file


def _own_keys(table: Table) -> Table:
    return {key: value for key, value in table.items() if key != "product"}


def _products(
    category: Category, file: TomlFile, operators: OperatorTable
) -> Iterator[tuple[Product, TomlFile]]:
    documented = _documented_codes()
    for code, row in rows_of(file, "product", "code").items():
        entry = _validated(ProductEntry, row, file.path, f"product.{code}")
        rules = _rules(category, file, entry)
        reading = read_code(category, code, entry.name, operators)
        denomination = entry.denomination or reading.denomination
        if rules.figures.bill_is_denomination and denomination is None:
            raise CatalogueProblem("missing", file.path, f"product.{code}.denomination")
        product = Product(
            code=code,
            name=entry.name,
            category=category,
            transaction=entry.transaction or category.transaction,
            rules=rules,
            origin="documented" if code in documented else "shop",
            source=entry.source,
            denomination=denomination,
            operator=reading.operator,
            words=entry.words,
        )
        yield product, file


def _rules(category: Category, file: TomlFile, entry: ProductEntry) -> Rules:
    """Lay the product's exceptions over the category's rules; most products have none."""
    if entry.variant is None and not entry.rules:
        return category.rules
    place = f"product.{entry.code}"
    if entry.variant is not None and entry.variant not in category.variants:
        raise CatalogueProblem("unknown_variant", file.path, f"{place}.variant", entry.variant)
    shared = category.variants[entry.variant] if entry.variant is not None else {}
    # The whole category again: a validator of the rules alone would take longer to build.
    table = merged(_own_keys(file.table), {"rules": merged(shared, entry.rules)})
    return _validated(Category, table, file.path, place).rules


@cache
def _documented_codes() -> frozenset[str]:
    files = _built_in().values()
    return frozenset(code for file in files for code in rows_of(file, "product", "code"))


def _refuse_shared_places(parts: Sequence[tuple[Category, TomlFile]]) -> None:
    taken: dict[str, tuple[Category, TomlFile]] = {}
    for category, file in parts:
        other, others = taken.setdefault(category.key, (category, file))
        if other is not category:
            culprit, holder = (file, other) if _is_own(file) else (others, category)
            raise CatalogueProblem("key_taken", culprit.path, "key", holder.id)


def _by_code(found: Iterable[tuple[Product, TomlFile]]) -> dict[str, Product]:
    products: dict[str, tuple[Product, TomlFile]] = {}
    for product, file in found:
        other, others = products.setdefault(product.code, (product, file))
        if other is not product:
            culprit, holder = (file, other) if _is_own(file) else (others, product)
            where = f"product.{product.code}"
            raise CatalogueProblem("product_twice", culprit.path, where, holder.category.id)
    return {code: product for code, (product, _) in products.items()}


def _is_own(file: TomlFile) -> bool:
    """Tell whether the shop wrote the file: then it is the one to correct."""
    return file.path.parent.parent != _HERE


def _refuse_unknown_loans(
    parts: Sequence[tuple[Category, TomlFile]], products: Mapping[str, Product]
) -> None:
    for category, file in parts:
        for code in category.also_shows:
            if code not in products:
                raise CatalogueProblem("unknown_loan", file.path, "also_shows", code)


def _with_extra(catalogue: Catalogue, extra: Sequence[ExtraProduct]) -> Catalogue:
    products = {product.code: product for product in catalogue.products}
    seen: set[str] = set()
    for item in extra:
        if item.code in seen:
            raise Refusal("catalogue.extra_twice", code=item.code)
        seen.add(item.code)
        products[item.code] = _extra_product(catalogue, item, products.get(item.code))
    return replace(catalogue, products=tuple(products.values()))


def _extra_product(catalogue: Catalogue, item: ExtraProduct, known: Product | None) -> Product:
    """Make the shop's product; one that is known and stays where it is keeps its own rules."""
    category = _category_of(catalogue, item)
    name = clean(item.name) or item.code
    reading = read_code(category, item.code, name, catalogue.operators)
    denomination = item.denomination or reading.denomination
    if known is not None and known.category.id == category.id:
        return replace(known, name=name, denomination=denomination or known.denomination)
    if category.rules.figures.bill_is_denomination and denomination is None:
        raise Refusal("catalogue.extra_denomination", code=item.code, category=category.id)
    return Product(
        code=item.code,
        name=name,
        category=category,
        transaction=category.transaction,
        rules=category.rules,
        origin="shop",
        source="config.toml",
        denomination=denomination,
        operator=reading.operator,
    )


def _category_of(catalogue: Catalogue, item: ExtraProduct) -> Category:
    for category in catalogue.categories:
        if category.id == item.category:
            return category
    known = ", ".join(category.id for category in catalogue.categories)
    raise Refusal("catalogue.extra_category", code=item.code, category=item.category, known=known)


def _validated(model: type[_Model], table: Table, file: Path, place: str = "") -> _Model:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise problem_in(file, place, error) from error
