"""What a journal's files, its backups and its alarm may be refused for."""

from collections.abc import Mapping
from pathlib import Path

from cashier.journal.errors import JournalRefusal, flaw_in_words
from cashier.language import LanguageCode

# --- the file --------------------------------------------------------------------------------


class JournalBusy(JournalRefusal):
    """Another program holds the journal; waiting has ended."""

    def __init__(self) -> None:
        """Nothing to add."""
        super().__init__("journal.busy")


class JournalClosed(JournalRefusal):
    """The journal is closed or closing."""

    def __init__(self) -> None:
        """Nothing to add."""
        super().__init__("journal.closed")


class JournalGone(JournalRefusal):
    """The file under the journal's path is no longer the one that was opened (F69)."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__("journal.gone", path=str(path))


class JournalFailed(JournalRefusal):
    """The database or the disk refused; the cause is chained."""

    def __init__(self, error: str) -> None:
        """Name the error by its kind."""
        super().__init__("journal.failed", error=error)


class JournalDefect(JournalRefusal):
    """The database refused something that the program must never ask: a defect, and logged."""

    def __init__(self, rule: str) -> None:
        """Give the rule's own words."""
        super().__init__("journal.defect", rule=rule)


class RecoveryBusy(JournalRefusal):
    """Another session is recovering and does not come to an end."""

    def __init__(self) -> None:
        """Nothing to add."""
        super().__init__("journal.recovery_busy")


class OldLibrary(JournalRefusal):
    """The SQLite library is older than the one that is safe with several sessions."""

    def __init__(self, found: str, needed: str) -> None:
        """Say both versions."""
        super().__init__("journal.old_library", found=found, needed=needed)


class NewerJournal(JournalRefusal):
    """A newer program has written this journal (S41, F74)."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        """Say the file and both shapes."""
        super().__init__("journal.newer", path=str(path), found=str(found), known=str(known))


class NotAJournal(JournalRefusal):
    """The file is something else, or damaged beyond opening."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__("journal.not_a_journal", path=str(path))


class NoJournal(JournalRefusal):
    """There is no file to read."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__("journal.none", path=str(path))


class OtherEnvironment(JournalRefusal):
    """The journal belongs to another environment (F49)."""

    def __init__(self, found: str, wanted: str) -> None:
        """Say both."""
        super().__init__("journal.other_environment", found=found, wanted=wanted)


class OtherBillKey(JournalRefusal):
    """The secret that makes bill keys is not the one that this journal began with."""

    def __init__(self) -> None:
        """Nothing to add: neither key may be shown."""
        super().__init__("journal.other_bill_key")


class NotPrivate(JournalRefusal):
    """Others could read or replace the journal (S35)."""

    def __init__(self, path: Path) -> None:
        """Name the file or folder."""
        super().__init__("journal.not_private", path=str(path))


class BackupFlawed(JournalRefusal):
    """A backup was made, does not verify, and was thrown away: the journal itself is flawed."""

    def __init__(self, path: Path, flaw: str) -> None:
        """Name the journal and the flaw."""
        super().__init__("journal.backup_flawed", path=str(path), flaw=flaw)

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the flaw in words."""
        return flaw_in_words(self, language)


class BackupUnsound(JournalRefusal):
    """A backup does not verify any more, or never did; it stays where it is."""

    def __init__(self, path: Path, flaw: str) -> None:
        """Name the backup and the flaw."""
        super().__init__("journal.backup_unsound", path=str(path), flaw=flaw)

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the flaw in words."""
        return flaw_in_words(self, language)


class OutputExists(JournalRefusal):
    """The file to write is there already, perhaps as a link."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__("journal.output_exists", path=str(path))


class OutputFailed(JournalRefusal):
    """The file cannot be written there."""

    def __init__(self, path: Path, error: str) -> None:
        """Name the file and the system's words."""
        super().__init__("journal.output_failed", path=str(path), error=error)


# --- its backups and its alarm ---------------------------------------------------------------


class NoBlackBox(JournalRefusal):
    """There is no room for a black box; a reply that cannot be journalled would be lost."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__("journal.no_black_box", folder=str(folder))


class NothingToAccept(JournalRefusal):
    """No alarm stands."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("journal.nothing_to_accept")


class NotAcceptable(JournalRefusal):
    """The alarm tells of damage, which no word of a person repairs."""

    def __init__(self, flaw: str) -> None:
        """Name the damage."""
        super().__init__("journal.not_acceptable", flaw=flaw)

    def values_in(self, language: LanguageCode) -> Mapping[str, str]:
        """Give the flaw in words."""
        return flaw_in_words(self, language)


class Unsigned(JournalRefusal):
    """Whoever accepts a journal says who it is, and why."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("journal.accept_unsigned")


class SessionsAlive(JournalRefusal):
    """The journal's file cannot be exchanged while a till stands on it."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("journal.sessions_alive")


class NoBackup(JournalRefusal):
    """None of the backups verifies, or there is none."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__("journal.no_backup", folder=str(folder))


class BackupBroken(JournalRefusal):
    """The backup's own process failed; what it said is in the log."""

    def __init__(self, error: str) -> None:
        """Name the end of the process."""
        super().__init__("journal.backup_broken", error=error)
