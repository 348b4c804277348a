"""From a document to rows of a width: the one layout that screen, file and paper share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, assert_never

from cashier.receipt.cells import cells, widest_word, wrap
from cashier.receipt.document import (
    Amount,
    Block,
    Centred,
    Cut,
    Document,
    Line,
    Pair,
    Paragraph,
    Rule,
    Token,
)
from cashier.receipt.token import grouped

NARROWEST: Final = 24
"""Columns of the narrowest paper: a token in five groups of four just fits."""

WIDEST: Final = 132

_INDENT: Final = 2
"""Cells before a value below its label (``receipts.md 4.0``)."""

_BETWEEN: Final = " : "
_MOST_ROWS_BESIDE: Final = 3
"""A value that takes more rows than this beside its label is easier to read below it."""

Size = Literal["normal", "tall", "double"]
"""``double`` characters are twice as wide and high, ``tall`` ones only twice as high."""


class Row(NamedTuple):
    """One printed row; ``text`` has no blanks at its end."""

    text: str
    size: Size = "normal"
    centred: bool = False

    def placed(self, columns: int) -> str:
        """Give the row with its left margin, for output that knows one size only."""
        margin = (columns - cells(self.text)) // 2 if self.centred else 0
        return f"{' ' * margin}{self.text}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document laid out for a width: every row fits."""

    columns: int
    rows: tuple[Row | Cut, ...]


def typeset(document: Document, columns: int) -> Sheet:
    """Lay a document out.

    Args:
        document: What is to be printed.
        columns: Normal characters of a row, 24 to 132; double ones take two columns each.

    Raises:
        ValueError: The paper has another width: a defect, the configuration allows no other.
    """
    if not NARROWEST <= columns <= WIDEST:
        raise ValueError(f"columns must be {NARROWEST} to {WIDEST}, not {columns}")
    rows = (row for block in document.blocks for row in _block(block, columns))
    return Sheet(columns, tuple(rows))


def _block(block: Block, columns: int) -> Iterator[Row | Cut]:
    beside = _label_column(block.lines, columns)
    for line in block.lines:
        yield from _rows(line, columns, beside)


def _label_column(lines: Iterable[Line], columns: int) -> int:
    """The cells that labels of a block take, so that their values begin below each other."""
    most = (columns - len(_BETWEEN) + 1) // 2
    labels = (cells(line.label) for line in lines if isinstance(line, Pair) and not line.large)
    return max((width for width in labels if width <= most), default=0)


def _rows(line: Line, columns: int, beside: int) -> Iterator[Row | Cut]:
    match line:
        case Centred():
            yield from _centred(line, columns)
        case Paragraph():
            yield from map(Row, wrap(line.text, columns))
        case Pair():
            yield from _large_pair(line, columns) if line.large else _pair(line, columns, beside)
        case Amount():
            yield from _amount(line, columns)
        case Token():
            yield from map(Row, wrap(f"{line.label}:", columns))
            yield _on_one_row(grouped(line.digits), columns)
        case Rule():
            yield Row("-" * columns)
        case Cut():
            yield line
        case _:
            assert_never(line)


def _centred(line: Centred, columns: int) -> Iterator[Row]:
    size: Size = "normal"
    if line.large:
        size = "double" if widest_word(line.text) <= columns // 2 else "tall"
    width = columns // 2 if size == "double" else columns
    return (Row(text, size, centred=True) for text in wrap(line.text, width))


def _on_one_row(text: str, columns: int) -> Row:
    return Row(text, "double" if 2 * cells(text) <= columns else "tall", centred=True)


def _large_pair(pair: Pair, columns: int) -> Iterator[Row]:
    yield from map(Row, wrap(f"{pair.label}:", columns))
    if cells(pair.value) <= columns:
        yield _on_one_row(pair.value, columns)
    else:
        yield from (Row(text, "tall", centred=True) for text in wrap(pair.value, columns))


def _pair(pair: Pair, columns: int, beside: int) -> Iterator[Row]:
    room = columns - beside - len(_BETWEEN)
    fits = cells(pair.label) <= beside and widest_word(pair.value) <= room
    values = wrap(pair.value, room) if fits else []
    if not 0 < len(values) <= _MOST_ROWS_BESIDE:
        yield from map(Row, wrap(f"{pair.label}:", columns))
        yield from map(Row, _below(pair.value, columns))
        return
    before = f"{pair.label}{' ' * (beside - cells(pair.label))}{_BETWEEN}"
    for value in values:
        yield Row(f"{before}{value}")
        before = " " * (beside + len(_BETWEEN))


def _below(value: str, columns: int) -> list[str]:
    """A value on rows of its own; it is indented unless only the whole width keeps it whole."""
    widest = widest_word(value)
    indent = 0 if columns - _INDENT < widest <= columns else _INDENT
    return [f"{' ' * indent}{row}" for row in wrap(value, columns - indent)]


def _amount(amount: Amount, columns: int) -> Iterator[Row]:
    size: Size = "tall" if amount.large else "normal"
    gap = columns - cells(amount.label) - cells(amount.value)
    if gap > 0:
        yield Row(f"{amount.label}{' ' * gap}{amount.value}", size)
        return
    yield from (Row(text, size) for text in wrap(amount.label, columns))
    for text in wrap(amount.value, columns):
        yield Row(" " * (columns - cells(text)) + text, size)
