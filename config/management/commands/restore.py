"""`manage.py restore`: put a backup in place of what is there."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import backup
from config.management.commands.erase import finish


class Command(BaseCommand):
    help = (
        "Puts a backup in place of database and media. Stop the server first. Whoever was erased since then is erased "
        "again, and tablets offer again what the backup lacks."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            done = backup.restore(file)
        except FileNotFoundError:
            raise CommandError(f"There is no {file}.") from None
        except backup.BadBackup as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from None
        finish()
        self.stdout.write(
            f"Restored the backup of {done.made_at}, with {done.media} files. Erased again: {done.erased_again}. "
            f"The history is now called {done.epoch}; tablets offer again what it lacks."
        )
