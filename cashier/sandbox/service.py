"""The practice Espay's six services, without HTTP.

Order of the checks, where the documents leave it open (``gaps.md`` 10, 11): registered (405),
same transaction within five minutes (610), id used before (210), number (33), amount (802), the
bill itself, the deposit (800). A request is kept in the ledger before anything is decided.
"""

from cashier.clock import Clock
from cashier.sandbox import codes
from cashier.sandbox.codes import Code
from cashier.sandbox.desk import Arrival, Desk, Fields, Reply, head_of
from cashier.sandbox.gate import Form, Service
from cashier.sandbox.inquiry import inquire
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.operators import operator_of
from cashier.sandbox.payment import pay
from cashier.sandbox.products import products
from cashier.sandbox.settings import SandboxSettings
from cashier.sandbox.status import tell_status


class PracticeEspay:
    """The judge of every request: keeps it, decides it, answers it."""

    def __init__(self, settings: SandboxSettings, ledger: Ledger, clock: Clock) -> None:
        """Serve one merchant from one ledger."""
        self._desk = Desk(settings, ledger, clock)

    def keep(self, service: str, form: Form, gate: str) -> None:
        """Write a request into the ledger; ``gate`` is the code that turned it away, or empty."""
        self._desk.keep(service, form, gate)

    def turn_away(self, service: Service, form: Form, why: Code) -> Reply:
        """Keep a request that was not let in, and answer its code."""
        self._desk.keep(service.name, form, why.code)
        return Reply(head_of(Arrival(service, form, self._desk.clock.utc_ms()), why))

    def answer(self, service: Service, form: Form) -> Reply:
        """Keep a request that was let in, decide it, and answer it."""
        repeated = self._desk.ledger.book.uuid_used(form["rq_uuid"])
        self._desk.keep(service.name, form, "")
        arrival = Arrival(service, form, self._desk.clock.utc_ms(), repeated)
        match service.name:
            case "products":
                return Reply(self._products(arrival))
            case "operator":
                return Reply(_operator(arrival))
            case "inquiry":
                return inquire(self._desk, arrival)
            case "payment":
                return pay(self._desk, arrival)
            case "status":
                return tell_status(self._desk, arrival)
            case "balance":
                return Reply(self._balance(arrival))

    def _products(self, arrival: Arrival) -> Fields:
        """The registered products; the form of the list is invented (``gaps.md 1``)."""
        registered = [
            {"product_code": product.code, "product_name": product.name}
            for product in products().values()
            if product.code not in self._desk.settings.unregistered
        ]
        return {**head_of(arrival, codes.SUCCESS), "product": registered}

    def _balance(self, arrival: Arrival) -> Fields:
        """The deposit in rupiah as text; an Invoicing merchant has none (``protocol.md 4.7``)."""
        if self._desk.settings.mode == "invoicing":
            return self._desk.refused(arrival, codes.DENIED, None)
        rupiah, sen = divmod(self._desk.ledger.balance.sen, 100)
        text = f"{rupiah}.{sen:02d}" if sen else str(rupiah)
        return {**head_of(arrival, codes.SUCCESS), "balance": text}


def _operator(arrival: Arrival) -> Fields:
    """The operator of a number; its inner form is invented (``gaps.md 3``)."""
    operator = operator_of(arrival.form["phone_num"])
    if operator is None:
        return head_of(arrival, codes.UNKNOWN_OPERATOR)
    found = {"code": operator.code, "name": operator.name}
    return {**head_of(arrival, codes.SUCCESS), "operator": found}
