"""The journal as a till looks things up; each look-up runs beside the writes."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from cashier.journal import looking
from cashier.journal.fields import Values
from cashier.journal.reader import Reader
from cashier.journal.rows import KnownCustomer, Message, Payment, Quote

T = TypeVar("T")


class LookUps:
    """What is read and changes nothing; ``Journal`` inherits this."""

    path: Path
    environment: str
    _reader: Reader

    async def quote(self, quote_id: str) -> Quote:
        """Find a quote.

        Raises:
            UnknownQuote: There is none of this id.
        """
        return await self._look(
            lambda connection: looking.quote_of(connection, quote_id, self.environment)
        )

    async def payment(self, asked: int | str) -> Payment:
        """Find a payment by its id or its receipt number.

        Raises:
            UnknownPayment: There is none.
        """
        return await self._look(
            lambda connection: looking.payment_of(connection, asked, self.environment)
        )

    async def open_payments(self) -> tuple[Payment, ...]:
        """Give the payments of which something is still to be found out, oldest first."""
        return await self._payments(looking.OPEN)

    async def owed_back(self) -> tuple[Payment, ...]:
        """Give the payments whose cash has to be handed back, oldest first."""
        return await self._payments(looking.OWED_BACK)

    async def sold_on(self, day: int, part: str, limit: int) -> tuple[Payment, ...]:
        """Give the payments of a WIB day (``20261122``), newest first.

        Args:
            day: The day.
            part: What stands in receipt number, customer number or name; empty for all.
            limit: How many at most.
        """
        return await self._payments(looking.SOLD_ON_DAY, {"day": day, "part": part, "limit": limit})

    async def replies_of(self, payment_id: int) -> tuple[Message, ...]:
        """Give the exchanges of a payment, oldest first: the payment's own and the questions."""
        values = {"payment_id": payment_id}
        return await self._look(
            lambda connection: looking.messages(connection, looking.MESSAGES_OF_PAYMENT, values)
        )

    async def last_sent_of(self, bill_key: str) -> Payment | None:
        """Give the payment of a bill key that was last transmitted, as far as anybody knows."""
        found = await self._payments(looking.LAST_SENT_OF_BILL, {"bill_key": bill_key})
        return found[0] if found else None

    async def open_of(self, bill_key: str) -> Payment | None:
        """Give the open payment of a bill key; there is at most one."""
        found = await self._payments(looking.OPEN_OF_BILL, {"bill_key": bill_key})
        return found[0] if found else None

    async def customers(self, typed: str, limit: int = 20) -> tuple[KnownCustomer, ...]:
        """Give known customers whose number or name begins with what was typed."""
        return await self._look(lambda connection: looking.customers(connection, typed, limit))

    async def _payments(self, sql: str, values: Values | None = None) -> tuple[Payment, ...]:
        bindings = values or {}
        return await self._look(
            lambda connection: looking.payments(connection, sql, bindings, self.environment)
        )

    async def _look(self, look_up: Callable[[apsw.Connection], T]) -> T:
        return await self._reader.run(look_up)
