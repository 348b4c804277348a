"""Bill Inquiry: what does this number owe (``protocol.md 4.4``)."""

from cashier.money import ZERO, Rupiah
from cashier.sandbox import codes
from cashier.sandbox.bills import Bill
from cashier.sandbox.book import kept_number
from cashier.sandbox.codes import Code, code_called
from cashier.sandbox.desk import Arrival, Desk, Fields, Reply, head_of
from cashier.sandbox.distort import distort
from cashier.sandbox.gate import Form
from cashier.sandbox.paid import amount_as
from cashier.sandbox.products import Product
from cashier.sandbox.quotes import sent_object
from cashier.sandbox.troubles import Trouble, trouble_of


def inquire(desk: Desk, arrival: Arrival) -> Reply:
    """Answer an inquiry."""
    product = desk.registered(arrival.form)
    if product is None or product.inquiry == "none":
        return Reply(desk.refused(arrival, codes.DENIED, product))
    typed, why = _typed(product, arrival.form)
    why = desk.common_refusal(product, arrival) or why or desk.paid_refusal(product, arrival)
    if why is not None:
        return Reply(desk.refused(arrival, why, product))
    bill = desk.bill(product, arrival, typed)
    fields = _quoted(product, arrival, bill)
    trouble = trouble_of(arrival.form["order_id"], product)
    if trouble is None or trouble.place != "inquiry" or _is_over(desk, trouble, product, arrival):
        return Reply(fields)
    if trouble.refuse is not None:
        return Reply(desk.refused(arrival, code_called(trouble.refuse), product))
    return Reply(distort(fields, trouble, bill.amount), trouble)


def _quoted(product: Product, arrival: Arrival, bill: Bill) -> Fields:
    category = product.category
    head = head_of(arrival, codes.SUCCESS, category.inquiry_text, category.success)
    if product.bill == "ewallet":  # as documented: neither id nor time (protocol.md 4.4)
        head = {name: head[name] for name in ("error_code", category.inquiry_text)}
    if product.bill != "bpjs":
        head["order_id"] = arrival.form["order_id"]
    return {
        **head,
        "amount": amount_as(product, bill.amount),
        "bill_amount": amount_as(product, bill.bill_amount),
        "admin_fee": amount_as(product, bill.admin_fee),
        **bill.before,
        "data": bill.data,
        **bill.after,
    }


def _typed(product: Product, form: Form) -> tuple[Rupiah, Code | None]:
    """The amount that the customer chose; it comes with the inquiry (``protocol.md 7``)."""
    if product.bill != "ewallet":
        return ZERO, None
    sent = sent_object(form, "additional_data") or {}
    if "amount" not in sent:
        return ZERO, codes.FIELD_MISSING
    text = sent["amount"]
    if not (text.isascii() and text.isdigit() and len(text) <= 17):
        return ZERO, codes.FIELD_INVALID
    typed = Rupiah.from_minor(text)
    fits = product.minimum <= typed <= product.maximum
    return typed, None if fits else codes.AMOUNT_OUT_OF_RANGE


def _is_over(desk: Desk, trouble: Trouble, product: Product, arrival: Arrival) -> bool:
    """Whether a trouble of so many inquiries has passed; after a fine one it begins again."""
    if trouble.times is None:
        return False
    number = kept_number(arrival.form["order_id"], product.category.card)
    return desk.ledger.book.inquiries_of(number, product.code) % (trouble.times + 1) == 0
