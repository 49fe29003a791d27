"""`manage.py backup`: database and media in one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import backup


class Command(BaseCommand):
    help = "Writes database and media into one new file, also while the server runs. Keep it encrypted, for 30 days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            made = backup.write(file)
        except FileExistsError:
            raise CommandError(f"{file} is there already. Choose another name.") from None
        except OSError as problem:
            raise CommandError(f"{file} cannot be written: {problem.strerror}.") from None
        self.stdout.write(f"{file}: {made['members']} parts, {made['bytes']} bytes")
