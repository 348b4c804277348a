"""``sandbox``: the practice Espay alone, its magic numbers, and its ledger."""

from argparse import Namespace
from pathlib import Path

from cashier.commands.line import practice_folder
from cashier.commands.telling import refusals_told
from cashier.config import data_folder
from cashier.credentials import practice_secrets
from cashier.language import LanguageCode, say
from cashier.sandbox.ledger_view import render_ledger
from cashier.sandbox.numbers import render_numbers
from cashier.sandbox.process import practice_ledger
from cashier.sandbox.server import serve
from cashier.sandbox.settings import SandboxSettings

SENDER_ID = "LATIHAN"


def sandbox(options: Namespace) -> int:
    """Show the magic numbers or the practice ledger, or serve until interrupted."""
    with refusals_told(options) as told:
        if options.numbers:
            print(render_numbers(told.language))
        elif options.ledger:
            ledger = practice_ledger(practice_folder(), options.mode)
            print(render_ledger(ledger, told.language))
            if (own := _own_ledger(options)).exists():
                print(f"\n{say(told.language, 'cli.own_ledger')}")
                print(render_ledger(own, told.language))
        else:
            _serve(options, told.language)
        told.code = 0
    return told.code


def _own_ledger(options: Namespace) -> Path:
    return data_folder() / "sandbox" / str(options.mode) / "ledger.jsonl"


def _serve(options: Namespace, language: LanguageCode) -> None:
    """Serve in the foreground, as a shop of the sandbox environment would be configured."""
    ledger = _own_ledger(options)
    ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = practice_secrets()
    settings = SandboxSettings(
        sender_id=SENDER_ID,
        username=known.username.get_secret_value(),
        password=known.password.get_secret_value(),
        form_password=known.form_password.get_secret_value(),
        key=known.key.get_secret_value(),
        ledger=ledger,
        mode=options.mode,
    )

    def ready(port: int) -> None:
        url = f"http://127.0.0.1:{port}"
        print(say(language, "cli.sandbox_ready", url=url, sender=SENDER_ID), flush=True)

    serve(settings, options.port, ready)
