"""``cashier`` alone: what can be done here."""

from argparse import Namespace

from cashier import __version__
from cashier.language import say


def welcome(options: Namespace) -> int:
    """Tell the commands of a first sale."""
    command = "cashier practice" if options.practice else "cashier"
    print(say("id", "cli.welcome", version=__version__, command=command))
    return 0
