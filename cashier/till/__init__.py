"""What a cashier does: sell, follow up. No Textual, no HTTP, no SQL.

Light on purpose: httpx is loaded only when the till first needs the wire.
"""

from cashier.journal.errors import CircuitOpen, ClockBehind, PaidJustNow
from cashier.journal.packing import hint_sentence
from cashier.journal.rows import Correction, Decision, Entry, KeptHint, Payment, Quote, Story
from cashier.till.asking import can_be_asked
from cashier.till.deposit import DepositShort
from cashier.till.figures import FiguresDisagree
from cashier.till.finding import Find
from cashier.till.follow_up import UNANSWERED, FollowUp, Greeting, May
from cashier.till.quoting import InquiryFailed
from cashier.till.selling import CashShort, Unrecorded
from cashier.till.settings import TillSettings
from cashier.till.till import Till
from cashier.till.times import TillTimes

__all__ = [
    "UNANSWERED",
    "CashShort",
    "CircuitOpen",
    "ClockBehind",
    "Correction",
    "Decision",
    "DepositShort",
    "Entry",
    "FiguresDisagree",
    "Find",
    "FollowUp",
    "Greeting",
    "InquiryFailed",
    "KeptHint",
    "May",
    "PaidJustNow",
    "Payment",
    "Quote",
    "Story",
    "Till",
    "TillSettings",
    "TillTimes",
    "Unrecorded",
    "can_be_asked",
    "hint_sentence",
]
