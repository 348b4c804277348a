"""``check``: configuration, clock, journal, backup, printer, catalogue, Espay, a line each."""

import asyncio
import shutil
from argparse import Namespace
from collections.abc import Callable
from typing import Final

from cashier.clock import SystemClock, wib_day, wib_stamp
from cashier.commands.choice import Choice, choose
from cashier.commands.printer import reach
from cashier.commands.telling import REFUSED, refusals_told
from cashier.config import NoPrinter
from cashier.espay.wire import BalanceReply, Exchange, ProductsReply
from cashier.journal.backup_state import backup_state
from cashier.journal.verifying import verify
from cashier.language import LanguageCode, Refusal, explain, say
from cashier.payment import Delivery, Reason, Verdict

_BUILT: Final = 20261101
"""The program was built after this day; a clock that shows an earlier one is wrong."""


_MEGABYTE: Final = 1_000_000
_FREE_WANTED: Final = 500 * _MEGABYTE
"""Bytes that should be free beside the journal: room for weeks, and for its backups (S37)."""

_UNSAVED_MS: Final = 24 * 60 * 60 * 1000
"""For how long a payment may be in no backup: a standing till makes one each hour."""


class CheckFailed(Refusal):
    """Something that a sale needs is not in order."""


def check(options: Namespace) -> int:
    """Try everything that a sale needs: 0 where all is well, 1 where something is not."""
    with refusals_told(options) as told:
        chosen = choose(options)
        told.tells_of(chosen)
        in_order = [_tell(part, ask, chosen, told.language) for part, ask in _CHECKS.items()]
        told.code = 0 if all(in_order) else REFUSED
    return told.code


Check = Callable[[Choice, LanguageCode], str]
"""Gives the sentence of a part that is in order; raises ``Refusal`` where it is not."""


def _tell(part: str, ask: Check, chosen: Choice, language: LanguageCode) -> bool:
    try:
        sentence = ask(chosen, language)
    except Refusal as refusal:
        problem = explain(language, refusal, chosen.command)
        name = say(language, f"cli.check_{part}")
        print(say(language, "cli.check_failed", part=name, problem=problem))
        return False
    print(f"{say(language, f'cli.check_{part}'):<11} {sentence}")
    return True


def _config(chosen: Choice, language: LanguageCode) -> str:
    file = str(chosen.file) if chosen.file.exists() else say(language, "cli.built_in")
    if chosen.config.ui.keys:
        # Loaded here and not above: only a shop with keys of its own needs the screens for this.
        from cashier.app import CashierApp  # noqa: PLC0415
        from cashier.screens.keymap import checked  # noqa: PLC0415

        checked(chosen.config.ui.keys, CashierApp.BINDINGS)
    return say(language, "cli.in_order", what=file)


def _clock(_: Choice, language: LanguageCode) -> str:
    now = SystemClock().utc_ms()
    if wib_day(now) < _BUILT:
        raise CheckFailed("cli.clock_wrong", now=wib_stamp(now))
    return say(language, "cli.in_order", what=f"{wib_stamp(now)} WIB")


def _journal(chosen: Choice, language: LanguageCode) -> str:
    path = chosen.config.journal_path
    if not path.exists():
        return say(language, "cli.journal_to_come", file=str(path))
    free = shutil.disk_usage(path.parent).free
    if free < _FREE_WANTED:
        raise CheckFailed("cli.disk_low", free=str(free // _MEGABYTE), folder=str(path.parent))
    report = verify(path, chosen.config.anchor_dir)
    if report.first is not None:
        raise CheckFailed("cli.problem", problem=report.first.tell(language))
    size = str(-(-path.stat().st_size // _MEGABYTE))
    return say(language, "cli.journal_well", events=str(report.events), size=size, file=str(path))


def _backup(chosen: Choice, language: LanguageCode) -> str:
    path = chosen.config.journal_path
    if not path.exists():
        return say(language, "cli.backup_to_come")
    state = backup_state(path, chosen.config.backup_dir)
    since = state.unsaved_since
    if since is not None and SystemClock().utc_ms() - since > _UNSAVED_MS:
        raise CheckFailed("cli.backup_old", since=wib_stamp(since))
    if state.newest is None:
        return say(language, "cli.backup_to_come")
    at = wib_stamp(state.newest.at)
    return say(language, "cli.backup_well", at=at, file=str(state.newest.file))


def _printer(chosen: Choice, language: LanguageCode) -> str:
    printer = chosen.config.printer
    if isinstance(printer, NoPrinter):
        return say(language, "cli.no_printer")
    reach(printer)
    return say(language, "cli.in_order", what=printer.kind)


def _catalogue(chosen: Choice, language: LanguageCode) -> str:
    products = str(len(chosen.catalogue().products))
    return say(language, "cli.catalogue_well", products=products)


def _espay(chosen: Choice, language: LanguageCode) -> str:
    with_balance = chosen.config.espay.mode == "deposit"
    products, balance = asyncio.run(_asked(chosen, with_balance))
    if products.products is None:
        raise _why(products.exchanges[-1])
    deposit = say(language, "cli.invoiced")
    if balance is not None:
        known = balance.balance
        deposit = say(language, "cli.unknown") if known is None else str(known)
    registered = str(len(products.products))
    return say(language, "cli.espay_well", registered=registered, deposit=deposit)


async def _asked(chosen: Choice, with_balance: bool) -> tuple[ProductsReply, BalanceReply | None]:
    with chosen.line() as line:
        espay = line.connector(SystemClock())()
        try:
            products = await espay.products()
            return products, await espay.balance() if with_balance else None
        finally:
            await espay.aclose()


def _why(exchange: Exchange) -> Refusal:
    answer = exchange.answer
    if answer.verdict is Verdict.PAID and answer.trouble is None:
        return CheckFailed("cli.products_unreadable")
    reason = answer.trouble or (
        Reason.UNAUTHORISED if answer.delivery is Delivery.UNAUTHORISED else Reason.REFUSED_BY_CODE
    )
    values = {"detail": answer.detail, "code": answer.code or "", "text": answer.text}
    return Refusal(f"inquiry.{reason}", **values)


_CHECKS: Final[dict[str, Check]] = {
    "config": _config,
    "clock": _clock,
    "journal": _journal,
    "backup": _backup,
    "printer": _printer,
    "catalogue": _catalogue,
    "espay": _espay,
}
