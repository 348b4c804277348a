"""How long a bill rests between two transmissions (``payment-states.md``, T1). Pure.

Espay answers 610 to the same customer number and product for five minutes (``protocol.md 6``),
which would leave cash in doubt.
"""

from typing import Final

_PAUSE_MS: Final = 5 * 60 * 1000


def rest_s(passed_ms: int) -> int:
    """Give how long a bill has to wait still, in whole seconds; 0 or less where it need not.

    Args:
        passed_ms: Milliseconds since its last transmission; a clock that was set back lets
            nobody wait for more than the five minutes.
    """
    return -((max(0, passed_ms) - _PAUSE_MS) // 1000)
