"""``journal``: prove, save, copy and tell what happened; pays nothing and needs no Espay."""

from argparse import Namespace

from cashier.commands.choice import Choice, choose
from cashier.commands.output import complain
from cashier.commands.telling import REFUSED, Told, refusals_told
from cashier.journal.backup import backup as make_backup
from cashier.journal.export import export as write_export
from cashier.journal.story import render, story
from cashier.journal.verifying import verify as verify_journal
from cashier.language import LanguageCode, say


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


def usage(options: Namespace) -> int:
    """``journal`` alone names its own commands."""
    with refusals_told(options) as told:
        chosen, language = _chosen(options, told)
        complain(say(language, "cli.journal_usage", command=chosen.command))
    return REFUSED


def _chosen(options: Namespace, told: Told) -> tuple[Choice, LanguageCode]:
    chosen = choose(options)
    told.language = chosen.language
    return chosen, chosen.language
