"""``init``: asks for the shop's settings, writes them, and tries them."""

import getpass
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from cashier import config as settings
from cashier.commands.checking import check
from cashier.commands.telling import refusals_told
from cashier.config import Config
from cashier.config_file import checked
from cashier.credentials import Secrets, new_bill_key, write_secrets
from cashier.language import LanguageCode, Refusal, say


@dataclass(frozen=True, slots=True)
class Question:
    """One question of ``init``: where its answer goes, and what stands there if none is given."""

    name: str
    table: str
    default: str = ""
    is_secret: bool = False


QUESTIONS: Final = (
    Question("name", "shop"),
    Question("environment", "espay", "sandbox"),
    Question("sender_id", "espay"),
    Question("mode", "espay", "deposit"),
    Question("username", "secrets"),
    Question("password", "secrets", is_secret=True),
    Question("form_password", "secrets", is_secret=True),
    Question("key", "secrets", is_secret=True),
)

SECRETS_FILE: Final = "secrets.toml"


def init(options: Namespace) -> int:
    """Ask, write ``config.toml`` and a secrets file beside it, and check them.

    Exit codes are those of ``check``; nothing is written where an answer is missing or wrong.
    """
    with refusals_told(options) as told:
        file = settings.find(options.config).absolute()
        secrets_file = file.with_name(SECRETS_FILE)
        for each in (file, secrets_file):
            if each.exists():
                raise Refusal("cli.init_exists", file=str(each))
        answers = _ask_all(told.language)
        config = _config_of(answers, secrets_file, file)
        write_secrets(_secrets_of(answers), secrets_file)
        settings.save(config, file)
        print(say(told.language, "cli.init_done", config=str(file), secrets=str(secrets_file)))
        told.code = 0
    return check(options) if told.code == 0 else told.code


def _ask_all(language: LanguageCode) -> dict[str, str]:
    return {question.name: _ask(question, language) for question in QUESTIONS}


def _ask(question: Question, language: LanguageCode) -> str:
    words = say(language, f"cli.ask_{question.name}")
    prompt = f"{words} [{question.default}]: " if question.default else f"{words}: "
    try:
        answer = _reader(question)(prompt).strip() or question.default
    except EOFError:
        raise Refusal("cli.init_ended") from None
    if not answer:
        raise Refusal("cli.init_missing", question=words)
    return answer


def _reader(question: Question) -> Callable[[str], str]:
    """Secrets are not shown while they are typed; from a pipe there is nothing to hide."""
    return getpass.getpass if question.is_secret and sys.stdin.isatty() else input


def _config_of(answers: dict[str, str], secrets_file: Path, file: Path) -> Config:
    tables: dict[str, dict[str, str]] = {"espay": {"secrets_file": str(secrets_file)}}
    for question in QUESTIONS:
        if question.table != "secrets":
            tables.setdefault(question.table, {})[question.name] = answers[question.name]
    return checked(Config, tables, str(file))


def _secrets_of(answers: dict[str, str]) -> Secrets:
    return Secrets(
        username=SecretStr(answers["username"]),
        password=SecretStr(answers["password"]),
        form_password=SecretStr(answers["form_password"]),
        key=SecretStr(answers["key"]),
        bill_key=new_bill_key(),
    )
