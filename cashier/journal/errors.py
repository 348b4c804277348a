"""Everything the journal refuses, each with its own sentence in ``languages/*/journal.toml``."""

from collections.abc import Mapping

from cashier.clock import wib_stamp, wib_time
from cashier.journal.rows import Payment
from cashier.language import LanguageCode, Refusal, say
from cashier.money import Rupiah
from cashier.payment import State, Trip


class JournalRefusal(Refusal):
    """The journal did not do it; nothing was kept of it."""


def flaw_in_words(refusal: JournalRefusal, language: LanguageCode) -> Mapping[str, str]:
    """Give a refusal's values with its ``flaw``, a word of ``Flaw``, in the operator's words."""
    flaw = say(language, f"journal.flawed_{refusal.values['flaw']}")
    return {**refusal.values, "flaw": flaw}


# --- what a sale may be refused for (T1) ---------------------------------------------------


class UnknownQuote(JournalRefusal):
    """No quote has this id."""

    def __init__(self, quote_id: str) -> None:
        """Remember what was asked for."""
        super().__init__("journal.unknown_quote", quote=quote_id)


class UnknownPayment(JournalRefusal):
    """No payment has this id or receipt number."""

    def __init__(self, asked: str) -> None:
        """Remember what was asked for."""
        super().__init__("journal.unknown_payment", payment=asked)


class OpenPayment(JournalRefusal):
    """A payment of the same bill key is still open."""

    def __init__(self, payment: Payment) -> None:
        """Say who began it and when."""
        super().__init__(
            "journal.open_payment",
            receipt=payment.receipt_no,
            since=wib_stamp(payment.prepared_at),
            operator=payment.operator,
        )
        self.payment = payment


class QuoteUsed(JournalRefusal):
    """The quote already has its payment."""

    def __init__(self, payment: Payment) -> None:
        """Say which payment it is."""
        super().__init__("journal.quote_used", quote=payment.quote.id, receipt=payment.receipt_no)
        self.payment = payment

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the state of that payment in words."""
        return {**self.values, "state": say(language, f"state.name_{self.payment.state}")}


class QuoteTooOld(JournalRefusal):
    """The quote is older than five minutes, or of another day of the shop."""

    def __init__(self, at: int) -> None:
        """Say when the quote was made (UTC milliseconds)."""
        super().__init__("journal.quote_too_old", at=wib_stamp(at))


class CashTooLittle(JournalRefusal):
    """The cash taken does not cover the total."""

    def __init__(self, total: Rupiah, tendered: Rupiah) -> None:
        """Say both amounts."""
        super().__init__("journal.cash_too_little", total=str(total), tendered=str(tendered))


class PaidJustNow(JournalRefusal):
    """Something of the same bill key was transmitted less than five minutes ago."""

    def __init__(self, payment: Payment, seconds: int) -> None:
        """Say how long is left, to the second."""
        time = f"{seconds // 60}:{seconds % 60:02d}"
        super().__init__("journal.paid_just_now", receipt=payment.receipt_no, time=time)
        self.payment = payment
        self.receipt_no = payment.receipt_no
        self.seconds = seconds


class SecondPurchase(JournalRefusal):
    """The bill key was paid today; the next number in the sequence has to be typed."""

    def __init__(self, needed: int, earlier: Payment) -> None:
        """Say the number and the earlier payment."""
        super().__init__(
            "journal.second_purchase",
            needed=str(needed),
            receipt=earlier.receipt_no,
            at=wib_time(earlier.prepared_at),
        )
        self.needed = needed
        self.earlier = earlier


class ClockBehind(JournalRefusal):
    """The clock shows a time before the last event (F61, S46)."""

    def __init__(self, last_at: int, now: int) -> None:
        """Say both times (UTC milliseconds)."""
        super().__init__("journal.clock_behind", last=wib_stamp(last_at), now=wib_stamp(now))


class CircuitOpen(JournalRefusal):
    """New payments are stopped until a supervisor lets them go on."""

    def __init__(self, trip: Trip) -> None:
        """Remember what stopped them."""
        super().__init__("journal.circuit_open")
        self.trip = trip

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give what stopped them, in words."""
        return {**self.values, "why": say(language, f"circuit.{self.trip}")}


class NoSpace(JournalRefusal):
    """Less than 64 MiB are free where the journal lives."""

    def __init__(self, free: int) -> None:
        """Say how many bytes are free."""
        super().__init__("journal.no_space", free=str(free // 2**20))


class Untrusted(JournalRefusal):
    """The journal does not follow from what was seen of it before; nothing may be paid."""

    def __init__(self, flaw: str) -> None:
        """Name the flaw, a word of ``Flaw``."""
        super().__init__("journal.untrusted", flaw=flaw)

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the flaw in words."""
        return flaw_in_words(self, language)


# --- what a person may be refused ------------------------------------------------------------


class NothingToClear(JournalRefusal):
    """Nothing stops new payments, or the clock is not behind."""

    def __init__(self) -> None:
        """Nothing to add."""
        super().__init__("journal.nothing_to_clear")


class NameNeeded(JournalRefusal):
    """A name, a document or a reason is missing, or is far too long."""

    def __init__(self, given: str) -> None:
        """Say what was given."""
        super().__init__("journal.name_needed", given=given)


class SamePerson(JournalRefusal):
    """Two people have to agree, and neither may be who sold."""

    def __init__(self, name: str) -> None:
        """Say whose name came twice."""
        super().__init__("journal.same_person", name=name)


class NotResolvable(JournalRefusal):
    """No document leads from the payment's state to the outcome that was named."""

    def __init__(self, payment: Payment, outcome: State) -> None:
        """Remember both."""
        super().__init__("journal.not_resolvable", receipt=payment.receipt_no)
        self.payment = payment
        self.outcome = outcome

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with both states in words."""
        return {
            **self.values,
            "state": say(language, f"state.name_{self.payment.state}"),
            "outcome": say(language, f"state.name_{self.outcome}"),
        }


class NotEscalatable(JournalRefusal):
    """The payment is not one that the supervisor could take over now."""

    def __init__(self, payment: Payment) -> None:
        """Remember the payment."""
        super().__init__("journal.not_escalatable", receipt=payment.receipt_no)
        self.payment = payment

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the state in words."""
        return {**self.values, "state": say(language, f"state.name_{self.payment.state}")}


# --- what a kept payment may be refused for -------------------------------------------------


class NotOurs(JournalRefusal):
    """The payment is not in the state, or not of the session, that this step needs."""

    def __init__(self, payment_id: int) -> None:
        """Say which payment."""
        super().__init__("journal.not_ours", payment=str(payment_id))


class StateMoved(JournalRefusal):
    """The payment has left the state that was expected; it carries what the row says now."""

    def __init__(self, payment: Payment) -> None:
        """Remember the row."""
        super().__init__("journal.state_moved", receipt=payment.receipt_no)
        self.payment = payment

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the values with the state in words."""
        return {**self.values, "state": say(language, f"state.name_{self.payment.state}")}


class NothingOwed(JournalRefusal):
    """No cash of this payment is owed back."""

    def __init__(self, payment: Payment) -> None:
        """Remember the payment."""
        super().__init__("journal.nothing_owed", receipt=payment.receipt_no)
        self.payment = payment
