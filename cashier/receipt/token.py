"""PLN tokens: what is one, and how it is written for reading aloud (``receipts.md 4.1``)."""

from typing import Final, TypeGuard

DIGITS: Final = 20
_GROUP: Final = 4
_BETWEEN: Final = str.maketrans("", "", " -")


def is_token(text: str | None) -> TypeGuard[str]:
    """Tell whether a text is a token: exactly twenty ASCII digits."""
    return text is not None and len(text) == DIGITS and text.isascii() and text.isdigit()


def grouped(token: str) -> str:
    """Write a token in groups of four digits: ``1234 5678 9012 3456 7890``."""
    return " ".join(token[start : start + _GROUP] for start in range(0, len(token), _GROUP))


def says_token(text: str, token: str | None) -> bool:
    """Tell whether a text is this very token, however it is grouped."""
    return is_token(token) and text.translate(_BETWEEN) == token
