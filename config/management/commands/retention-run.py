"""`manage.py retention-run`: take away what is past its term."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config.management.commands.erase import finish
from ledger import retention


class Command(BaseCommand):
    help = "Removes what is past its term, whenever that was, and says how much of what. A second run finds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how much is past its term")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        counts = retention.overdue(now) if dry_run else retention.run(now)
        for name, count in counts.items():
            self.stdout.write(f"{count:6}  {name}")
        if not dry_run:
            finish()
            left = sum(retention.overdue(timezone.now()).values())
            self.stdout.write(f"{left} overdue")
