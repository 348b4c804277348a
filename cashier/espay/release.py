"""The word that stops a payment in the moment before its first byte."""

from cashier.payment import Reason


class NotReleased(Exception):
    """The payment must not leave; raised where it is about to, so that Espay receives 0 bytes.

    This is the only exception that may be raised inside the trace hook: httpcore swallows some
    of its own kinds there and would then wait for an answer to nothing (``payment-states.md``,
    Mechanics).
    """

    def __init__(self, reason: Reason = Reason.RELEASED_TOO_LATE) -> None:
        """Remember why; it becomes the payment's reason."""
        super().__init__(reason)
        self.reason = reason
