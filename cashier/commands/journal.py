"""``journal``: prove, save, copy and tell what happened; pays nothing and needs no Espay."""

import asyncio
from argparse import Namespace

from cashier.clock import SystemClock
from cashier.commands.choice import Choice, choose
from cashier.commands.output import complain
from cashier.commands.telling import REFUSED, Told, refusals_told
from cashier.config import Config
from cashier.journal import Journal
from cashier.journal.backup import backup as make_backup
from cashier.journal.export import export as write_export
from cashier.journal.findings import Finding
from cashier.journal.restoring import restore as restore_journal
from cashier.journal.story import render, story
from cashier.journal.verifying import verify as verify_journal
from cashier.language import LanguageCode, say
from cashier.text import clean


def verify(options: Namespace) -> int:
    """Check the whole journal: 0 where all is well, 1 with the first bad rows named."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        config = chosen.config
        report = verify_journal(config.journal_path, config.anchor_dir)
        for finding in report.findings:
            print(finding.tell(language))
        if report.ok:
            told.code = 0
            print(
                say(
                    language,
                    "cli.verify_done",
                    events=str(report.events),
                    rows=str(report.rows),
                    seq=str(report.head.seq),
                    hash=report.head.hash,
                )
            )
    return told.code


def backup(options: Namespace) -> int:
    """Make a verified backup and print its name."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        config = chosen.config
        file = make_backup(config.journal_path, config.backup_dir, anchor_dir=config.anchor_dir)
        print(say(language, "cli.backup_done", file=str(file)))
        told.code = 0
    return told.code


def export(options: Namespace) -> int:
    """Copy the journal into a file that is not there yet."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        lines = write_export(chosen.config.journal_path, options.file, options.format)
        print(say(language, "cli.export_done", file=str(options.file), lines=str(lines)))
        told.code = 0
    return told.code


def show(options: Namespace) -> int:
    """Tell the whole story of a payment."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        print(render(story(chosen.config.journal_path, options.payment), language))
        told.code = 0
    return told.code


def restore(options: Namespace) -> int:
    """Put a backup in the place of a damaged journal, which is kept under another name."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        config = chosen.config
        done = restore_journal(config.journal_path, config.backup_dir, options.backup)
        for file in done.kept:
            print(say(language, "cli.restore_kept", file=str(file)))
        seq = str(done.report.head.seq)
        print(say(language, "cli.restore_done", file=str(done.source), seq=seq))
        print(say(language, "cli.restore_next", command=chosen.command))
        told.code = 0
    return told.code


def accept(options: Namespace) -> int:
    """Go on with a journal that is not the one last seen: a person says so, and why."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        finding = asyncio.run(_accept(chosen.config, options))
        print(finding.tell(language))
        print(say(language, "cli.accept_done", by=options.by))
        told.code = 0
    return told.code


async def _accept(config: Config, options: Namespace) -> Finding:
    journal = await Journal.open(
        config.journal_path,
        environment=config.espay.environment,
        clock=SystemClock(),
        backup_dir=config.backup_dir,
        anchor_dir=config.anchor_dir,
    )
    try:
        return await journal.accept(clean(options.by), clean(options.reason))
    finally:
        await journal.close()


def usage(options: Namespace) -> int:
    """``journal`` alone names its own commands."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        complain(say(language, "cli.journal_usage", command=chosen.command))
    return REFUSED


def _chosen(options: Namespace, told: Told) -> tuple[Choice, LanguageCode]:
    chosen = choose(options)
    told.tells_of(chosen)
    return chosen, chosen.language
