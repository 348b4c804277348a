"""What an entry shows, and which of its cells look different after a key."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.geometry import Region


@dataclass(frozen=True, slots=True)
class Row:
    """The shown text in three pieces, and the first cell of it that is in sight."""

    before: str
    under: str
    """The character that the cursor is on; behind the last one, a blank."""
    after: str
    start: int

    @classmethod
    def of(cls, drawn: list[str], cursor: int, width: int) -> "Row":
        """Lay out the drawn characters of a value so that the cursor is in sight.

        Args:
            drawn: What stands for each character of the value, at least one character each.
            cursor: The character of the value that the cursor is on.
            width: Cells of the entry.
        """
        cells = [*drawn, " "]
        before, under = "".join(cells[:cursor]), cells[cursor][0]
        after = cells[cursor][1:] + "".join(cells[cursor + 1 :])
        is_short = cell_len(before + under + after) <= width
        return cls(
            before, under, after, 0 if is_short else max(0, cell_len(before + under) - width)
        )

    @property
    def text(self) -> str:
        """All of it."""
        return self.before + self.under + self.after

    @property
    def cursor(self) -> int:
        """The cell of the cursor, counted from the first cell of the text."""
        return cell_len(self.before)

    @property
    def cursor_end(self) -> int:
        """The cell behind the cursor."""
        return cell_len(self.before + self.under)


def difference(old: Row, new: Row, width: int) -> Region:
    """Give the cells of an entry that have to be painted again."""
    if old.start != new.start:
        return Region(0, 0, width, 1)
    firsts = [old.cursor, new.cursor]
    ends = [old.cursor_end, new.cursor_end]
    if old.text != new.text:
        firsts.append(cell_len(_common_beginning(old.text, new.text)))
        ends += [cell_len(old.text), cell_len(new.text)]
    first, end = min(firsts) - new.start, max(ends) - new.start
    return Region(first, 0, end - first, 1).intersection(Region(0, 0, width, 1))


def _common_beginning(one: str, other: str) -> str:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return one[:at]
    return min(one, other, key=len)
