"""The machine's clock with another time of day, so that no test meets a biller's closing hours."""

from typing import Final

from cashier.clock import SystemClock
from tests.support.clock import START_MS

_OFFSET_MS: Final = START_MS - SystemClock().utc_ms()


class DaytimeClock(SystemClock):
    """Began at 10:41:03 WIB when the tests began, and goes on from there by itself."""

    def utc_ms(self) -> int:
        return super().utc_ms() + _OFFSET_MS
