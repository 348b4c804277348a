"""Which shop a command is about: its configuration, its catalogue, its Espay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cashier import config as settings
from cashier.catalogue import Catalogue, load_catalogue
from cashier.config import Config
from cashier.language import LanguageCode, Refusal

if TYPE_CHECKING:
    # The till's start does without argparse (DESIGN 10).
    from argparse import Namespace

    from cashier.commands.line import Line


@dataclass(frozen=True, slots=True)
class Choice:
    """A configuration, and the file it came from."""

    config: Config
    file: Path
    command: str
    """How this program is called again, for example ``cashier practice``."""

    @property
    def is_practice(self) -> bool:
        """Whether nothing real can be paid."""
        return self.config.espay.environment == "practice"

    @property
    def language(self) -> LanguageCode:
        """The operator's language."""
        return self.config.till.language

    def catalogue(self) -> Catalogue:
        """What this shop can sell: built in, from its own folder, and from its configuration."""
        return load_catalogue(settings.config_folder() / "catalogue", self.config.product)

    @contextmanager
    def line(self) -> "Iterator[Line]":
        """The Espay that this shop talks to; the practice one is let go again at the end."""
        # Loaded here and not above: the first screen is painted without it (DESIGN 10).
        from cashier.commands.line import practice_line, real_line  # noqa: PLC0415

        if not self.is_practice:
            yield real_line(self.config, self.file)
            return
        line, release = practice_line(self.config.espay.mode)
        try:
            yield line
        finally:
            release()


def choose(options: "Namespace") -> Choice:
    """Find the configuration that a command is about.

    Practice takes the shop's own settings where there are any, and needs none.

    Raises:
        Refusal: There is no configuration, or something is wrong in it (``ConfigProblem``).
    """
    file = settings.find(options.config)
    if options.practice:
        known = options.config is not None or file.exists()
        config = settings.load(file).in_practice() if known else Config()
        return Choice(config, file, "cashier practice")
    if options.config is None and not file.exists():
        raise Refusal("cli.no_config", file=str(file))
    command = "cashier" if options.config is None else f"cashier --config {file}"
    return Choice(settings.load(file), file, command)
