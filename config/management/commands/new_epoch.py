"""`manage.py new_epoch`: after a restore, let every tablet offer again what the backup does not hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from feedback.notes.rows import renew_epoch


class Command(BaseCommand):
    help = "Gives this server's history a new name: tablets then offer again whatever the restored backup lacks."

    def handle(self, **options: Any) -> None:
        before, after = renew_epoch()
        self.stdout.write(f"History {before} is now {after}. Tablets offer their notes again when they next connect.")
