"""Who was served before, for the search box; a card's holder is never remembered."""

from typing import Final

from cashier.journal.fields import Fields, Values, first
from cashier.journal.rows import Payment
from cashier.journal.schema import CUSTOMER
from cashier.journal.transaction import Transaction
from cashier.text import looks_like_card

CUSTOMER_OF_NUMBER: Final = "SELECT id FROM customer WHERE number = :number AND product = :product"
_NEW_CUSTOMER: Final = """
    INSERT INTO customer (seq, category, product, times, last_at, number, name, salt)
    VALUES (:seq, :category, :product, 1, :at, :number, :name, :salt)
"""
_SERVED_AGAIN: Final = """
    UPDATE customer
    SET seq = :seq, category = :category, times = times + 1, last_at = :at,
        name = ifnull(:name, name)
    WHERE id = :key
"""


def remember_customer(transaction: Transaction, payment: Payment) -> None:
    """Count a served customer for the search box; who paid a card's bill is never remembered.

    A convenience, and so never in the transaction that keeps money.
    """
    quote = payment.quote
    if quote.is_card or not quote.number or looks_like_card(quote.number):
        return
    values: Values = {
        "at": transaction.at,
        "category": quote.category,
        "product": quote.product,
        "number": quote.number,
        "name": quote.name,
    }
    row = first(transaction.connection, CUSTOMER_OF_NUMBER, values)
    if row is None:
        transaction.insert(CUSTOMER, _NEW_CUSTOMER, values, "customer")
    else:
        key = Fields(row).number("id")
        transaction.update(CUSTOMER, key, _SERVED_AGAIN, values, "customer")
