"""Waiting for what another process does, without ever sleeping past its end."""

import contextlib
import subprocess
from collections.abc import Callable

from tests.support.sandbox import RunningSandbox

_STEP_S = 0.02
_STEPS = 1500


def wait_until(seen: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is seen; the process must not end before."""
    for _ in range(_STEPS):
        if seen():
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP_S)
        assert process.returncode is None, process.communicate()
    raise AssertionError("it was not seen in time")


def wait_for_booking(sandbox: RunningSandbox, till: subprocess.Popen[bytes]) -> None:
    """Wait until the practice Espay has taken the money."""
    wait_until(lambda: bool(sandbox.ledger.bookings), till)
