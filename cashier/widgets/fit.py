"""Text cut, padded and wrapped to cells of the terminal, where some characters are two wide."""

from rich.cells import cell_len, chop_cells, set_cell_size

_MORE = "…"


def fit(text: str, cells: int) -> str:
    """Make a text exactly so many cells wide; what is cut off is marked with ``…``."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(text, cells - 1) + _MORE


def wrap(text: str, cells: int) -> list[str]:
    """Break a text between words into lines of at most so many cells; never no line at all.

    A word that is wider than a line is broken inside.
    """
    lines = [""]
    for piece in (piece for word in text.split() for piece in _pieces(word, max(2, cells))):
        joined = f"{lines[-1]} {piece}" if lines[-1] else piece
        if not lines[-1] or cell_len(joined) <= cells:
            lines[-1] = joined
        else:
            lines.append(piece)
    return lines


def _pieces(word: str, cells: int) -> list[str]:
    """Break a word; rich 15.0.0 gives no piece at all of one that is nowhere wide."""
    return chop_cells(word, cells) or [word]
