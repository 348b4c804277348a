"""The struk as plain text: what the screen shows and what a file holds."""

from cashier.receipt.document import Document
from cashier.receipt.typeset import Row, typeset


def plain_text(document: Document, columns: int) -> str:
    """Write a document as rows of at most ``columns`` terminal cells, each ended by a newline.

    Large text is written in the one size that there is, on the rows that paper would have.

    Args:
        document: What is to be shown.
        columns: Width of the paper, 24 to 132.

    Raises:
        ValueError: The paper has another width: a defect.
    """
    rows = (row for row in typeset(document, columns).rows if isinstance(row, Row))
    return "".join(f"{row.placed(columns)}\n" for row in rows)
