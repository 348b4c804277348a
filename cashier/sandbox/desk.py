"""What all services share: the merchant, the ledger, the clock, and how an answer is begun."""

from dataclasses import dataclass

from cashier.clock import Clock, wib_stamp
from cashier.money import ZERO, Rupiah
from cashier.sandbox import codes
from cashier.sandbox.bills import Bill, Sheet, make_bill
from cashier.sandbox.book import Json, Request, kept_number
from cashier.sandbox.codes import Code
from cashier.sandbox.gate import Form, Service
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.people import name_of
from cashier.sandbox.products import BOUGHT_AGAIN, Product, TextKey, products
from cashier.sandbox.references import References
from cashier.sandbox.settings import SandboxSettings
from cashier.sandbox.troubles import Step, Trouble, trouble_of

Fields = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's fields, and the trouble its delivery has to make, if any."""

    fields: Fields
    trouble: Trouble | None = None
    step: Step | None = None
    """What a status question is to meet, where that is not a plain answer."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request."""

    service: Service
    form: Form
    at: int
    """UTC milliseconds."""
    repeated: bool = False
    """Whether its id was used before by an inquiry or a payment that was let in."""


class Desk:
    """Where requests are looked at; runs in one thread, so that a check and its booking are one."""

    def __init__(self, settings: SandboxSettings, ledger: Ledger, clock: Clock) -> None:
        """Serve one merchant from one ledger."""
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.references = References(ledger.book)

    def keep(self, service: str, form: Form, gate: str) -> None:
        """Write a request into the ledger; ``gate`` is the code that turned it away, or empty."""
        product = products().get(form["product_code"])
        card = product is not None and product.category.card
        request = Request(
            at=self.clock.utc_ms(),
            service=service,
            rq_uuid=form["rq_uuid"],
            order_id=kept_number(form["order_id"] or form["phone_num"], card),
            product_code=form["product_code"],
            amount=form["amount"],
            ref_id=form["ref_id"],
            gate=gate,
        )
        self.ledger.received(request)

    def registered(self, form: Form) -> Product | None:
        """The product asked for, or ``None`` where this merchant may not sell it."""
        code = form["product_code"]
        return None if code in self.settings.unregistered else products().get(code)

    def bill(self, product: Product, arrival: Arrival, typed: Rupiah = ZERO) -> Bill:
        """The bill of a number at this moment, as its trouble wants it."""
        order_id = arrival.form["order_id"]
        number = kept_number(order_id, product.category.card)
        trouble = trouble_of(order_id, product)
        again = product.bill in BOUGHT_AGAIN
        changing = trouble is not None and trouble.changing
        sheet = Sheet(
            product=product,
            order_id=order_id,
            name=(trouble.name if trouble else None) or name_of(order_id),
            now=arrival.at,
            cycle=0 if again else len(self.ledger.book.of_bill(number, product.code)),
            variant=self.ledger.book.inquiries_of(number, product.code) if changing else 0,
            typed=typed,
            unsold_token=(trouble.unsold_token if trouble else None) or "0",
        )
        return make_bill(sheet)

    def common_refusal(self, product: Product, arrival: Arrival) -> Code | None:
        """What an inquiry and a payment are refused for alike: 610, 210, 33, in this order."""
        number = kept_number(arrival.form["order_id"], product.category.card)
        if self.ledger.book.paid_lately(number, product.code, arrival.at):
            return codes.SAME_TRANSACTION
        if arrival.repeated:
            return codes.UUID_EXISTS
        if not product.fits(arrival.form["order_id"]):
            pln = product.bill.startswith("pln")
            return codes.WRONG_NUMBER if pln else codes.WRONG_NUMBER_ELSEWHERE
        return None

    def paid_refusal(self, product: Product, arrival: Arrival) -> Code | None:
        """Whether this month's bill is paid; what can be bought again is never refused."""
        if product.bill in BOUGHT_AGAIN:
            return None
        number = kept_number(arrival.form["order_id"], product.category.card)
        paid = self.ledger.book.paid_this_month(number, product.code, arrival.at)
        return codes.ALREADY_PAID if paid else None

    def refused(self, arrival: Arrival, why: Code, product: Product | None) -> Fields:
        """An answer that is a code and a text, spelled as the category spells it."""
        if product is None:
            head = head_of(arrival, why)
            return {**head, "error_code": int(why.code)} if why is codes.DENIED else head
        category = product.category
        at_inquiry = arrival.service.name == "inquiry"
        key: TextKey = category.inquiry_text if at_inquiry else category.payment_text
        if why in (codes.DENIED, codes.UUID_EXISTS):
            key = "error_desc"
        head = head_of(arrival, why, key)
        return {**head, "error_code": int(why.code)} if why.code in category.number_codes else head


def head_of(
    arrival: Arrival, code: Code, key: TextKey = "error_desc", text: str | None = None
) -> Fields:
    """How every answer begins: the echoed id, the time in WIB, code and text."""
    return {
        "rq_uuid": arrival.form["rq_uuid"],
        arrival.service.stamp: wib_stamp(arrival.at),
        "error_code": code.code,
        key: code.text if text is None else text,
    }
