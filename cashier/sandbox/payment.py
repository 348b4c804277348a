"""Bill Payment: take the money, or say why not (``protocol.md 4.5``)."""

from cashier.money import Rupiah
from cashier.sandbox import codes
from cashier.sandbox.bills import Bill
from cashier.sandbox.book import Booking, kept_number
from cashier.sandbox.codes import Code, code_called
from cashier.sandbox.desk import Arrival, Desk, Reply, head_of
from cashier.sandbox.distort import distort
from cashier.sandbox.paid import bill_reply, direct_reply, kept_reply
from cashier.sandbox.products import Product
from cashier.sandbox.quotes import matches, sent_object
from cashier.sandbox.troubles import Trouble, trouble_of


def pay(desk: Desk, arrival: Arrival) -> Reply:
    """Answer a payment; it is booked before the answer leaves, whatever becomes of the answer."""
    form = arrival.form
    product = desk.registered(form)
    if product is None:
        return Reply(desk.refused(arrival, codes.DENIED, None))
    amount = Rupiah.from_minor(form["amount"])
    inquired = product.inquiry == "needed" or sent_object(form, "data") is not None
    bill = desk.bill(product, arrival, amount - product.admin_fee) if inquired else None
    why = (
        desk.common_refusal(product, arrival)
        or _amount_refusal(product, amount, bill)
        or (codes.DIFFERS_FROM_INQUIRY if bill and not matches(bill, form) else None)
        or desk.paid_refusal(product, arrival)
        or _deposit_refusal(desk, amount)
    )
    if why is not None:
        return Reply(desk.refused(arrival, why, product))
    return _take(desk, product, arrival, amount, bill)


def _take(
    desk: Desk, product: Product, arrival: Arrival, amount: Rupiah, bill: Bill | None
) -> Reply:
    """Book what nothing speaks against, and answer it the way the number asks for."""
    order_id = arrival.form["order_id"]
    ref_id = desk.references.new(product.category.reference, arrival.at)
    facts = bill_reply(product, bill, ref_id) if bill else direct_reply(product, order_id, ref_id)
    trouble = _trouble(order_id, product)
    if trouble is None or trouble.booked:
        booking = Booking(
            rq_uuid=arrival.form["rq_uuid"],
            order_id=kept_number(order_id, product.category.card),
            product_code=product.code,
            amount=amount,
            ref_id=ref_id,
            at=arrival.at,
            state="pending" if trouble and trouble.pending else "booked",
            trouble=trouble.key if trouble else "",
            reply=kept_reply(product, order_id, facts),
        )
        desk.ledger.book_payment(booking)
    head = head_of(arrival, codes.SUCCESS, product.category.payment_text)
    fields = {**head, "order_id": order_id, "ref_id": ref_id, **facts}
    if trouble is None:
        return Reply(fields)
    if trouble.refuse is not None:
        fields = desk.refused(arrival, code_called(trouble.refuse), product)
    return Reply(distort(fields, trouble, amount), trouble)


def _trouble(order_id: str, product: Product) -> Trouble | None:
    trouble = trouble_of(order_id, product)
    return None if trouble is None or trouble.place == "inquiry" else trouble


def _amount_refusal(product: Product, amount: Rupiah, bill: Bill | None) -> Code | None:
    if bill is None and product.denomination is not None:
        return None if amount == product.denomination else codes.AMOUNT_OUT_OF_RANGE
    chosen = amount - product.admin_fee if product.bill == "ewallet" else amount
    return None if product.minimum <= chosen <= product.maximum else codes.AMOUNT_OUT_OF_RANGE


def _deposit_refusal(desk: Desk, amount: Rupiah) -> Code | None:
    short = desk.settings.mode == "deposit" and desk.ledger.balance < amount
    return codes.BALANCE_TOO_LOW if short else None
